"""Further functions to search, in two halves: one to look at while the optimiser is worked on, one to be run at the end alone.

Sources, where a function has a name: Surjanovic and Bingham, "Virtual Library of Simulation Experiments"; the two trainings are ours.
"""
import functools
import math

import numpy as np

from problems import Dimension, ackley, box, problem, rosenbrock, with_noise


def goldstein_price(x, y):
    a = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y)
    b = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y)
    return a * b


def levy(*x):
    w = [1 + (v - 1) / 4 for v in x]
    middle = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    return math.sin(math.pi * w[0]) ** 2 + middle + (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)


def styblinski_tang(*x):
    return sum(v ** 4 - 16 * v ** 2 + 5 * v for v in x) / 2


def griewank(*x):
    return 1 + sum(v * v for v in x) / 4000 - math.prod(math.cos(v / math.sqrt(i + 1)) for i, v in enumerate(x))


def momentum_training(lr, momentum, decay):
    """The effective rate lr / (1 - momentum) has a best value and a limit, past which there is no loss; decay matters a little."""
    rate = math.log10(lr / (1 - momentum))
    if rate > 0.3 + 0.5 * (1 - momentum):
        return math.nan
    slow = 0.9 / (1 + math.exp(2.2 * (rate + 1.8)))
    edge = 0.6 * math.exp(6 * (rate - 0.2))
    return 0.25 + slow + edge + 0.08 * (momentum - 0.9) ** 2 / 0.04 + 0.03 * (math.log10(decay) + 3.3) ** 2


SHEKEL_CENTRES = np.array([[4, 4, 4, 4], [1, 1, 1, 1], [8, 8, 8, 8], [6, 6, 6, 6], [3, 7, 3, 7],
                           [2, 9, 2, 9], [5, 5, 3, 3], [8, 1, 8, 1], [6, 2, 6, 2], [7, 3.6, 7, 3.6]])
SHEKEL_WIDTHS = np.array([0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 0.3, 0.7, 0.5, 0.5])


def shekel(*x):
    return -float(np.sum(1 / (np.sum((np.array(x) - SHEKEL_CENTRES) ** 2, axis=1) + SHEKEL_WIDTHS)))


def michalewicz(*x):
    return -sum(math.sin(v) * math.sin((i + 1) * v * v / math.pi) ** 20 for i, v in enumerate(x))


def bohachevsky(x, y):
    return x * x + 2 * y * y - 0.3 * math.cos(3 * math.pi * x) - 0.4 * math.cos(4 * math.pi * y) + 0.7


def powell(a, b, c, d):
    return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4


def cosine_mixture(*x):
    return sum(v * v - 0.1 * math.cos(5 * math.pi * v) for v in x) + 0.1 * len(x)


def wave(x):
    """One broad valley with ripples (Higdon 2002, tilted)."""
    return math.sin(2 * math.pi * x / 10) + 0.2 * math.sin(2 * math.pi * x / 2.5) + 0.02 * x


def batch_training(batch, lr, dropout):
    """The best rate grows with the root of the batch, dropout trades fit for noise, and far too large a rate has no loss."""
    off = math.log10(lr) + 2.2 - 0.5 * math.log10(batch / 32)
    if off > 1.3:
        return math.nan
    bowl = 0.25 * off * off / (1 + 0.3 * off * off) + 0.8 / (1 + math.exp(-9 * (off - 0.9)))
    return 0.4 + bowl + 0.015 * math.log2(batch / 64) ** 2 + 1.1 * (dropout - 0.25) ** 2


def best_batch_training():
    """Of all batches; the best rate of each lies near the middle of its bowl."""
    return min(batch_training(b, 10 ** (0.5 * math.log10(b / 32) - 2.2 + o / 1e4), 0.25) for b in range(32, 129) for o in range(-300, 301))


MOMENTUM_SPACE = (Dimension("lr", 1e-4, 10, "log"), Dimension("momentum", 0.0, 0.99), Dimension("decay", 1e-6, 1e-1, "log"))
BATCH_SPACE = (Dimension("batch", 8, 512, "log", integer=True), Dimension("lr", 1e-5, 1, "log"), Dimension("dropout", 0.0, 0.8))


def every_way(*exact):
    return list(exact) + [with_noise(p) for p in exact]


@functools.cache
def design():
    return every_way(
        problem("Rosenbrock-2", box(*[(-2.048, 2.048)] * 2), rosenbrock, minimum=0.0),
        problem("Goldstein-Price", box(*[(-2, 2)] * 2), goldstein_price, minimum=3.0),
        problem("Ackley-2", box(*[(-15, 30)] * 2), ackley, minimum=0.0),
        problem("Styblinski-Tang-3", box(*[(-5, 5)] * 3), styblinski_tang, [-2.903534] * 3),
        problem("Griewank-3", box(*[(-12, 14)] * 3), griewank, minimum=0.0),
        problem("momentum training", MOMENTUM_SPACE, momentum_training, [0.036, 0.9, 5e-4]),
        problem("Levy-5", box(*[(-10, 10)] * 5), levy, minimum=0.0),
    )


@functools.cache
def last():
    return every_way(
        problem("wave", box((0, 10)), wave, [6.9]),
        problem("Bohachevsky", box((-100, 90), (-80, 100)), bohachevsky, minimum=0.0),
        problem("Michalewicz-2", box(*[(0, math.pi)] * 2), michalewicz, [2.202906, 1.570796]),
        problem("Levy-3", box(*[(-10, 10)] * 3), levy, minimum=0.0),
        problem("batch training", BATCH_SPACE, batch_training, minimum=best_batch_training()),
        problem("Shekel-4", box(*[(0, 10)] * 4), shekel, [4.0] * 4),
        problem("cosine mixture-4", box(*[(-1, 1)] * 4), cosine_mixture, minimum=0.0),
        problem("Powell-4", box(*[(-4, 5)] * 4), powell, minimum=0.0),
        problem("Michalewicz-5", box(*[(0, math.pi)] * 5), michalewicz, minimum=-4.687658),
        problem("Rosenbrock-6", box(*[(-2.048, 2.048)] * 6), rosenbrock, minimum=0.0),
    )
