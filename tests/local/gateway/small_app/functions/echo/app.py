"""Answers with the event it got, or misbehaves as the path asks."""

import base64
import json
import os
import time
from typing import Any

import boto3
from botocore.config import Config


def handler(event: dict[str, Any], context: Any) -> Any:
    """Do what the last part of the path says."""
    wish = event["rawPath"].rpartition("/")[2]
    if wish == "raise":
        raise ValueError("as asked")
    if wish == "exit":
        os._exit(3)
    if wish == "slow":
        time.sleep(30)
    if wish == "unserialisable":
        return {"statusCode": 200, "body": {1, 2}}
    if wish == "simple":
        return {"plain": True}
    if wish == "cookies":
        return {
            "statusCode": 201,
            "cookies": ["a=1; Path=/", "b=2"],
            "headers": {"X-Kind": "own"},
            "body": "",
        }
    if wish == "binary":
        body = base64.b64encode(b"\x00\xff").decode()
        headers = {"content-type": "application/pdf"}
        return {"statusCode": 200, "isBase64Encoded": True, "body": body, "headers": headers}
    if wish == "presigned":
        s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
        bucket = os.environ["FEENOTE_DOCUMENTS_BUCKET"]
        s3.put_object(Bucket=bucket, Key="a bill/№ 1.pdf", Body=b"%PDF-1.7")
        where = {"Bucket": bucket, "Key": "a bill/№ 1.pdf"}
        url = s3.generate_presigned_url("get_object", Params=where, ExpiresIn=3600)
        return {"statusCode": 302, "headers": {"location": url}}
    seen = {
        "event": event,
        "environment": dict(os.environ),
        "remaining": context.get_remaining_time_in_millis(),
        "pid": os.getpid(),
    }
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(seen)}
