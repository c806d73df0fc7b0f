"""Secrets from AWS Secrets Manager, kept for five minutes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from feenote.service.ports import Clock, StoreUnavailableError

if TYPE_CHECKING:
    from types_boto3_secretsmanager.client import SecretsManagerClient

KEPT_FOR = timedelta(minutes=5)
ASKED_AGAIN_AFTER = timedelta(seconds=30)
"""A vault that does not answer costs seconds: while it is away, not every request waits for it."""


class SecretError(StoreUnavailableError):
    """A secret that cannot be read, or has not the form that is expected. It never holds the secret."""


@dataclass(frozen=True, slots=True)
class StripeKeys:
    """The key of Stripe's API and the webhook's signing secrets: more than one while they are rolled."""

    api_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)


class SecretsManagerStripeKeys:
    """Read Stripe's keys: JSON with `api_key` and the list `webhook_secrets`.

    A rotated secret is seen within five minutes. While Secrets Manager does not answer, the keys that were
    read before go on being used.
    """

    def __init__(self, client: SecretsManagerClient, arn: str, clock: Clock) -> None:
        self._client = client
        self._arn = arn
        self._clock = clock
        self._kept: tuple[datetime, StripeKeys] | None = None

    def keys(self) -> StripeKeys:
        """Return the keys.

        Raises:
            SecretError: they cannot be read and never were, or are not in the form described above.
        """
        now = self._clock.now()
        if self._kept is not None and timedelta() <= now - self._kept[0] < KEPT_FOR:
            return self._kept[1]
        try:
            answer = self._client.get_secret_value(SecretId=self._arn)
        except (ClientError, BotoCoreError) as error:
            if self._kept is not None:
                self._kept = (now - KEPT_FOR + ASKED_AGAIN_AFTER, self._kept[1])
                return self._kept[1]
            raise SecretError("Stripe's keys cannot be read from Secrets Manager.") from error
        keys = _parsed(answer.get("SecretString", ""))
        self._kept = (now, keys)
        return keys

    def api_key(self) -> str:
        """Return the key of the API."""
        return self.keys().api_key

    def webhook_secrets(self) -> tuple[str, ...]:
        """Return every secret with which a notice may be signed."""
        return self.keys().webhook_secrets


def _parsed(text: str) -> StripeKeys:
    try:
        stored: Any = json.loads(text)
    except ValueError:
        # The reason would show a part of the secret.
        raise SecretError("The secret with Stripe's keys is not JSON.") from None
    api_key = stored.get("api_key") if isinstance(stored, dict) else None
    webhook_secrets = stored.get("webhook_secrets") if isinstance(stored, dict) else None
    if not isinstance(api_key, str) or not isinstance(webhook_secrets, list):
        raise SecretError('The secret with Stripe\'s keys needs "api_key" and the list "webhook_secrets".')
    return StripeKeys(api_key, tuple(item for item in webhook_secrets if isinstance(item, str)))
