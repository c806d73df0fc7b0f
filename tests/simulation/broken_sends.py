"""Promises of sends, each broken in one place, as a careless change might break it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from feenote.domain.deliveries import DeliveryState, Lane, MessageKind
from feenote.domain.templates import Wording
from feenote.service import deliver_message, prepare_chunk, resolve_delivery, send_bills, sweep_deliveries
from feenote.service.deliver_in_turn import TurnedBatch
from feenote.service.ports import MailJob, SendCounts
from tests.fakes.stored import deliveries as stored_deliveries
from tests.fakes.stored.deliveries import FakeDeliveries
from tests.fakes.stored.sends import FakeSends
from tests.fakes.stored.templates import FakeTemplates, wording_for
from tests.fakes.stored.world import World as Stored


def queue_again(patch: pytest.MonkeyPatch) -> None:
    """Store a bill's messages once more when its chunk comes again, as if nothing was there."""
    queue = FakeDeliveries.queue

    def careless(
        self: FakeDeliveries, send: Any, result: Any, deliveries: Any, events: Any, **more: Any
    ) -> None:
        self._world.results[send.firm_id, send.id].pop(result.bill_id, None)
        queue(self, send, result, deliveries, events, **{**more, "seen": None})

    patch.setattr(FakeDeliveries, "queue", careless)
    patch.setattr(FakeSends, "results_of", lambda *_: {})


def count_beside_the_write(patch: pytest.MonkeyPatch) -> None:
    """Count bills in a write of its own: one that is prepared twice counts twice."""
    queue, counts = FakeDeliveries.queue, FakeSends.counts
    counted: dict[tuple[int, str], Counter[str]] = {}

    def counting(
        self: FakeDeliveries, send: Any, result: Any, deliveries: Any, events: Any, **more: Any
    ) -> None:
        counted.setdefault((id(self._world), send.id), Counter())[result.outcome.value] += 1
        queue(self, send, result, deliveries, events, **more)

    def told(self: FakeSends, firm_id: str, send_id: str) -> SendCounts:
        outcomes = counted.get((id(self._world), send_id), Counter())
        return SendCounts(outcomes, counts(self, firm_id, send_id).states)

    patch.setattr(FakeDeliveries, "queue", counting)
    patch.setattr(FakeSends, "counts", told)


def claim_again_on_resume(patch: pytest.MonkeyPatch) -> None:
    """Take messages without an answer for ones that wait, when a send is resumed."""
    resume = FakeSends.resume

    def careless(self: FakeSends, send: Any, *, by: str, at: Any, expected_at: Any) -> bool:
        for place, delivery in self._world.deliveries.items():
            if delivery.send_id == send.id and delivery.state is DeliveryState.SENDING:
                self._world.deliveries[place] = replace(delivery, state=DeliveryState.QUEUED)
        return resume(self, send, by=by, at=at, expected_at=expected_at)

    patch.setattr(FakeSends, "resume", careless)


