#!/usr/bin/env python3
"""Write tests/reference/optimizer_reference.h: weights after some steps of PyTorch's optimizers on given gradients.

    /usr/bin/python3 tests/reference/make_optimizer.py
"""
import pathlib

import numpy
import torch

N, STEPS = 5, 12
random = numpy.random.default_rng(2385)
start = random.normal(size=N).astype(numpy.float32)
gradients = (random.normal(size=(STEPS, N)) * [1, 1e-3, 10, 1, 0]).astype(numpy.float32)
momenta = (0.95 - 0.1 * numpy.sin(numpy.arange(STEPS) / 3)).round(6)  # of the cases that change it from step to step
rates = (0.1 * (1 - numpy.arange(STEPS) / STEPS) ** 2 + 1e-3).round(6)

CYCLED = [  # momentum, in Adam beta1, set anew before each step
    ("SGD", 0.9, False, 0, 0, 0, 0.1),
    ("SGD", 0.7, True, 0, 0, 0, 0),
    ("ADAM", 0, False, 0.9, 0.999, 1e-8, 0),
    ("ADAMW", 0, False, 0.9, 0.95, 1e-4, 0.3),
]
CASES = [  # kind, momentum, nesterov, beta1, beta2, epsilon, weight_decay
    ("SGD", 0, False, 0, 0, 0, 0),
    ("SGD", 0, False, 0, 0, 0, 0.1),
    ("SGD", 0.9, False, 0, 0, 0, 0),
    ("SGD", 0.9, False, 0, 0, 0, 0.1),
    ("SGD", 0.7, True, 0, 0, 0, 0.1),
    ("ADAM", 0, False, 0.9, 0.999, 1e-8, 0),
    ("ADAM", 0, False, 0.8, 0.95, 1e-4, 0.1),
    ("ADAMW", 0, False, 0.9, 0.999, 1e-8, 0.01),
    ("ADAMW", 0, False, 0, 0.95, 1e-4, 0.3),
]


def optimizer_of(w, kind, momentum, nesterov, beta1, beta2, epsilon, weight_decay):
    if kind == "SGD":
        return torch.optim.SGD([w], lr=1, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)
    make = torch.optim.Adam if kind == "ADAM" else torch.optim.AdamW
    return make([w], lr=1, betas=(beta1, beta2), eps=epsilon, weight_decay=weight_decay)


def numbers(values):
    return "{ " + ", ".join(f"{float(v):.9g}" for v in values) + " }"


lines = [
    "/* Made by tests/reference/make_optimizer.py with PyTorch " + torch.__version__ + ". */",
    f"enum {{ N = {N}, STEPS = {STEPS} }};",
    f"static const float START[N] = {numbers(start)};",
    f"static const double RATE[STEPS] = {numbers(rates)};",
    f"static const double MOMENTUM[STEPS] = {numbers(momenta)};",
    "static const float GRADIENT[STEPS][N] = {",
    *(f"  {numbers(g)}," for g in gradients),
    "};",
    "typedef struct Case { Optimizer optimizer; double end[N]; } Case;",
]


def add(case, cycled):
    w = torch.nn.Parameter(torch.from_numpy(start.copy()))
    optimizer = optimizer_of(w, *case)
    for rate, momentum, g in zip(rates, momenta, gradients):
        group = optimizer.param_groups[0]
        group["lr"] = float(rate)
        if cycled and "betas" in group:
            group["betas"] = (float(momentum), group["betas"][1])
        elif cycled:
            group["momentum"] = float(momentum)
        w.grad = torch.from_numpy(g.copy())
        optimizer.step()
    kind, momentum, nesterov, beta1, beta2, epsilon, weight_decay = case
    lines.append(f"  {{ {{ OPTIMIZER_{kind}, {momentum}, {str(nesterov).lower()}, {beta1}, {beta2}, {epsilon}, {weight_decay} }},")
    lines.append(f"    {numbers(w.detach())} }},")


for name, cases in ("CASES", CASES), ("CYCLED", CYCLED):
    lines.append(f"static const Case {name}[] = {{")
    for case in cases:
        add(case, name == "CYCLED")
    lines.append("};")
path = pathlib.Path(__file__).parent / "optimizer_reference.h"
path.write_text("\n".join(lines) + "\n")
