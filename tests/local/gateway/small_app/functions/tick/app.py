"""Notes by the product's clock when it was called, or fails as long as a row says so."""

import json
import os
from typing import Any

import boto3

from feenote import bootstrap


def handler(event: dict[str, Any], _context: Any) -> Any:
    """Write one row for each call."""
    table = boto3.client("dynamodb")
    name = os.environ["FEENOTE_TABLE"]
    now = bootstrap.clock().now().isoformat()
    item = {"pk": {"S": "TICK"}, "sk": {"S": now}, "event": {"S": json.dumps(event)}}
    table.put_item(TableName=name, Item=item)
    switch = {"pk": {"S": "SWITCH"}, "sk": {"S": "FAIL"}}
    if "Item" in table.get_item(TableName=name, Key=switch, ConsistentRead=True):
        raise RuntimeError("as asked")
    return {"at": now}
