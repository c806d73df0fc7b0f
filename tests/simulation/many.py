"""Run many seeds of a simulation on all cores, or replay one."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

from rich.progress import Progress

SEEDS_AT_ONCE = 50


def several(
    run: Callable[[int], Any], counted: Callable[[Any], Counter[str]], first: int, count: int
) -> tuple[Counter[str], str]:
    """Run seeds from `first`; return what happened how often, and the first failure."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + count):
        try:
            world = run(seed)
        except AssertionError as error:
            return seen, str(error)
        seen += counted(world)
    return seen, ""


def main(run: Callable[[int], Any], counted: Callable[[Any], Counter[str]]) -> int:
    """Run what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="replay one seed and print what was done")
    chosen = parser.parse_args()
    if chosen.seed is not None:
        world = run(chosen.seed)
        sys.stdout.write("\n".join(world.log) + "\n")
        return 0
    seen: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool, Progress() as progress:
        task = progress.add_task("Seeds", total=chosen.seeds)
        starts = range(chosen.first, chosen.first + chosen.seeds, SEEDS_AT_ONCE)
        sizes = [min(SEEDS_AT_ONCE, chosen.first + chosen.seeds - start) for start in starts]
        for size, (counts, failure) in zip(
            sizes, pool.map(partial(several, run, counted), starts, sizes), strict=True
        ):
            if failure:
                sys.stdout.write(failure + "\n")
                return 1
            seen += counts
            progress.advance(task, size)
    sys.stdout.write(", ".join(f"{count} {name}" for name, count in seen.items()) + ": every law held.\n")
    return 0
