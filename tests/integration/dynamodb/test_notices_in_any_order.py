"""Notices in any order and doubled: the table ends in the truth that the fake does."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from feenote.domain.deliveries import Delivery
from feenote.service.ports import Ports
from tests.fakes.signals import FakeSignals
from tests.integration.dynamodb import samples
from tests.integration.dynamodb.stores import DynamoStore, Store, fake_store
from tests.unit.service.test_take_notice import (
    CONTACTS,
    ONE,
    TO_ANN,
    TO_BOTH,
    TWO,
    Told,
    take,
    truth,
)


def office_over(store: Store, delivery: Delivery) -> Any:
    """Return what the tests of notices call an office, over any store."""
    store.bills.add(samples.bill(), ())
    for contact_id, address in CONTACTS.items():
        store.records.put_contact(samples.contact(contact_id, email=address))
    store.deliveries.add(delivery)
    ports = SimpleNamespace(
        deliveries=store.deliveries,
        records=store.records,
        bills=store.bills,
        tasks=store.tasks,
        reminders=store.reminders,
        signals=FakeSignals(),
    )
    return SimpleNamespace(store=store, ports=cast("Ports", ports))


def truth_after(store: Store, delivery: Delivery, notices: list[Told]) -> dict[str, Any]:
    office = office_over(store, delivery)
    for told in notices:
        assert take(office, told)
    return truth(office)


class TestNotices:
    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize(("delivery", "kinds"), [(TO_ANN, ONE), (TO_BOTH, TWO)], ids=["one", "two"])
    def test_in_any_order_and_doubled_end_in_the_same_truth(
        self, dynamo: DynamoStore, delivery: Delivery, kinds: tuple[Told, ...], seed: int
    ) -> None:
        random = Random(seed)
        notices = random.choices(kinds, k=random.randint(2, 12))

        found = truth_after(dynamo.store, delivery, notices)

        assert found == truth_after(fake_store(), delivery, list(dict.fromkeys(notices)))
