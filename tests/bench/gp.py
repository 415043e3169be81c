"""GP tell + ask of neap beside one fit of scikit-learn's GaussianProcessRegressor. More sizes, and peers: make bench-bo."""
import os
import pathlib
import sys

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "bo"))

import searchers  # noqa: E402
import speed  # noqa: E402

searcher = searchers.Neap()
for n in (10, 50):
    mine = speed.neap(searcher, 1, n, speed.rounds_for(n))
    theirs = speed.scikit_learn(1, n, 2, 3)
    print(f"{f'GP tell + ask, refitted, n = {n}':44s} neap {mine:9.3f} ms   scikit-learn fit {theirs:9.2f} ms   ratio {mine / theirs:.4f}",
          flush=True)
