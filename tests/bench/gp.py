"""GP tell + ask of neap beside one fit of scikit-learn's GaussianProcessRegressor, in the same run.

Both in one thread. Hyper-parameters are fitted (neap, d = 1: integrated over; scikit-learn: Matern 5/2 with a length for
each dimension + white noise, two restarts; it neither predicts nor searches here). One line for each d and n: the
least of some rounds in milliseconds, and how many times faster neap is. Then neap's tell + ask without a fit.
"""
import os
import subprocess
import time
import warnings

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from sklearn.gaussian_process import GaussianProcessRegressor  # noqa: E402
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel  # noqa: E402

SIZES = {1: (10, 50, 100, 200, 500), 4: (10, 50, 100, 200, 500)}


def loss(x):
    return ((6 * x - 2) ** 2 * np.sin(12 * x - 4)).sum(axis=1) + 0.05 * np.sin(997 * x[:, 0])


def golden(d):
    g = 1.5
    for _ in range(60):
        g = (1 + g) ** (1 / (d + 1))
    return g


def peer(d, n):
    least, rounds = float("inf"), 5 if n < 200 else 1
    for i in range(rounds):
        step = golden(d) ** -np.arange(1.0, d + 1)
        x = (np.arange(1, n + 1)[:, None] * step + (i + 1) / rounds) % 1
        gp = GaussianProcessRegressor(ConstantKernel() * Matern(np.ones(d), nu=2.5) + WhiteKernel(),
                                      n_restarts_optimizer=2, normalize_y=True, random_state=i)
        began = time.perf_counter()
        gp.fit(x, loss(x))
        least = min(least, time.perf_counter() - began)
    return 1e3 * least


def ours(refit, d, sizes):
    here = os.path.dirname(os.path.abspath(__file__))
    command = [os.environ.get("LUA", "lua5.4"), os.path.join(here, "gp.lua"), refit, str(d), *map(str, sizes)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {int(n): float(t) for n, t in map(str.split, output.splitlines())}


warnings.filterwarnings("ignore")  # scikit-learn on lengths at their bounds
for d, sizes in SIZES.items():
    mine = ours("1", d, sizes)
    for n in sizes:
        theirs = peer(d, n)
        print(f"GP tell + ask, d = {d}, n = {n:<4} neap {mine[n]:8.3f} ms   scikit-learn fit {theirs:9.2f} ms   "
              f"ratio {theirs / mine[n]:6.1f}x", flush=True)
for n, t in ours("0", 1, SIZES[1]).items():
    print(f"GP tell + ask, d = 1, n = {n:<4} neap {t:8.3f} ms   without a fit", flush=True)