def park_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Never let the sweep look again for what was parked."""
    patch.setattr(FakeDeliveries, "expect", lambda *_, **__: None)


def park_without_a_second_look(patch: pytest.MonkeyPatch) -> None:
    """Park although the send goes on again."""

    def careless(self: TurnedBatch, job: MailJob, _now: Any) -> None:
        self._ports.deliveries.park(job)

    patch.setattr(TurnedBatch, "_park", careless)


def ask_nobody(patch: pytest.MonkeyPatch) -> None:
    """Deliver without asking whether the send was stopped."""
    patch.setattr(TurnedBatch, "_stopped_sends", lambda _: frozenset())


def forget_the_chunks(patch: pytest.MonkeyPatch) -> None:
    """Let a send go on without its chunks, and trust the queue alone to bring them."""
    resume = FakeSends.resume

    def careless(self: FakeSends, send: Any, *, by: str, at: Any, expected_at: Any) -> bool:
        before = dict(self._world.chunks[send.firm_id, send.id])
        done = resume(self, send, by=by, at=at, expected_at=expected_at)
        self._world.chunks[send.firm_id, send.id] = before
        return done

    patch.setattr(FakeSends, "resume", careless)


def trust_the_queue(patch: pytest.MonkeyPatch) -> None:
    """Never look for chunks that the queue has lost."""
    patch.setattr(sweep_deliveries, "_chunks_again", lambda *_: 0)


def lose_chunks(patch: pytest.MonkeyPatch) -> None:
    """Mark a chunk as done although its send was stopped in the middle of it."""
    finish, resume = FakeSends.finish_chunk, FakeSends.resume

    def done(self: FakeSends, send: Any, *, by: str, at: Any, expected_at: Any) -> bool:
        chunks = self._world.chunks[send.firm_id, send.id]
        finished = {position for position, chunk in chunks.items() if chunk.is_done}
        went_on = resume(self, send, by=by, at=at, expected_at=expected_at)
        for position in finished:
            chunks[position] = replace(chunks[position], is_done=True)
        return went_on

    patch.setattr(FakeSends, "park_chunk", finish)
    patch.setattr(FakeSends, "resume", done)


def believe_the_job(patch: pytest.MonkeyPatch) -> None:
    """Send what the job says, whatever is stored."""

    patch.setattr(deliver_message, "job_of", lambda _: mock.ANY)


def read_the_template_late(patch: pytest.MonkeyPatch) -> None:
    """Take the words that the template has when the message goes out."""

    def late(world: Stored, job: MailJob) -> Wording | None:
        named = world.deliveries[job.firm_id, job.delivery_id].template_id
        template = world.templates.get((job.firm_id, named))
        return template.wordings[0] if template else wording_for(world, job)

    patch.setattr(stored_deliveries, "wording_for", late)


def choose_late(patch: pytest.MonkeyPatch) -> None:
    """Take the words that a chosen template has when a message is prepared."""
    patch.setattr(send_bills, "pinned", lambda _ports, _firm_id, choice: choice)


def choose_any_default(patch: pytest.MonkeyPatch) -> None:
    """Give a client the default of another one."""

    def careless(self: FakeTemplates, firm_id: str, kind: MessageKind, client_ids: Any) -> dict[str, Any]:
        found = [each for each in self._world.templates.values() if each.is_default and each.kind is kind]
        return dict.fromkeys(client_ids, found[0]) if found else {}

    patch.setattr(FakeTemplates, "defaults_for", careless)


def show_old_news(patch: pytest.MonkeyPatch) -> None:
    """Leave a bill at what its first send told."""
    show = FakeDeliveries._show_queued

    def careless(self: FakeDeliveries, deliveries: Sequence[Any]) -> None:
        show(self, [each for each in deliveries if (each.firm_id, each.bill_id) not in self._world.news])

    patch.setattr(FakeDeliveries, "_show_queued", careless)


def skip_in_silence(patch: pytest.MonkeyPatch) -> None:
    """Give a bill that is skipped no result."""
    queue = FakeDeliveries.queue

    def careless(
        self: FakeDeliveries, send: Any, result: Any, deliveries: Any, events: Any, **more: Any
    ) -> None:
        if deliveries:
            queue(self, send, result, deliveries, events, **more)

    patch.setattr(FakeDeliveries, "queue", careless)


def send_anew_with_the_rest(patch: pytest.MonkeyPatch) -> None:
    """Let what a person has sent anew wait with the rest of a stopped send."""

    class Bulk:
        PROMPT = Lane.BULK

    patch.setattr(resolve_delivery, "Lane", Bulk)


def hand_over_nothing_again(patch: pytest.MonkeyPatch) -> None:
    """Leave what a stopped send has stored where it lies when it goes on."""
    patch.setattr(prepare_chunk, "_hand_over_again", lambda *_: None)


IN_SOME_HISTORY = (
    queue_again,
    count_beside_the_write,
    ask_nobody,
    forget_the_chunks,
    trust_the_queue,
    lose_chunks,
    read_the_template_late,
    choose_late,
    choose_any_default,
    show_old_news,
    skip_in_silence,
    hand_over_nothing_again,
)
"""Those that random histories notice soon; the others need a race that is written down."""
