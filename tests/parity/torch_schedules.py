#!/usr/bin/env python3
"""neap.schedule.compat.torch against torch itself on random parameters, SETS of them for each scheduler, at ten steps each: equal to
1e-12 relative. Where a value is off by more, torch's own rounding is asked after: both are compared with the formula in 80-bit
arithmetic, without cancellation, and neap must be within 1e-12 of that. How far torch's step() drifts from its closed form is told
too. LambdaLR and MultiplicativeLR, which are functions of the user's, are left to tests/lua/schedule_compat_spec.lua.
Called by `make parity`; arguments: number of sets (10000), seed (1)."""
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import warnings
import numpy as np
import torch
from torch.optim import lr_scheduler as schedulers

warnings.filterwarnings("ignore")
SETS = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
draw = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
L = np.longdouble
PI = L("3.14159265358979323846264338327950288")
HALF_PI = PI / 2


def rate():
    return 10 ** draw.uniform(-6, 1)


def steps():
    return int(10 ** draw.uniform(0.31, 5))


def half_cosine(p):   # (1 + cos(pi p)) / 2
    p = L(p)
    return np.sin(HALF_PI * (1 - p)) ** 2 if p > L(0.5) else np.cos(HALF_PI * p) ** 2


def interpolate(kind, first, last, p):
    first, last = L(first), L(last)
    return last + (first - last) * half_cosine(p) if kind == "cos" else first * (1 - p) + last * p


def exact_one_cycle(o, t, first, middle, last):
    total, start = o["total_steps"], L(o["pct_start"]) * o["total_steps"] - 1
    places = [L(0), start, 2 * start, L(total - 1)] if o["three_phase"] else [L(0), start, L(total - 1)]
    values = [first, middle, first, last] if o["three_phase"] else [first, middle, last]
    k = next((i for i in range(1, len(places)) if t <= places[i]), len(places) - 1)
    return interpolate(o["anneal_strategy"], values[k - 1], values[k], (t - places[k - 1]) / (places[k] - places[k - 1]))


def exact_cycle(o, t, low, high):
    up, down = o["step_size_up"], o["step_size_down"]
    number, local = divmod(t, up + down)
    height = L(local) / up if local <= up else L(up + down - local) / down
    if o["mode"] == "triangular2":
        height = height / L(2) ** number
    if o["mode"] == "exp_range":
        height = height * L(o["gamma"]) ** t
    return low + (L(high) - L(low)) * height


def one_cycle():
    total = max(3, steps())
    return dict(max_lr=rate(), total_steps=total, pct_start=draw.uniform(min(0.95, 1.5 / total), 0.99),
                anneal_strategy=draw.choice(["cos", "linear"]), base_momentum=draw.uniform(0, 0.9), max_momentum=draw.uniform(0.9, 0.99),
                div_factor=10 ** draw.uniform(0, 4), final_div_factor=10 ** draw.uniform(0, 6), three_phase=draw.random() < 0.5)


def cyclic():
    base = rate()
    return dict(base_lr=base, max_lr=base * 10 ** draw.uniform(0, 3), step_size_up=steps(), step_size_down=steps(),
                mode=draw.choice(["triangular", "triangular2", "exp_range"]), gamma=1 - 10 ** draw.uniform(-6, -3),
                base_momentum=draw.uniform(0, 0.8), max_momentum=draw.uniform(0.8, 0.99))


def restart(o, t):
    start, length = 0, o["T_0"]
    while t >= start + length:
        start, length = start + length, length * o["T_mult"]
    return L(t - start) / length


