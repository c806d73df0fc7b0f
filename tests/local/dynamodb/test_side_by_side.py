from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from local.dynamodb.engine import Engine
from local.dynamodb.inprocess import attach
from tests.local.dynamodb.support import TABLE, HandClock, key, make_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

THREADS = 16


@pytest.fixture(params=["memory", "file"])
def shared(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Engine]:
    path = ":memory:" if request.param == "memory" else str(tmp_path / "data.sqlite")
    with Engine(path, clock) as engine:
        engine.call("CreateTable", TABLE)
        yield engine


def side_by_side(work: Callable[[int], Any], count: int) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(count)))


class TestTransactionsSideBySide:
    def test_move_money_without_losing_or_making_any(self, shared: Engine) -> None:
        client = make_client()
        attach(client, shared)
        accounts = [f"account{number}" for number in range(6)]
        for account in accounts:
            client.put_item(TableName="ledger", Item={**key(account), "balance": {"N": "100"}})

        def transfer(number: int) -> int:
            dice = random.Random(number)
            source, target = dice.sample(accounts, 2)
            amount = dice.randint(1, 60)
            try:
                client.transact_write_items(
                    TransactItems=[
                        {
                            "Update": {
                                "TableName": "ledger",
                                "Key": key(source),
                                "UpdateExpression": "SET balance = balance - :a",
                                "ConditionExpression": "balance >= :a",
                                "ExpressionAttributeValues": {":a": {"N": str(amount)}},
                            }
                        },
                        {
                            "Update": {
                                "TableName": "ledger",
                                "Key": key(target),
                                "UpdateExpression": "ADD balance :a",
                                "ExpressionAttributeValues": {":a": {"N": str(amount)}},
                            }
                        },
                        {
                            "Put": {
                                "TableName": "ledger",
                                "Item": {**key("journal", f"{number:04}"), "amount": {"N": str(amount)}},
                                "ConditionExpression": "attribute_not_exists(pk)",
                            }
                        },
                    ]
                )
            except client.exceptions.TransactionCanceledException:
                return 0
            return 1

        done = sum(side_by_side(transfer, 300))

        balances = [
            int(client.get_item(TableName="ledger", Key=key(one))["Item"]["balance"]["N"]) for one in accounts
        ]
        journal = client.query(
            TableName="ledger",
            Select="COUNT",
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": "journal"}},
        )
        assert sum(balances) == 600
        assert min(balances) >= 0
        assert journal["Count"] == done > 0

    def test_sell_a_stock_of_40_to_80_buyers_exactly_40_times(self, shared: Engine) -> None:
        client = make_client()
        attach(client, shared)
        client.put_item(TableName="ledger", Item={**key("stock"), "left": {"N": "40"}})

        def buy(number: int) -> bool:
            try:
                client.transact_write_items(
                    TransactItems=[
                        {
                            "Update": {
                                "TableName": "ledger",
                                "Key": key("stock"),
                                "UpdateExpression": "SET #l = #l - :one",
                                "ConditionExpression": "#l > :none",
                                "ExpressionAttributeNames": {"#l": "left"},
                                "ExpressionAttributeValues": {":one": {"N": "1"}, ":none": {"N": "0"}},
                            }
                        },
                        {"Put": {"TableName": "ledger", "Item": key("buyer", str(number))}},
                    ]
                )
            except client.exceptions.TransactionCanceledException:
                return False
            return True

        sold = sum(side_by_side(buy, 80))

        stock = client.get_item(TableName="ledger", Key=key("stock"))["Item"]
        assert sold == 40
        assert stock["left"] == {"N": "0"}
        assert client.scan(TableName="ledger", Select="COUNT")["Count"] == 41

    def test_count_every_update(self, shared: Engine) -> None:
        request = {
            "TableName": "ledger",
            "Key": key("counter"),
            "UpdateExpression": "ADD n :o",
            "ExpressionAttributeValues": {":o": {"N": "1"}},
            "ReturnValues": "UPDATED_NEW",
        }

        answers = side_by_side(lambda _number: shared.call("UpdateItem", dict(request)), 400)

        counts = sorted(int(answer["Attributes"]["n"]["N"]) for answer in answers)
        assert counts == list(range(1, 401))

    def test_of_two_engines_on_one_file_count_every_update_too(
        self, tmp_path: Path, clock: HandClock
    ) -> None:
        request = {
            "TableName": "ledger",
            "Key": key("counter"),
            "UpdateExpression": "ADD n :o",
            "ExpressionAttributeValues": {":o": {"N": "1"}},
        }
        path = tmp_path / "data.sqlite"
        with Engine(path, clock) as one, Engine(path, clock) as two:
            one.call("CreateTable", TABLE)

            side_by_side(lambda number: (one, two)[number % 2].call("UpdateItem", dict(request)), 200)

            found = one.call("GetItem", {"TableName": "ledger", "Key": key("counter")})
        assert found["Item"]["n"] == {"N": "200"}

    def test_are_read_whole_or_not_at_all(self, shared: Engine) -> None:
        def write(number: int) -> bool:
            shared.call(
                "TransactWriteItems",
                {
                    "TransactItems": [
                        {
                            "Put": {
                                "TableName": "ledger",
                                "Item": {**key("pair", side), "n": {"N": str(number)}},
                            }
                        }
                        for side in ("left", "right")
                    ]
                },
            )
            return True

        def read(_number: int) -> bool:
            answer = shared.call(
                "TransactGetItems",
                {
                    "TransactItems": [
                        {"Get": {"TableName": "ledger", "Key": key("pair", side)}}
                        for side in ("left", "right")
                    ]
                },
            )
            left, right = answer["Responses"]
            return bool(left["Item"]["n"] == right["Item"]["n"])

        write(0)

        agreed = side_by_side(lambda number: write(number) if number % 2 else read(number), 300)

        assert all(agreed)
