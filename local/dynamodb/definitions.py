"""What DynamoDB demands of a table's definition."""

from __future__ import annotations

from typing import Any

from local.dynamodb.errors import ValidationError
from local.dynamodb.session import Request, require

_INVALID = "One or more parameter values were invalid: "
_PROJECTIONS = ("ALL", "KEYS_ONLY", "INCLUDE")
MAX_GLOBAL_INDEXES = 20
MAX_LOCAL_INDEXES = 5
MAX_INCLUDED = 100


def check_definition(request: Request) -> None:
    """Refuse a table whose keys, types or indexes do not fit together.

    Raises:
        ValidationError: it says which.
    """
    defined = {one["AttributeName"]: one["AttributeType"] for one in require(request, "AttributeDefinitions")}
    for kind in defined.values():
        if kind not in {"S", "N", "B"}:
            raise ValidationError(
                f"1 validation error detected: Value '{kind}' at 'attributeType' "
                "failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]"
            )
    used = _check_schema(require(request, "KeySchema"), defined)
    names: set[str] = set()
    for parameter, limit in (
        ("GlobalSecondaryIndexes", MAX_GLOBAL_INDEXES),
        ("LocalSecondaryIndexes", MAX_LOCAL_INDEXES),
    ):
        indexes = request.get(parameter)
        if indexes is None:
            continue
        if not indexes:
            raise ValidationError(f"{_INVALID}List of {parameter} is empty")
        if len(indexes) > limit:
            raise ValidationError(f"{_INVALID}{parameter} count exceeds the per-table limit of {limit}")
        for index in indexes:
            if index["IndexName"] in names:
                raise ValidationError(f"{_INVALID}Duplicate index name: {index['IndexName']}")
            names.add(index["IndexName"])
            used |= _check_schema(index["KeySchema"], defined)
            _check_projection(index)
            if parameter == "LocalSecondaryIndexes" and index["KeySchema"][0] != request["KeySchema"][0]:
                raise ValidationError(
                    f"{_INVALID}Table KeySchema does not have a range key, or index {index['IndexName']} "
                    "does not have the same leading hash key as table"
                )
    if used != set(defined):
        raise ValidationError(
            f"{_INVALID}Number of attributes in KeySchema does not exactly match number of attributes "
            "defined in AttributeDefinitions"
        )
    stream = request.get("StreamSpecification") or {}
    if stream.get("StreamEnabled") and "StreamViewType" not in stream:
        raise ValidationError(f"{_INVALID}StreamViewType must be specified when the stream is enabled")
    if request.get("BillingMode", "PROVISIONED") == "PROVISIONED" and not request.get(
        "ProvisionedThroughput"
    ):
        raise ValidationError(
            f"{_INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode "
            "is PROVISIONED"
        )


def _check_schema(schema: list[dict[str, str]], defined: dict[str, str]) -> set[str]:
    kinds = [key["KeyType"] for key in schema]
    if kinds not in (["HASH"], ["HASH", "RANGE"]):
        raise ValidationError(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
            if kinds and kinds[0] != "HASH"
            else "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"
        )
    names = [key["AttributeName"] for key in schema]
    if len(set(names)) != len(names):
        raise ValidationError(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name"
        )
    missing = [name for name in names if name not in defined]
    if missing:
        raise ValidationError(
            f"{_INVALID}Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: [{', '.join(missing)}], AttributeDefinitions: [{', '.join(defined)}]"
        )
    return set(names)


def _check_projection(index: dict[str, Any]) -> None:
    projection = index["Projection"]
    kind = projection.get("ProjectionType")
    if kind not in _PROJECTIONS:
        raise ValidationError(f"{_INVALID}Unknown ProjectionType: {kind}")
    included = projection.get("NonKeyAttributes")
    if kind == "INCLUDE" and not included:
        raise ValidationError(f"{_INVALID}ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    if kind != "INCLUDE" and included:
        raise ValidationError(f"{_INVALID}ProjectionType is {kind}, but NonKeyAttributes is specified")
    if included and len(included) > MAX_INCLUDED:
        raise ValidationError(f"{_INVALID}NonKeyAttributes count exceeds the limit of {MAX_INCLUDED}")
