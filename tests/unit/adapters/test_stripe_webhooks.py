"""Only requests that Stripe signed within five minutes become events."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feenote.adapters.stripe.webhooks import MAX_BODY_BYTES, StripeWebhookVerifier, sign
from feenote.service.ports import BadSignatureError, ProcessorEvent

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OLD, NEW = "whsec_old", "whsec_new"
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "api_version": "2026-10-28.endive",
    "livemode": False,
    "account": "acct_firm",
    "created": 1,
    "of_next_year": {"unknown": True},
    "data": {
        "object": {
            "id": "cs_1",
            "object": "checkout.session",
            "metadata": {"firm_id": "firm_1", "checkout_id": "chk_1"},
        }
    },
}


def header(body: bytes, *secrets: str, at: datetime = NOW) -> str:
    timestamp = int(at.timestamp())
    signatures = ",".join(f"v1={sign(secret, timestamp, body)}" for secret in secrets)
    return f"t={timestamp},{signatures},v0=ignored"


def verify(
    event: object = EVENT, *, body: bytes | None = None, signature: str | None = None, at: datetime = NOW
) -> ProcessorEvent:
    raw = json.dumps(event).encode() if body is None else body
    verifier = StripeWebhookVerifier(lambda: [OLD, NEW])
    return verifier.verify(raw, header(raw, OLD, at=at) if signature is None else signature, now=NOW)


class TestASignature:
    def test_is_the_known_answer(self) -> None:
        made = sign("whsec_vG1fL6CMUouQ7cObF2VJprLVXT5jBLxB", 1770995241, b"")

        assert made == "784393e05d0740e61283ff81eb3738b3355a67e031bf465e92ebd0f424478a26"


class TestAGoodRequest:
    def test_becomes_an_event(self) -> None:
        assert verify() == ProcessorEvent(
            id="evt_1",
            type="checkout.session.completed",
            api_version="2026-10-28.endive",
            livemode=False,
            stripe_account_id="acct_firm",
            object_id="cs_1",
            object_type="checkout.session",
            metadata={"firm_id": "firm_1", "checkout_id": "chk_1"},
        )

    def test_passes_with_any_secret_while_one_is_rolled(self) -> None:
        body = json.dumps(EVENT).encode()

        assert verify(signature=header(body, NEW)).id == "evt_1"
        assert verify(signature=header(body, "whsec_unknown", NEW)).id == "evt_1"

    @pytest.mark.parametrize("seconds", [-300, 300])
    def test_may_be_five_minutes_off(self, seconds: int) -> None:
        assert verify(at=NOW + timedelta(seconds=seconds)).id == "evt_1"

    def test_may_be_about_nothing_that_has_an_id(self) -> None:
        event = verify({**EVENT, "data": {"object": {"object": "balance"}}, "account": None})

        assert (event.object_id, event.object_type, event.stripe_account_id) == ("", "balance", "")

    @pytest.mark.parametrize("kind", ["charge", "refund", "dispute"])
    def test_names_the_payment_of_what_came_after_it(self, kind: str) -> None:
        about = {"object": kind, "id": "x_1", "payment_intent": "pi_1"}

        assert verify({**EVENT, "data": {"object": about}}).payment_intent_id == "pi_1"
        assert (
            verify({**EVENT, "data": {"object": {**about, "payment_intent": None}}}).payment_intent_id == ""
        )

    def test_of_a_session_names_no_payment_beside_it(self) -> None:
        about = {"object": "checkout.session", "id": "cs_1", "payment_intent": "pi_1"}

        assert verify({**EVENT, "data": {"object": about}}).payment_intent_id == ""

    def test_may_have_no_data_as_later_versions_do(self) -> None:
        event = verify({"id": "evt_2", "object": "v2.core.event", "type": "v1.billing.meter.error"})

        assert (event.object_id, event.metadata) == ("", {})


class TestABadRequest:
    @pytest.mark.parametrize(
        "signature",
        [
            "",
            "t=",
            "v1=abc",
            "t=1779354000",
            "t=soon,v1=abc",
            "t=1e9,v1=abc",
            "t=-1,v1=abc",
            "t=1,t=2,v1=abc",
            "t=1779354000;v1=abc",
            "t=²,v1=a",
            "t=" + "9" * 5000 + ",v1=a",
        ],
    )
    def test_has_a_header_that_is_missing_or_malformed(self, signature: str) -> None:
        with pytest.raises(BadSignatureError):
            verify(signature=signature)

    @pytest.mark.parametrize("away", [timedelta(minutes=-10), timedelta(hours=1), timedelta(seconds=301)])
    def test_is_rightly_signed_at_the_wrong_time(self, away: timedelta) -> None:
        with pytest.raises(BadSignatureError, match="five minutes"):
            verify(at=NOW + away)

    def test_was_changed_on_the_way(self) -> None:
        body = json.dumps(EVENT).encode()

        with pytest.raises(BadSignatureError, match="does not fit"):
            verify(body=body.replace(b"cs_1", b"cs_2"), signature=header(body, OLD))

    def test_was_signed_by_somebody_else(self) -> None:
        body = json.dumps(EVENT).encode()

        with pytest.raises(BadSignatureError, match="does not fit"):
            verify(signature=header(body, "whsec_theirs"))

    def test_has_a_signature_of_another_scheme_alone(self) -> None:
        body = json.dumps(EVENT).encode()
        signature = header(body, OLD).replace("v1=", "v0=")

        with pytest.raises(BadSignatureError, match="no v1"):
            verify(signature=signature)

    def test_is_too_large_however_well_signed(self) -> None:
        with pytest.raises(BadSignatureError, match="too large"):
            verify(body=b" " * (MAX_BODY_BYTES + 1))

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b"{}", b'{"id": 1, "type": "a"}', b"[" * 100_000, b"\xff\xfe"]
    )
    def test_is_signed_and_yet_no_event(self, body: bytes) -> None:
        with pytest.raises(BadSignatureError):
            verify(body=body)

    @pytest.mark.parametrize("secrets", [[], [""]])
    def test_cannot_pass_where_no_secret_is_stored(self, secrets: list[str]) -> None:
        body = json.dumps(EVENT).encode()

        with pytest.raises(BadSignatureError, match="No signing secret"):
            StripeWebhookVerifier(lambda: secrets).verify(body, header(body, ""), now=NOW)
