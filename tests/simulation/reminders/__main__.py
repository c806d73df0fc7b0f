"""The simulation of reminders: `python -m tests.simulation.reminders --seeds 1000`, or `--seed 42`."""

from __future__ import annotations

import sys

from tests.simulation.many import main
from tests.simulation.reminders.run import counted, run

if __name__ == "__main__":
    sys.exit(main(run, counted))
