#!/usr/bin/env python3
"""Write the tables of the hold-out benchmark as CSV: tables.py FOLDER

Four that come with scikit-learn, and four drawn here from one seed:
  floor    a smooth function of 12 inputs under noise that is half of the variance: most of the loss can never be gained
  spirals  two spirals of one and a half turns, one label in twenty wrong: little is learnt for long, then much
  linear   a linear answer of 24 columns that are nearly alike (condition number in the thousands): slow directions
  deep     the answers of a random network of two hidden layers, without noise: the loss falls for as long as one trains
"""
import pathlib
import sys
import numpy as np
from sklearn import datasets


def shipped(load):
    data = load()
    return data.data, data.target


def floor(random, rows=16000):
    x = random.normal(size=(rows, 12))
    clean = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + 0.5 * np.abs(x[:, 3]) + x[:, 4:] @ random.normal(size=8) / 8 ** 0.5
    return x, clean + clean.std() * random.normal(size=rows)


def spirals(random, rows=3000):
    label = np.arange(rows) % 2
    radius = np.sqrt(random.uniform(0.02, 1, rows))
    angle = 3 * np.pi * radius + np.pi * label + 0.1 * random.normal(size=rows)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), label ^ (random.uniform(size=rows) < 0.05)


def linear(random, rows=4000):
    common = np.cumsum(random.normal(size=(rows, 24)), axis=1)   # each column is the one before and a little more
    return common, common @ random.normal(size=24) + 0.3 * random.normal(size=rows)


def deep(random, rows=4000):
    x = random.normal(size=(rows, 10))
    first, second, third = (random.normal(size=shape) * 1.5 / shape[0] ** 0.5 for shape in [(10, 16), (16, 16), (16, 1)])
    return x, (np.tanh(np.tanh(x @ first) @ second) @ third)[:, 0]


def write(file, x, y):
    names = ",".join(f"x{i + 1}" for i in range(x.shape[1])) + ",y"
    np.savetxt(file, np.column_stack([x, y]), fmt="%.8g", delimiter=",", header=names, comments="")


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for load in (datasets.load_breast_cancer, datasets.load_wine, datasets.load_diabetes, datasets.load_iris):
    write(folder / (load.__name__[len("load_"):] + ".csv"), *shipped(load))
for i, draw in enumerate((floor, spirals, linear, deep)):
    write(folder / (draw.__name__ + ".csv"), *draw(np.random.default_rng([20, i])))
