"""Writes each job into the table and fails those that ask for it."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], _context: Any) -> Any:
    """Return the failures of a batch."""
    table = boto3.client("dynamodb")
    failures = []
    for record in event["Records"]:
        attempt = record["attributes"]["ApproximateReceiveCount"]
        item = {
            "pk": {"S": f"JOB#{record['body']}"},
            "sk": {"S": attempt},
            "record": {"S": json.dumps(record)},
        }
        table.put_item(TableName=os.environ["FEENOTE_TABLE"], Item=item)
        if record["body"].startswith("fail"):
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
