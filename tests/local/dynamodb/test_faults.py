from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from local.dynamodb.faults import Fault
from tests.local.dynamodb.support import error_of, key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from local.dynamodb.engine import Engine


def transact(client: DynamoDBClient, *names: str, token: str | None = None) -> None:
    actions: Any = [
        {
            "Update": {
                "TableName": "ledger",
                "Key": key(name),
                "UpdateExpression": "ADD n :o",
                "ExpressionAttributeValues": {":o": {"N": "1"}},
            }
        }
        for name in names
    ]
    given: Any = {} if token is None else {"ClientRequestToken": token}
    client.transact_write_items(TransactItems=actions, **given)


def count(client: DynamoDBClient) -> int:
    return client.scan(TableName="ledger", Select="COUNT")["Count"]


@pytest.mark.usefixtures("table")
class TestAnInjectedFault:
    def test_cancels_a_transaction_at_a_position(self, client: DynamoDBClient, engine: Engine) -> None:
        injected = engine.inject(Fault.CONFLICT, operation="TransactWriteItems", position=1)

        with pytest.raises(client.exceptions.TransactionCanceledException) as cancelled:
            transact(client, "a", "b", "c")

        reasons = cancelled.value.response["CancellationReasons"]
        assert [reason["Code"] for reason in reasons] == ["None", "TransactionConflict", "None"]
        assert (count(client), injected.met) == (0, 1)
        transact(client, "a", "b", "c")
        assert count(client) == 3

    @pytest.mark.parametrize(
        ("fault", "code", "status"),
        [
            (Fault.CONFLICT, "TransactionConflictException", 400),
            (Fault.CAPACITY, "ProvisionedThroughputExceededException", 400),
            (Fault.THROTTLED, "ThrottlingException", 400),
            (Fault.INTERNAL_ERROR, "InternalServerError", 500),
        ],
    )
    def test_refuses_a_write_undone(
        self, client: DynamoDBClient, engine: Engine, fault: Fault, code: str, status: int
    ) -> None:
        engine.inject(fault)

        with pytest.raises(ClientError) as refused:
            client.put_item(TableName="ledger", Item=key("a"))

        assert error_of(refused)[0] == code
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert count(client) == 0

    def test_loses_the_answer_of_what_was_done(self, client: DynamoDBClient, engine: Engine) -> None:
        engine.inject(Fault.LOST_ANSWER, operation="TransactWriteItems")

        with pytest.raises(ReadTimeoutError):
            transact(client, "a", token="token")
        transact(client, "a", token="token")

        found = client.get_item(TableName="ledger", Key=key("a"))["Item"]
        assert found["n"] == {"N": "1"}

    def test_loses_a_request_before_it_is_done(self, client: DynamoDBClient, engine: Engine) -> None:
        engine.inject(Fault.LOST_REQUEST)

        with pytest.raises(ConnectionClosedError):
            client.put_item(TableName="ledger", Item=key("a"))

        assert count(client) == 0

    def test_hands_back_half_of_a_batch(self, client: DynamoDBClient, engine: Engine) -> None:
        engine.inject(Fault.UNPROCESSED, times=2)
        writes: Any = [{"PutRequest": {"Item": key(f"p{number}")}} for number in range(4)]

        written = client.batch_write_item(RequestItems={"ledger": writes})
        read = client.batch_get_item(RequestItems={"ledger": {"Keys": [key("p0"), key("p1")]}})

        assert written["UnprocessedItems"] == {"ledger": writes[2:]}
        assert read["Responses"] == {"ledger": [key("p0")]}
        assert read["UnprocessedKeys"] == {"ledger": {"Keys": [key("p1")]}}
        assert count(client) == 2

    def test_waits_for_its_operation_and_table_and_turn(self, client: DynamoDBClient, engine: Engine) -> None:
        engine.inject(Fault.THROTTLED, operation="PutItem", table="ledger", skip=1, times=2)
        outcomes = []

        for number in range(5):
            client.get_item(TableName="ledger", Key=key("a"))
            try:
                client.put_item(TableName="ledger", Item=key(f"p{number}"))
                outcomes.append("done")
            except ClientError as error:
                outcomes.append(error.response["Error"]["Code"])

        throttled = "ThrottlingException"
        assert outcomes == ["done", throttled, throttled, "done", "done"]

    def test_may_be_taken_back(self, client: DynamoDBClient, engine: Engine) -> None:
        engine.inject(Fault.INTERNAL_ERROR, times=99)
        engine.clear_faults()

        client.put_item(TableName="ledger", Item=key("a"))

        assert count(client) == 1
