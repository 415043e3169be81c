#!/usr/bin/env python3
"""Write tests/reference/schedulefree_reference.h: weights after some steps of schedule-free SGD and AdamW on given gradients.

Defazio et al. 2024, arXiv 2405.15682, in double precision and with the paper's own three sequences: gradients at
y = (1 - beta) z + beta x, steps from z, x the mean of the z weighted by the square of the largest rate so far (as in
the authors' code). The gradients are given, so that y feeds back only through weight decay.

    /usr/bin/python3 tests/reference/make_schedulefree.py
"""
import pathlib

import numpy

N, STEPS = 5, 12
random = numpy.random.default_rng(2385)
start = random.normal(size=N).astype(numpy.float32)
gradients = (random.normal(size=(STEPS, N)) * [1, 1e-3, 10, 1, 0]).astype(numpy.float32)
rates = numpy.array([0, 0.02, 0.05, 0.08, 0.1, 0.1, 0.1, 0.07, 0.03, 0.03, 0.12, 0.01])  # from 0, up, down, up again

CASES = [  # kind, momentum, beta1, beta2, epsilon, weight_decay
    ("SGD", 0.9, 0, 0, 0, 0),
    ("SGD", 0.5, 0, 0, 0, 0.1),
    ("SGD", 0.98, 0, 0, 0, 0.01),
    ("ADAMW", 0, 0.9, 0.999, 1e-8, 0),
    ("ADAMW", 0, 0.6, 0.95, 1e-4, 0.1),
]


def run(kind, momentum, beta1, beta2, epsilon, decay):
    beta = momentum if kind == "SGD" else beta1
    x, z, v = start.astype(float), start.astype(float), numpy.zeros(N)
    peak = total = 0.0
    for t, (rate, g) in enumerate(zip(rates, gradients.astype(float)), start=1):
        y = (1 - beta) * z + beta * x
        if kind == "ADAMW":
            v = beta2 * v + (1 - beta2) * g**2
            g = g / (numpy.sqrt(v / (1 - beta2**t)) + epsilon)
        z = z - rate * (g + decay * y)
        peak = max(peak, rate)
        total += peak**2
        c = peak**2 / total if total > 0 else 0
        x = (1 - c) * x + c * z
    return (1 - beta) * z + beta * x, x


def numbers(values):
    return "{ " + ", ".join(f"{float(v):.9g}" for v in values) + " }"


lines = [
    "/* Made by tests/reference/make_schedulefree.py. */",
    f"static const double FREE_RATE[STEPS] = {numbers(rates)};",
    "static const struct { Optimizer optimizer; double y[N], x[N]; } FREE[] = {",
]
for case in CASES:
    kind, *values = case
    momentum, beta1, beta2, epsilon, decay = values
    y, x = run(*case)
    lines.append(f"  {{ {{ OPTIMIZER_SCHEDULEFREE_{kind}, {momentum}, false, {beta1}, {beta2}, {epsilon}, {decay} }},")
    lines.append(f"    {numbers(y)},")
    lines.append(f"    {numbers(x)} }},")
lines.append("};")
path = pathlib.Path(__file__).parent / "schedulefree_reference.h"
path.write_text("\n".join(lines) + "\n")
