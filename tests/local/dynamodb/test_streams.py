from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.local.dynamodb.support import HandClock, key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from local.dynamodb.engine import Engine


def iterator(streams: Any, kind: str = "TRIM_HORIZON", **more: Any) -> str:
    (stream,) = streams.list_streams(TableName="ledger")["Streams"]
    described = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
    (shard,) = described["Shards"]
    found: str = streams.get_shard_iterator(
        StreamArn=stream["StreamArn"], ShardId=shard["ShardId"], ShardIteratorType=kind, **more
    )["ShardIterator"]
    return found


@pytest.mark.usefixtures("table")
class TestAStream:
    def test_tells_every_change_with_both_images(
        self, client: DynamoDBClient, streams: Any, clock: HandClock
    ) -> None:
        client.put_item(TableName="ledger", Item={**key("a"), "n": {"N": "1"}})
        client.put_item(TableName="ledger", Item={**key("a"), "n": {"N": "1"}})
        client.transact_write_items(
            TransactItems=[
                {
                    "Update": {
                        "TableName": "ledger",
                        "Key": key("a"),
                        "UpdateExpression": "ADD n :o",
                        "ExpressionAttributeValues": {":o": {"N": "1"}},
                    }
                }
            ]
        )
        client.delete_item(TableName="ledger", Key=key("a"))

        records = streams.get_records(ShardIterator=iterator(streams))["Records"]

        one, two = {**key("a"), "n": {"N": "1"}}, {**key("a"), "n": {"N": "2"}}
        images = [
            (record["eventName"], record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage"))
            for record in records
        ]
        assert images == [("INSERT", None, one), ("MODIFY", one, two), ("REMOVE", two, None)]
        assert all(record["dynamodb"]["Keys"] == key("a") for record in records)
        assert records[0]["dynamodb"]["ApproximateCreationDateTime"] == clock.now
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        assert numbers == sorted(set(numbers))

    def test_tells_nothing_of_a_cancelled_transaction(self, client: DynamoDBClient, streams: Any) -> None:
        with pytest.raises(client.exceptions.TransactionCanceledException):
            client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": "ledger", "Item": key("a")}},
                    {
                        "ConditionCheck": {
                            "TableName": "ledger",
                            "Key": key("b"),
                            "ConditionExpression": "attribute_exists(pk)",
                        }
                    },
                ]
            )

        assert streams.get_records(ShardIterator=iterator(streams))["Records"] == []

    def test_is_read_in_portions_and_on_from_any_place(self, client: DynamoDBClient, streams: Any) -> None:
        latest = iterator(streams, "LATEST")
        for number in range(5):
            client.put_item(TableName="ledger", Item=key(f"p{number}"))

        first = streams.get_records(ShardIterator=latest, Limit=2)
        second = streams.get_records(ShardIterator=first["NextShardIterator"])
        third = streams.get_records(ShardIterator=second["NextShardIterator"])
        last = first["Records"][-1]["dynamodb"]["SequenceNumber"]
        again = iterator(streams, "AFTER_SEQUENCE_NUMBER", SequenceNumber=last)

        assert [len(part["Records"]) for part in (first, second, third)] == [2, 3, 0]
        assert streams.get_records(ShardIterator=again)["Records"] == second["Records"]

    def test_names_the_service_when_time_removed_an_item(
        self, client: DynamoDBClient, streams: Any, engine: Engine, clock: HandClock
    ) -> None:
        client.update_time_to_live(
            TableName="ledger", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"}
        )
        client.put_item(TableName="ledger", Item={**key("a"), "ends": {"N": str(clock.epoch())}})
        engine.expire()

        removal = streams.get_records(ShardIterator=iterator(streams))["Records"][-1]

        assert removal["eventName"] == "REMOVE"
        assert removal["userIdentity"] == {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}

    def test_forgets_after_a_day(
        self, client: DynamoDBClient, streams: Any, engine: Engine, clock: HandClock
    ) -> None:
        client.put_item(TableName="ledger", Item=key("old"))
        clock.advance(hours=24, seconds=1)
        client.put_item(TableName="ledger", Item=key("new"))
        engine.expire()

        records = streams.get_records(ShardIterator=iterator(streams))["Records"]

        assert [record["dynamodb"]["Keys"] for record in records] == [key("new")]

    def test_takes_no_iterator_older_than_a_quarter_of_an_hour(self, streams: Any, clock: HandClock) -> None:
        old = iterator(streams)
        clock.advance(minutes=15, seconds=1)

        with pytest.raises(streams.exceptions.ExpiredIteratorException):
            streams.get_records(ShardIterator=old)

    def test_knows_no_other_streams(self, streams: Any) -> None:
        with pytest.raises(streams.exceptions.ResourceNotFoundException):
            streams.describe_stream(StreamArn="arn:aws:dynamodb:eu-west-1:000000000000:table/ledger/stream/x")
