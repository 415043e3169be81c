"""GP tell + ask of neap beside one fit of scikit-learn's GaussianProcessRegressor; make bench-bo has more of it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bo"))

import searchers  # noqa: E402
import speed  # noqa: E402

searcher = searchers.Neap()
for n in (10, 50):
    mine = speed.neap(searcher, 1, n, 15)
    theirs = speed.scikit_learn(1, n, 5, 5)
    what = f"GP tell + ask, refitted, n = {n}"
    print(f"{what:44s} neap {1e3 * mine:9.1f} us   sklearn {1e3 * theirs:7.0f} us   ratio {mine / theirs:.4f}")
