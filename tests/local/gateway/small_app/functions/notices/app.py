"""Writes each notice about a mail into the table, in the order in which they came."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], _context: Any) -> None:
    """Unwrap what SNS delivered and keep it by the mail's id."""
    table = boto3.client("dynamodb")
    for record in event["Records"]:
        envelope = json.loads(record["body"])
        notice = json.loads(envelope["Message"])
        item = {
            "pk": {"S": f"MAIL#{notice['mail']['messageId']}"},
            "sk": {"S": record["attributes"]["SentTimestamp"] + notice["eventType"]},
            "notice": {"S": envelope["Message"]},
            "topic": {"S": envelope["TopicArn"]},
        }
        table.put_item(TableName=os.environ["FEENOTE_TABLE"], Item=item)
