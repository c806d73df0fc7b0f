"""What the template promises: routes, rights, queues, and the environment of each function."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_lambda_powertools import Logger

from feenote.adapters.signals import PowertoolsSignals
from local.template.functions import DEFAULT_ROUTE, Function, read_functions
from local.template.stack import Attributes, Maker, Stack, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = {
    "PublicBaseUrl": "https://pay.firm.example",
    "MailFrom": "bills@firm.example",
    "AlarmEmail": "alarms@firm.example",
}
KEPT_FOR_GOOD = {
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::Cognito::UserPool",
    "AWS::SecretsManager::Secret",
}


class _EveryType(dict[str, Maker]):
    """Makes any resource by giving each attribute a name: enough to see what refers to what."""

    def __missing__(self, kind: str) -> Maker:
        def make(stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
            del properties
            return _Named(f"{stack.name}-{logical_id}")

        return make

    def __contains__(self, kind: object) -> bool:
        return True


class _Named(dict[str, Any]):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def __missing__(self, attribute: str) -> str:
        return self._name if attribute == "Ref" else f"{self._name}.{attribute}"

    def __contains__(self, attribute: object) -> bool:
        return True


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack("feenote", ROOT / "template.yaml", _EveryType(), PARAMETERS)


@pytest.fixture(scope="module")
def functions(stack: Stack) -> list[Function]:
    return read_functions(stack)


def resources(stack: Stack, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the resources of a type in all stacks, as written but resolved."""
    for one in (stack, *stack.nested_stacks()):
        for logical_id, resource in one.resources.items():
            if resource["Type"] == kind:
                yield f"{one.name}-{logical_id}", one.properties(logical_id)


