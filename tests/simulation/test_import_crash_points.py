"""The process dies at every outside call of an import: whole bills or none, and the same file goes on."""

from __future__ import annotations

from functools import partial

import pytest

from feenote.service.import_files import ImportOutcome
from tests.simulation.importing import NUMBERS, bills_seen, bring, deaths, dies, prepare, seen
from tests.simulation.system import SimSystem


def a_system(*, drafts: bool) -> SimSystem:
    system = SimSystem()
    prepare(system.ports)
    if drafts:
        bring(system.ports, approve=False)
    return system


@pytest.mark.parametrize(
    ("drafts", "approve", "calls"),
    [(False, True, 12), (False, False, 12), (True, True, 15)],
    ids=["bills approved at once", "drafts", "drafts approved by the second import"],
)
def test_dies_anywhere_and_the_same_file_comes_again(drafts: bool, approve: bool, calls: int) -> None:
    undisturbed = a_system(drafts=drafts)
    bring(undisturbed.ports, approve=approve)
    wanted = seen(undisturbed.ports)
    drafted = bills_seen(a_system(drafts=drafts).ports)
    assert set(wanted["bills"]) == set(NUMBERS)
    reached = 0
    for number, after in deaths():
        system = a_system(drafts=drafts)
        if not dies(system.plan, partial(bring, system.ports, approve=approve), number, after=after):
            break
        reached += 1
        for bill_number, bill in bills_seen(system.ports).items():
            assert bill in (wanted["bills"][bill_number], drafted.get(bill_number))

        results = bring(system.ports, approve=approve)

        assert seen(system.ports) == wanted
        assert not any(result.errors for result in results)
        assert {result.outcome for result in bring(system.ports, approve=approve)} == {
            ImportOutcome.UNCHANGED
        }
        assert seen(system.ports) == wanted
    assert reached == 2 * calls
