"""The functions that searches are measured on: numbers, and their least value known to a dozen digits.

LISTED are those that neap's targets are stated for; HELD_OUT are there so that nobody tunes to the list. Each has a noisy
version: normal noise with a standard deviation of 5 % of the range of the function over its space.
"""
import dataclasses
import functools
import math
from typing import Callable, Optional

import numpy as np
from scipy import optimize

NOISE = 0.05   # of the range


@dataclasses.dataclass(frozen=True)
class Dimension:
    name: str
    low: float = 0.0
    high: float = 1.0
    scale: str = "linear"             # or "log"
    integer: bool = False
    choices: Optional[tuple] = None   # then low and high mean nothing

    def at(self, u):
        """The value at u in [0, 1)."""
        if self.choices:
            return self.choices[min(int(u * len(self.choices)), len(self.choices) - 1)]
        if self.integer:
            return min(int(self.low + u * (self.high - self.low + 1)), int(self.high))
        if self.scale == "log":
            return min(max(math.exp(math.log(self.low) + u * math.log(self.high / self.low)), self.low), self.high)
        return self.low + u * (self.high - self.low)


@dataclasses.dataclass(frozen=True)
class Problem:
    name: str
    space: tuple
    loss: Callable        # of the values in the order of the space; nan: the trial failed
    minimum: float
    noise: float = 0.0    # standard deviation

    @property
    def noisy(self):
        return self.noise > 0


def box(*ends):
    return tuple(Dimension(f"x{i + 1}", *end) for i, end in enumerate(ends))


def forrester(x):
    return (6 * x - 2) ** 2 * math.sin(12 * x - 4)


def lr_cliff(lr):
    u = math.log10(lr)
    return 0.5 + 1.8 / (1 + math.exp(3 * (u + 3))) + 6 / (1 + math.exp(-12 * (u + 0.9)))


def branin(x, y):
    return (y - 5.1 / (4 * math.pi ** 2) * x ** 2 + 5 / math.pi * x - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


HARTMANN_WEIGHTS = np.array([1.0, 1.2, 3.0, 3.2])
HARTMANN_3 = (np.array([[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]]),
              1e-4 * np.array([[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]]))
HARTMANN_6 = (np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]),
              1e-4 * np.array([[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                               [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]))


def hartmann(A, P):
    return lambda *x: -float(HARTMANN_WEIGHTS @ np.exp(-np.sum(A * (np.array(x) - P) ** 2, axis=1)))


def plateau(lr):
    """Too small a rate learns nothing, too large a one diverges and has no loss at all."""
    u = math.log10(lr)
    if u > -0.55:
        return math.nan
    return 2.302585 - 1.9 * math.exp(-((u + 1.5) / 0.45) ** 2) - 0.05 / (1 + math.exp(-8 * (u + 3)))


def gramacy(x):
    return math.sin(10 * math.pi * x) / (2 * x) + (x - 1) ** 4


def camel(x, y):
    return (4 - 2.1 * x ** 2 + x ** 4 / 3) * x ** 2 + x * y + (4 * y ** 2 - 4) * y ** 2


BEST_RATES = {"sgd": (-0.8, 0.30), "adam": (-2.9, 0.22), "rmsprop": (-3.3, 0.27)}   # log10 of it, and its loss


def mixed(layers, lr, optimizer):
    """A training to set up: each optimizer has its own best rate, which falls with depth, and diverges beyond it."""
    u, (best, floor) = math.log10(lr), BEST_RATES[optimizer]
    best -= 0.1 * layers
    bowl = 0.35 * (u - best) ** 2 / (1 + 0.15 * (u - best) ** 2)
    return floor + 0.02 * (layers - 4) ** 2 + bowl + 2 / (1 + math.exp(-15 * (u - best - 0.7)))


def rosenbrock(*x):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def ackley(*x):
    x = np.array(x)
    return float(20 + math.e - 20 * np.exp(-0.2 * np.sqrt(np.mean(x * x))) - np.exp(np.mean(np.cos(2 * math.pi * x))))


def polish(loss, x):
    """The least value near x, where the function is smooth."""
    return min(optimize.minimize(lambda v: loss(*v), x, method="Nelder-Mead",
                                 options=dict(xatol=1e-12, fatol=1e-15, maxiter=20000, maxfev=20000)).fun, loss(*x))


def range_of(space, loss):
    """Greatest less least finite value of 20000 random points."""
    random = np.random.default_rng(0)
    values = np.array([loss(*(d.at(u) for d, u in zip(space, point))) for point in random.random((20000, len(space)))])
    return float(np.nanmax(values) - np.nanmin(values))


def problem(name, space, loss, near=None, minimum=None):
    return Problem(name, space, loss, polish(loss, near) if minimum is None else minimum)


def with_noise(p):
    return dataclasses.replace(p, name=p.name + ", noisy", noise=NOISE * range_of(p.space, p.loss))


@functools.cache
def listed():
    exact = [
        problem("Forrester", box((0, 1)), forrester, [0.757249]),
        problem("lr cliff", (Dimension("lr", 1e-5, 1, "log"),), lr_cliff, [10 ** -1.4]),
        problem("Branin", box((-5, 10), (0, 15)), branin, minimum=10 / (8 * math.pi)),
        problem("Hartmann-3", box(*[(0, 1)] * 3), hartmann(*HARTMANN_3), [0.114614, 0.555649, 0.852547]),
    ]
    return exact + [with_noise(p) for p in exact]


@functools.cache
def held_out():
    setup = (Dimension("layers", 1, 6, integer=True), Dimension("lr", 1e-5, 1, "log"), Dimension("optimizer", choices=tuple(BEST_RATES)))
    best_setup = min(polish(lambda u, k=k: mixed(k, 10 ** u, "adam"), [-2.9 - 0.1 * k]) for k in range(1, 7))
    exact = [
        problem("plateau and failures", (Dimension("lr", 1e-6, 10, "log"),), plateau, [10 ** -1.5]),
        problem("Gramacy-Lee", box((0.5, 2.5)), gramacy, [0.548563]),
        problem("six-hump camel", box((-3, 3), (-2, 2)), camel, [0.0898, -0.7126]),
        problem("mixed set-up", setup, mixed, minimum=best_setup),
        problem("Rosenbrock-4", box(*[(-2.048, 2.048)] * 4), rosenbrock, minimum=0.0),
        problem("Ackley-5", box(*[(-15, 30)] * 5), ackley, minimum=0.0),
        problem("Hartmann-6", box(*[(0, 1)] * 6), hartmann(*HARTMANN_6), [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573]),
    ]
    return exact + [with_noise(p) for p in exact if p.name in ("six-hump camel", "mixed set-up", "Hartmann-6")]


def every():
    return listed() + held_out()
