from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.local.dynamodb.support import Calls, key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def sized(pk: str, size: int, **attributes: Any) -> dict[str, Any]:
    """Return an item of exactly `size` bytes; sk is "0"."""
    item: dict[str, Any] = {**key(pk), **attributes}
    used = sum(len(name) + len(next(iter(value.values()))) for name, value in item.items()) + 1
    return {**item, "x": {"S": "y" * (size - used)}}


def units(answer: Any) -> float:
    found: float = answer["ConsumedCapacity"]["CapacityUnits"]
    return found


@pytest.mark.usefixtures("table")
class TestReadUnits:
    @pytest.mark.parametrize(
        ("size", "consistent", "expected"),
        [(4096, True, 1.0), (4097, True, 2.0), (4096, False, 0.5), (4097, False, 1.0), (100, False, 0.5)],
    )
    def test_of_one_item_count_four_kilobytes(
        self, client: DynamoDBClient, size: int, consistent: bool, expected: float
    ) -> None:
        client.put_item(TableName="ledger", Item=sized("a", size))

        answer = client.get_item(
            TableName="ledger",
            Key=key("a"),
            ConsistentRead=consistent,
            ReturnConsumedCapacity="TOTAL",
            ProjectionExpression="pk",
        )

        assert answer["ConsumedCapacity"] == {"TableName": "ledger", "CapacityUnits": expected}

    def test_are_paid_for_nothing_too(self, client: DynamoDBClient) -> None:
        answer = client.get_item(TableName="ledger", Key=key("nobody"), ReturnConsumedCapacity="TOTAL")

        assert units(answer) == 0.5

    def test_of_a_query_are_rounded_once_and_count_what_the_filter_drops(
        self, client: DynamoDBClient
    ) -> None:
        for number in range(5):
            client.put_item(TableName="ledger", Item=sized("a", 1000) | {"sk": {"S": str(number)}})

        answer = client.query(
            TableName="ledger",
            KeyConditionExpression="pk = :p",
            FilterExpression="attribute_exists(nothing)",
            ExpressionAttributeValues={":p": {"S": "a"}},
            ConsistentRead=True,
            ReturnConsumedCapacity="TOTAL",
        )

        assert (answer["Count"], units(answer)) == (0, 2.0)

    def test_of_an_index_count_what_it_projects(self, client: DynamoDBClient) -> None:
        for number in range(2):
            item = sized(f"p{number}", 6000, holder={"S": "h"}, due={"N": "1"})
            client.put_item(TableName="ledger", Item=item)
        found = {}
        for index in ("by-holder-all", "by-holder-keys"):
            answer = client.query(
                TableName="ledger",
                IndexName=index,
                KeyConditionExpression="holder = :h",
                ExpressionAttributeValues={":h": {"S": "h"}},
                ReturnConsumedCapacity="INDEXES",
            )
            found[index] = answer["ConsumedCapacity"]["GlobalSecondaryIndexes"][index]["CapacityUnits"]
            assert units(answer) == found[index]

        assert found == {"by-holder-all": 1.5, "by-holder-keys": 0.5}

    def test_of_a_batch_round_each_item(self, client: DynamoDBClient) -> None:
        client.put_item(TableName="ledger", Item=sized("a", 100))
        client.put_item(TableName="ledger", Item=sized("b", 4097))

        answer = client.batch_get_item(
            RequestItems={"ledger": {"Keys": [key("a"), key("b"), key("c")], "ConsistentRead": True}},
            ReturnConsumedCapacity="TOTAL",
        )

        assert answer["ConsumedCapacity"] == [{"TableName": "ledger", "CapacityUnits": 4.0}]

    def test_of_a_transaction_are_doubled(self, client: DynamoDBClient) -> None:
        client.put_item(TableName="ledger", Item=sized("a", 4097))

        answer = client.transact_get_items(
            TransactItems=[{"Get": {"TableName": "ledger", "Key": key(pk)}} for pk in ("a", "b")],
            ReturnConsumedCapacity="TOTAL",
        )

        assert answer["ConsumedCapacity"] == [
            {"TableName": "ledger", "CapacityUnits": 6.0, "ReadCapacityUnits": 6.0}
        ]


