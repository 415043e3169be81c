#!/usr/bin/env python3
"""Reading a rate per step of 0.1 * (warmup(500) .. decay) over 10000 steps, from C and from Lua, against torch's scheduler.step()
and a Python function. One line for each case and way; from Lua medians, else the least of several rounds."""
import math
import os
import pathlib
import subprocess
import time
import warnings
import torch
from torch.optim import lr_scheduler

N, W = 10000, 500
warnings.filterwarnings("ignore")

DECAYS = {
    "warmup .. rex": lambda p: (1 - p) / (1 - 0.5 * p),
    "warmup .. linear": lambda p: 1 - p,
    "warmup .. step": lambda p: 1 if p < 0.5 else 0.1 if p < 0.75 else 0.01,
    "warmup .. cosine": lambda p: 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * p)),
    "warmup .. exponential": lambda p: math.exp(-3 * p),
}
TORCH = {   # torch's own scheduler for the decay, where it has one; else LambdaLR
    "warmup .. linear": lambda o: lr_scheduler.LinearLR(o, 1.0, 0.0, N - W),
    "warmup .. step": lambda o: lr_scheduler.MultiStepLR(o, [(N - W) // 2, (N - W) * 3 // 4]),
    "warmup .. cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, N - W, 0.01),
    "warmup .. exponential": lambda o: lr_scheduler.ExponentialLR(o, math.exp(-3 / (N - W))),
}


def handwritten(decay):
    return lambda t: 0.1 * ((t + 1) / W if t < W else decay((t - W) / (N - W)))


def step_torch(name):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    if name in TORCH:
        warmup = lr_scheduler.LinearLR(optimizer, 1 / W, 1.0, W)
        scheduler = lr_scheduler.SequentialLR(optimizer, [warmup, TORCH[name](optimizer)], [W])
    else:
        f = handwritten(DECAYS[name])
        scheduler = lr_scheduler.LambdaLR(optimizer, lambda t: 10 * f(t))
    optimizer.step()
    start = time.perf_counter()
    for _ in range(N):
        scheduler.step()
    return (time.perf_counter() - start) / N


def call_python(name):
    f = handwritten(DECAYS[name])
    start = time.perf_counter()
    for t in range(N):
        f(t)
    return (time.perf_counter() - start) / N


def least(measure, name):
    return min(measure(name) for _ in range(5)) * 1e9


programs = [[str(pathlib.Path(os.environ["NEAP"]).parent / "bench" / "schedule_fill")],
            [os.environ.get("LUA", "lua5.4"), str(pathlib.Path(__file__).with_suffix(".lua"))]]
ours = [line.split("\t") for command in programs
        for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()]
peers = {name: [("torch step()", least(step_torch, name)), ("Python function", least(call_python, name))] for name in DECAYS}
for name, way, nanoseconds in ours:
    way = {"fill": "C fill", "step": "C step"}.get(way, way)
    for peer, theirs in peers[name]:
        mine = float(nanoseconds)
        print(f"{name + ', ' + way:44s} neap {mine:9.1f} ns   {peer} {theirs:9.1f} ns   ratio {mine / theirs:.4f}")
