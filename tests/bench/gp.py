"""GP tell + ask of neap beside one fit of scikit-learn's GaussianProcessRegressor, in the same run.

Both in one thread, d = 1, hyper-parameters refitted (scikit-learn: Matern 5/2 + white noise, two restarts; it
neither predicts nor searches here). One line for each n: medians in milliseconds, and how many times faster ours is.
"""
import os
import statistics
import subprocess
import time
import warnings

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from sklearn.gaussian_process import GaussianProcessRegressor  # noqa: E402
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel  # noqa: E402

SIZES = (10, 50)


def loss(x):
    return (6 * x - 2) ** 2 * np.sin(12 * x - 4) + 0.05 * np.sin(997 * x)


def peer(n, rounds=15):
    times = []
    for i in range(rounds):
        x = (np.arange(1, n + 1) * 0.6180339887498949 + (i + 1) / rounds) % 1
        gp = GaussianProcessRegressor(
            ConstantKernel() * Matern(nu=2.5) + WhiteKernel(), n_restarts_optimizer=2, normalize_y=True, random_state=i)
        began = time.perf_counter()
        gp.fit(x[:, None], loss(x))
        times.append(time.perf_counter() - began)
    return 1e3 * statistics.median(times)


def ours():
    here = os.path.dirname(os.path.abspath(__file__))
    command = [os.environ.get("LUA", "lua5.4"), os.path.join(here, "gp.lua"), *map(str, SIZES)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {int(n): float(t) for n, t in map(str.split, output.splitlines())}


warnings.filterwarnings("ignore")  # scikit-learn on lengths at their bounds
mine = ours()
for n in SIZES:
    theirs = peer(n)
    print(f"GP tell + ask, n = {n:<3}  neap {mine[n]:8.3f} ms  scikit-learn fit {theirs:8.2f} ms  ratio {theirs / mine[n]:6.1f}x")
