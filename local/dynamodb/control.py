"""Operations on tables themselves: making, describing, settings."""

from __future__ import annotations

import re
import uuid
from typing import Any

from local.dynamodb.definitions import check_definition
from local.dynamodb.errors import InUseError, NotFoundError, ValidationError
from local.dynamodb.session import Answer, Request, Session, require
from local.dynamodb.streams import new_label, stream_arn
from local.dynamodb.tables import Table
from local.dynamodb.writes import expiry_of

MAX_LISTED = 100
_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}\Z")


def _table(session: Session, request: Request) -> Table:
    name = require(request, "TableName")
    try:
        return session.table(name)
    except NotFoundError as error:
        raise NotFoundError(f"Requested resource not found: Table: {name} not found") from error


def create_table(session: Session, request: Request) -> Answer:
    """Serve CreateTable; the table is active at once."""
    name = require(request, "TableName")
    if not _NAME.match(name):
        raise ValidationError(
            "TableName must be at least 3 characters long and at most 255 characters long, "
            "and contain only the characters a-z, A-Z, 0-9, '_', '-', '.'"
        )
    check_definition(request)
    if session.store.table(name) is not None:
        raise InUseError(f"Table already exists: {name}")
    definition = {
        kept: request[kept]
        for kept in (
            "KeySchema",
            "AttributeDefinitions",
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
            "BillingMode",
            "ProvisionedThroughput",
            "StreamSpecification",
            "SSESpecification",
            "DeletionProtectionEnabled",
            "TableClass",
            "Tags",
        )
        if request.get(kept) is not None
    }
    number = 0
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if kind in definition:
            # New entries, since the request is the caller's.
            numbered = list(enumerate(definition[kind], start=number + 1))
            definition[kind] = [{**index, "Number": position} for position, index in numbered]
            number += len(numbered)
    definition |= {"Indexes": number, "CreatedAt": session.epoch, "TableId": str(uuid.uuid4())}
    _switch_stream(session, definition)
    return {"TableDescription": describe(session, session.store.add_table(name, definition))}


def _switch_stream(session: Session, definition: dict[str, Any]) -> None:
    if (definition.get("StreamSpecification") or {}).get("StreamEnabled"):
        definition["StreamLabel"] = new_label(session.now)


def describe(session: Session, table: Table) -> dict[str, Any]:
    """Return a table's description."""
    definition = table.definition
    items, size = session.store.totals(table)
    found: dict[str, Any] = {
        "TableName": table.name,
        "TableStatus": "ACTIVE",
        "TableArn": session.arn(table.name),
        "TableId": definition["TableId"],
        "CreationDateTime": definition["CreatedAt"],
        "KeySchema": definition["KeySchema"],
        "AttributeDefinitions": definition["AttributeDefinitions"],
        "ItemCount": items,
        "TableSizeBytes": size,
        "DeletionProtectionEnabled": definition.get("DeletionProtectionEnabled", False),
        "ProvisionedThroughput": _throughput(definition),
    }
    if definition.get("BillingMode") == "PAY_PER_REQUEST":
        found["BillingModeSummary"] = {"BillingMode": "PAY_PER_REQUEST"}
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if definition.get(kind):
            found[kind] = [_describe_index(session, table, kind, index) for index in definition[kind]]
    if table.stream_view is not None:
        found["StreamSpecification"] = definition["StreamSpecification"]
    if "StreamLabel" in definition:
        found |= {
            "LatestStreamLabel": definition["StreamLabel"],
            "LatestStreamArn": stream_arn(session, table),
        }
    if (definition.get("SSESpecification") or {}).get("Enabled"):
        found["SSEDescription"] = {"Status": "ENABLED", "SSEType": "KMS"}
    return found


def _throughput(definition: dict[str, Any]) -> dict[str, Any]:
    given = definition.get("ProvisionedThroughput") or {}
    return {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": given.get("ReadCapacityUnits", 0),
        "WriteCapacityUnits": given.get("WriteCapacityUnits", 0),
    }


