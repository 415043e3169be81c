"""What one tell + ask of neap costs, beside one fit of scikit-learn's GaussianProcessRegressor in the same run.

Both in one thread, in processor time, so that a busy machine shows less. neap refits its hyper-parameters, integrates
over them where it does, and finds the next point; scikit-learn fits a Matern 5/2 with a length a dimension and white
noise from two restarts, and neither predicts nor searches.
"""
import os
import pathlib
import statistics
import subprocess
import time
import warnings

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

# Without a refit: microseconds of a rank-one append, a posterior over 1024 points kept up to date, and their EI, d = 1, as
# measured with OpenBLAS 0.3.21 on one core of a 2.6 GHz EPYC. Another machine has another floor: bo_floor.c measures it.
FLOOR = {10: 10, 50: 16, 100: 22, 200: 37, 500: 165}

# Sizes at which the hyper-parameters are fitted: at every tell up to 100 points, then whenever these have grown by a twentieth.
FITTED = (10, 50, 100, 199, 488)

FIXED = dict(length=0.2, signal=20.0, noise=1e-4, mean=0.0)   # hyper-parameters given: nothing to refit


def loss(x):
    d = np.arange(1, x.shape[1] + 1)
    return np.sum((6 * x - 2) ** 2 * np.sin(12 * x - 4) / d + 0.05 * np.sin(997 * x), axis=1)


def spread(n, d, shift):
    """Points of the additive recurrence of Roberts (2018)."""
    phi = 2.0
    for _ in range(40):
        phi = (1 + phi) ** (1 / (d + 1))
    return (shift + np.arange(1, n + 1)[:, None] * phi ** -np.arange(1.0, d + 1)) % 1


def scikit_learn(d, n, seconds, least):
    """Median milliseconds of a fit: at least so many, and more while seconds are left."""
    times, began = [], time.perf_counter()
    while len(times) < least or (time.perf_counter() - began < seconds and len(times) < 15):
        x = spread(n, d, (len(times) + 1) / 7)
        kernel = ConstantKernel() * Matern(length_scale=np.ones(d), nu=2.5) + WhiteKernel()
        gp = GaussianProcessRegressor(kernel, n_restarts_optimizer=2, normalize_y=True, random_state=len(times))
        start = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")    # lengths at their bounds
            gp.fit(x, loss(x))
        times.append(time.process_time() - start)
    return 1e3 * statistics.median(times)


def neap(searcher, d, n, rounds, **options):
    """Median milliseconds of a tell + ask when n losses are known."""
    return 1e3 * statistics.median(searcher.request(op="time", d=d, n=n, rounds=rounds, options=options))


def floor_here(sizes):
    """Microseconds of the same parts on this machine: n -> all of them."""
    program = pathlib.Path(os.environ["NEAP"]).parent / "bench" / "bo_floor"
    said = subprocess.run([program, *map(str, sizes)], check=True, capture_output=True, text=True).stdout
    return {int(line.split()[0]): float(line.split()[-1]) for line in said.splitlines()}


def rounds_for(n):
    return 15 if n <= 100 else 7 if n <= 200 else 3


def rounds_without_refit(n):
    return 101 if n <= 100 else 41 if n <= 200 else 15