def alarms(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Yield each alarm's namespace, metric and the value of its one dimension."""
    for _, alarm in resources(stack, "AWS::CloudWatch::Alarm"):
        (dimension,) = alarm["Dimensions"]
        yield alarm["Namespace"], alarm["MetricName"], dimension["Value"]


def statements(stack: Stack) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, properties in resources(stack, "AWS::IAM::ManagedPolicy"):
        for statement in properties["PolicyDocument"]["Statement"]:
            yield name, statement


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class TestFunctions:
    def test_are_the_folders(self, functions: list[Function]) -> None:
        folders = {path.parent.name for path in ROOT.glob("functions/*/app.py")}

        assert folders <= {function.name for function in functions}, "a folder that nothing deploys"

    def test_have_each_route_once(self, functions: list[Function]) -> None:
        keys = [route.key for function in functions for route in function.routes]

        assert len(keys) == len(set(keys))
        assert "POST /webhooks/stripe" in keys

    def test_are_open_to_everybody_only_behind_links_and_webhooks(self, functions: list[Function]) -> None:
        public = {
            route.path for function in functions for route in function.routes if route.authorizer is None
        }

        assert public
        assert all(
            path.startswith(("/l/{token}", "/webhooks/", "/portal")) for path in public - {DEFAULT_ROUTE}
        )

    def test_without_a_route_of_their_own_are_answered_by_one_that_has_no_rights(
        self, stack: Stack, functions: list[Function]
    ) -> None:
        (function,) = (
            function
            for function in functions
            for route in function.routes
            if route.path == DEFAULT_ROUTE and route.authorizer is None
        )
        policies = {
            properties["CodeUri"]: properties["Policies"]
            for _, properties in resources(stack, "AWS::Serverless::Function")
        }

        assert policies[f"functions/{function.name}/"] == []

    def test_get_together_every_setting_that_is_read(self, functions: list[Function]) -> None:
        from feenote import settings  # noqa: PLC0415 - the names are what is compared

        read = {settings.variable(name) for name in settings.Settings.model_fields}
        given = {
            name for function in functions for name in function.environment if name.startswith("FEENOTE_")
        }

        assert read == given

    def test_name_themselves_in_their_logs_and_metrics(self, functions: list[Function]) -> None:
        for function in functions:
            assert function.environment["POWERTOOLS_SERVICE_NAME"] == function.name
            assert function.environment["POWERTOOLS_METRICS_NAMESPACE"] == "Feenote"

    def test_behind_routes_answer_before_the_api_stops_waiting(self, functions: list[Function]) -> None:
        assert all(function.timeout_s < 30 for function in functions if function.routes)

    def test_that_render_have_the_pdf_layer_and_no_others(self, stack: Stack) -> None:
        with_pdf = {
            properties["CodeUri"]
            for _, properties in resources(stack, "AWS::Serverless::Function")
            if "feenote-PdfLayer" in properties.get("Layers", [])
        }

        assert with_pdf == {
            "functions/deliver_mail/",
            "functions/secure_link/",
            "functions/send_balance/",
            "functions/send_bill/",
        }


class TestAsynchronousFunctions:
    def test_read_queues_whose_visibility_is_six_times_their_timeout(
        self, stack: Stack, functions: list[Function]
    ) -> None:
        queues = {f"{name}.Arn": queue for name, queue in resources(stack, "AWS::SQS::Queue")}
        sources = [(function, source) for function in functions for source in function.queues]

        assert sources
        for function, source in sources:
            assert queues[source.queue_arn]["VisibilityTimeout"] == 6 * function.timeout_s
            assert "deadLetterTargetArn" in queues[source.queue_arn]["RedrivePolicy"]
            assert source.partial_failures

    def test_of_one_kind_read_a_queue_for_each_lane_and_few_at_once_the_bulk_one(
        self, functions: list[Function]
    ) -> None:
        (deliver,) = (function for function in functions if function.name == "deliver_mail")

        at_once = {source.queue_arn: source.maximum_concurrency for source in deliver.queues}

        assert at_once == {"feenote-Mail-MailQueue.Arn": 10, "feenote-Mail-BulkMailQueue.Arn": 5}
        assert {source.batch_size for source in deliver.queues} == {10}

    def test_on_a_schedule_have_a_place_for_dead_letters(self, functions: list[Function]) -> None:
        scheduled = [function for function in functions if function.schedules]

        assert scheduled
        assert all(function.dead_letter_arn for function in scheduled)

    def test_leave_no_dead_letters_unseen(self, stack: Stack) -> None:
        watched = {
            value
            for namespace, metric, value in alarms(stack)
            if (namespace, metric) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
        }
        dead = {
            f"{name}.QueueName"
            for name, queue in resources(stack, "AWS::SQS::Queue")
            if "RedrivePolicy" not in queue
        }

        assert dead
        assert watched == dead

    def test_wake_a_person_when_what_somebody_waits_for_does_not_go_out(self, stack: Stack) -> None:
        aged = {value for _, metric, value in alarms(stack) if metric == "ApproximateAgeOfOldestMessage"}

        assert aged == {"feenote-Mail-MailQueue.QueueName"}

    def test_wake_a_person_for_money_that_is_on_no_bill_under_the_names_they_count_it_by(
        self, stack: Stack, functions: list[Function], capsys: pytest.CaptureFixture[str]
    ) -> None:
        (webhook,) = (function for function in functions if function.name == "payment_webhook")
        counts = {"MoneyUnmatched", "PaymentDiffers", "WebhookKeptAsideAlarm"}
        service = webhook.environment["POWERTOOLS_SERVICE_NAME"]
        signals = PowertoolsSignals(Logger(service=service))

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("POWERTOOLS_SERVICE_NAME", service)
            for name in counts:
                signals.count(name)
        told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

        described = [(line["_aws"]["CloudWatchMetrics"][0], line) for line in told]
        written = {
            (metrics["Namespace"], metrics["Metrics"][0]["Name"], line["service"])
            for metrics, line in described
            if metrics["Dimensions"] == [["service"]]
        }
        assert len(written) == len(counts)
        assert written <= set(alarms(stack))


class TestReminders:
    def test_are_looked_for_each_quarter_of_an_hour_with_all_the_time_there_is(
        self, functions: list[Function]
    ) -> None:
        (reminding,) = (function for function in functions if function.name == "send_reminders")
        (schedule,) = reminding.schedules
        (source,) = reminding.queues

        assert schedule.expression == "rate(15 minutes)"
        assert reminding.timeout_s == 900
        assert source.queue_arn == "feenote-Reminders-ReminderQueue.Arn"
        assert source.maximum_concurrency

    def test_that_cannot_be_decided_wake_a_person(self, stack: Stack) -> None:
        watched = set(alarms(stack))

        assert ("Feenote", "ReminderNotLookedAt", "send_reminders") in watched
        assert ("AWS/Lambda", "Errors", "feenote-SendReminders") in watched


class TestRights:
    def test_name_each_action(self, stack: Stack) -> None:
        actions = [(name, action) for name, given in statements(stack) for action in listed(given["Action"])]

        assert actions
        assert [pair for pair in actions if "*" in pair[1]] == []

    def test_name_the_thing_they_are_about(self, stack: Stack) -> None:
        everything = [
            (name, listed(statement["Action"]))
            for name, statement in statements(stack)
            if "*" in listed(statement["Resource"])
        ]

        # SES knows no resource for the question how fast an account may send.
        assert everything == [("feenote-Mail-ReadMailQuota", ["ses:GetAccount"])]

    def test_are_given_to_functions_by_these_policies_only(self, stack: Stack) -> None:
        known = {name for name, _ in resources(stack, "AWS::IAM::ManagedPolicy")}

        for name, properties in resources(stack, "AWS::Serverless::Function"):
            assert set(properties["Policies"]) <= known, name

    def test_to_send_mail_and_to_read_stripes_keys_are_with_those_who_need_them(self, stack: Stack) -> None:
        holders: dict[str, set[str]] = {}
        for _, properties in resources(stack, "AWS::Serverless::Function"):
            for policy in properties["Policies"]:
                holders.setdefault(policy.rpartition("-")[2], set()).add(properties["CodeUri"].split("/")[1])

        assert holders["SendMail"] == {"deliver_mail"}
        assert holders["ReadMailQuota"] == {"deliver_mail", "prepare_sends"}
        assert holders["ReadStripeSecret"] == {
            "payment_webhook",
            "reconcile_payments",
            "secure_link",
            "send_balance",
            "send_bill",
            "sweep_deliveries",
        }

    def test_match_the_environment(self, stack: Stack, functions: list[Function]) -> None:
        needed = {
            "FEENOTE_MAIL_QUEUE_URL": "QueueMail",
            "FEENOTE_BULK_MAIL_QUEUE_URL": "QueueMail",
            "FEENOTE_SEND_QUEUE_URL": "QueueSends",
            "FEENOTE_RECONCILE_QUEUE_URL": "QueueReconciliations",
            "FEENOTE_REMINDER_QUEUE_URL": "QueueReminders",
            "FEENOTE_MAIL_CONFIGURATION_SET": "SendMail",
            "FEENOTE_STRIPE_SECRET_ARN": "ReadStripeSecret",
            "FEENOTE_DOCUMENTS_BUCKET": "ReadDocuments",
            "FEENOTE_TABLE": "UseTable",
        }
        policies = {
            properties["CodeUri"].split("/")[1]: {
                policy.rpartition("-")[2] for policy in properties["Policies"]
            }
            for _, properties in resources(stack, "AWS::Serverless::Function")
        }

        for function in functions:
            if function.name == "unknown_address":
                continue  # it is given the table's name with all others, and may not use it: see above
            expected = {policy for name, policy in needed.items() if name in function.environment}
            assert policies[function.name] - {"WriteDocuments", "ReadMailQuota"} == expected, function.name


class TestWhatIsKept:
    def test_survives_the_stack(self, stack: Stack) -> None:
        kept = [
            resource
            for one in stack.nested_stacks()
            for resource in one.resources.values()
            if resource["Type"] in KEPT_FOR_GOOD
        ]

        assert len(kept) == len(KEPT_FOR_GOOD)
        assert all(resource["DeletionPolicy"] == "Retain" for resource in kept)

    def test_in_the_table_can_be_restored_and_is_not_deleted_by_mistake(self, stack: Stack) -> None:
        ((_, table),) = resources(stack, "AWS::DynamoDB::Table")

        assert table["DeletionProtectionEnabled"] is True
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["SSESpecification"]["SSEType"] == "KMS"
        assert table["TimeToLiveSpecification"]["AttributeName"] == "expires_at_epoch"

    def test_in_the_bucket_is_private_versioned_and_reached_by_fresh_signatures_over_tls(
        self, stack: Stack
    ) -> None:
        ((_, bucket),) = resources(stack, "AWS::S3::Bucket")
        ((_, policy),) = resources(stack, "AWS::S3::BucketPolicy")

        denied = [statement["Condition"] for statement in policy["PolicyDocument"]["Statement"]]
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["VersioningConfiguration"]["Status"] == "Enabled"
        assert {"Bool": {"aws:SecureTransport": "false"}} in denied
        assert {"NumericGreaterThan": {"s3:signatureAge": "300000"}} in denied

    def test_of_the_staff_says_the_firm_and_nobody_changes_it(self, stack: Stack) -> None:
        ((_, pool),) = resources(stack, "AWS::Cognito::UserPool")
        ((_, client),) = resources(stack, "AWS::Cognito::UserPoolClient")
        groups = {group["GroupName"] for _, group in resources(stack, "AWS::Cognito::UserPoolGroup")}

        firm = next(attribute for attribute in pool["Schema"] if attribute["Name"] == "firm_id")
        assert firm["Mutable"] is False
        assert "custom:firm_id" not in client["WriteAttributes"]
        assert groups == {"viewer", "biller", "approver", "cashier", "admin"}


class TestTheTemplates:
    def test_name_no_account_and_no_region(self) -> None:
        for path in (ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml"))):
            text = path.read_text("utf-8")

            assert not re.search(r"\b\d{12}\b", text), path.name
            assert not re.search(r"\b(us|eu|ap)-[a-z]+-\d\b", text), path.name

    def test_say_what_is_wrong_with_a_name_that_does_not_exist(self, stack: Stack) -> None:
        with pytest.raises(TemplateError, match="there is no output Nothing"):
            stack.attribute("Data", "Outputs.Nothing")

    def test_need_their_parameters(self) -> None:
        with pytest.raises(TemplateError, match="PublicBaseUrl"):
            Stack("feenote", ROOT / "template.yaml", _EveryType())