def _describe_index(session: Session, table: Table, kind: str, given: dict[str, Any]) -> dict[str, Any]:
    found = {
        "IndexName": given["IndexName"],
        "KeySchema": given["KeySchema"],
        "Projection": given["Projection"],
        "IndexArn": f"{session.arn(table.name)}/index/{given['IndexName']}",
        "ItemCount": session.store.count_entries(table.index(given["IndexName"])),
        "IndexSizeBytes": 0,
    }
    if kind == "GlobalSecondaryIndexes":
        found |= {"IndexStatus": "ACTIVE", "ProvisionedThroughput": _throughput(given)}
    return found


def describe_table(session: Session, request: Request) -> Answer:
    """Serve DescribeTable."""
    return {"Table": describe(session, _table(session, request))}


def delete_table(session: Session, request: Request) -> Answer:
    """Serve DeleteTable; the table is gone at once."""
    table = _table(session, request)
    if table.definition.get("DeletionProtectionEnabled"):
        raise ValidationError(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    description = {**describe(session, table), "TableStatus": "DELETING"}
    session.store.drop_table(table)
    return {"TableDescription": description}


def list_tables(session: Session, request: Request) -> Answer:
    """Serve ListTables."""
    limit = request.get("Limit", MAX_LISTED)
    after = request.get("ExclusiveStartTableName", "")
    names = [name for name in session.store.table_names() if name > after]
    answer: Answer = {"TableNames": names[:limit]}
    if len(names) > limit:
        answer["LastEvaluatedTableName"] = names[limit - 1]
    return answer


def update_table(session: Session, request: Request) -> Answer:
    """Serve UpdateTable: billing, stream, deletion protection, global indexes."""
    table = _table(session, request)
    definition = dict(table.definition)
    for kept in (
        "BillingMode",
        "ProvisionedThroughput",
        "DeletionProtectionEnabled",
        "SSESpecification",
        "TableClass",
    ):
        if request.get(kept) is not None:
            definition[kept] = request[kept]
    if request.get("StreamSpecification") is not None:
        enabled = bool(request["StreamSpecification"].get("StreamEnabled"))
        if enabled and table.stream_view is not None:
            raise ValidationError("Table already has an enabled stream: TableName: " + table.name)
        kept_view = table.definition.get("StreamSpecification", {})
        definition["StreamSpecification"] = {**kept_view, **request["StreamSpecification"]}
        _switch_stream(session, definition)
    if request.get("AttributeDefinitions") is not None:
        named = {one["AttributeName"]: one for one in definition["AttributeDefinitions"]}
        named |= {one["AttributeName"]: one for one in request["AttributeDefinitions"]}
        definition["AttributeDefinitions"] = list(named.values())
    for change in request.get("GlobalSecondaryIndexUpdates") or []:
        _change_index(session, table, definition, change)
    _drop_unused_types(definition)
    check_definition({"TableName": table.name, **definition})
    changed = session.store.redefine(table, definition)
    before = {index.name for index in table.indexes}
    for index in changed.indexes:
        if index.name not in before:
            session.store.fill_index(changed, index)
    return {"TableDescription": describe(session, changed)}


def _change_index(session: Session, table: Table, definition: dict[str, Any], change: dict[str, Any]) -> None:
    indexes = list(definition.get("GlobalSecondaryIndexes", []))
    if "Create" in change:
        if any(index["IndexName"] == change["Create"]["IndexName"] for index in indexes):
            raise ValidationError("Attempting to create an index which already exists")
        definition["Indexes"] += 1
        indexes.append({**change["Create"], "Number": definition["Indexes"]})
    elif "Delete" in change:
        name = change["Delete"]["IndexName"]
        if not any(index["IndexName"] == name for index in indexes):
            raise NotFoundError("Requested resource not found")
        session.store.drop_entries(table.index(name))
        indexes = [index for index in indexes if index["IndexName"] != name]
    definition["GlobalSecondaryIndexes"] = indexes
    if not indexes:
        del definition["GlobalSecondaryIndexes"]


def _drop_unused_types(definition: dict[str, Any]) -> None:
    used = {key["AttributeName"] for key in definition["KeySchema"]}
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in definition.get(kind, []):
            used |= {key["AttributeName"] for key in index["KeySchema"]}
    definition["AttributeDefinitions"] = [
        one for one in definition["AttributeDefinitions"] if one["AttributeName"] in used
    ]


def update_time_to_live(session: Session, request: Request) -> Answer:
    """Serve UpdateTimeToLive; it counts at once."""
    table = _table(session, request)
    wanted = require(request, "TimeToLiveSpecification")
    current = table.ttl_attribute
    if wanted["Enabled"] and current is not None:
        raise ValidationError("TimeToLive is already enabled")
    if not wanted["Enabled"] and current is None:
        raise ValidationError("TimeToLive is already disabled")
    if not wanted["Enabled"] and current != wanted["AttributeName"]:
        raise ValidationError(
            f"TimeToLive is active on a different AttributeName: current AttributeName is {current}"
        )
    definition = dict(table.definition)
    definition.pop("TimeToLiveAttribute", None)
    if wanted["Enabled"]:
        definition["TimeToLiveAttribute"] = wanted["AttributeName"]
    changed = session.store.redefine(table, definition)
    for number, item in session.store.all_items(changed):
        session.store.set_expiry(number, expiry_of(changed, item))
    return {"TimeToLiveSpecification": wanted}


def describe_time_to_live(session: Session, request: Request) -> Answer:
    """Serve DescribeTimeToLive."""
    attribute = _table(session, request).ttl_attribute
    if attribute is None:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": attribute}}


def update_continuous_backups(session: Session, request: Request) -> Answer:
    """Serve UpdateContinuousBackups: the setting is kept and shown, no backup is made."""
    table = _table(session, request)
    wanted = require(request, "PointInTimeRecoverySpecification")
    changed = session.store.redefine(table, {**table.definition, "PointInTimeRecovery": wanted})
    return _backups(session, changed)


def describe_continuous_backups(session: Session, request: Request) -> Answer:
    """Serve DescribeContinuousBackups."""
    return _backups(session, _table(session, request))


def _backups(session: Session, table: Table) -> Answer:
    setting = table.definition.get("PointInTimeRecovery", {})
    enabled = setting.get("PointInTimeRecoveryEnabled", False)
    recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "ENABLED" if enabled else "DISABLED"}
    if enabled:
        recovery |= {
            "RecoveryPeriodInDays": setting.get("RecoveryPeriodInDays", 35),
            "EarliestRestorableDateTime": table.definition["CreatedAt"],
            "LatestRestorableDateTime": session.epoch,
        }
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": recovery,
        }
    }


def _tagged(session: Session, request: Request) -> Table:
    arn = require(request, "ResourceArn")
    try:
        return session.table(arn)
    except NotFoundError as error:
        raise NotFoundError(f"Requested resource not found: ResourceArn: {arn} not found") from error


def tag_resource(session: Session, request: Request) -> Answer:
    """Serve TagResource."""
    table = _tagged(session, request)
    tags = {tag["Key"]: tag for tag in table.definition.get("Tags", [])}
    tags |= {tag["Key"]: tag for tag in require(request, "Tags")}
    session.store.redefine(table, {**table.definition, "Tags": list(tags.values())})
    return {}


def untag_resource(session: Session, request: Request) -> Answer:
    """Serve UntagResource."""
    table = _tagged(session, request)
    gone = set(require(request, "TagKeys"))
    kept = [tag for tag in table.definition.get("Tags", []) if tag["Key"] not in gone]
    session.store.redefine(table, {**table.definition, "Tags": kept})
    return {}


def list_tags_of_resource(session: Session, request: Request) -> Answer:
    """Serve ListTagsOfResource."""
    return {"Tags": _tagged(session, request).definition.get("Tags", [])}
