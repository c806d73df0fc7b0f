"""The same promises over the table itself, and in a history as wide as a firm's month."""

import pytest

from feenote.domain.sends import Outcome
from tests.simulation import laws
from tests.simulation.people import FIRM
from tests.simulation.run import run
from tests.simulation.sizes import AS_DEPLOYED
from tests.simulation.table import TableStore
from tests.simulation.world import A_MOMENT, World

BILLS_OF_A_WIDE_SEND = 320


@pytest.mark.parametrize("seed", range(4))
def test_every_promise_holds_over_the_table_itself(seed: int) -> None:
    store = TableStore(FIRM, seed)
    try:
        world = run(seed, steps=40, store=store)
    finally:
        store.close()
    assert world.log


def test_a_job_over_hundreds_of_bills_ends_whole() -> None:
    """Sizes are those of a deployment: the send has several chunks, each looked at in several parts."""
    world = World(11)
    while len(world.bill_ids) < BILLS_OF_A_WIDE_SEND:
        world.bill_is_made()
    laws.after_each_step(world)

    world.attempt(world.staff.all_bills_are_sent)
    acts = [act for _, act in world.acts_of_sending()[3:]] + 20 * [world.workers.mail_is_delivered]
    for step in range(250):
        world.now += A_MOMENT
        chosen = world.random.choice(acts)
        world.act_with_faults(chosen)
        # What a person chose is compared with what there was to choose from just before.
        if step % 10 == 0 or getattr(chosen, "__self__", None) is world.staff:
            laws.after_each_step(world)
    world.settle_down()
    laws.at_rest(world)
    world.resume_all()

    laws.at_the_end(world)
    send = world.system.store.sends.get(FIRM, "snd_001")
    assert send.chunks == -(-BILLS_OF_A_WIDE_SEND // AS_DEPLOYED.bills_in_a_chunk)
    results = [result for (send_id, _), result in world.memory.results.items() if send_id == send.id]
    assert len(results) == BILLS_OF_A_WIDE_SEND
    # A few bills were voided before their turn came.
    assert sum(result.outcome is Outcome.SENT for result in results) > 0.9 * BILLS_OF_A_WIDE_SEND
    assert world.deaths > 0