# name -> random parameters; largest step worth asking for; the formula in 80-bit arithmetic
CASES = {
    "ConstantLR": (lambda: dict(lr=rate(), factor=draw.random(), total_iters=steps()), lambda o: 2 * o["total_iters"],
                   lambda o, t: L(o["lr"]) * (o["factor"] if t < o["total_iters"] else 1)),
    "LinearLR": (lambda: dict(lr=rate(), start_factor=draw.uniform(0.01, 1), end_factor=draw.random(), total_iters=steps()),
                 lambda o: 2 * o["total_iters"],
                 lambda o, t: L(o["lr"]) * interpolate("linear", o["start_factor"], o["end_factor"],
                                                       L(min(t, o["total_iters"])) / o["total_iters"])),
    "ExponentialLR": (lambda: dict(lr=rate(), gamma=1 - 10 ** draw.uniform(-6, -2)), lambda o: 20000,
                      lambda o, t: L(o["lr"]) * L(o["gamma"]) ** t),
    "StepLR": (lambda: dict(lr=rate(), step_size=steps(), gamma=draw.uniform(0.05, 1)), lambda o: 20 * o["step_size"],
               lambda o, t: L(o["lr"]) * L(o["gamma"]) ** (t // o["step_size"])),
    "MultiStepLR": (lambda: dict(lr=rate(), milestones=[steps() for _ in range(draw.randint(1, 6))], gamma=draw.uniform(0.05, 1)),
                    lambda o: 100000, lambda o, t: L(o["lr"]) * L(o["gamma"]) ** sum(m <= t for m in o["milestones"])),
    "PolynomialLR": (lambda: dict(lr=rate(), total_iters=steps(), power=draw.uniform(0.1, 4)), lambda o: 2 * o["total_iters"],
                     lambda o, t: L(o["lr"]) * (L(max(o["total_iters"] - t, 0)) / o["total_iters"]) ** L(o["power"])),
    "CosineAnnealingLR": (lambda: dict(lr=rate(), T_max=steps(), eta_min=draw.choice([0, 0.01 * rate()])), lambda o: o["T_max"],
                          lambda o, t: interpolate("cos", o["lr"], o["eta_min"], L(t) / o["T_max"])),
    "CosineAnnealingWarmRestarts": (lambda: dict(lr=rate(), T_0=steps(), T_mult=draw.randint(1, 3),
                                                 eta_min=draw.choice([0, 0.01 * rate()])),
                                    lambda o: 30 * o["T_0"], lambda o, t: interpolate("cos", o["lr"], o["eta_min"], restart(o, t))),
    "CyclicLR": (cyclic, lambda o: 10 * (o["step_size_up"] + o["step_size_down"]),
                 lambda o, t: exact_cycle(o, t, o["base_lr"], o["max_lr"])),
    "OneCycleLR": (one_cycle, lambda o: o["total_steps"] - 1,
                   lambda o, t: exact_one_cycle(o, t, L(o["max_lr"]) / L(o["div_factor"]), o["max_lr"],
                                                L(o["max_lr"]) / L(o["div_factor"]) / L(o["final_div_factor"]))),
}
MOMENTA = {"CyclicLR": lambda o, t: exact_cycle(o, t, o["max_momentum"], o["base_momentum"]),
           "OneCycleLR": lambda o, t: exact_one_cycle(o, t, o["max_momentum"], o["base_momentum"], o["max_momentum"])}


def torch_scheduler(name, o):
    given = {key: value for key, value in o.items() if key != "lr"}
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=o.get("lr", 0.1), momentum=0.9)
    return optimizer, getattr(schedulers, name)(optimizer, **given)


def torch_values(name, optimizer, scheduler, times):
    """Rates, and momenta where there are some, without stepping there one by one."""
    rates, momenta = [], []
    for t in times:
        if name == "CosineAnnealingWarmRestarts":
            scheduler.T_cur, scheduler.T_i = t, scheduler.T_0
            while scheduler.T_cur >= scheduler.T_i:   # as step() does, without setting the rate each time
                scheduler.T_cur, scheduler.T_i = scheduler.T_cur - scheduler.T_i, scheduler.T_i * scheduler.T_mult
        scheduler.last_epoch = t
        closed = getattr(scheduler, "_get_closed_form_lr", None)
        scheduler._get_lr_called_within_step = True
        rates.append((closed or scheduler.get_lr)()[0])
        momenta.append(optimizer.param_groups[0]["momentum"])
    return rates + (momenta if name in MOMENTA else [])


def drift(name):
    """How far fifty schedulers, really stepped a thousand times, come from their closed form, relative to the largest rate."""
    worst = 0
    for _ in range(50):
        o = CASES[name][0]()
        optimizer, scheduler = torch_scheduler(name, o)
        count = min(1000, CASES[name][1](o))
        stepped = []
        for _ in range(count):
            stepped.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        formula = [float(CASES[name][2](o, t)) for t in range(count)]
        worst = max([worst] + [abs(a - b) / max(formula) for a, b in zip(stepped, formula)])
    return worst


def agree(a, b):
    return abs(a - b) <= 1e-12 * abs(b)


def compare(name, questions, answers):
    equal, rounding, wrong, worst_ours, worst_torch = 0, 0, [], 0, 0
    for (o, times, theirs), line in zip(questions, answers):
        ours = json.loads(line)
        formulas = [CASES[name][2]] + ([MOMENTA[name]] if name in MOMENTA else [])
        for i, (a, b) in enumerate(zip(ours, theirs)):
            if agree(a, b):
                equal += 1
                continue
            truth = formulas[i // len(times)](o, times[i % len(times)])
            if truth != 0:
                worst_ours, worst_torch = max(worst_ours, abs(a - truth) / abs(truth)), max(worst_torch, abs(b - truth) / abs(truth))
            if agree(a, truth) or abs(a - truth) < 1e-300:
                rounding += 1
            else:
                wrong.append((o, times[i % len(times)], a, b, float(truth)))
    return equal, rounding, wrong, worst_ours, worst_torch


def ask_neap(lines):
    neap = [os.environ.get("LUA", "lua5.4"), str(pathlib.Path(__file__).with_name("schedules.lua"))]
    return subprocess.run(neap, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True).stdout.splitlines()


def made_of_others():
    """The name of SequentialLR or ChainedScheduler, and of what."""
    base = rate()
    parts = [("ConstantLR", dict(lr=base, factor=draw.uniform(0.1, 1), total_iters=draw.randint(1, 20))),
             ("ExponentialLR", dict(lr=base, gamma=draw.uniform(0.8, 1)))]
    if draw.random() < 0.5:
        parts[0] = ("LinearLR", dict(lr=base, start_factor=draw.uniform(0.1, 1), end_factor=draw.uniform(0.1, 1),
                                     total_iters=draw.randint(1, 20)))
    return base, parts


def stepped(name, count):
    """A random scheduler of others: neap's question, and what torch's really gives, stepped."""
    base, parts = made_of_others()
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    inner = [getattr(schedulers, kind)(optimizer, **{k: v for k, v in o.items() if k != "lr"}) for kind, o in parts]
    own = dict(milestones=[draw.randint(1, 25)]) if name == "SequentialLR" else {}
    scheduler = getattr(schedulers, name)(*([optimizer] if own else []), inner, **own)
    rates = []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    given = dict(own, schedulers=[dict(name=kind, parameters=o) for kind, o in parts], **({} if own else dict(lr=base)))
    return dict(name=name, parameters=given, steps=list(range(count))), rates


def plateau(count):
    o = dict(mode=draw.choice(["min", "max"]), factor=draw.uniform(0, 0.95), patience=draw.randint(0, 4), threshold=draw.uniform(0, 0.1),
             threshold_mode=draw.choice(["rel", "abs"]), cooldown=draw.randint(0, 3), min_lr=draw.choice([0, 1e-3]))
    base, metrics = rate(), [1 / (1 + t) + 0.1 * draw.gauss(0, 1) for t in range(count)]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    scheduler, rates = schedulers.ReduceLROnPlateau(optimizer, **o), []
    for metric in metrics:
        scheduler.step(metric)
        rates.append(optimizer.param_groups[0]["lr"])
    return dict(name="ReduceLROnPlateau", parameters=dict(o, lr=base), metrics=metrics), rates


failed = False
for name, (parameters, longest, _) in CASES.items():
    questions, lines = [], []
    for _ in range(SETS):
        o = parameters()
        last = longest(o)
        times = sorted({0, min(1, last), last} | {draw.randint(0, last) for _ in range(7)})
        optimizer, scheduler = torch_scheduler(name, o)
        questions.append((o, times, torch_values(name, optimizer, scheduler, times)))
        lines.append(json.dumps(dict(name=name, parameters=o, steps=times, momentum=name in MOMENTA)))
    out = ask_neap(lines)
    equal, rounding, wrong, ours, theirs = compare(name, questions, out)
    print(f"{name:28s} {len(out)} sets, {equal} values equal to 1e-12, {rounding} where torch rounds worse "
          f"(off the formula by {float(theirs):.0e}, neap {float(ours):.0e}), {len(wrong)} wrong; "
          f"step() drifts {drift(name):.0e} of the peak")
    for case in wrong[:3]:
        print("  wrong:", case)
    failed = failed or bool(wrong) or len(out) != SETS

# Schedulers made of others and the plateau have no closed form: stepped, forty times each.
for name in "SequentialLR", "ChainedScheduler", "ReduceLROnPlateau":
    pairs = [plateau(40) if name == "ReduceLROnPlateau" else stepped(name, 40) for _ in range(SETS)]
    out = ask_neap([json.dumps(question) for question, _ in pairs])
    wrong = [(question, ours, theirs) for (question, rates), line in zip(pairs, out)
             for ours, theirs in zip(json.loads(line), rates) if not agree(ours, theirs)]
    print(f"{name:28s} {len(out)} sets, {40 * len(out) - len(wrong)} values equal to 1e-12, {len(wrong)} wrong")
    for case in wrong[:3]:
        print("  wrong:", case)
    failed = failed or bool(wrong) or len(out) != SETS
sys.exit(failed)
