#!/usr/bin/env python3
"""Exponential fit of 100 and 800 losses, from Lua, against the published procedure in SciPy (ten smoothing splines with
outliers dropped, then Nelder-Mead with a linear least squares inside). One line a case; medians of one run."""
import os
import pathlib
import subprocess
import tempfile
import time
import numpy as np
from scipy.interpolate import UnivariateSpline
from scipy.optimize import minimize


def published(losses):
    x, y = np.arange(len(losses)), losses
    for _ in range(10):
        spline = UnivariateSpline(x, y, k=2)
        far = np.abs(spline(x) - y)
        drop = np.argsort(far)[len(x) - len(x) * 3 // 100:]
        keep = np.ones(len(x), bool)
        keep[drop[2 * drop < len(x)]] = False
        x, y = x[keep], y[keep]
    smooth, ones = spline(x), np.ones(len(x))

    def inner(p):
        design = np.column_stack([np.exp(-np.exp(p[0]) * x), ones])
        coefficients = np.linalg.lstsq(design, smooth, rcond=None)[0]
        return np.sum((design @ coefficients - smooth) ** 2)

    return minimize(inner, [0.0], method="Nelder-Mead")


def median_time(f, rounds=9):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    return sorted(times)[rounds // 2]


rng = np.random.default_rng(7)
series = {n: 1.7 * np.exp(-2 * np.arange(n) / n) + 0.4 + 0.1 * rng.standard_normal(n) for n in (100, 800)}
with tempfile.TemporaryDirectory() as folder:
    data = pathlib.Path(folder, "losses")
    data.write_text("".join("%d\t%s\n" % (n, " ".join(map(repr, map(float, y)))) for n, y in series.items()))
    lua = [os.environ.get("LUA", "lua5.4"), str(pathlib.Path(__file__).with_suffix(".lua")), str(data)]
    ours = dict(line.split("\t") for line in subprocess.run(lua, check=True, capture_output=True, text=True).stdout.splitlines())
peers = {n: median_time(lambda y=y: published(y)) * 1e6 for n, y in series.items()}
for name, microseconds in ours.items():
    method, n = name.split()
    mine, peer = float(microseconds), peers[int(n)]
    print(f"{f'exponential fit, {n} losses, {method}':44s} neap {mine:9.1f} us   SciPy {peer:9.1f} us   ratio {mine / peer:.4f}")