@pytest.mark.usefixtures("table")
class TestWriteUnits:
    @pytest.mark.parametrize(
        ("before", "after", "expected"), [(0, 1024, 1.0), (0, 1025, 2.0), (5000, 100, 5.0)]
    )
    def test_count_a_kilobyte_of_the_larger_of_before_and_after(
        self, client: DynamoDBClient, before: int, after: int, expected: float
    ) -> None:
        if before:
            client.put_item(TableName="ledger", Item=sized("a", before))

        answer = client.put_item(TableName="ledger", Item=sized("a", after), ReturnConsumedCapacity="TOTAL")

        assert units(answer) == expected

    def test_are_paid_for_a_condition_that_fails(self, client: DynamoDBClient, calls: Calls) -> None:
        client.put_item(TableName="ledger", Item=sized("a", 2000))
        calls.clear()

        with pytest.raises(client.exceptions.ConditionalCheckFailedException):
            client.delete_item(
                TableName="ledger", Key=key("a"), ConditionExpression="attribute_not_exists(pk)"
            )

        assert calls == [("DeleteItem", "ledger", 0.0, 2.0)]

    @pytest.mark.parametrize(
        ("update", "expected"),
        [
            # The table, and of its three indexes: all that hold the change.
            ("SET extra = :v", {"by-holder-all": 1.0}),
            ("SET note = :v", {"by-holder-all": 1.0, "by-holder-some": 1.0}),
            ("SET holder = :v", {"by-holder-all": 2.0, "by-holder-keys": 2.0, "by-holder-some": 2.0}),
            ("REMOVE due", {"by-holder-all": 1.0, "by-holder-keys": 1.0, "by-holder-some": 1.0}),
        ],
    )
    def test_count_each_index_that_changes(
        self, client: DynamoDBClient, update: str, expected: dict[str, float]
    ) -> None:
        item: Any = {**key("a"), "holder": {"S": "h"}, "due": {"N": "1"}, "note": {"S": "n"}}
        client.put_item(TableName="ledger", Item=item)
        values: Any = {"ExpressionAttributeValues": {":v": {"S": "new"}}} if ":v" in update else {}

        answer = client.update_item(
            TableName="ledger",
            Key=key("a"),
            UpdateExpression=update,
            ReturnConsumedCapacity="INDEXES",
            **values,
        )

        used = answer["ConsumedCapacity"]
        assert used["Table"] == {"CapacityUnits": 1.0}
        assert {
            name: one["CapacityUnits"] for name, one in used["GlobalSecondaryIndexes"].items()
        } == expected
        assert used["CapacityUnits"] == 1.0 + sum(expected.values())

    def test_of_a_transaction_are_doubled_and_reads_when_repeated(
        self, client: DynamoDBClient, calls: Calls
    ) -> None:
        calls.clear()
        for _ in range(2):
            client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": "ledger", "Item": sized("a", 1025)}},
                    {
                        "ConditionCheck": {
                            "TableName": "ledger",
                            "Key": key("b"),
                            "ConditionExpression": "attribute_not_exists(pk)",
                        }
                    },
                ],
                ClientRequestToken="token",
            )

        assert calls == [
            ("TransactWriteItems", "ledger", 0.0, 6.0),
            ("TransactWriteItems", "ledger", 4.0, 0.0),
        ]


class TestTheObserver:
    @pytest.mark.usefixtures("table")
    def test_hears_of_every_call(self, client: DynamoDBClient, calls: Calls) -> None:
        client.put_item(TableName="ledger", Item=key("a"))
        client.get_item(TableName="ledger", Key=key("a"))
        client.list_tables()
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_item(TableName="nowhere", Key=key("a"))

        assert calls == [
            ("CreateTable", "ledger", 0.0, 0.0),
            ("PutItem", "ledger", 0.0, 1.0),
            ("GetItem", "ledger", 0.5, 0.0),
            ("ListTables", "", 0.0, 0.0),
            ("GetItem", "nowhere", 0.0, 0.0),
        ]
