"""One maker for each type of resource that the templates use."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.resources.identity import IdentityMakers
from local.template.stack import ACCOUNT_ID, REGION, Attributes, Maker, Stack

if TYPE_CHECKING:
    from local.aws.endpoints import Clients

# They exist in AWS only: rights and alarms are not simulated, encryption at rest changes no answer, and the
# gateway itself is what an HTTP API, its functions and their layers become.
_WITHOUT_EFFECT = (
    "AWS::CloudWatch::Alarm",
    "AWS::IAM::ManagedPolicy",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Serverless::Function",
    "AWS::Serverless::HttpApi",
    "AWS::Serverless::LayerVersion",
)


@dataclass(frozen=True, slots=True)
class NoticeDestination:
    """Where a configuration set publishes which of its events (`SEND`, `BOUNCE`, …)."""

    topic_arn: str
    event_types: frozenset[str]


@dataclass
class Made:
    """What was made, for those who serve it."""

    queue_urls: dict[str, str] = field(default_factory=dict)
    """By ARN."""
    visibility_s: dict[str, int] = field(default_factory=dict)
    """By queue ARN."""
    configuration_sets: dict[str, list[NoticeDestination]] = field(default_factory=dict)
    identities: set[str] = field(default_factory=set)
    """Domains and addresses that mail may come from, in lower case."""
    signature_age_s: dict[str, float] = field(default_factory=dict)
    """By bucket: how old a signature may be, by the bucket's policy."""


class ResourceMakers:
    """Makes resources with boto3, as CloudFormation would with AWS."""

    def __init__(self, clients: Clients) -> None:
        """Make nothing yet."""
        self._clients = clients
        self.made = Made()

    def by_type(self) -> dict[str, Maker]:
        """Return the makers by CloudFormation's name of the type."""
        identity = IdentityMakers(self._clients)
        return {
            **dict.fromkeys(_WITHOUT_EFFECT, _name_only),
            **identity.by_type(),
            "AWS::DynamoDB::Table": self._table,
            "AWS::S3::Bucket": self._bucket,
            "AWS::S3::BucketPolicy": self._bucket_policy,
            "AWS::SQS::Queue": self._queue,
            "AWS::SNS::Topic": self._topic,
            "AWS::SNS::Subscription": self._subscription,
            "AWS::SecretsManager::Secret": self._secret,
            "AWS::SES::EmailIdentity": self._identity,
            "AWS::SES::ConfigurationSet": self._configuration_set,
            "AWS::SES::ConfigurationSetEventDestination": self._event_destination,
        }

    def _table(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        name = properties.get("TableName", f"{stack.name}-{logical_id}")
        indexes = properties.get("GlobalSecondaryIndexes", [])
        self._clients.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=properties["AttributeDefinitions"],
            KeySchema=properties["KeySchema"],
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
        )
        if "TimeToLiveSpecification" in properties:
            self._clients.dynamodb.update_time_to_live(
                TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
            )
        return {"Ref": name, "Arn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{name}"}

    def _bucket(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        name = properties.get("BucketName", f"{stack.name}-{logical_id}-{ACCOUNT_ID}".lower())
        self._clients.s3.create_bucket(Bucket=name)
        versioning = properties.get("VersioningConfiguration", {}).get("Status")
        if versioning:
            self._clients.s3.put_bucket_versioning(
                Bucket=name, VersioningConfiguration={"Status": versioning}
            )
        return {"Ref": name, "Arn": f"arn:aws:s3:::{name}"}

    def _bucket_policy(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        for statement in properties["PolicyDocument"]["Statement"]:
            limit_ms = statement.get("Condition", {}).get("NumericGreaterThan", {}).get("s3:signatureAge")
            if statement["Effect"] == "Deny" and limit_ms is not None:
                self.made.signature_age_s[properties["Bucket"]] = int(limit_ms) / 1000
        return _name_only(stack, logical_id, properties)

    def _queue(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        name = properties.get("QueueName", f"{stack.name}-{logical_id}")
        attributes: dict[Any, str] = {
            key: str(properties[key])
            for key in ("VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds")
            if key in properties
        }
        if "RedrivePolicy" in properties:
            attributes["RedrivePolicy"] = json.dumps(properties["RedrivePolicy"])
        url = self._clients.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}"
        self.made.queue_urls[arn] = url
        self.made.visibility_s[arn] = int(properties.get("VisibilityTimeout", 30))
        return {"Ref": url, "Arn": arn, "QueueName": name, "QueueUrl": url}

    def _topic(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        # The subscriptions written on the topic itself go to people's addresses: nobody is there to confirm.
        name = properties.get("TopicName", f"{stack.name}-{logical_id}")
        arn = self._clients.sns.create_topic(Name=name)["TopicArn"]
        return {"Ref": arn, "TopicArn": arn, "TopicName": name}

    def _subscription(self, _stack: Stack, _logical_id: str, properties: dict[str, Any]) -> Attributes:
        raw = str(properties.get("RawMessageDelivery", "false")).lower()
        answer = self._clients.sns.subscribe(
            TopicArn=properties["TopicArn"],
            Protocol=properties["Protocol"],
            Endpoint=properties["Endpoint"],
            Attributes={"RawMessageDelivery": raw},
            ReturnSubscriptionArn=True,
        )
        return {"Ref": answer["SubscriptionArn"]}

    def _secret(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        value = properties.get("SecretString")
        if value is None:
            generated = properties["GenerateSecretString"]
            document = json.loads(generated["SecretStringTemplate"])
            document[generated["GenerateStringKey"]] = secrets.token_hex(16)
            value = json.dumps(document)
        name = properties.get("Name", f"{stack.name}-{logical_id}")
        arn = self._clients.secrets.create_secret(Name=name, SecretString=value)["ARN"]
        return {"Ref": arn, "Id": arn}

    def _identity(self, _stack: Stack, _logical_id: str, properties: dict[str, Any]) -> Attributes:
        self.made.identities.add(properties["EmailIdentity"].lower())
        return {"Ref": properties["EmailIdentity"]}

    def _configuration_set(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        name = properties.get("Name", f"{stack.name}-{logical_id}")
        self.made.configuration_sets.setdefault(name, [])
        return {"Ref": name}

    def _event_destination(self, stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        given = properties["EventDestination"]
        if given.get("Enabled"):
            self.made.configuration_sets.setdefault(properties["ConfigurationSetName"], []).append(
                NoticeDestination(
                    topic_arn=given["SnsDestination"]["TopicARN"],
                    event_types=frozenset(given["MatchingEventTypes"]),
                )
            )
        return _name_only(stack, logical_id, properties)


def _name_only(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
    del properties
    name = f"{stack.name}-{logical_id}"
    return {
        "Ref": name,
        "Arn": f"arn:aws:local:{REGION}:{ACCOUNT_ID}:{name}",
        "ApiEndpoint": f"https://{name}.execute-api.{REGION}.amazonaws.com",
    }
