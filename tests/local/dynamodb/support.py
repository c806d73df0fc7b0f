"""What the tests of the engine share: a clock, clients, a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    import pytest
    from types_boto3_dynamodb import DynamoDBClient


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)

    def epoch(self) -> int:
        return int(self.now.timestamp())


class Calls(list[tuple[str, str, float, float]]):
    """What the engine told its observer."""

    def note(self, operation: str, table: str, read_units: float, write_units: float) -> None:
        self.append((operation, table, read_units, write_units))


def make_client(service: str = "dynamodb", **options: Any) -> Any:
    make: Any = boto3.client  # its types know only names of services written out
    return make(
        service,
        region_name="eu-west-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=40),
        **options,
    )


TABLE: dict[str, Any] = {
    "TableName": "ledger",
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
        {"AttributeName": "holder", "AttributeType": "S"},
        {"AttributeName": "due", "AttributeType": "N"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "GlobalSecondaryIndexes": [
        {
            "IndexName": f"by-holder-{name}",
            "KeySchema": [
                {"AttributeName": "holder", "KeyType": "HASH"},
                {"AttributeName": "due", "KeyType": "RANGE"},
            ],
            "Projection": projection,
        }
        for name, projection in (
            ("all", {"ProjectionType": "ALL"}),
            ("keys", {"ProjectionType": "KEYS_ONLY"}),
            ("some", {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["note"]}),
        )
    ],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
}


def key(pk: str, sk: str = "0") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def error_of(info: pytest.ExceptionInfo[Any]) -> tuple[str, str]:
    error = info.value.response["Error"]
    return error["Code"], error["Message"]


def fill(client: DynamoDBClient, count: int, *, holder: str = "h") -> None:
    for number in range(count):
        client.put_item(
            TableName="ledger",
            Item={
                **key("a", f"{number:03}"),
                "holder": {"S": holder},
                "due": {"N": str(number // 2 - 3)},
                "note": {"S": "even" if number % 2 == 0 else "odd"},
                "extra": {"S": "x"},
            },
        )


def sorts(answer: Any) -> list[str]:
    return [item["sk"]["S"] for item in answer["Items"]]


def pages(client: DynamoDBClient, operation: str, **request: Any) -> list[list[str]]:
    found = []
    while True:
        answer = getattr(client, operation)(TableName="ledger", **request)
        found.append(sorts(answer))
        if "LastEvaluatedKey" not in answer:
            return found
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def by_holder(index: str, **more: Any) -> dict[str, Any]:
    return {
        "IndexName": index,
        "KeyConditionExpression": "holder = :h",
        "ExpressionAttributeValues": {":h": {"S": "h"}},
        **more,
    }


IN_A: dict[str, Any] = {
    "KeyConditionExpression": "pk = :p",
    "ExpressionAttributeValues": {":p": {"S": "a"}},
}
