"""make bench-bo: the optimiser's speed and quality, beside its peers in the same run, and whether it reaches its targets.

QUICK=1: few seeds, no more than 25 evaluations, 200 points; about a minute. ONLY=speed or ONLY=quality: one half.
"""
import csv
import os
import pathlib
import statistics
import subprocess
import sys

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

HERE = pathlib.Path(__file__).resolve().parent
QUICK = os.environ.get("QUICK", "") not in ("", "0")
TITLES = ("neap", "neap, AutoLRS's setting", "optuna TPE", "dlib global search", "random")

# tell + ask, times quicker than scikit-learn's fit: (d, n) -> at least.
QUICKER = {(1, 10): 100, (1, 50): 15, (1, 100): 8, (1, 199): 8, (1, 488): 8, (4, 50): 15, (4, 488): 10}
# Gaps: (problem, evaluations, statistic) -> at most.
CLOSER = {("Forrester", 25, "median"): 1e-6, ("lr cliff", 25, "median"): 1e-6, ("Branin", 25, "median"): 1e-3,
          ("Hartmann-3", 25, "median"): 2e-5, ("Forrester", 10, "mean"): 0.002, ("lr cliff", 10, "mean"): 0.0015}


def compile_dlib():
    """The driver of dlib's search, built when its source is newer."""
    program = pathlib.Path(os.environ.get("BUILD", "build")).resolve() / "bench" / "dlib_search"
    source = HERE / "dlib.cpp"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        program.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["g++", "-O2", "-o", program, source, "-ldlib", "-llapack", "-lblas"], check=True)
    os.environ["DLIB_SEARCH"] = str(program)


class Verdicts:
    """Targets, and whether they were met."""

    def __init__(self):
        self.lines = []

    def add(self, what, measured, target, at_least):
        met = measured >= target if at_least else measured <= target
        self.lines.append((met, what, measured, ("at least" if at_least else "at most"), target))

    def show(self):
        print(f"\nTargets{' (QUICK: fewer seeds and rounds than they are stated for)' if QUICK else ''}")
        for met, what, measured, bound, target in self.lines:
            print(f"  {'reached' if met else 'MISSED ':8} {what:58} {measured:10.3g}   {bound} {target:g}")
        print(f"  {sum(met for met, *_ in self.lines)} of {len(self.lines)} reached")


def run_speed(verdicts):
    import searchers
    import speed

    searcher = searchers.Neap()
    print("\nOne tell + ask, hyper-parameters refitted, beside scikit-learn's fit with two restarts (median ms, one thread)")
    print(f"  {'d':>2} {'n':>5} {'neap':>10} {'scikit-learn':>13} {'times quicker':>14}")
    for d in (1, 4):
        for n in speed.FITTED if not QUICK else speed.FITTED[:-1]:
            mine = speed.neap(searcher, d, n, speed.rounds_for(n))
            theirs = speed.scikit_learn(d, n, 1 if QUICK else 4, 1 if QUICK else 3)
            print(f"  {d:2} {n:5} {mine:10.3f} {theirs:13.1f} {theirs / mine:14.1f}", flush=True)
            if (d, n) in QUICKER:
                verdicts.add(f"times quicker than scikit-learn's fit, d = {d}, n = {n}", theirs / mine, QUICKER[d, n], True)
    print("\nOne tell + ask without a refit, d = 1, beside the floor on this machine and on another (median microseconds)")
    print(f"  {'n':>8} {'neap':>10} {'floor here':>13} {'over it':>14} {'floor there':>13} {'over it':>9}")
    sizes = [n for n in speed.FLOOR if n <= 200 or not QUICK]
    here = speed.floor_here(sizes)
    for n in sizes:
        mine, there = 1e3 * speed.neap(searcher, 1, n, speed.rounds_without_refit(n), **speed.FIXED), speed.FLOOR[n]
        print(f"  {n:8} {mine:10.1f} {here[n]:13.1f} {mine / here[n]:14.2f} {there:13} {mine / there:9.2f}", flush=True)
        verdicts.add(f"without a refit, over the floor here, n = {n}", mine / here[n], 2, False)
        verdicts.add(f"without a refit, over the floor there, n = {n}", mine / there, 2, False)
    if not QUICK:
        print("\nn = 1978, one tell + ask refitted: " + ", ".join(
            f"d = {d} {speed.neap(searcher, d, 1978, 1) / 1e3:.2f} s" for d in (1, 4)))


def run_quality(verdicts):
    import further
    import problems
    import quality

    seeds = range(1, 4 if QUICK else 21)
    checkpoints = (10, 25) if QUICK else (10, 25, 50)
    results = quality.measure(problems.every(), TITLES, seeds, checkpoints)
    about = f"gap to the least value, {len(seeds)} seeds; noisy: the true gap at the point recommended"
    quality.print_table(f"Listed problems: {about}", problems.listed(), results, TITLES, checkpoints)
    quality.print_table(f"Problems held out: {about}", problems.held_out(), results, TITLES, checkpoints)
    halves = () if QUICK else (("looked at during development", further.design()), ("not looked at", further.last()))
    for which, some in halves:
        title = f"Further problems, {which}"
        results.update(quality.measure(some, TITLES, seeds, checkpoints))
        quality.print_table(f"{title}: {about}", some, results, TITLES, checkpoints)
        quality.print_standing(title, some, results, TITLES, checkpoints)
    for (name, n, statistic), target in CLOSER.items():
        measured = getattr(results, statistic)(name, "neap", checkpoints.index(n))
        verdicts.add(f"{statistic} gap after {n} evaluations, {name}", measured, target, False)
    hundred = quality.measure([problems.listed()[0]], ["neap"], range(1, 21 if QUICK else 101), (25,))["Forrester", "neap"][:, 0]
    median, mean = statistics.median(hundred), statistics.fmean(hundred)
    print(f"\nForrester after 25 evaluations, {len(hundred)} seeds: median {median:.1e}, mean {mean:.1e}, worst {max(hundred):.1e}")
    verdicts.add("no stuck seed on Forrester: mean gap over the median's", mean / median if median > 0 else 1.0, 10, False)
    print_standing(results, checkpoints.index(25))


def print_standing(results, k):
    """neap among the figures that the peers' own runs gave, best first."""
    print("\nWhere we stand: median gap after 25 evaluations. 'here': measured in this run; the others: an earlier run of these peers\n"
          "(10 seeds, 5 initial points)")
    with open(HERE / "peers.csv", newline="", encoding="utf-8") as file:
        peers = list(csv.DictReader(file))
    for name in dict.fromkeys(row["problem"] for row in peers):
        standing = [(float(row["gap"]), row["peer"]) for row in peers if row["problem"] == name]
        standing += [(results.median(name, title, k), title + ", here") for title in TITLES]
        print("  " + name)
        for gap, peer in sorted(standing):
            print(f"    {gap:8.1e}  {peer}{'   <--' if peer == 'neap, here' else ''}")


def main():
    only = os.environ.get("ONLY", "")
    if only not in ("", "speed", "quality"):
        sys.exit(f"bench-bo: ONLY is '{only}', speed or quality expected")
    sys.path.insert(0, str(HERE))
    verdicts = Verdicts()
    compile_dlib()
    if only != "quality":
        run_speed(verdicts)
    if only != "speed":
        run_quality(verdicts)
    verdicts.show()


if __name__ == "__main__":
    main()
