from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.local.dynamodb.support import HandClock, error_of, key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def put(pk: str, **attributes: Any) -> Any:
    return {"Put": {"TableName": "ledger", "Item": {**key(pk), **attributes}}}


def check(pk: str, condition: str, **more: Any) -> Any:
    return {
        "ConditionCheck": {
            "TableName": "ledger",
            "Key": key(pk),
            "ConditionExpression": condition,
            **more,
        }
    }


def add(pk: str, amount: int) -> Any:
    return {
        "Update": {
            "TableName": "ledger",
            "Key": key(pk),
            "UpdateExpression": "ADD balance :a",
            "ExpressionAttributeValues": {":a": {"N": str(amount)}},
        }
    }


def delete(pk: str) -> Any:
    return {"Delete": {"TableName": "ledger", "Key": key(pk)}}


def stored(client: DynamoDBClient, pk: str) -> Any:
    return client.get_item(TableName="ledger", Key=key(pk)).get("Item")


@pytest.mark.usefixtures("table")
class TestAWriteTransaction:
    def test_does_all_four_kinds_of_action(self, client: DynamoDBClient) -> None:
        client.put_item(TableName="ledger", Item=key("goes"))
        client.put_item(TableName="ledger", Item=key("stays"))

        client.transact_write_items(
            TransactItems=[
                put("new", x={"S": "1"}),
                add("counter", 5),
                delete("goes"),
                check("stays", "attribute_exists(pk)"),
            ]
        )

        assert stored(client, "new") == {**key("new"), "x": {"S": "1"}}
        assert stored(client, "counter") == {**key("counter"), "balance": {"N": "5"}}
        assert stored(client, "goes") is None
        assert stored(client, "stays") == key("stays")

    def test_that_fails_does_nothing_and_gives_each_reason_at_its_position(
        self, client: DynamoDBClient
    ) -> None:
        client.put_item(TableName="ledger", Item={**key("text"), "balance": {"S": "no number"}})

        with pytest.raises(client.exceptions.TransactionCanceledException) as cancelled:
            client.transact_write_items(
                TransactItems=[
                    put("new"),
                    check("absent", "attribute_exists(pk)"),
                    add("counter", 5),
                    check("text", "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_OLD"),
                    check("other", "attribute_not_exists(pk)"),
                ]
            )

        assert cancelled.value.response["CancellationReasons"] == [
            {"Code": "None"},
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
            {"Code": "None"},
            {
                "Code": "ConditionalCheckFailed",
                "Message": "The conditional request failed",
                "Item": {**key("text"), "balance": {"S": "no number"}},
            },
            {"Code": "None"},
        ]
        assert error_of(cancelled)[1].endswith(
            "[None, ConditionalCheckFailed, None, ConditionalCheckFailed, None]"
        )
        assert stored(client, "new") is None
        assert stored(client, "counter") is None

    def test_is_cancelled_by_an_update_that_does_not_fit_its_item(self, client: DynamoDBClient) -> None:
        client.put_item(TableName="ledger", Item={**key("text"), "balance": {"S": "no number"}})

        with pytest.raises(client.exceptions.TransactionCanceledException) as cancelled:
            client.transact_write_items(TransactItems=[put("new"), add("text", 1)])

        reasons = cancelled.value.response["CancellationReasons"]
        assert [reason["Code"] for reason in reasons] == ["None", "ValidationError"]
        assert stored(client, "new") is None

    def test_may_hold_a_hundred_actions_and_no_more(self, client: DynamoDBClient) -> None:
        client.transact_write_items(TransactItems=[put(f"p{number}") for number in range(100)])

        with pytest.raises(ClientError) as refused:
            client.transact_write_items(TransactItems=[put(f"q{number}") for number in range(101)])

        assert client.scan(TableName="ledger", Select="COUNT")["Count"] == 100
        assert "less than or equal to 100" in error_of(refused)[1]

    def test_may_hold_four_megabytes_and_no_more(self, client: DynamoDBClient) -> None:
        large = {"x": {"S": "y" * 400_000}}
        client.transact_write_items(TransactItems=[put(f"p{number}", **large) for number in range(10)])

        with pytest.raises(ClientError) as refused:
            client.transact_write_items(TransactItems=[put(f"q{number}", **large) for number in range(11)])

        assert error_of(refused)[0] == "ValidationException"
        assert stored(client, "q0") is None

    def test_may_not_touch_one_item_twice(self, client: DynamoDBClient) -> None:
        with pytest.raises(ClientError) as refused:
            client.transact_write_items(TransactItems=[put("a"), check("a", "attribute_not_exists(pk)")])

        assert error_of(refused) == (
            "ValidationException",
            "Transaction request cannot include multiple operations on one item",
        )

    def test_with_an_expression_that_is_wrong_is_refused_as_a_whole(self, client: DynamoDBClient) -> None:
        with pytest.raises(ClientError) as refused:
            client.transact_write_items(TransactItems=[put("a"), check("b", "attribute_exists(")])

        assert error_of(refused)[0] == "ValidationException"
        assert stored(client, "a") is None

    def test_in_an_unknown_table_is_refused(self, client: DynamoDBClient) -> None:
        action: Any = {"Put": {"TableName": "nowhere", "Item": key("a")}}

        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.transact_write_items(TransactItems=[put("a"), action])

        assert stored(client, "a") is None


