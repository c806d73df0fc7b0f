"""The processor's notices: only rightly signed ones count, each once."""

from __future__ import annotations

import pytest

from tests.fakes.processor import unavailable
from tests.integration.api.office import Office, Staff, event, invoke
from tests.integration.api.paying import deliver, notice_about, pay_by_link, press_pay, signature_of, tell
from tests.integration.api.samples import Engagement

COMPLETED = "checkout.session.completed"


@pytest.fixture
def paid_session(staff: Staff, office: Office, engagement: Engagement) -> str:
    session_id = press_pay(staff, office, engagement.issued()["id"])
    office.processor.pay(session_id)
    return session_id


def payments(staff: Staff) -> int:
    return len(staff.get("/v1/payments").ok()["items"])


class TestANotice:
    @pytest.mark.parametrize("as_base64", [False, True])
    def test_is_booked_once_however_often_it_comes(
        self, staff: Staff, office: Office, paid_session: str, as_base64: bool
    ) -> None:
        body = notice_about(office, COMPLETED, paid_session)

        answers = [deliver(body, signature_of(office, body), as_base64=as_base64) for _ in range(20)]

        assert {answer.status for answer in answers} == {200}
        assert payments(staff) == 1

    def test_of_a_kind_that_is_not_known_is_kept_aside(
        self, staff: Staff, office: Office, paid_session: str
    ) -> None:
        answer = tell(office, "invoice.overpaid", paid_session)

        assert answer.json == {"taken": "kept_aside"}
        (task,) = staff.get("/v1/tasks").ok()["items"]
        assert task["kind"] == "event_kept_aside"
        assert payments(staff) == 0

    def test_of_another_version_is_taken_and_kept_aside(self, office: Office, paid_session: str) -> None:
        body = notice_about(office, COMPLETED, paid_session, api_version="2020-08-27")

        assert deliver(body, signature_of(office, body)).status == 200
        assert office.signals.counts["WebhookKeptAsideAlarm"] == 1

    def test_is_told_again_while_the_processor_does_not_answer(
        self, staff: Staff, office: Office, paid_session: str
    ) -> None:
        office.processor.failures = [unavailable()]

        assert tell(office, COMPLETED, paid_session).status == 503
        assert payments(staff) == 0
        assert tell(office, COMPLETED, paid_session).status == 200
        assert payments(staff) == 1


class TestWhatIsNotTheProcessors:
    @pytest.mark.parametrize("seconds", [-600, 3600])
    def test_by_its_time(self, staff: Staff, office: Office, paid_session: str, seconds: int) -> None:
        body = notice_about(office, COMPLETED, paid_session)

        assert deliver(body, signature_of(office, body, seconds=seconds)).status == 400
        assert payments(staff) == 0

    def test_by_its_signature(self, staff: Staff, office: Office, paid_session: str) -> None:
        body = notice_about(office, COMPLETED, paid_session)
        good = signature_of(office, body)
        tries = [
            (body, None),
            (body, ""),
            (body, "t=1"),
            (body, good.replace("v1=", "v0=")),
            (body, signature_of(office, body, secret="whsec_other")),
            (body.replace(b"false", b"true "), good),
            (body + b" ", good),
        ]

        for sent, signature in tries:
            answer = deliver(sent, signature)
            assert answer.status == 400
            assert answer.headers["content-type"] == "application/problem+json"
        assert payments(staff) == 0

    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"7", b"nonsense", b'{"id":1}', b"[" * 9_999])
    def test_by_its_form_though_rightly_signed(self, office: Office, body: bytes) -> None:
        assert deliver(body, signature_of(office, body)).status == 400

    def test_by_its_size(self, office: Office) -> None:
        body = b'{"id":"' + b"x" * 1_000_000 + b'"}'

        assert deliver(body, signature_of(office, body)).status == 400

    def test_by_its_mode(self, staff: Staff, office: Office, paid_session: str) -> None:
        body = notice_about(office, COMPLETED, paid_session, livemode=True)

        assert deliver(body, signature_of(office, body)).status == 400
        assert payments(staff) == 0

    def test_by_its_method(self, office: Office) -> None:
        assert invoke("payment_webhook", event("GET", "/webhooks/stripe")).status in {404, 405}


class TestAPaymentOfTheWholeWay:
    def test_queues_its_receipt(self, staff: Staff, office: Office, engagement: Engagement) -> None:
        pay_by_link(staff, office, engagement.issued()["id"])

        assert payments(staff) == 1
        deliveries = staff.get("/v1/deliveries", state="queued").ok()["items"]
        assert [delivery["kind"] for delivery in deliveries] == ["receipt"]
