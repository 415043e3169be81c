"""Searches with one face: begin(problem, seed, budget), ask() -> values, tell(loss), best() -> values.

What best() recommends is what its user would take: neap's by posterior mean, the others' of least loss seen.
"""
import json
import math
import os
import subprocess

import numpy as np
import optuna

HERE = os.path.dirname(os.path.abspath(__file__))
optuna.logging.set_verbosity(optuna.logging.ERROR)


class Seen:
    """Remembers what was told, and recommends the point of least loss."""

    def begin(self, problem, seed, budget):
        self.problem, self.seen, self.point = problem, [], None

    def tell(self, loss):
        self.seen.append((math.inf if math.isnan(loss) else loss, len(self.seen), self.point))

    def best(self):
        return min(self.seen)[2]


class Random(Seen):
    name = "random"

    def begin(self, problem, seed, budget):
        super().begin(problem, seed, budget)
        self.random = np.random.default_rng(seed)

    def ask(self):
        self.point = [d.at(u) for d, u in zip(self.problem.space, self.random.random(len(self.problem.space)))]
        return self.point


class Optuna(Seen):
    name = "optuna TPE"

    def begin(self, problem, seed, budget):
        super().begin(problem, seed, budget)
        self.study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))

    def suggest(self, d):
        if d.choices:
            return self.trial.suggest_categorical(d.name, d.choices)
        if d.integer:
            return self.trial.suggest_int(d.name, int(d.low), int(d.high))
        return self.trial.suggest_float(d.name, d.low, d.high, log=d.scale == "log")

    def ask(self):
        self.trial = self.study.ask()
        self.point = [self.suggest(d) for d in self.problem.space]
        return self.point

    def tell(self, loss):
        super().tell(loss)
        if math.isnan(loss):
            self.study.tell(self.trial, state=optuna.trial.TrialState.FAIL)
        else:
            self.study.tell(self.trial, loss)


class Program:
    """A searcher in a process of its own, spoken to line by line."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended with status {self.process.wait()}")
        return line


class Dlib(Seen):
    """On a logarithmic axis it sees the logarithm; a category is a number; a failed trial is as bad as the worst seen."""
    name = "dlib global search"

    def __init__(self):
        self.program = Program([os.environ["DLIB_SEARCH"]])

    def begin(self, problem, seed, budget):
        super().begin(problem, seed, budget)
        words = []
        for d in problem.space:
            low, high = (0, len(d.choices) - 1) if d.choices else (d.low, d.high)
            if d.scale == "log":
                low, high = math.log(low), math.log(high)
            words += [f"{low:.17g}", f"{high:.17g}", str(int(d.integer or d.choices is not None))]
        self.program.say(f"new {seed} {len(problem.space)} {' '.join(words)}")

    def value(self, d, text):
        number = float(text)
        if d.choices:
            return d.choices[round(number)]
        if d.integer:
            return round(number)
        return min(max(math.exp(number), d.low), d.high) if d.scale == "log" else number

    def ask(self):
        self.program.say("ask")
        self.point = [self.value(d, text) for d, text in zip(self.problem.space, self.program.hear().split())]
        return self.point

    def tell(self, loss):
        super().tell(loss)
        told = [seen for seen, _, _ in self.seen if seen < math.inf]
        self.program.say(f"tell {loss if not math.isnan(loss) else max(told, default=0.0):.17g}")


class Neap:
    """neap with these options; 'budget' is told to it where it takes one."""

    def __init__(self, name="neap", **options):
        self.name, self.options = name, options
        self.program = Program([os.environ.get("LUA", "lua5.4"), os.path.join(HERE, "neap.lua")])

    def request(self, **what):
        self.program.say(json.dumps(what))
        return json.loads(self.program.hear())

    def begin(self, problem, seed, budget):
        self.problem = problem
        space = [dict(name=d.name, choices=d.choices) if d.choices else
                 dict(name=d.name, low=d.low, high=d.high, scale=d.scale, integer=d.integer) for d in problem.space]
        self.request(op="new", space=space, options=dict(self.options, seed=seed))

    def values(self, x):
        return [x[d.name] for d in self.problem.space]

    def ask(self):
        return self.values(self.request(op="ask"))

    def tell(self, loss):
        self.request(op="tell", loss=None if math.isnan(loss) else loss)

    def best(self):
        return self.values(self.request(op="best"))


SEARCHERS = {
    "neap": Neap,
    "neap, AutoLRS's setting": lambda: Neap("neap, AutoLRS's setting", acquisition="lcb", kappa=1000.0),
    "optuna TPE": Optuna,
    "dlib global search": Dlib,
    "random": Random,
}
