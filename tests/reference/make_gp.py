"""Write gp_reference.h: Gaussian processes with given hyper-parameters, from scikit-learn; expected improvement from mpmath.

    /usr/bin/python3 tests/reference/make_gp.py
"""
import pathlib

import mpmath
import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel

N, M, D = 9, 5, 2
LENGTH, SIGNAL, NOISE = np.array([0.385, 1.7]), 2.385, 0.0123

random = np.random.default_rng(2385)
X = random.uniform(-1, 2, (N, D)).round(6)
y = (np.sin(3 * X[:, 0]) + 0.5 * X[:, 1] ** 2 + 0.1 * random.normal(size=N)).round(6)
variance = random.uniform(0, 0.05, N).round(6)
Z = random.uniform(-1.5, 2.5, (M, D)).round(6)


def row(values):
    return "{ " + ", ".join(repr(float(v)) for v in np.ravel(values)) + " }"


def shape(name):
    if name == "squared exponential":
        return RBF(LENGTH)
    return Matern(LENGTH, nu={"Matern 1/2": 0.5, "Matern 3/2": 1.5, "Matern 5/2": 2.5}[name])


def case(name):
    f = GaussianProcessRegressor(ConstantKernel(SIGNAL) * shape(name), alpha=NOISE + variance, optimizer=None).fit(X, y)
    mean, sd = f.predict(Z, return_std=True)
    with_noise = GaussianProcessRegressor(
        ConstantKernel(SIGNAL) * shape(name) + WhiteKernel(NOISE), alpha=variance, optimizer=None).fit(X, y)
    evidence, g = with_noise.log_marginal_likelihood(with_noise.kernel_.theta, eval_gradient=True)
    assert abs(evidence - f.log_marginal_likelihood_value_) < 1e-9
    gradient = [*g[1:1 + D], g[0], g[1 + D]]  # sorted as theta is: lengths, signal, noise
    return f"  {{ {row(mean)}, {row(sd ** 2)}, {evidence!r},\n    {row(gradient)} }},  /* {name} */"


def log_ei(z):
    """ln(phi(z) + z Phi(z)), from 60 digits."""
    mpmath.mp.dps = 60  # cancels 8 of them at z = -1e4; phi underflows nowhere in mpmath
    z = mpmath.mpf(z)
    return float(mpmath.log(mpmath.npdf(z) + z * mpmath.ncdf(z)))


Z_SCORES = [5, 1.5, 0.3, 0, -0.7, -1, -2.385, -3.9, -3.9999, -4, -4.0001, -5.5, -10, -37.7, -250, -1e4]

lines = [
    "/* Written by make_gp.py from scikit-learn. Points are row-major. */",
    f"enum {{ REFERENCE_N = {N}, REFERENCE_M = {M}, REFERENCE_D = {D} }};",
    f"static const double REFERENCE_LENGTH[] = {row(LENGTH)}, REFERENCE_SIGNAL = {SIGNAL}, REFERENCE_NOISE = {NOISE};",
    f"static const double REFERENCE_X[] = {row(X)};",
    f"static const double REFERENCE_Y[] = {row(y)};",
    f"static const double REFERENCE_VARIANCE[] = {row(variance)};",
    f"static const double REFERENCE_Z[] = {row(Z)};",
    "",
    "typedef struct Reference {",
    "  double mean[REFERENCE_M], variance[REFERENCE_M], evidence;",
    "  double gradient[REFERENCE_D + 2];   /* by ln length, ln signal, ln noise */",
    "} Reference;",
    "",
    "static const Reference REFERENCE[] = {  /* in the order of KernelKind */",
    *[case(name) for name in ("Matern 1/2", "Matern 3/2", "Matern 5/2", "squared exponential")],
    "};",
    "",
    "static const struct { double z, log_h; } REFERENCE_LOG_H[] = {  /* ln(phi(z) + z Phi(z)), from mpmath */",
    *[f"  {{ {z}, {log_ei(z)!r} }}," for z in Z_SCORES],
    "};",
]
folder = pathlib.Path(__file__).parent
(folder / "gp_reference.h").write_text("\n".join(lines) + "\n")
