from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.dynamodb.support import error_of, key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def put_all(client: DynamoDBClient, count: int, **attributes: Any) -> None:
    for number in range(count):
        client.put_item(TableName="ledger", Item={**key(f"p{number:03}"), **attributes})


@pytest.mark.usefixtures("table")
class TestGettingABatch:
    def test_gives_what_is_there(self, client: DynamoDBClient) -> None:
        put_all(client, 100)

        answer = client.batch_get_item(
            RequestItems={"ledger": {"Keys": [key(f"p{number:03}") for number in range(1, 101)]}}
        )

        assert len(answer["Responses"]["ledger"]) == 99
        assert answer["UnprocessedKeys"] == {}

    def test_hands_back_the_keys_beyond_sixteen_megabytes(self, client: DynamoDBClient) -> None:
        put_all(client, 45, x={"S": "y" * 400_000})
        asked: Any = {"ledger": {"Keys": [key(f"p{n:03}") for n in range(45)], "ProjectionExpression": "pk"}}
        found: list[str] = []
        rounds = 0

        while asked:
            answer = client.batch_get_item(RequestItems=asked)
            found += [item["pk"]["S"] for item in answer["Responses"]["ledger"]]
            asked = answer["UnprocessedKeys"]
            rounds += 1

        assert found == [f"p{number:03}" for number in range(45)]
        assert rounds == 2

    def test_refuses_more_than_a_hundred_keys(self, client: DynamoDBClient) -> None:
        halves = [{"Keys": [key(f"p{number}") for number in range(start, start + 51)]} for start in (0, 51)]
        client.create_table(
            TableName="second",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        asked: Any = {"ledger": halves[0], "second": halves[1]}

        with pytest.raises(ClientError) as refused:
            client.batch_get_item(RequestItems=asked)

        assert error_of(refused)[1] == "Too many items requested for the BatchGetItem call"

    def test_refuses_a_key_that_comes_twice(self, client: DynamoDBClient) -> None:
        with pytest.raises(ClientError) as refused:
            client.batch_get_item(RequestItems={"ledger": {"Keys": [key("a"), key("a")]}})

        assert error_of(refused)[1] == "Provided list of item keys contains duplicates"


@pytest.mark.usefixtures("table")
class TestWritingABatch:
    def test_puts_and_deletes(self, client: DynamoDBClient) -> None:
        put_all(client, 2)

        answer = client.batch_write_item(
            RequestItems={
                "ledger": [
                    {"DeleteRequest": {"Key": key("p000")}},
                    {"DeleteRequest": {"Key": key("nobody")}},
                    {"PutRequest": {"Item": {**key("p001"), "x": {"S": "new"}}}},
                    {"PutRequest": {"Item": key("p002")}},
                ]
            }
        )

        assert answer["UnprocessedItems"] == {}
        found = client.scan(TableName="ledger")["Items"]
        assert found == [{**key("p001"), "x": {"S": "new"}}, key("p002")]

    @pytest.mark.parametrize(
        ("names", "sentence"),
        [
            ([f"p{number}" for number in range(26)], "Too many items requested for the BatchWriteItem call"),
            (["a", "a"], "Provided list of item keys contains duplicates"),
        ],
    )
    def test_refuses_too_many_or_doubled_items(
        self, client: DynamoDBClient, names: list[str], sentence: str
    ) -> None:
        # Over two tables, since botocore itself counts those of one.
        writes: Any = [{"PutRequest": {"Item": key(name)}} for name in names]
        arn = client.describe_table(TableName="ledger")["Table"]["TableArn"]

        with pytest.raises(ClientError) as refused:
            client.batch_write_item(RequestItems={"ledger": writes[:1], arn: writes[1:]})

        assert error_of(refused)[1] == sentence
        assert client.scan(TableName="ledger")["Items"] == []

    def test_writes_nothing_when_one_item_is_wrong(self, client: DynamoDBClient) -> None:
        with pytest.raises(ClientError):
            client.batch_write_item(
                RequestItems={
                    "ledger": [
                        {"PutRequest": {"Item": key("a")}},
                        {"PutRequest": {"Item": {"pk": {"S": "b"}}}},
                    ]
                }
            )

        assert client.scan(TableName="ledger")["Items"] == []
