"""Run many seeds on all cores, or replay one: `python -m tests.simulation --seeds 100000` or `--seed 42`."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from rich.progress import Progress

from tests.simulation.run import counted, run


def several(first: int, count: int) -> tuple[Counter[str], str]:
    """Run seeds from `first`; return what happened how often, and the first failure."""
    seen: Counter[str] = Counter()
    for seed in range(first, first + count):
        try:
            world = run(seed)
        except AssertionError as error:
            return seen, str(error)
        seen += counted(world)
    return seen, ""


def main() -> int:
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
    size = 50
    seen: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool, Progress() as progress:
        task = progress.add_task("Seeds", total=chosen.seeds)
        starts = range(chosen.first, chosen.first + chosen.seeds, size)
        for counts, failure in pool.map(several, starts, [size] * len(starts)):
            if failure:
                sys.stdout.write(failure + "\n")
                return 1
            seen += counts
            progress.advance(task, size)
    sys.stdout.write(", ".join(f"{count} {name}" for name, count in seen.items()) + ": every law held.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
