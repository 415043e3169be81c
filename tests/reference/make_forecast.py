#!/usr/bin/env python3
"""Reference values for the forecast of losses, computed the slow way with NumPy and SciPy: writes forecast.h beside this file.

Transitions by the matrix exponential (Van Loan's for the noise), moments by quadrature, quantiles by Brent's method."""
import pathlib
import numpy as np
from scipy.integrate import quad
from scipy.linalg import expm
from scipy.optimize import brentq
from scipy.stats import norm

rng = np.random.default_rng(2385)
TAIL = 4


def windows(losses, lower):
    n, ends = len(losses), [0]
    while ends[-1] < n:
        begin = ends[-1]
        end = max(begin + 1, int(np.floor(1.2 * begin + 0.5)))
        if n - end < 0.5 * (end - begin):
            end = n
        ends.append(min(end, n))
    found, square, product, freedom, pairs = [], 0.0, 0.0, 0, 0
    for begin, end in zip(ends, ends[1:]):
        place = np.arange(begin, end)[np.isfinite(losses[begin:end])]
        x = losses[place]
        if len(x) == 0:
            continue
        if np.isfinite(lower):
            x = np.maximum(x - lower, 0)
        if len(x) >= 5:
            middle = np.sort(x)[len(x) // 2]
            limit = 3 * 1.4826 * np.sort(abs(x - middle))[len(x) // 2]
            x = np.clip(x, middle - limit, middle + limit)
        found.append((np.exp(np.mean(np.log(place + 1.0))), x.mean(), len(x)))
        if len(x) >= 3:
            residual = x - np.polyval(np.polyfit(np.arange(len(x)), x, 1), np.arange(len(x)))
            residual /= x.mean() if np.isfinite(lower) else 1
            square, product = square + np.sum(residual ** 2), product + np.sum(residual[1:] * residual[:-1])
            freedom, pairs = freedom + len(x) - 2, pairs + len(x) - 1
    time, level, size = map(np.array, zip(*found))
    unit = 1 if np.isfinite(lower) else np.ptp(level)
    noise = (square + 0.01 * unit ** 2) / (freedom + 1)
    inflation = 1.0
    if square > 0:
        correlation = min(product / square + 1 / pairs, 0.9)
        inflation = min((1 + correlation) / (1 - correlation), 5) if correlation > 0 else 1.0
    return time, level, size, noise, inflation


def transition(u, damping, wander):
    A, L = np.array([[0, 1], [0, -damping]]), np.diag([0, wander ** 2])
    van_loan = expm(np.block([[-A, L], [np.zeros((2, 2)), A.T]]) * u)
    F = van_loan[2:, 2:].T
    return F, F @ van_loan[:2, 2:]


def follow(time, z, variance, n, later, clock, drift, damping, wander):
    u = np.log(time + clock)
    x = np.array([z[0] - drift * u[0], 0])
    P = np.diag([variance[0], max(0.25, wander ** 2 / (2 * damping)) if wander > 0 else 0])
    evidence = 0
    for i in range(1, len(z)):
        F, Q = transition(u[i] - u[i - 1], damping, wander)
        x, P = F @ x, F @ P @ F.T + Q
        S, away = P[0, 0] + variance[i], z[i] - drift * u[i] - x[0]
        evidence += -0.5 * np.log(S) - 0.5 * (TAIL + 1) * np.log(1 + away ** 2 / S / TAIL)
        gain = min((TAIL + 1) / (TAIL + away ** 2 / S), 1) * P[:, 0] / S
        x, P = x + gain * away, P - np.outer(gain, P[0])
    end = np.log(later + clock)
    F, Q = transition(end - u[-1], damping, wander)
    return evidence, (F @ x)[0] + drift * end, np.sqrt((F @ P @ F.T + Q)[0, 0])


def forecast(losses, lower, step):
    """Losses of steps 1, 2, ..; mean, sd, quantiles .1 .5 .9."""
    n = len(losses)
    time, level, size, noise, inflation = windows(losses, lower)
    one = noise * inflation / size
    bounded = np.isfinite(lower)
    scale = np.hypot(np.ptp(level), np.sqrt(noise))
    z, variance = (np.log(level), np.log1p(one)) if bounded else ((level - level[-1]) / scale, one / scale ** 2)
    drift = -0.2 if bounded else 0
    curves = [(c * n, drift, d, w) for c in (0, 0.2, 1) for d in (1, 2, 4) for w in (0.15, 0.3, 0.6, 1.2)] + [(0, 0, 1, 0)]
    evidence, mean, sd = np.array([follow(time, z, variance, n, step, *curve) for curve in curves]).T
    evidence[-1] += np.log(9)
    weight = np.exp(evidence - evidence.max())
    weight[weight < 1e-6] = 0
    weight /= weight.sum()
    if bounded:
        mean, sd = np.concatenate([mean, mean - 0.8 * np.log(step / n)]), np.concatenate([sd, sd])
        weight = np.concatenate([2 / 3 * weight, weight / 3])

    def below(x):
        return np.sum(weight * norm.cdf(x, mean, sd))

    quantiles = [brentq(lambda x: below(x) - p, min(mean - 9 * sd), max(mean + 9 * sd), xtol=1e-13) for p in (0.1, 0.5, 0.9)]
    if not bounded:
        m = np.sum(weight * mean)
        v = np.sum(weight * (sd ** 2 + (mean - m) ** 2))
        return [level[-1] + scale * m, scale * np.sqrt(v)] + [level[-1] + scale * q for q in quantiles]
    ceiling = 1 + np.log(level.max())
    keep = weight > 0

    def moment(k):
        total = 0
        for w, m, s in zip(weight[keep], mean[keep], sd[keep]):
            points = sorted({m, min(max(ceiling, m - 9 * s), m + 9 * s)})
            total += w * quad(lambda x: np.exp(k * min(x, ceiling)) * norm.pdf(x, m, s), m - 9 * s, m + 9 * s, points=points,
                              epsabs=0, epsrel=1e-11, limit=200)[0]
        return total

    first, second = moment(1), moment(2)
    return [lower + first, np.sqrt(second - first ** 2)] + [lower + np.exp(q) for q in quantiles]


t = np.arange(1, 401)
power = 1.9 * (t / 10.0) ** -0.35 + 0.2
cases = [  # name, losses, lower
    ("power", power[:100] * (1 + 0.15 * rng.standard_normal(100)), 0.0),
    ("shifted", 3 + power[:60] * (1 + 0.05 * rng.standard_normal(60)), 3.0),
    ("exponential", 1.7 * np.exp(-0.031 * t[:100]) + 0.42 + 0.05 * rng.standard_normal(100), 0.0),
    ("long", (0.4 + np.exp(-t / 150)) * np.exp(0.2 * rng.standard_normal(400)), 0.0),
    ("rising", 0.5 + 0.01 * t[:50] + 0.1 * rng.random(50), 0.0),
    ("flat", 2.3 + 0.05 * rng.standard_normal(80), 0.0),
    ("unbounded", 2 * np.exp(-0.05 * t[:80]) - 1 + 0.1 * rng.standard_normal(80), -np.inf),
    ("gaps", np.where(t[:90] % 4 == 0, np.nan, power[:90] + 0.1 * rng.random(90)), 0.0),
    ("correlated", 1 + np.convolve(rng.standard_normal(129), np.ones(10) / 10, "valid") * 0.5, 0.0),
    ("few", np.array([2.4, 2.3, 2.25, 2.27]), 0.0),
    ("one", np.array([2.385]), 0.0),
]

out = ["/* Generated by make_forecast.py. */", "static const struct Foretold {",
       "  const char *name;", "  int n;", "  double lower, step, mean, sd, quantile[3];", "  double losses[400];", "} FORETOLD[] = {"]


def number(x):
    return "NAN" if np.isnan(x) else "-INFINITY" if x == -np.inf else repr(float(x))


for name, losses, lower in cases:
    step = 10.0 * len(losses)
    values = forecast(losses, lower, step)
    print("%-12s mean %.6g sd %.6g, 80 %% from %.6g to %.6g" % (name, values[0], values[1], values[2], values[4]))
    text = [number(x) for x in losses]
    rows = [", ".join(text[i:i + 5]) for i in range(0, len(text), 5)]
    out.append('  { "%s", %d, %s, %s, %s, %s, { %s },' % (name, len(losses), *map(number, (lower, step, *values[:2])),
                                                          ", ".join(map(number, values[2:]))))
    out.append("    { " + ",\n      ".join(rows) + " } },")
out.append("};")
pathlib.Path(__file__).with_name("forecast.h").write_text("\n".join(out) + "\n")
