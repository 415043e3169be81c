"""Write recipes/data/digits.csv: the UCI optical recognition of handwritten digits test set, 1797 images
of 8 x 8 pixels (0..16), as shipped with scikit-learn (sklearn.datasets.load_digits).

    /usr/bin/python3 tests/reference/make_digits.py > recipes/data/digits.csv
"""
from sklearn.datasets import load_digits

digits = load_digits()
print(",".join([f"p{i}" for i in range(64)] + ["digit"]))
for pixels, digit in zip(digits.data, digits.target):
    print(",".join(str(int(p)) for p in pixels) + f",{digit}")
