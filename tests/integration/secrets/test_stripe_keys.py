"""Stripe's keys come from Secrets Manager, are kept for five minutes, and a rotated one is seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from feenote.adapters.secrets import SecretError, SecretsManagerStripeKeys, StripeKeys
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from types_boto3_secretsmanager.client import SecretsManagerClient


class Vault:
    """A secret, its reader, and how often it was read."""

    def __init__(self, client: SecretsManagerClient) -> None:
        self.client = client
        self.arn = client.create_secret(Name="stripe", SecretString=text("sk_1", "whsec_1"))["ARN"]
        self.clock = FakeClock()
        self.keys = SecretsManagerStripeKeys(client, self.arn, self.clock)
        self.reads = 0
        client.meta.events.register("before-send.secrets-manager.GetSecretValue", self._count)

    def store(self, secret: str) -> None:
        self.client.put_secret_value(SecretId=self.arn, SecretString=secret)

    def _count(self, **_: object) -> None:
        self.reads += 1


def text(api_key: str, *webhook_secrets: str) -> str:
    return json.dumps({"api_key": api_key, "webhook_secrets": webhook_secrets})


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield Vault(boto3.client("secretsmanager", region_name="eu-west-1"))


class TestTheKeys:
    def test_are_what_is_stored(self, vault: Vault) -> None:
        assert vault.keys.keys() == StripeKeys("sk_1", ("whsec_1",))

    def test_are_read_once_in_five_minutes(self, vault: Vault) -> None:
        for _ in range(5):
            vault.keys.api_key()
            vault.keys.webhook_secrets()
            vault.clock.advance(seconds=59)

        assert vault.reads == 1

    def test_are_read_again_after_five_minutes_so_that_a_rotated_one_is_seen(self, vault: Vault) -> None:
        vault.keys.api_key()
        vault.store(text("sk_2", "whsec_1", "whsec_2"))
        vault.clock.advance(minutes=5)

        assert vault.keys.api_key() == "sk_2"
        assert vault.keys.webhook_secrets() == ("whsec_1", "whsec_2")

    def test_go_on_being_used_while_secrets_manager_fails(self, vault: Vault) -> None:
        vault.keys.api_key()
        vault.client.delete_secret(SecretId=vault.arn, ForceDeleteWithoutRecovery=True)
        vault.clock.advance(hours=1)

        assert vault.keys.api_key() == "sk_1"

    def test_are_asked_for_twice_a_minute_while_secrets_manager_fails(self, vault: Vault) -> None:
        vault.keys.api_key()
        vault.client.delete_secret(SecretId=vault.arn, ForceDeleteWithoutRecovery=True)
        vault.clock.advance(hours=1)

        for _ in range(12):
            vault.keys.api_key()
            vault.clock.advance(seconds=5)

        assert vault.reads == 1 + 2

    def test_that_were_never_read_are_an_error(self, vault: Vault) -> None:
        vault.client.delete_secret(SecretId=vault.arn, ForceDeleteWithoutRecovery=True)

        with pytest.raises(SecretError):
            vault.keys.api_key()

    @pytest.mark.parametrize(
        "stored", ["sk_secret", "[]", '{"api_key": "sk_secret"}', '{"webhook_secrets": []}']
    )
    def test_of_another_form_are_an_error_that_does_not_show_them(self, vault: Vault, stored: str) -> None:
        vault.store(stored)

        with pytest.raises(SecretError) as error:
            vault.keys.api_key()
        assert "sk_secret" not in f"{error.value!r}{error.value.__cause__!r}"

    def test_do_not_show_in_a_log(self, vault: Vault) -> None:
        assert "sk_1" not in repr(vault.keys.keys())
