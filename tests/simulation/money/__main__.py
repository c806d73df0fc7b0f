"""The simulation of money: `python -m tests.simulation.money --seeds 100000`, or `--seed 42`."""

from __future__ import annotations

import sys

from tests.simulation.many import main
from tests.simulation.money.run import counted, run

if __name__ == "__main__":
    sys.exit(main(run, counted))
