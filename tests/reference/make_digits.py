#!/usr/bin/env python3
"""Write recipes/data/digits.csv: the UCI optical digits as shipped with scikit-learn.

    /usr/bin/python3 tests/reference/make_digits.py
"""
import csv
import pathlib

from sklearn.datasets import load_digits

digits = load_digits()
path = pathlib.Path(__file__).parents[2] / "recipes" / "data" / "digits.csv"
with path.open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([f"p{i}" for i in range(64)] + ["digit"])
    for pixels, digit in zip(digits.data, digits.target):
        writer.writerow([int(p) for p in pixels] + [int(digit)])
