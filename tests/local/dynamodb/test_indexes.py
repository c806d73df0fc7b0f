from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local.dynamodb.support import IN_A, by_holder, fill, key, pages, sorts

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@pytest.mark.usefixtures("table")
class TestQueryingAnIndex:
    @pytest.mark.parametrize(
        ("index", "names"),
        [
            ("by-holder-all", {"pk", "sk", "holder", "due", "note", "extra"}),
            ("by-holder-keys", {"pk", "sk", "holder", "due"}),
            ("by-holder-some", {"pk", "sk", "holder", "due", "note"}),
        ],
    )
    def test_shows_what_it_projects(self, client: DynamoDBClient, index: str, names: set[str]) -> None:
        fill(client, 2)

        answer = client.query(TableName="ledger", **by_holder(index))

        assert [set(item) for item in answer["Items"]] == [names, names]

    @pytest.mark.parametrize("forward", [True, False])
    @pytest.mark.parametrize("limit", [1, 2, 3, 10])
    def test_pages_through_equal_keys(self, client: DynamoDBClient, limit: int, forward: bool) -> None:
        fill(client, 10)

        found = pages(client, "query", **by_holder("by-holder-keys", Limit=limit, ScanIndexForward=forward))

        everything = [f"{number:03}" for number in range(10)]
        assert [sk for page in found for sk in page] == (everything if forward else everything[::-1])

    def test_pages_within_a_range(self, client: DynamoDBClient) -> None:
        fill(client, 10)

        found = pages(
            client,
            "query",
            IndexName="by-holder-all",
            KeyConditionExpression="holder = :h AND due BETWEEN :a AND :b",
            ExpressionAttributeValues={":h": {"S": "h"}, ":a": {"N": "-2"}, ":b": {"N": "0"}},
            ScanIndexForward=False,
            Limit=2,
        )

        assert [sk for page in found for sk in page] == ["007", "006", "005", "004", "003", "002"]

    def test_gives_a_last_key_of_both_keys(self, client: DynamoDBClient) -> None:
        fill(client, 3)

        answer = client.query(TableName="ledger", **by_holder("by-holder-keys", Limit=1))

        assert answer["LastEvaluatedKey"] == {
            **key("a", "000"),
            "holder": {"S": "h"},
            "due": {"N": "-3"},
        }

    def test_holds_only_items_with_all_of_its_keys(self, client: DynamoDBClient) -> None:
        fill(client, 3)
        client.update_item(TableName="ledger", Key=key("a", "001"), UpdateExpression="REMOVE due")
        client.put_item(TableName="ledger", Item=key("a", "002"))
        client.put_item(TableName="ledger", Item={**key("b"), "holder": {"S": "h"}, "due": {"N": "99"}})

        answer = client.query(TableName="ledger", **by_holder("by-holder-all"))

        assert sorts(answer) == ["000", "0"]

    def test_follows_an_item_that_moves_or_goes(self, client: DynamoDBClient) -> None:
        fill(client, 3)
        client.update_item(
            TableName="ledger",
            Key=key("a", "000"),
            UpdateExpression="SET due = :d",
            ExpressionAttributeValues={":d": {"N": "50"}},
        )
        client.delete_item(TableName="ledger", Key=key("a", "001"))

        answer = client.query(TableName="ledger", **by_holder("by-holder-all"))

        assert sorts(answer) == ["002", "000"]

    def test_filters_only_on_what_it_holds(self, client: DynamoDBClient) -> None:
        fill(client, 2)
        wanted = by_holder("by-holder-some", FilterExpression="extra = :o")
        wanted["ExpressionAttributeValues"] = {":h": {"S": "h"}, ":o": {"S": "x"}}

        answer = client.query(TableName="ledger", **wanted)

        assert (answer["Count"], answer["ScannedCount"]) == (0, 2)


class TestQueryingALocalIndex:
    def test_reads_consistently_and_fetches_what_it_does_not_hold(self, client: DynamoDBClient) -> None:
        client.create_table(
            TableName="ledger",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
                {"AttributeName": "due", "AttributeType": "N"},
            ],
            LocalSecondaryIndexes=[
                {
                    "IndexName": "by-due",
                    "KeySchema": [
                        {"AttributeName": "pk", "KeyType": "HASH"},
                        {"AttributeName": "due", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        for due in (2, 1):
            client.put_item(
                TableName="ledger",
                Item={**key("a", str(due)), "due": {"N": str(due)}, "note": {"S": "x"}},
            )

        answer = client.query(
            TableName="ledger",
            IndexName="by-due",
            ConsistentRead=True,
            ProjectionExpression="sk, note",
            **IN_A,
        )

        assert answer["Items"] == [
            {"sk": {"S": "1"}, "note": {"S": "x"}},
            {"sk": {"S": "2"}, "note": {"S": "x"}},
        ]
