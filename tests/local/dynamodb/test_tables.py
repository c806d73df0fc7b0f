from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local.dynamodb.engine import Engine
from local.dynamodb.errors import NotFoundError
from tests.local.dynamodb.support import TABLE, HandClock, error_of, key

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_dynamodb import DynamoDBClient


class TestATable:
    def test_is_described_as_it_was_made(self, client: DynamoDBClient, clock: HandClock) -> None:
        client.create_table(**TABLE)
        client.put_item(TableName="ledger", Item=key("a"))

        found = client.describe_table(TableName="ledger")["Table"]

        assert found["TableStatus"] == "ACTIVE"
        assert found["KeySchema"] == TABLE["KeySchema"]
        assert found["AttributeDefinitions"] == TABLE["AttributeDefinitions"]
        assert found["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
        assert found["CreationDateTime"] == clock.now
        assert (found["ItemCount"], found["TableSizeBytes"]) == (1, 6)
        assert [index["IndexName"] for index in found["GlobalSecondaryIndexes"]] == [
            "by-holder-all",
            "by-holder-keys",
            "by-holder-some",
        ]
        assert found["LatestStreamArn"].endswith(":table/ledger/stream/2026-03-02T09:00:00.000")

    def test_satisfies_the_waiters_of_boto3(self, client: DynamoDBClient) -> None:
        client.create_table(**TABLE)
        client.get_waiter("table_exists").wait(TableName="ledger")
        client.delete_table(TableName="ledger")
        client.get_waiter("table_not_exists").wait(TableName="ledger")

        assert client.list_tables()["TableNames"] == []

    def test_is_made_once(self, client: DynamoDBClient) -> None:
        client.create_table(**TABLE)

        with pytest.raises(client.exceptions.ResourceInUseException) as refused:
            client.create_table(**TABLE)

        assert error_of(refused)[1] == "Table already exists: ledger"

    def test_takes_its_items_with_it_when_it_goes(self, client: DynamoDBClient) -> None:
        client.create_table(**TABLE)
        client.put_item(TableName="ledger", Item={**key("a"), "holder": {"S": "h"}, "due": {"N": "1"}})
        client.delete_table(TableName="ledger")
        client.create_table(**TABLE)

        assert client.scan(TableName="ledger")["Items"] == []
        assert client.scan(TableName="ledger", IndexName="by-holder-all")["Items"] == []

    def test_that_is_protected_stays(self, client: DynamoDBClient) -> None:
        client.create_table(**TABLE, DeletionProtectionEnabled=True)

        with pytest.raises(ClientError):
            client.delete_table(TableName="ledger")

        client.update_table(TableName="ledger", DeletionProtectionEnabled=False)
        client.delete_table(TableName="ledger")
        with pytest.raises(client.exceptions.ResourceNotFoundException) as gone:
            client.describe_table(TableName="ledger")
        assert error_of(gone)[1] == "Requested resource not found: Table: ledger not found"

    def test_is_listed_in_pages(self, client: DynamoDBClient) -> None:
        for name in ("ccc", "aaa", "bbb"):
            client.create_table(**{**TABLE, "TableName": name})

        first = client.list_tables(Limit=2)
        second = client.list_tables(ExclusiveStartTableName=first["LastEvaluatedTableName"])

        assert (first["TableNames"], second["TableNames"]) == (["aaa", "bbb"], ["ccc"])

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"AttributeDefinitions": TABLE["AttributeDefinitions"][:1]}, "not defined in AttributeDefin"),
            ({"GlobalSecondaryIndexes": TABLE["GlobalSecondaryIndexes"][:1] * 2}, "Duplicate index name"),
            (
                {"KeySchema": [{"AttributeName": "pk", "KeyType": "RANGE"}]},
                "The first KeySchemaElement is not a HASH key type",
            ),
            (
                {
                    "AttributeDefinitions": [
                        *TABLE["AttributeDefinitions"],
                        {"AttributeName": "unused", "AttributeType": "S"},
                    ]
                },
                "does not exactly match number of attributes defined",
            ),
            ({"BillingMode": "PROVISIONED"}, "ReadCapacityUnits and WriteCapacityUnits must both"),
        ],
    )
    def test_is_refused_when_its_definition_does_not_fit(
        self, client: DynamoDBClient, change: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(ClientError) as refused:
            client.create_table(**{**TABLE, **change})

        assert sentence in error_of(refused)[1]

    def test_gets_and_loses_indexes_later(self, client: DynamoDBClient) -> None:
        client.create_table(**TABLE)
        client.put_item(TableName="ledger", Item={**key("a"), "group": {"S": "g"}})
        client.put_item(TableName="ledger", Item={**key("b"), "group": {"N": "1"}})
        client.update_table(
            TableName="ledger",
            AttributeDefinitions=[{"AttributeName": "group", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[
                {
                    "Create": {
                        "IndexName": "by-group",
                        "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                },
                {"Delete": {"IndexName": "by-holder-some"}},
            ],
        )

        found = client.scan(TableName="ledger", IndexName="by-group")["Items"]

        assert [item["pk"]["S"] for item in found] == ["a"]
        with pytest.raises(ClientError, match="does not have the specified index"):
            client.scan(TableName="ledger", IndexName="by-holder-some")

    def test_keeps_tags_and_settings(self, client: DynamoDBClient) -> None:
        arn = client.create_table(**TABLE)["TableDescription"]["TableArn"]
        client.tag_resource(
            ResourceArn=arn, Tags=[{"Key": "stage", "Value": "dev"}, {"Key": "x", "Value": "y"}]
        )
        client.untag_resource(ResourceArn=arn, TagKeys=["x"])
        client.update_continuous_backups(
            TableName="ledger", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )

        tags = client.list_tags_of_resource(ResourceArn=arn)["Tags"]
        backups = client.describe_continuous_backups(TableName="ledger")["ContinuousBackupsDescription"]

        assert tags == [{"Key": "stage", "Value": "dev"}]
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


class TestTimeToLive:
    def test_removes_items_only_when_swept(
        self, client: DynamoDBClient, engine: Engine, clock: HandClock
    ) -> None:
        client.create_table(**TABLE)
        client.put_item(TableName="ledger", Item={**key("before"), "ends": {"N": str(clock.epoch() + 60)}})
        client.update_time_to_live(
            TableName="ledger", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"}
        )
        client.put_item(TableName="ledger", Item={**key("after"), "ends": {"N": str(clock.epoch() + 60)}})
        client.put_item(TableName="ledger", Item={**key("later"), "ends": {"N": str(clock.epoch() + 61)}})
        client.put_item(TableName="ledger", Item={**key("text"), "ends": {"S": "yesterday"}})
        client.put_item(TableName="ledger", Item={**key("ancient"), "ends": {"N": "1000"}})
        clock.advance(seconds=60)
        seen_before = client.scan(TableName="ledger", Select="COUNT")["Count"]

        removed = engine.expire()

        left = {item["pk"]["S"] for item in client.scan(TableName="ledger")["Items"]}
        assert (seen_before, removed) == (5, 2)
        assert left == {"later", "text", "ancient"}

    def test_follows_updates_of_the_attribute(
        self, client: DynamoDBClient, engine: Engine, clock: HandClock
    ) -> None:
        client.create_table(**TABLE)
        client.update_time_to_live(
            TableName="ledger", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"}
        )
        client.put_item(TableName="ledger", Item={**key("a"), "ends": {"N": str(clock.epoch() - 1)}})
        client.update_item(TableName="ledger", Key=key("a"), UpdateExpression="REMOVE ends")

        removed = engine.expire()

        assert removed == 0
        assert client.describe_time_to_live(TableName="ledger")["TimeToLiveDescription"] == {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": "ends",
        }

    def test_is_not_switched_on_twice(self, client: DynamoDBClient) -> None:
        client.create_table(**TABLE)
        wanted: Any = {"Enabled": True, "AttributeName": "ends"}
        client.update_time_to_live(TableName="ledger", TimeToLiveSpecification=wanted)

        with pytest.raises(ClientError, match="TimeToLive is already enabled"):
            client.update_time_to_live(TableName="ledger", TimeToLiveSpecification=wanted)


class TestADatabaseFile:
    def test_keeps_everything_over_a_restart(self, tmp_path: Path, clock: HandClock) -> None:
        path = tmp_path / "data.sqlite"
        put = {"TableName": "ledger", "Item": {**key("a"), "holder": {"S": "h"}, "due": {"N": "1"}}}
        transaction = {"TransactItems": [{"Put": put}], "ClientRequestToken": "token"}
        with Engine(path, clock) as first:
            first.call("CreateTable", TABLE)
            first.call("TransactWriteItems", transaction)
            first.call("DeleteItem", {"TableName": "ledger", "Key": key("a")})

        with Engine(path, clock) as second:
            second.call("TransactWriteItems", transaction)
            repeated = second.call("Scan", {"TableName": "ledger"})
            second.call("PutItem", put)
            found = second.call("Scan", {"TableName": "ledger", "IndexName": "by-holder-all"})

        assert repeated["Items"] == []
        assert found["Items"] == [put["Item"]]

    def test_may_be_open_twice(self, tmp_path: Path, clock: HandClock) -> None:
        path = tmp_path / "data.sqlite"
        with Engine(path, clock) as one, Engine(path, clock) as two:
            one.call("CreateTable", TABLE)
            two.call("PutItem", {"TableName": "ledger", "Item": key("a")})
            one.call("DeleteTable", {"TableName": "ledger"})

            with pytest.raises(NotFoundError):
                two.call("GetItem", {"TableName": "ledger", "Key": key("a")})
            names = two.call("ListTables", {})["TableNames"]

        assert names == []
