#!/usr/bin/env python3
"""What other libraries' schedules give, for tests/lua/schedule_compat_spec.lua: torch's from torch itself (its closed forms where it has
them, else its get_lr), the others' from their documented formulas, written here once more. Writes compat.lua beside this file."""
import math
import pathlib
import sys
import warnings
import torch
from torch.optim import lr_scheduler

warnings.filterwarnings("ignore")
rows = []   # library, name, parameters, rates, momenta


def lua(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"%s"' % value
    if isinstance(value, dict):
        return "{ " + ", ".join((("[%d]" % k) if isinstance(k, int) else k) + " = " + lua(v) for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        between = ",\n      " if value and isinstance(value[0], dict) else ", "
        return "{ " + between.join(map(lua, value)) + " }"
    return repr(value)


def from_torch(name, count, **given):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=given.get("lr", 0.1), momentum=0.9)
    scheduler = getattr(lr_scheduler, name)(optimizer, **{k: v for k, v in given.items() if k not in ("lr", "steps")})
    rates, momenta = [], []
    for t in range(count):
        scheduler.last_epoch = t
        scheduler._get_lr_called_within_step = True
        rates.append((getattr(scheduler, "_get_closed_form_lr", None) or scheduler.get_lr)()[0])
        momenta.append(optimizer.param_groups[0]["momentum"])
        if name == "CosineAnnealingWarmRestarts":
            scheduler.step()
    rows.append(("torch", name, given, rates, momenta if "momentum" in " ".join(given) else None))


from_torch("ConstantLR", 12, lr=0.3, factor=0.25, total_iters=7)
from_torch("ConstantLR", 8, lr=0.3)
from_torch("LinearLR", 12, lr=0.3, start_factor=0.1, end_factor=0.9, total_iters=7)
from_torch("LinearLR", 8, lr=0.3)
from_torch("ExponentialLR", 12, lr=0.3, gamma=0.87)
from_torch("StepLR", 12, lr=0.3, step_size=4, gamma=0.3)
from_torch("MultiStepLR", 12, lr=0.3, milestones=[8, 3, 3], gamma=0.3)
from_torch("PolynomialLR", 12, lr=0.3, total_iters=9, power=1.7)
from_torch("PolynomialLR", 8, lr=0.3)
from_torch("CosineAnnealingLR", 11, lr=0.3, T_max=10, eta_min=0.02)
from_torch("CosineAnnealingLR", 26, lr=0.3, T_max=10, eta_min=0.02, steps=25)
from_torch("CosineAnnealingWarmRestarts", 30, lr=0.3, T_0=4, T_mult=2, eta_min=0.02)
from_torch("CosineAnnealingWarmRestarts", 12, lr=0.3, T_0=5)
for mode in "triangular", "triangular2", "exp_range":
    from_torch("CyclicLR", 20, base_lr=0.01, max_lr=0.3, step_size_up=3, step_size_down=5, mode=mode, gamma=0.97, base_momentum=0.7,
               max_momentum=0.95)
for strategy in "cos", "linear":
    for three in False, True:
        from_torch("OneCycleLR", 20, max_lr=0.3, total_steps=20, pct_start=0.37, anneal_strategy=strategy, three_phase=three,
                   base_momentum=0.7, max_momentum=0.9)
from_torch("OneCycleLR", 20, max_lr=0.3, total_steps=20, pct_start=0.8, three_phase=True, div_factor=10.0, final_div_factor=100.0,
           cycle_momentum=False)


def add(library, name, f, count, **given):
    rows.append((library, name, given, [float(f(t)) for t in range(count)], None))


def cosine(p):
    return 0.5 * (1 + math.cos(math.pi * p))


# ---- transformers: LambdaLR, so lr times a factor ----
def warm(f, warmup):
    return lambda t: 0.3 * (t / max(1, warmup) if t < warmup else f(t))


W, N = 5, 17
base = dict(lr=0.3, num_warmup_steps=W, num_training_steps=N)
p = lambda t: (t - W) / (N - W)
add("transformers", "get_constant_schedule", lambda t: 0.3, 3, lr=0.3)
add("transformers", "get_constant_schedule_with_warmup", warm(lambda t: 1, W), 12, lr=0.3, num_warmup_steps=W)
add("transformers", "get_linear_schedule_with_warmup", warm(lambda t: max(0, (N - t) / (N - W)), W), N + 3, **base)
add("transformers", "get_linear_schedule_with_warmup", lambda t: 0.3 * (N - t) / N, N, lr=0.3, num_warmup_steps=0, num_training_steps=N)
add("transformers", "get_cosine_schedule_with_warmup", warm(lambda t: cosine(p(t)), W), N, **base)
add("transformers", "get_cosine_schedule_with_warmup", warm(lambda t: 0.5 * (1 + math.cos(2 * math.pi * 1.25 * p(t))), W), N,
    num_cycles=1.25, **base)
add("transformers", "get_cosine_with_hard_restarts_schedule_with_warmup",
    warm(lambda t: 0 if t >= N else cosine(3 * p(t) % 1), W), N + 3, num_cycles=3, **base)
add("transformers", "get_polynomial_decay_schedule_with_warmup",
    warm(lambda t: (1e-3 if t > N else (0.3 - 1e-3) * (1 - p(t)) ** 2.5 + 1e-3) / 0.3, W), N + 3, lr_end=1e-3, power=2.5, **base)
add("transformers", "get_inverse_sqrt_schedule", warm(lambda t: 1 / math.sqrt(t / W), W), 30, lr=0.3, num_warmup_steps=W)
add("transformers", "get_inverse_sqrt_schedule", warm(lambda t: 1 / math.sqrt((t + 40 - W) / 40), W), 30, lr=0.3, num_warmup_steps=W,
    timescale=40)
add("transformers", "get_cosine_with_min_lr_schedule_with_warmup", warm(lambda t: cosine(p(t)) * 0.9 + 0.1, W), N, min_lr=0.03, **base)


def with_rate(t, first):
    if t < W:
        return 0.3 * ((t + 1) / W if first is None else first + (1 - first) * t / (W - 1))
    return 0.3 * (cosine((t - W + 1) / (N - W)) * 0.8 + 0.2)


add("transformers", "get_cosine_with_min_lr_schedule_with_warmup_lr_rate", lambda t: with_rate(t, None), N, min_lr_rate=0.2, **base)
add("transformers", "get_cosine_with_min_lr_schedule_with_warmup_lr_rate", lambda t: with_rate(t, 0.15), N, min_lr_rate=0.2,
    warmup_lr_rate=0.15, **base)


def wsd(t, up, down):
    rises = {"linear": lambda q: q, "cosine": lambda q: 0.5 * (1 - math.cos(math.pi * q)), "1-sqrt": lambda q: 1 - math.sqrt(1 - q)}
    falls = {"linear": lambda q: 1 - q, "cosine": cosine, "1-sqrt": lambda q: 1 - math.sqrt(q)}
    if t < 5:
        factor = rises[up](t / 5)
    elif t < 12:
        return 0.3
    elif t < 20:
        factor = falls[down]((t - 12) / 8)
    else:
        factor = 0
    return 0.3 * (factor * 0.95 + 0.05)


for kind in "linear", "cosine", "1-sqrt":
    add("transformers", "get_wsd_schedule", lambda t: wsd(t, kind, kind), 24, lr=0.3, num_warmup_steps=5, num_decay_steps=8,
        num_training_steps=20, warmup_type=kind, decay_type=kind, min_lr_ratio=0.05)

# ---- optax ----
add("optax", "constant_schedule", lambda t: 0.2, 3, value=0.2)
for first, last in (0.3, 0.01), (0.0, 0.4):
    add("optax", "polynomial_schedule", lambda t: (first - last) * (1 - min(max(t - 3, 0), 9) / 9) ** 2.5 + last, 15, init_value=first,
        end_value=last, power=2.5, transition_steps=9, transition_begin=3)
    add("optax", "linear_schedule", lambda t: first + (last - first) * min(t, 9) / 9, 12, init_value=first, end_value=last,
        transition_steps=9)
add("optax", "piecewise_constant_schedule", lambda t: 0.3 * (0.5 if t >= 4 else 1) * (0.1 if t >= 9 else 1), 12, init_value=0.3,
    boundaries_and_scales={4: 0.5, 9: 0.1})


def interpolated(kind, init, scales):
    places, values = [0], [init]
    for place in sorted(scales):
        places.append(place)
        values.append(values[-1] * scales[place])

    def f(t):
        for k in range(len(places) - 1):
            if places[k] <= t < places[k + 1]:
                q = (t - places[k]) / (places[k + 1] - places[k])
                return values[k + 1] + (values[k] - values[k + 1]) * (cosine(q) if kind == "cosine" else 1 - q)
        return values[-1]
    return f


for kind in "linear", "cosine":
    add("optax", "piecewise_interpolate_schedule", interpolated(kind, 0.3, {4: 0.5, 9: 0.1}), 12, interpolate_type=kind, init_value=0.3,
        boundaries_and_scales={4: 0.5, 9: 0.1})
add("optax", "linear_onecycle_schedule", interpolated("linear", 0.3 / 25, {6: 25, 17: 1 / 25, 20: 1e-4}), 23, transition_steps=20,
    peak_value=0.3)
add("optax", "cosine_onecycle_schedule", interpolated("cosine", 0.3 / 25, {6: 25, 20: 1 / 25e4}), 23, transition_steps=20, peak_value=0.3)


def optax_exponential(t, init=0.3, begin=0, stairs=False, low=0.0):
    u = t - begin
    return max(low, init if u <= 0 else init * 0.4 ** (u // 5 if stairs else u / 5))


add("optax", "exponential_decay", optax_exponential, 14, init_value=0.3, transition_steps=5, decay_rate=0.4)
add("optax", "exponential_decay", lambda t: optax_exponential(t, begin=3, stairs=True, low=0.05), 25, init_value=0.3, transition_steps=5,
    decay_rate=0.4, transition_begin=3, staircase=True, end_value=0.05)
add("optax", "cosine_decay_schedule", lambda t: 0.3 * (0.9 * cosine(min(t, 9) / 9) ** 1.5 + 0.1), 12, init_value=0.3, decay_steps=9,
    alpha=0.1, exponent=1.5)
add("optax", "warmup_constant_schedule", lambda t: 0.1 + 0.2 * min(t, 5) / 5, 8, init_value=0.1, peak_value=0.3, warmup_steps=5)


def optax_warmup_cosine(t, first, peak, warmup, total, last):
    if t < warmup:
        return first + (peak - first) * t / warmup
    return last + (peak - last) * cosine(min(t - warmup, total - warmup) / (total - warmup))


add("optax", "warmup_cosine_decay_schedule", lambda t: optax_warmup_cosine(t, 0, 0.3, 5, 17, 0.01), 20, init_value=0.0, peak_value=0.3,
    warmup_steps=5, decay_steps=17, end_value=0.01)
add("optax", "warmup_exponential_decay_schedule", lambda t: 0.3 * t / 4 if t < 4 else optax_exponential(t - 4), 14, init_value=0.0,
    peak_value=0.3, warmup_steps=4, transition_steps=5, decay_rate=0.4)
add("optax", "sgdr_schedule",
    lambda t: optax_warmup_cosine(t, 0.01, 0.3, 2, 8, 0.02) if t < 8 else optax_warmup_cosine(t - 8, 0.02, 0.2, 3, 12, 0.0), 22,
    cosine_kwargs=[dict(init_value=0.01, peak_value=0.3, warmup_steps=2, decay_steps=8, end_value=0.02),
                   dict(init_value=0.02, peak_value=0.2, warmup_steps=3, decay_steps=12)])

# ---- keras ----
for stairs in False, True:
    q = (lambda t: t // 4) if stairs else (lambda t: t / 4)
    add("keras", "ExponentialDecay", lambda t: 0.3 * 0.6 ** q(t), 13, initial_learning_rate=0.3, decay_steps=4, decay_rate=0.6,
        staircase=stairs)
    add("keras", "InverseTimeDecay", lambda t: 0.3 / (1 + 0.7 * q(t)), 13, initial_learning_rate=0.3, decay_steps=4, decay_rate=0.7,
        staircase=stairs)
add("keras", "PiecewiseConstantDecay", lambda t: 0.3 if t <= 4 else 0.2 if t <= 9 else 0.05, 13, boundaries=[4, 9], values=[0.3, 0.2, 0.05])
add("keras", "PolynomialDecay", lambda t: (0.3 - 1e-4) * (1 - min(t, 9) / 9) ** 1.5 + 1e-4, 12, initial_learning_rate=0.3, decay_steps=9,
    power=1.5)
add("keras", "PolynomialDecay", lambda t: (0.3 - 0.01) * (1 - t / (9 * max(1, math.ceil(t / 9)))) ** 1.5 + 0.01, 29,
    initial_learning_rate=0.3, decay_steps=9, power=1.5, end_learning_rate=0.01, cycle=True, steps=29)
add("keras", "CosineDecay", lambda t: 0.3 * (0.9 * cosine(min(t, 9) / 9) + 0.1), 12, initial_learning_rate=0.3, decay_steps=9, alpha=0.1)
add("keras", "CosineDecay", lambda t: 0.01 + 0.29 * t / 4 if t < 4 else 0.3 * (0.9 * cosine(min(t - 4, 9) / 9) + 0.1), 16,
    initial_learning_rate=0.01, decay_steps=9, alpha=0.1, warmup_target=0.3, warmup_steps=4)


def keras_restarts(t, first, growth, fall, alpha):
    start, length, i = 0.0, float(first), 0
    while t >= start + length - 1e-9:
        start, length, i = start + length, length * growth, i + 1
    return 0.3 * ((1 - alpha) * fall ** i * cosine((t - start) / length) + alpha)


add("keras", "CosineDecayRestarts", lambda t: keras_restarts(t, 5, 2, 0.7, 0.1), 40, initial_learning_rate=0.3, first_decay_steps=5,
    m_mul=0.7, alpha=0.1)
add("keras", "CosineDecayRestarts", lambda t: keras_restarts(t, 5, 1.5, 1, 0), 40, initial_learning_rate=0.3, first_decay_steps=5, t_mul=1.5)
add("keras", "CosineDecayRestarts", lambda t: keras_restarts(t, 5, 1, 0.5, 0), 22, initial_learning_rate=0.3, first_decay_steps=5, t_mul=1.0,
    m_mul=0.5)


# ---- timm ----
def timm_cycle(t, shape, t_initial, lr_min=0.0, mul=1.0, decay=1.0, limit=1):
    start, length, i = 0.0, float(t_initial), 0
    while t >= start + length - 1e-9:
        start, length, i = start + length, length * mul, i + 1
    return lr_min + (0.3 * decay ** i - lr_min) * shape((t - start) / length) if i < limit else lr_min


def timm_warm(curve, warmup, first, prefix, target=0.3):
    return lambda t: first + t * (target - first) / warmup if t < warmup else curve(t - warmup if prefix else t)


many = dict(lr=0.3, t_initial=8, lr_min=0.01, cycle_mul=1.5, cycle_decay=0.6, cycle_limit=3)
shapes = dict(CosineLRScheduler=cosine, PolyLRScheduler=lambda q: (1 - q) ** 0.5,
              TanhLRScheduler=lambda q: 0.5 * (1 - math.tanh(-7 * (1 - q) + 3 * q)))
for name, shape in shapes.items():
    add("timm", name, lambda t: timm_cycle(t, shape, 9), 12, lr=0.3, t_initial=9)
    curve = lambda t: timm_cycle(t, shape, 8, 0.01, 1.5, 0.6, 3)
    add("timm", name, curve, 50, **many)
    add("timm", name, timm_warm(curve, 3, 0.02, True), 50, warmup_t=3, warmup_lr_init=0.02, warmup_prefix=True, **many)
    target = curve(3) if name == "TanhLRScheduler" else 0.3
    add("timm", name, timm_warm(curve, 3, 0.02, False, target), 50, warmup_t=3, warmup_lr_init=0.02, **many)
add("timm", "CosineLRScheduler", lambda t: timm_cycle(t, lambda q: cosine(q ** 1.5), 9), 12, lr=0.3, t_initial=9, k_decay=1.5)
add("timm", "PolyLRScheduler", lambda t: timm_cycle(t, lambda q: (1 - q ** 1.5) ** 2, 9), 12, lr=0.3, t_initial=9, k_decay=1.5, power=2.0)
stairs = lambda t: 0.3 * 0.5 ** (t // 4)
add("timm", "StepLRScheduler", stairs, 12, lr=0.3, decay_t=4, decay_rate=0.5)
add("timm", "StepLRScheduler", timm_warm(stairs, 3, 0.02, True), 15, lr=0.3, decay_t=4, decay_rate=0.5, warmup_t=3, warmup_lr_init=0.02)
add("timm", "MultiStepLRScheduler", timm_warm(lambda t: 0.3 * 0.5 ** ((t >= 4) + (t >= 9)), 3, 0.02, True), 15, lr=0.3, decay_t=[4, 9],
    decay_rate=0.5, warmup_t=3, warmup_lr_init=0.02)

out = ["-- Generated by make_compat.py: { library, name, parameters, rates, momenta }.", "return {"]
for library, name, given, rates, momenta in rows:
    out.append("  { %s, %s, {" % (lua(library), lua(name)))
    out += ["    %s = %s," % (key, lua(value)) for key, value in given.items()] + ["  },"]
    for values in (rates, momenta):
        if values is not None:
            text = [repr(float(x)) for x in values]
            out += ["    {"] + ["      " + ", ".join(text[i:i + 5]) + "," for i in range(0, len(text), 5)] + ["    },"]
    out.append("  },")
out.append("}")
pathlib.Path(__file__).with_name("compat.lua").write_text("\n".join(out) + "\n")
