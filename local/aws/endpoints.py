"""Where the stand-ins for AWS answer, and with which keys."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config

from local.template.stack import REGION

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class Credentials:
    """A pair of keys that opens nothing but this machine's stand-ins."""

    access_key: str = field(default_factory=lambda: "AKIA" + secrets.token_hex(8).upper())
    secret_key: str = field(default_factory=lambda: secrets.token_hex(20))


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The base addresses: most of AWS by moto, the rest by what this project wrote itself."""

    moto: str
    dynamodb: str
    guard: str
    """S3 and SES, which are looked at before (or instead of) moto."""
    credentials: Credentials

    def environment(self) -> dict[str, str]:
        """Return the variables that make boto3 come here, as it reads them on any machine."""
        return {
            "AWS_ACCESS_KEY_ID": self.credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret_key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.moto,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb,
            "AWS_ENDPOINT_URL_S3": self.guard,
            "AWS_ENDPOINT_URL_SESV2": self.guard,
        }


class Clients:
    """boto3 clients of the stand-ins, made when first used and shared between threads."""

    def __init__(self, endpoints: Endpoints) -> None:
        """Remember where to go; nothing is called yet."""
        self.endpoints = endpoints
        # A core session of its own: a profile in the user's home must not decide anything here.
        core = botocore.session.Session(profile=None)
        core.set_config_variable("config_file", "/dev/null")
        core.set_config_variable("credentials_file", "/dev/null")
        self._session = boto3.Session(
            botocore_session=core,
            aws_access_key_id=endpoints.credentials.access_key,
            aws_secret_access_key=endpoints.credentials.secret_key,
            region_name=REGION,
        )
        self._config = Config(read_timeout=30, retries={"total_max_attempts": 2}, max_pool_connections=20)
        self._made: dict[str, Any] = {}

    @property
    def dynamodb(self) -> DynamoDBClient:
        """Return the client of the table."""
        client: DynamoDBClient = self._client("dynamodb", self.endpoints.dynamodb)
        return client

    @property
    def s3(self) -> S3Client:
        """Return the client of the documents."""
        client: S3Client = self._client("s3", self.endpoints.guard)
        return client

    @property
    def sqs(self) -> SQSClient:
        """Return the client of the queues."""
        client: SQSClient = self._client("sqs", self.endpoints.moto)
        return client

    @property
    def sns(self) -> SNSClient:
        """Return the client of the topics."""
        client: SNSClient = self._client("sns", self.endpoints.moto)
        return client

    @property
    def secrets(self) -> SecretsManagerClient:
        """Return the client of the secrets."""
        client: SecretsManagerClient = self._client("secretsmanager", self.endpoints.moto)
        return client

    @property
    def cognito(self) -> CognitoIdentityProviderClient:
        """Return the client of the staff's user pool."""
        client: CognitoIdentityProviderClient = self._client("cognito-idp", self.endpoints.moto)
        return client

    def _client(self, service: str, endpoint: str) -> Any:
        if service not in self._made:
            self._made[service] = self._session.client(service, endpoint_url=endpoint, config=self._config)  # type: ignore[call-overload]  # the name is one of the six above
        return self._made[service]
