"""One machine for all tests of this folder, with a template of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.machine import Machine, Plan
from local.processes import ROOT
from local.testing import running_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL_APP = Path(__file__).parent / "small_app"


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    plan = Plan(template=SMALL_APP / "template.yaml", python_path=(SMALL_APP / "layer", ROOT))
    yield from running_machine(plan)


@pytest.fixture(scope="session")
def token(machine: Machine) -> str:
    return machine.staff_token()
