"""How close searches come to the least value of a function with few evaluations, over many seeds."""
import math
import multiprocessing
import os
import statistics

import numpy as np

import further
import problems
import searchers

CHECKPOINTS = (10, 25, 50)


def gaps(searcher, problem, seed, checkpoints):
    """What is missing to the least value after so many evaluations: at the best point seen, or, where the losses are noisy,
    the true gap at the point recommended."""
    noise = np.random.default_rng([seed, 20])
    best, found = math.inf, []
    searcher.begin(problem, seed, checkpoints[-1])
    for n in range(1, checkpoints[-1] + 1):
        loss = problem.loss(*searcher.ask())
        searcher.tell(loss + problem.noise * noise.standard_normal())
        best = min(best, loss) if not math.isnan(loss) else best
        if n in checkpoints:
            value = problem.loss(*searcher.best()) if problem.noisy else best
            found.append(max(value - problem.minimum, 0.0))
    return found


def job(args):
    name, title, seeds, checkpoints = args
    known = problems.every() + further.design() + further.last()
    problem, searcher = next(p for p in known if p.name == name), searchers.SEARCHERS[title]()
    return [gaps(searcher, problem, seed, checkpoints) for seed in seeds]


class Results(dict):
    """(problem's name, searcher) -> an array [seeds, checkpoints]."""

    def median(self, problem, title, k):
        return statistics.median(self[problem, title][:, k])

    def mean(self, problem, title, k):
        return statistics.fmean(self[problem, title][:, k])


def measure(todo, titles, seeds, checkpoints=CHECKPOINTS):
    """Every pair of problem and searcher, on every core."""
    pairs = [(p, t) for p in todo for t in titles]
    with multiprocessing.Pool(os.cpu_count()) as pool:
        found = pool.map(job, [(p.name, t, seeds, checkpoints) for p, t in pairs], chunksize=1)
    return Results({(p.name, t): np.array(rows) for (p, t), rows in zip(pairs, found)})


def number(value):
    return f"{value:.1e}" if 0 < value < 1e-2 else f"{value:.3g}"


def print_standing(title, todo, results, titles, checkpoints=CHECKPOINTS):
    """Each searcher over many problems: the mean gap as a share of random search's (geometric mean, a share below 1e-4 counts as
    that), and the mean rank by it, 1 the best."""
    for noisy in (False, True):
        some = [p for p in todo if p.noisy == noisy]
        print(f"\n{title}, {'noisy' if noisy else 'exact'}: mean gap as a share of random search's, and mean rank, of {len(some)}")
        for t in titles:
            cells = ""
            for k in range(len(checkpoints)):
                shares = [max(results.mean(p.name, t, k) / results.mean(p.name, "random", k), 1e-4) for p in some]
                ranks = [1 + sum(results.mean(p.name, other, k) < results.mean(p.name, t, k) for other in titles) for p in some]
                cells += f"{number(statistics.geometric_mean(shares)):>12}{statistics.fmean(ranks):>9.2f}"
            print(f"  {t:26}{cells}")


def print_table(title, todo, results, titles, checkpoints=CHECKPOINTS):
    print(f"\n{title}")
    print(f"{'':28}" + "".join(f"{f'after {n}':>21}" for n in checkpoints))
    print(f"{'':28}" + f"{'median':>12}{'mean':>9}" * len(checkpoints))
    for p in todo:
        print(p.name + (f" (sd {p.noise:.3g})" if p.noisy else ""))
        for t in titles:
            cells = "".join(f"{number(results.median(p.name, t, k)):>12}{number(results.mean(p.name, t, k)):>9}"
                            for k in range(len(checkpoints)))
            print(f"  {t:26}{cells}")
