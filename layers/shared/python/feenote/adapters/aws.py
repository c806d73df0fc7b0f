"""Clients of AWS: endpoint, region and keys come from the environment, as boto3 reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_secretsmanager.client import SecretsManagerClient
    from types_boto3_sesv2.client import SESV2Client
    from types_boto3_sqs.client import SQSClient

# SES has no idempotency key: a request that is repeated is a second mail.
_ONE_ATTEMPT = Config(
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1}
)
# Addresses signed by the older version are refused for files under a key of KMS, and in newer regions.
_SIGNED_BY_V4 = Config(
    signature_version="s3v4",
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
)
# Nobody waits longer than the function lives; three attempts ride out a lost connection.
_WITHIN_LIMITS = Config(
    connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)


def s3() -> S3Client:
    """Return a client of S3 that signs addresses as `S3Documents` needs them."""
    return boto3.client("s3", config=_SIGNED_BY_V4)


def ses() -> SESV2Client:
    """Return a client of SES that never repeats a request."""
    return boto3.client("sesv2", config=_ONE_ATTEMPT)


def ses_reads() -> SESV2Client:
    """Return a client of SES for questions, which may be repeated."""
    return boto3.client("sesv2", config=_WITHIN_LIMITS)


def sqs() -> SQSClient:
    """Return a client of SQS."""
    return boto3.client("sqs", config=_WITHIN_LIMITS)


def secrets_manager() -> SecretsManagerClient:
    """Return a client of Secrets Manager."""
    return boto3.client("secretsmanager", config=_WITHIN_LIMITS)
