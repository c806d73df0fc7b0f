"""Ports are made when they are asked for, load only what they need, and name the setting they miss."""

from __future__ import annotations

import subprocess
import sys

import pytest

from feenote.bootstrap import System
from feenote.settings import SettingError, load

ENVIRONMENT = {
    "FEENOTE_TABLE": "feenote",
    "FEENOTE_DOCUMENTS_BUCKET": "documents",
    "FEENOTE_MAIL_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/mail",
    "FEENOTE_BULK_MAIL_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/bulk-mail",
    "FEENOTE_SEND_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/sends",
    "FEENOTE_REMINDER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/reminders",
    "FEENOTE_MAIL_CONFIGURATION_SET": "feenote",
    "FEENOTE_MAIL_FROM": "bills@firm.example",
    "FEENOTE_PUBLIC_BASE_URL": "https://bills.example",
    "FEENOTE_STRIPE_SECRET_ARN": "arn:aws:secretsmanager:eu-west-1:1:secret:stripe",
    "FEENOTE_STRIPE_LIVEMODE": "false",
}
PORTS = [
    "ids", "tokens", "records", "bills", "books", "processor", "webhooks", "kept_aside", "deliveries",
    "mail_queue", "mailer", "messages", "renderer", "documents", "links", "tasks", "answers", "signals",
    "sends", "send_queue", "templates", "pace", "reminder_queue", "holidays",
]  # fmt: skip
NEEDED = {
    "records": "FEENOTE_TABLE",
    "documents": "FEENOTE_DOCUMENTS_BUCKET",
    "mail_queue": "FEENOTE_MAIL_QUEUE_URL",
    "send_queue": "FEENOTE_SEND_QUEUE_URL",
    "reminder_queue": "FEENOTE_REMINDER_QUEUE_URL",
    "pace": "FEENOTE_TABLE",
    "mailer": "FEENOTE_MAIL_FROM",
    "processor": "FEENOTE_STRIPE_SECRET_ARN",
    "public_base_url": "FEENOTE_PUBLIC_BASE_URL",
    "livemode": "FEENOTE_STRIPE_LIVEMODE",
}


AWS = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)


class TestASystem:
    @pytest.mark.parametrize("name", PORTS)
    def test_makes_each_port_once_without_calling_anybody(self, name: str) -> None:
        system = System(load(ENVIRONMENT))

        assert getattr(system, name) is getattr(system, name)

    @pytest.mark.parametrize(("port", "variable"), NEEDED.items())
    def test_names_the_setting_that_a_port_misses(self, port: str, variable: str) -> None:
        system = System(load({}))

        with pytest.raises(SettingError, match=variable):
            getattr(system, port)

    def test_names_the_bulk_queue_where_only_that_one_is_missing(self) -> None:
        system = System(load({**ENVIRONMENT, "FEENOTE_BULK_MAIL_QUEUE_URL": ""}))

        with pytest.raises(SettingError, match="FEENOTE_BULK_MAIL_QUEUE_URL"):
            _ = system.mail_queue


class TestAColdStart:
    @pytest.mark.parametrize(
        ("code", "not_loaded"),
        [
            (
                "import feenote.bootstrap",
                ["boto3", "botocore", "stripe", "jinja2", "typst", "aws_lambda_powertools"],
            ),
            (
                "import feenote.bootstrap as b; b.System(b.environment.load()).webhooks",
                ["stripe", "typst", "jinja2"],
            ),
            ("import feenote.bootstrap as b; b.System(b.environment.load()).processor", ["stripe", "typst"]),
        ],
    )
    def test_loads_nothing_that_is_not_used(self, code: str, not_loaded: list[str]) -> None:
        script = f"import sys\n{code}\nprint([name for name in {not_loaded!r} if name in sys.modules])"
        path = [entry for entry in sys.path if entry.endswith("layers/shared/python")]

        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={**ENVIRONMENT, **AWS, "PYTHONPATH": path[0]},
        )

        assert done.stdout.strip() == "[]"
