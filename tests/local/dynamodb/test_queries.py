from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.dynamodb.support import IN_A, by_holder, error_of, fill, key, pages, sorts

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@pytest.mark.usefixtures("table")
class TestQueryingATable:
    @pytest.mark.parametrize(
        ("condition", "values", "found"),
        [
            ("pk = :p", {}, ["000", "001", "002", "003", "004"]),
            ("pk = :p AND sk = :a", {":a": "002"}, ["002"]),
            ("pk = :p AND sk < :a", {":a": "002"}, ["000", "001"]),
            ("pk = :p AND sk <= :a", {":a": "002"}, ["000", "001", "002"]),
            ("pk = :p AND sk > :a", {":a": "002"}, ["003", "004"]),
            ("sk >= :a AND pk = :p", {":a": "002"}, ["002", "003", "004"]),
            ("pk = :p AND sk BETWEEN :a AND :b", {":a": "001", ":b": "003"}, ["001", "002", "003"]),
            ("pk = :p AND begins_with(sk, :a)", {":a": "00"}, ["000", "001", "002", "003", "004"]),
            ("pk = :p AND begins_with(sk, :a)", {":a": "004"}, ["004"]),
            ("(pk = :p) AND (:a > sk)", {":a": "001"}, ["000"]),
        ],
    )
    def test_finds_a_range_in_order(
        self, client: DynamoDBClient, condition: str, values: dict[str, str], found: list[str]
    ) -> None:
        fill(client, 5)

        answer = client.query(
            TableName="ledger",
            KeyConditionExpression=condition,
            ExpressionAttributeValues={
                ":p": {"S": "a"},
                **{name: {"S": value} for name, value in values.items()},
            },
        )

        assert sorts(answer) == found

    @pytest.mark.parametrize(
        ("prefix", "found"),
        [
            (b"\x01", [b"\x01", b"\x01\x00", b"\x01\xff"]),
            (b"\x01\xff", [b"\x01\xff"]),
            (b"\xff", [b"\xff", b"\xff\xff"]),
        ],
    )
    def test_finds_what_begins_with_some_bytes_and_nothing_beside(
        self, client: DynamoDBClient, prefix: bytes, found: list[bytes]
    ) -> None:
        client.create_table(
            TableName="bytes",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "B"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        for sort in (b"\x00", b"\x01", b"\x01\x00", b"\x01\xff", b"\x02", b"\xff", b"\xff\xff"):
            client.put_item(TableName="bytes", Item={"pk": {"S": "a"}, "sk": {"B": sort}})

        answer = client.query(
            TableName="bytes",
            KeyConditionExpression="pk = :p AND begins_with(sk, :s)",
            ExpressionAttributeValues={":p": {"S": "a"}, ":s": {"B": prefix}},
        )

        assert [item["sk"]["B"] for item in answer["Items"]] == found

    @pytest.mark.parametrize("forward", [True, False])
    @pytest.mark.parametrize("limit", [1, 3, 7, 10])
    def test_pages_lose_and_repeat_nothing(self, client: DynamoDBClient, limit: int, forward: bool) -> None:
        fill(client, 10)

        found = pages(client, "query", Limit=limit, ScanIndexForward=forward, **IN_A)

        everything = [f"{number:03}" for number in range(10)]
        assert [sk for page in found for sk in page] == (everything if forward else everything[::-1])
        assert all(len(page) <= limit for page in found)

    def test_limits_before_it_filters(self, client: DynamoDBClient) -> None:
        fill(client, 6)

        answer = client.query(
            TableName="ledger",
            KeyConditionExpression="pk = :p",
            FilterExpression="note = :n",
            ExpressionAttributeValues={":p": {"S": "a"}, ":n": {"S": "odd"}},
            Limit=3,
        )

        assert sorts(answer) == ["001"]
        assert (answer["Count"], answer["ScannedCount"]) == (1, 3)
        assert answer["LastEvaluatedKey"] == key("a", "002")

    def test_ends_a_page_at_one_megabyte(self, client: DynamoDBClient) -> None:
        for number in range(5):
            client.put_item(TableName="ledger", Item={**key("a", f"{number:03}"), "x": {"S": "y" * 300_000}})

        found = pages(client, "query", **IN_A)

        assert found == [["000", "001", "002", "003"], ["004"]]

    def test_counts_without_items(self, client: DynamoDBClient) -> None:
        fill(client, 4)

        answer = client.query(TableName="ledger", Select="COUNT", **IN_A)

        assert answer["Count"] == 4
        assert "Items" not in answer

    def test_orders_numbers_by_their_value(self, client: DynamoDBClient) -> None:
        client.create_table(
            TableName="numbers",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "n", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "B"},
                {"AttributeName": "n", "AttributeType": "N"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        given = ["10", "9", "-1", "-10", "0", "0.5", "-0.05", "1e20", "-1e20", "100", "1e-100"]
        for number in given:
            client.put_item(TableName="numbers", Item={"pk": {"B": b"\x00"}, "n": {"N": number}})

        answer = client.query(
            TableName="numbers",
            KeyConditionExpression="pk = :p AND n BETWEEN :a AND :b",
            ExpressionAttributeValues={":p": {"B": b"\x00"}, ":a": {"N": "-10"}, ":b": {"N": "1e20"}},
        )

        found = [float(item["n"]["N"]) for item in answer["Items"]]
        assert found == sorted(float(number) for number in given if number != "-1e20")

    @pytest.mark.parametrize(
        ("request_", "sentence"),
        [
            ({}, "Either the KeyConditions or KeyConditionExpression parameter must be specified"),
            ({"KeyConditionExpression": "sk = :p"}, "Query condition missed key schema element: pk"),
            ({"KeyConditionExpression": "pk > :p"}, "Query key condition not supported"),
            ({"KeyConditionExpression": "pk = :p AND extra = :p"}, "missed key schema element: sk"),
            ({"KeyConditionExpression": "pk = :p OR sk = :p"}, "Invalid operator used in KeyCondition"),
            ({"KeyConditionExpression": "pk = :p AND sk <> :p"}, "Invalid operator used in KeyCondition"),
            ({"KeyConditionExpression": "pk = :p AND pk = :p"}, "only contain one condition per key"),
            ({"KeyConditionExpression": "pk = :n"}, "does not match schema type"),
            ({"KeyConditionExpression": "pk = :e"}, "cannot contain an empty string value. Key: pk"),
            ({**IN_A, "FilterExpression": "sk = :p"}, "Primary key attribute: sk"),
            ({**IN_A, "IndexName": "nowhere"}, "The table does not have the specified index: nowhere"),
            ({**IN_A, "ExclusiveStartKey": key("b")}, "outside query boundaries"),
            ({**IN_A, "ExclusiveStartKey": {"pk": {"S": "a"}}}, "The provided starting key is invalid"),
            (by_holder("by-holder-all", ConsistentRead=True), "Consistent reads are not supported"),
            (by_holder("by-holder-keys", ProjectionExpression="note"), "does not project [note]"),
            (by_holder("by-holder-keys", Select="ALL_ATTRIBUTES"), "projection type is not ALL"),
        ],
    )
    def test_refuses_what_no_query_can(
        self, client: DynamoDBClient, request_: dict[str, Any], sentence: str
    ) -> None:
        request = dict(request_)
        used = request.get("KeyConditionExpression", "")
        everything = {":p": {"S": "a"}, ":n": {"N": "1"}, ":e": {"S": ""}}
        if "ExpressionAttributeValues" not in request and used:
            request["ExpressionAttributeValues"] = {
                name: value for name, value in everything.items() if name in used
            }

        with pytest.raises(ClientError) as refused:
            client.query(TableName="ledger", **request)

        assert sentence in error_of(refused)[1]


@pytest.mark.usefixtures("table")
class TestScanning:
    def test_goes_through_all_partitions_in_pages(self, client: DynamoDBClient) -> None:
        for partition in "abc":
            for number in range(3):
                client.put_item(TableName="ledger", Item=key(partition, f"{partition}{number}"))

        found = pages(client, "scan", Limit=2)

        assert sorted(sk for page in found for sk in page) == [f"{p}{n}" for p in "abc" for n in range(3)]

    def test_segments_share_the_items(self, client: DynamoDBClient) -> None:
        for number in range(30):
            client.put_item(TableName="ledger", Item=key(f"p{number}", f"{number}"))

        parts = [
            sorts(client.scan(TableName="ledger", Segment=segment, TotalSegments=4)) for segment in range(4)
        ]

        assert sorted(sk for part in parts for sk in part) == sorted(str(number) for number in range(30))
        assert sum(1 for part in parts if part) > 1

    def test_goes_through_an_index_in_pages(self, client: DynamoDBClient) -> None:
        fill(client, 5)
        fill(client, 3, holder="other")

        found = pages(client, "scan", IndexName="by-holder-keys", Limit=1)

        assert [sk for page in found for sk in page] == ["003", "004", "000", "001", "002"]

    def test_filters_by_key_attributes_too(self, client: DynamoDBClient) -> None:
        fill(client, 4)

        answer = client.scan(
            TableName="ledger",
            FilterExpression="sk > :s AND note = :n",
            ExpressionAttributeValues={":s": {"S": "000"}, ":n": {"S": "odd"}},
            ProjectionExpression="sk",
        )

        assert answer["Items"] == [{"sk": {"S": "001"}}, {"sk": {"S": "003"}}]

    def test_refuses_a_segment_beyond_the_last(self, client: DynamoDBClient) -> None:
        with pytest.raises(ClientError) as refused:
            client.scan(TableName="ledger", Segment=2, TotalSegments=2)

        assert "zero-based" in error_of(refused)[1]
