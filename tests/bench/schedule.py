#!/usr/bin/env python3
"""Reading a rate per step, from Lua, against torch's scheduler.step() and a Python function. One line a case; medians of one run."""
import math
import os
import pathlib
import subprocess
import time
import warnings
import torch
from torch.optim import lr_scheduler

N = 10000
warnings.filterwarnings("ignore")


def cosine(t):
    return 0.1 * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * t / N)))


def warmup_rex(t):
    if t < 500:
        return 0.1 * (t + 1) / 500
    z = 1 - (t - 500) / (N - 500)
    return 0.1 * z / (0.5 + 0.5 * z)


def step_torch(make):
    scheduler = make(torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1))
    start = time.perf_counter()
    for _ in range(N):
        scheduler.step()
    return (time.perf_counter() - start) / N


def call_python(f):
    start = time.perf_counter()
    for t in range(N):
        f(t)
    return (time.perf_counter() - start) / N


def median(measure, what):
    return sorted(measure(what) for _ in range(9))[4] * 1e9


lua = [os.environ.get("LUA", "lua5.4"), str(pathlib.Path(__file__).with_suffix(".lua"))]
ours = dict(line.split("\t") for line in subprocess.run(lua, check=True, capture_output=True, text=True).stdout.splitlines())
peers = {
    "cosine": [("torch CosineAnnealingLR", median(step_torch, lambda o: lr_scheduler.CosineAnnealingLR(o, N, 0.01))),
               ("Python function", median(call_python, cosine))],
    "warmup .. rex": [("torch LambdaLR", median(step_torch, lambda o: lr_scheduler.LambdaLR(o, lambda t: 10 * warmup_rex(t)))),
                      ("Python function", median(call_python, warmup_rex))],
}
for name, nanoseconds in ours.items():
    mine = float(nanoseconds)
    for peer, theirs in peers[name.split(", ")[0]]:
        print(f"{'rate, ' + name:44s} neap {mine:9.1f} ns   {peer} {theirs:9.1f} ns   ratio {mine / theirs:.4f}")