@pytest.mark.usefixtures("table")
class TestAClientToken:
    def test_makes_a_repeated_transaction_happen_once(self, client: DynamoDBClient) -> None:
        for _ in range(3):
            client.transact_write_items(TransactItems=[add("c", 5)], ClientRequestToken="token")

        assert stored(client, "c") == {**key("c"), "balance": {"N": "5"}}

    def test_is_refused_with_another_request(self, client: DynamoDBClient) -> None:
        client.transact_write_items(TransactItems=[add("c", 5)], ClientRequestToken="token")

        with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
            client.transact_write_items(TransactItems=[add("c", 6)], ClientRequestToken="token")

        assert stored(client, "c") == {**key("c"), "balance": {"N": "5"}}

    def test_is_forgotten_after_ten_minutes(self, client: DynamoDBClient, clock: HandClock) -> None:
        client.transact_write_items(TransactItems=[add("c", 5)], ClientRequestToken="token")
        clock.advance(minutes=9, seconds=59)
        client.transact_write_items(TransactItems=[add("c", 5)], ClientRequestToken="token")
        clock.advance(seconds=1)

        client.transact_write_items(TransactItems=[add("c", 5)], ClientRequestToken="token")

        assert stored(client, "c") == {**key("c"), "balance": {"N": "10"}}

    def test_of_a_cancelled_transaction_may_be_used_again(self, client: DynamoDBClient) -> None:
        actions = [add("c", 5), check("gate", "attribute_exists(pk)")]
        with pytest.raises(client.exceptions.TransactionCanceledException):
            client.transact_write_items(TransactItems=actions, ClientRequestToken="token")
        client.put_item(TableName="ledger", Item=key("gate"))

        client.transact_write_items(TransactItems=actions, ClientRequestToken="token")

        assert stored(client, "c") == {**key("c"), "balance": {"N": "5"}}


@pytest.mark.usefixtures("table")
class TestAReadTransaction:
    def test_answers_by_position_with_nothing_for_what_is_not_there(self, client: DynamoDBClient) -> None:
        client.put_item(TableName="ledger", Item={**key("a"), "x": {"S": "1"}, "y": {"S": "2"}})

        answer = client.transact_get_items(
            TransactItems=[
                {"Get": {"TableName": "ledger", "Key": key("nobody")}},
                {"Get": {"TableName": "ledger", "Key": key("a"), "ProjectionExpression": "y"}},
            ]
        )

        assert answer["Responses"] == [{}, {"Item": {"y": {"S": "2"}}}]

    def test_may_not_read_one_item_twice(self, client: DynamoDBClient) -> None:
        get: Any = {"Get": {"TableName": "ledger", "Key": key("a")}}

        with pytest.raises(ClientError) as refused:
            client.transact_get_items(TransactItems=[get, get])

        assert "multiple operations on one item" in error_of(refused)[1]
