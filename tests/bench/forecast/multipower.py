#!/usr/bin/env python3
"""The multi-power law (arXiv 2503.12811) fitted by SciPy, without priors: Huber's loss of log residuals, as in the paper.

A line in, {"losses", "rates", "stride", "ahead", "steps"} as JSON, means of 'stride' steps and the rate of each; a line out: the law's
loss 'steps' steps after the last one under the rates 'ahead', and the seconds the fit took."""
import json
import sys
import time
import numpy as np
from scipy.optimize import least_squares

STARTS = [[0.5, 0.5, 0.5, 0.2, 300, 0.6, 0.6], [0.1, 0.9, 0.3, 0.1, 30, 0.4, 0.6]]
LOW, HIGH = np.log([1e-4, 1e-3, 0.02, 1e-3, 1e-2, 0.05, 0.05]), np.log([1, 1e3, 3, 10, 1e6, 5, 2])


def drops(rates, sums):
    """Falls of the rate after its first climb, the sums before them, the rates from there on."""
    change = rates[:-1] - rates[1:]
    begin = np.argmax(change > 0) if np.any(change > 0) else len(change)
    at = [k for k in range(begin, len(change)) if change[k] != 0]
    return change[at], sums[at], np.maximum(rates[1:][at], 1e-6)


def law(theta, s, fall, before, rate):
    floor, a, alpha, b, c, beta, gamma = np.exp(theta)
    since = np.maximum(s[:, None] - before, 0)
    return floor + a * s ** -alpha - b * ((1 - (c * rate ** -gamma * since + 1) ** -beta) * fall).sum(axis=1)


def answer(case):
    losses, rates = np.array(case["losses"]), np.array(case["rates"])
    ahead = np.array(case["ahead"][:int(round(case["steps"]))])
    begin = time.perf_counter()
    level, highest = losses[-1], rates.max()
    rates, ahead = rates / highest, ahead / highest
    sums = np.cumsum(rates)
    unit = sums[-1]
    path = drops(rates, sums / unit)
    def away(theta):
        return np.log(np.maximum(law(theta, sums / unit, *path), 1e-6)) - np.log(losses / level)
    fits = [least_squares(away, np.log(start), loss="huber", f_scale=1e-3, bounds=(LOW, HIGH), max_nfev=200) for start in STARTS]
    best = min(fits, key=lambda fit: fit.cost)
    whole = np.concatenate([rates, ahead])
    weights = np.concatenate([np.ones(len(rates)), np.full(len(ahead), 1 / case["stride"])])
    all_sums = np.cumsum(whole * weights) / unit
    end = law(best.x, all_sums[-1:], *drops(whole, all_sums))[0]
    return level * max(end, 1e-3), time.perf_counter() - begin


for line in sys.stdin:
    print("%.6g %.6g" % answer(json.loads(line)), flush=True)
