"""The webhook: only what Stripe signed within five minutes counts, and it counts once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.cases.stage import SECRET, Stage, Told
from tests.cases.test_payments import COMPLETED, books_are_once

DAY = timedelta(days=1)


def completed(stage: Stage) -> tuple[dict[str, Any], Told]:
    """Return a bill that was paid at Stripe, and the webhook that tells of it; nothing is booked yet."""
    bill = stage.bill()
    stage.pay_by_card(bill)
    (told,) = stage.told(COMPLETED)
    stage.leaving.calls.clear()
    return bill, told


def is_refused(stage: Stage, bill: dict[str, Any], told: Told, **headers: str | None) -> None:
    before = stage.items()
    stage.leaving.calls.clear()

    answer = stage.post_webhook(told, **headers)

    assert answer.status == 400
    assert not [call for call in stage.leaving.calls if call != "dynamodb.Scan"]
    assert stage.items() == before
    assert stage.read(bill)["paid"]["minor"] == 0


class TestCase20ARequestThatIsNotStripes:
    def test_with_a_bad_signature_is_400_and_nothing_is_written(self, stage: Stage) -> None:
        bill, told = completed(stage)

        is_refused(stage, bill, stage.signed(told.body, secrets=["whsec_of_a_thief"]))
        is_refused(stage, bill, told, stripe_signature=told.headers["Stripe-Signature"][:-1] + "x")
        is_refused(stage, bill, told, stripe_signature="t=1,v1=")

    def test_with_a_changed_body_is_400_and_nothing_is_written(self, stage: Stage) -> None:
        bill, told = completed(stage)

        is_refused(stage, bill, Told(told.headers, told.body.replace(b"63000", b"63001")))
        is_refused(stage, bill, Told(told.headers, told.body + b" "))

    @pytest.mark.parametrize("header", [None, ""])
    def test_without_the_header_is_400_and_nothing_is_written(self, stage: Stage, header: str | None) -> None:
        bill, told = completed(stage)

        is_refused(stage, bill, told, stripe_signature=header)

    def test_of_a_megabyte_is_400_and_nothing_is_written_however_well_signed(self, stage: Stage) -> None:
        bill, told = completed(stage)

        is_refused(stage, bill, stage.signed(told.body + b" " * (1 << 20)))


class TestCase21ATimestampRightlySigned:
    def test_far_from_now_is_400(self, stage: Stage) -> None:
        bill, told = completed(stage)

        for seconds in (-600, 3600, -301, 301, -86_400 * 365, 86_400 * 365):
            is_refused(stage, bill, stage.signed(told.body, seconds=seconds))

    @pytest.mark.parametrize("seconds", [-299, 299])
    def test_within_five_minutes_is_taken(self, stage: Stage, seconds: int) -> None:
        bill, told = completed(stage)

        assert stage.post_webhook(stage.signed(told.body, seconds=seconds)).status == 200
        books_are_once(stage, bill)


class TestCase22TheSameRequestAThousandTimes:
    def test_has_one_effect(self, stage: Stage) -> None:
        bill, told = completed(stage)

        taken = [stage.post_webhook(told).json["taken"] for _ in range(1000)]

        assert taken == ["booked"] + ["already_booked"] * 999
        assert len(stage.queue.jobs) == 1
        books_are_once(stage, bill)


class TestCase23AnUnknownNotice:
    def test_of_an_unknown_type_is_2xx_kept_aside_and_alarmed(self, stage: Stage) -> None:
        bill, told = completed(stage)
        unknown = stage.signed(told.event | {"id": "evt_unknown", "type": "invoice.overpaid"})

        answers = [stage.post_webhook(unknown) for _ in range(2)]

        assert [answer.status for answer in answers] == [200, 200]
        assert _kept_aside(stage) == ["evt_unknown"]
        assert stage.tasks() == ["event_kept_aside"]
        assert stage.signals.counts["WebhookKeptAsideAlarm"] == 2
        assert stage.read(bill)["paid"]["minor"] == 0

    def test_of_an_unknown_type_that_names_no_firm_is_kept_aside_too(self, stage: Stage) -> None:
        event = {
            "id": "evt_bare",
            "type": "capability.updated",
            "api_version": "2026-10-28.endive",
            "livemode": False,
            "data": {"object": {"id": "cap_1", "object": "capability"}},
        }

        assert stage.post_webhook(stage.signed(event)).status == 200
        assert _kept_aside(stage) == ["evt_bare"]

    def test_of_an_unknown_api_version_is_2xx_kept_aside_and_alarmed_and_its_money_is_booked(
        self, stage: Stage
    ) -> None:
        bill, told = completed(stage)
        old = stage.signed(told.event | {"api_version": "2020-08-27"})

        answer = stage.post_webhook(old)

        assert answer.status == 200
        assert _kept_aside(stage) == [told.event["id"]]
        assert stage.tasks() == ["event_kept_aside"]
        assert stage.signals.counts["WebhookKeptAsideAlarm"] == 1
        # What happened is read from Stripe in our own version, whatever the notice is written in.
        books_are_once(stage, bill)


class TestCase24TwoSignaturesWhileTheSecretIsRolled:
    @pytest.mark.parametrize("known", [[SECRET], ["whsec_new"], [SECRET, "whsec_new"], ["whsec_new", SECRET]])
    def test_are_accepted_with_either(self, stage: Stage, known: list[str]) -> None:
        bill = stage.bill()
        stage.stripe.roll_secret("whsec_new", old_ends_after=DAY)
        stage.pay_by_card(bill)
        (told,) = stage.told(COMPLETED)
        stage.secrets = known

        assert told.headers["Stripe-Signature"].count("v1=") == 2
        assert stage.post_webhook(told).status == 200
        books_are_once(stage, bill)

    def test_are_one_again_when_the_old_secret_ended_and_then_the_old_is_refused(self, stage: Stage) -> None:
        bill = stage.bill()
        stage.stripe.roll_secret("whsec_new", old_ends_after=DAY)
        stage.clock.advance(days=2)
        stage.pay_by_card(bill)
        (told,) = stage.told(COMPLETED)

        stage.secrets = [SECRET]
        assert stage.post_webhook(told).status == 400
        stage.secrets = ["whsec_new"]
        assert stage.post_webhook(told).status == 200
        books_are_once(stage, bill)


def _kept_aside(stage: Stage) -> list[str]:
    return [item["id"]["S"] for item in stage.items() if "kept_at" in item]
