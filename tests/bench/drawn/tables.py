#!/usr/bin/env python3
"""Write the tables that tables.lua lists, read from standard input, as CSV: tables.py FOLDER

A line is 'number kind rows columns useful classes difficulty noise heavy':
  kind        how the answer follows from the useful columns, and what the difficulty (0 .. 1) is
                linear    a linear answer; columns of condition number 1 .. 10,000
                teacher   a random network of one to three hidden layers
                clusters  which of several clouds a row is from; how much they overlap
                spirals   which arm of a spiral; half a turn to two
                checkers  which colour of a board; 2 to 6 squares a side
  classes     of the answer; 0: it is a number
  noise       share of the answer that is chance: of the variance, or of the labels
  heavy       how far the tails of the columns are stretched; 0: not
The columns that are not useful are noise.
"""
import pathlib
import sys
import numpy as np


def answer(score, classes):
    """A number of the first score, or the class whose score is largest."""
    return np.argmax(score, axis=1) if classes else score[:, 0]


def linear(random, rows, useful, classes, difficulty):
    turn, _ = np.linalg.qr(random.normal(size=(useful, useful)))
    size = 10 ** (-2 * difficulty * np.linspace(0, 1, useful))
    signal = random.normal(size=(rows, useful)) * size
    return signal * size @ turn, answer(signal @ random.normal(size=(useful, max(1, classes))), classes)


def teacher(random, rows, useful, classes, difficulty):
    x = random.normal(size=(rows, useful))
    signal = x
    for _ in range(1 + int(3 * difficulty)):
        weights = random.normal(size=(signal.shape[1], 16)) * 2 / signal.shape[1] ** 0.5
        signal = np.tanh(signal @ weights + 0.5 * random.normal(size=16))
    return x, answer(signal @ random.normal(size=(16, max(1, classes))), classes)


def clusters(random, rows, useful, classes, difficulty):
    count = 2 * classes if classes else 8
    centres = random.normal(size=(count, useful))
    cloud = random.integers(count, size=rows)
    x = centres[cloud] + (0.1 + 0.9 * difficulty) * random.normal(size=(rows, useful))
    return x, cloud % classes if classes else random.normal(size=count)[cloud]


def spirals(random, rows, useful, classes, difficulty):
    label = random.integers(classes, size=rows)
    radius = np.sqrt(random.uniform(0.02, 1, rows))
    angle = 2 * np.pi * ((0.5 + 1.5 * difficulty) * radius + label / classes)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), label


def checkers(random, rows, useful, classes, difficulty):
    squares = 2 + int(5 * difficulty)
    x = random.uniform(0, squares, size=(rows, 2))
    return x, np.floor(x).sum(axis=1).astype(int) % 2


KINDS = {make.__name__: make for make in (linear, teacher, clusters, spirals, checkers)}


def with_noise(random, y, classes, noise):
    if classes:
        return np.where(random.uniform(size=len(y)) < noise, random.integers(classes, size=len(y)), y)
    return (1 - noise) ** 0.5 * (y - y.mean()) / y.std() + noise ** 0.5 * random.normal(size=len(y))


def table(number, kind, rows, columns, useful, classes, difficulty, noise, heavy):
    random = np.random.default_rng(number)
    x, y = KINDS[kind](random, rows, useful, classes, difficulty)
    y = with_noise(random, y, classes, noise)
    x = np.column_stack([x, random.normal(size=(rows, columns - useful))])
    return np.sinh(heavy * x / x.std(axis=0)) if heavy else x, y


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for line in sys.stdin:
        number, kind, *sizes, difficulty, noise, heavy = line.split()
        x, y = table(int(number), kind, *map(int, sizes), *map(float, (difficulty, noise, heavy)))
        names = ",".join(f"x{i + 1}" for i in range(x.shape[1])) + ",y"
        np.savetxt(folder / f"{number}.csv", np.column_stack([x, y]), fmt="%.6g", delimiter=",", header=names, comments="")


main(pathlib.Path(sys.argv[1]))
