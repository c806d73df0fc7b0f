"""Imports over the store that is deployed: the same results, few calls, once."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from feenote.domain.bills import BillState
from feenote.domain.file_text import decode
from feenote.service.import_clients import import_clients
from feenote.service.import_files import ImportOutcome
from tests.integration.dynamodb.stores import DynamoStore, dynamo_store
from tests.unit.imports.firm_ports import FIRM, FirmPorts
from tests.unit.imports.ledes import file, line
from tools.make_examples import EXAMPLES


@pytest.fixture
def dynamo() -> Iterator[DynamoStore]:
    made = dynamo_store()
    yield made
    made.client.delete_table(TableName=made.table_name)


class TestFortyBillsAndTheirClients:
    def test_come_in_whole_and_once(self, dynamo: DynamoStore) -> None:
        firm = FirmPorts(dynamo.store)
        bills = decode((EXAMPLES / "forty_bills.ledes.txt").read_bytes())
        clients = decode((EXAMPLES / "forty_bills_clients.csv").read_bytes())

        made = firm.import_ledes(bills, approve=True)
        import_clients(firm.ports, firm_id=FIRM, text=clients)
        before = dynamo.items()
        again = firm.import_ledes(bills, approve=True)
        clients_again = import_clients(firm.ports, firm_id=FIRM, text=clients)

        assert {result.outcome for result in made} == {ImportOutcome.CREATED}
        assert {result.outcome for result in again} == {ImportOutcome.UNCHANGED}
        assert {result.outcome for result in clients_again} == {ImportOutcome.UNCHANGED}
        assert dynamo.items() == before
        states = {firm.bills.get(FIRM, result.bill_id).state for result in made}
        assert states == {BillState.AWAITING_PAYMENT}

    def test_ask_the_table_less_than_twice_for_each_bill(self, dynamo: DynamoStore) -> None:
        firm = FirmPorts(dynamo.store)
        text = decode((EXAMPLES / "forty_bills.ledes.txt").read_bytes())
        before = dynamo.calls()
        firm.import_ledes(text, approve=True)
        first = dynamo.calls() - before
        firm.import_ledes(text, approve=True)
        second = dynamo.calls() - before - first

        # Firm, numbers, clients, matters, accounts; 12 clients and 19 matters made; a commit for each client.
        assert first <= 5 + 12 + 19 + 12
        assert second == 3


class TestFiveHundredBills:
    def test_ask_the_table_less_than_once_for_five_bills(self, dynamo: DynamoStore) -> None:
        firm = FirmPorts(dynamo.store)
        lines = (
            line(
                invoice_number=str(number // 20),
                client_id=str(number // 20 % 20),
                invoice_total="14000.00",
            )
            for number in range(10_000)
        )
        text = file(*lines)
        before = dynamo.calls()

        results = firm.import_ledes(text, approve=True)

        assert {result.outcome for result in results} == {ImportOutcome.CREATED}
        # Five calls for the numbers; a client has 25 bills, which are two transactions.
        assert dynamo.calls() - before <= 1 + 5 + 3 + 20 * 2 + 20 * 2


class TestBillsThatAreLarge:
    def test_come_in_whole_whatever_compresses(self, dynamo: DynamoStore) -> None:
        firm = FirmPorts(dynamo.store)
        chance = random.Random(1)
        # Fourteen bills, the contents of which are over 4 MB when they are compressed, twice each.
        words = ["".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(12_000)) for _ in range(14 * 8)]
        text = file(
            *(
                line(invoice_number=str(number // 8), line_item_description=word, invoice_total="5600")
                for number, word in enumerate(words)
            )
        )

        results = firm.import_ledes(text, approve=True)

        assert {(result.outcome, result.errors) for result in results} == {(ImportOutcome.CREATED, ())}


class TestABillOfTenThousandLines:
    def test_comes_in_whole(self, dynamo: DynamoStore) -> None:
        firm = FirmPorts(dynamo.store)
        text = file(*(line(invoice_total="7000000.00") for _ in range(10_000)))

        [result] = firm.import_ledes(text, approve=True)

        assert (result.outcome, result.errors) == (ImportOutcome.CREATED, ())
        assert len(firm.bills.get(FIRM, result.bill_id).content.lines) == 10_000
