"""What each operation may ask of the outside, and what a list may cost, counted over the real adapters."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import balances, calls, fill, lists, records
from benchmarks.calls import PROMISES, Promise
from benchmarks.lists import PROBES
from benchmarks.office import Office, Tally, open_office
from benchmarks.probes import Cost, Probe
from benchmarks.records import FIRM
from feenote.adapters.dynamodb import keys


@pytest.fixture(scope="module")
def counted() -> dict[str, Tally]:
    return calls.count_all()


@pytest.fixture(scope="module")
def costs() -> dict[str, list[Cost]]:
    return lists.measure((100, 1_000))


@pytest.fixture(scope="module")
def owed() -> dict[str, list[Cost]]:
    return lists.measure_balances((100, 1_000))


class TestEachOperation:
    @pytest.mark.parametrize("operation", PROMISES)
    def test_asks_no_more_of_the_outside_than_was_promised(
        self, operation: str, counted: dict[str, Tally]
    ) -> None:
        assert PROMISES[operation].broken_by(counted[operation]) == []

    def test_is_counted(self, counted: dict[str, Tally]) -> None:
        assert all(tally.calls and (tally.read_units or tally.write_units) for tally in counted.values())


class TestOpeningALink:
    @pytest.mark.parametrize("operation", [calls.OPEN, calls.OPEN_MANY, calls.FETCH])
    def test_reads_twice_and_writes_nothing(self, operation: str, counted: dict[str, Tally]) -> None:
        tally = counted[operation]

        assert tally.of("dynamodb") == Counter({"GetItem": 1, "BatchGetItem": 1})
        assert tally.write_units == 0


class TestABalance:
    def test_of_many_bills_is_the_account_the_client_and_its_reminders(
        self, counted: dict[str, Tally]
    ) -> None:
        tally = counted[calls.BALANCE_MANY]

        assert tally.of("dynamodb") == Counter({"GetItem": 1, "BatchGetItem": 2})
        assert tally.write_units == 0

    def test_is_listed_by_one_query_the_names_in_one_batch_and_the_reminders_in_another(
        self, counted: dict[str, Tally]
    ) -> None:
        assert counted[calls.BALANCES].of("dynamodb") == Counter({"Query": 1, "BatchGetItem": 2})


class TestTakingAWebhook:
    def test_asks_the_processor_once_reads_once_and_writes_one_transaction(
        self, counted: dict[str, Tally]
    ) -> None:
        tally = counted[calls.WEBHOOK]

        assert tally.of("stripe").total() == 1
        assert tally.of("dynamodb") == Counter({"BatchGetItem": 1, "TransactWriteItems": 1})


class TestDeliveringAMessage:
    def test_claims_reads_sends_and_marks(self, counted: dict[str, Tally]) -> None:
        tally = counted[calls.DELIVER_AGAIN]

        assert list(tally.calls) == [
            "dynamodb.TransactWriteItems",
            "dynamodb.BatchGetItem",
            "sesv2.SendEmail",
            "dynamodb.UpdateItem",
        ]
        # The bill was sent before: that its recipient was asked for money again is one small write.
        assert tally.of("dynamodb") == Counter({"TransactWriteItems": 2, "BatchGetItem": 1, "UpdateItem": 1})

    def test_looks_at_a_reminder_again_in_one_more_read(self, counted: dict[str, Tally]) -> None:
        tally = counted[calls.DELIVER_REMINDER]

        assert tally.of("dynamodb") == Counter({"TransactWriteItems": 3, "BatchGetItem": 2, "UpdateItem": 1})

    def test_stores_the_pdf_with_the_first_message_alone(self, counted: dict[str, Tally]) -> None:
        assert counted[calls.DELIVER].of("s3") == Counter({"PutObject": 1})
        assert not counted[calls.DELIVER_AGAIN].of("s3")


class TestAList:
    @pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
    def test_costs_no_more_in_a_larger_firm(self, probe: Probe, costs: dict[str, list[Cost]]) -> None:
        assert probe.broken_by(costs[probe.name]) == []

    def test_shows_something(self, costs: dict[str, list[Cost]]) -> None:
        assert [name for name, found in costs.items() if not all(cost.shown for cost in found)] == []


class TestAListOfBalances:
    @pytest.mark.parametrize("probe", balances.PROBES, ids=lambda probe: probe.name)
    def test_costs_no_more_where_more_clients_owe(self, probe: Probe, owed: dict[str, list[Cost]]) -> None:
        assert probe.broken_by(owed[probe.name]) == []

    def test_shows_something(self, owed: dict[str, list[Cost]]) -> None:
        assert [name for name, found in owed.items() if not all(cost.shown for cost in found)] == []


class TestThePromisesBite:
    def test_one_read_too_many_breaks_a_promise(self) -> None:
        tally = Tally(calls=Counter({"dynamodb.GetItem": 2, "dynamodb.BatchGetItem": 1}))

        assert Promise(reads=2, writes=0).broken_by(tally) == ["3 reads, not 2"]

    def test_a_write_where_none_was_promised_breaks_it(self) -> None:
        tally = Tally(calls=Counter({"dynamodb.UpdateItem": 1}))

        assert Promise(reads=2, writes=0).broken_by(tally) == ["1 writes, not 0"]

    def test_a_call_to_another_service_breaks_it(self) -> None:
        tally = Tally(calls=Counter({"s3.GetObject": 1}))

        assert Promise().broken_by(tally) == ["asks {'s3.GetObject': 1}, not {}"]

    def test_a_list_that_grows_breaks_its_promise(self) -> None:
        probe = Probe("grows", lambda _: 1)

        assert probe.broken_by([Cost(1, 5, 1), Cost(1, 5.5, 1), Cost(1, 50, 1)]) != []
        assert probe.broken_by([Cost(1, 5, 1), Cost(2, 5, 1)]) != []
        assert probe.broken_by([Cost(1, 5, 1), Cost(1, 5.5, 1)]) == []


class TestAFilledFirmOfClients:
    def test_has_rows_with_all_that_the_adapters_store(self, tmp_path: Path) -> None:
        balances.fill_clients(tmp_path / "firm", 2)
        with open_office(tmp_path / "firm") as office:
            records.engage(office, "new")
            records.issued(office, "cli_new", "bill_new")
            made, filled = (
                office.table.get(keys.balance(FIRM, client_id, "USD"))
                for client_id in ("cli_new", balances.LARGE)
            )

        assert made is not None
        assert filled is not None
        # The new client has paid nothing yet.
        assert set(filled) == {*made, "last_payment_at"}


class TestAFilledFirm:
    def test_has_rows_with_all_that_the_adapters_store(self, tmp_path: Path) -> None:
        fill.fill(tmp_path / "firm", 20)
        with open_office(tmp_path / "firm") as office:
            made = _row(office, _issued(office))
            filled = _row(office, fill.bill_id(fill.OPENED))

        assert set(filled) == set(made)


def _issued(office: Office) -> str:
    bill = office.bills.get(FIRM, fill.bill_id(fill.OPENED))
    records.engage(office, "new")
    return records.issued(office, "cli_new", f"{bill.id}_new").id


def _row(office: Office, bill_id: str) -> dict[str, object]:
    found = office.table.get(keys.bill(FIRM, bill_id))
    assert found is not None
    return found
