"""The pages behind a mail's link: reading changes nothing, buttons do."""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from typing import Any

import pytest

from feenote.domain.documents import BillDocument
from feenote.domain.links import encode_token
from feenote.service.ports import RenderError, StoreUnavailableError
from tests.fakes.processor import unavailable
from tests.integration.api.office import Office, Staff
from tests.integration.api.paying import browse, form_of, pay_by_link, send_by_mail
from tests.integration.api.samples import Engagement, engage, line

PAY = {"what": "bill", "currency": "USD", "shown": "0" * 64}


@pytest.fixture
def token(staff: Staff, office: Office, engagement: Engagement) -> str:
    return send_by_mail(staff, office, engagement.issued()["id"])


def refuse(_: BillDocument) -> bytes:
    """Fail as a PDF engine does."""
    raise RenderError("The PDF engine refused the bill.")


def everything(office: Office) -> dict[str, Any]:
    """Return a copy of all that is stored."""
    world = office.store.world
    names = [field.name for field in fields(world) if field.name != "lock"]
    return {name: copy.deepcopy(getattr(world, name)) for name in names} | {
        "files": dict(office.documents.files)
    }


class TestReading:
    def test_shows_the_bill_in_a_page_that_keeps_to_itself(self, token: str) -> None:
        page = browse("GET", f"/l/{token}")

        assert page.status == 200
        assert "630.00" in page.text
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in page.headers["content-security-policy"]

    def test_answers_head_like_get_without_the_page(self, token: str) -> None:
        for path in (f"/l/{token}", f"/l/{token}/return", f"/l/{encode_token(b'x' * 32)}"):
            get, head = browse("GET", path), browse("HEAD", path)

            assert (head.status, head.text) == (get.status, "")
            assert head.headers == get.headers

    def test_changes_nothing_however_often_a_scanner_does_it(
        self, token: str, office: Office, staff: Staff, engagement: Engagement
    ) -> None:
        (bill,) = staff.get("/v1/bills").ok()["items"]
        before = everything(office)
        for _ in range(5):
            for method in ("GET", "HEAD"):
                for path in ("", "/return", f"/bills/{bill['id']}.pdf"):
                    assert browse(method, f"/l/{token}{path}").status in {200, 302}

        assert everything(office) == before
        assert office.processor.calls == []
        assert office.queue.jobs == []
        assert staff.get("/v1/bills").ok()["items"] == [bill]
        assert browse("GET", f"/l/{token}").status == 200

    def test_leads_to_the_file_for_five_minutes(self, token: str, staff: Staff) -> None:
        (bill,) = staff.get("/v1/bills").ok()["items"]

        answer = browse("GET", f"/l/{token}/bills/{bill['id']}.pdf")

        assert answer.status == 302
        assert answer.headers["location"].endswith("seconds=300")
        assert answer.headers["cache-control"] == "no-store"

    def test_of_a_file_that_cannot_be_made_now_says_so(
        self,
        token: str,
        staff: Staff,
        office: Office,
        engagement: Engagement,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (bill,) = staff.get("/v1/bills").ok()["items"]
        staff.patch(f"/v1/bills/{bill['id']}", {"memo": "A revision without a file"}).ok()
        monkeypatch.setattr(office.ports.renderer, "render_bill", refuse)

        answer = browse("GET", f"/l/{token}/bills/{bill['id']}.pdf")

        assert answer.status == 503
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["retry-after"]
        assert f'href="/l/{token}"' in answer.text

    def test_gives_every_wrong_address_the_very_same_page(
        self, token: str, staff: Staff, office: Office
    ) -> None:
        other = engage(staff, number="2").issued()
        paths = [
            f"/l/{encode_token(b'a' * 32)}",
            f"/l/{encode_token(b'b' * 32)}/return",
            f"/l/{token[:-1]}",
            f"/l/{token}x",
            "/l/short",
            "/l/" + "é" * 43,
            f"/l/{token}/bills/{other['id']}.pdf",
            f"/l/{token}/bills/bill_none.pdf",
            f"/l/{token}/bills/..",
            f"/l/{token}/nothing",
        ]

        answers = [browse("GET", path) for path in paths]

        assert {answer.status for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1

    def test_slows_down_who_guesses_and_nobody_else(self, token: str, office: Office) -> None:
        def guess(number: int) -> int:
            return browse("GET", f"/l/{encode_token(number.to_bytes(32, 'big'))}").status

        statuses = [guess(number) for number in range(1_000, 1_040)]

        assert set(statuses[:20]) == {404}
        assert statuses[-1] == 429
        assert browse("GET", f"/l/{token}").status == 429
        assert browse("GET", f"/l/{token}", address="203.0.113.10").status == 200
        office.clock.advance(minutes=6)
        assert browse("GET", f"/l/{token}").status == 200

    def test_of_a_link_that_ended_offers_a_new_one(self, token: str, office: Office) -> None:
        office.clock.advance(days=91)

        page = browse("GET", f"/l/{token}")

        assert page.status == 410
        assert f'action="/l/{token}/renew"' in page.text
        assert browse("GET", f"/l/{token}/bills/x.pdf").status == 404


class TestPaying:
    def test_leads_to_one_payment_page(self, token: str, office: Office) -> None:
        form = form_of(browse("GET", f"/l/{token}"))

        first = browse("POST", f"/l/{token}/pay", form=form)
        second = browse("POST", f"/l/{token}/pay", form=form)

        assert first.status == second.status == 303
        assert first.headers["location"] == second.headers["location"]
        assert len(office.processor.sessions) == 1

    @pytest.mark.parametrize(
        "form",
        [
            {},
            {"what": "bill"},
            PAY,
            PAY | {"shown": "f" * 400},
            PAY | {"shown": "９" * 64},
            PAY | {"amount": "630.00"},
            PAY | {"amount": "-630"},
            PAY | {"amount": "9" * 400, "currency": "XYZ"},
            PAY | {"what": "all", "pick": "1", "b": "bill_none"},
            {f"field{number}": "x" for number in range(50)},
            {f"field{number}": "x" for number in range(400)},
        ],
    )
    def test_another_amount_than_is_due_starts_no_session(
        self, token: str, office: Office, form: dict[str, str]
    ) -> None:
        answer = browse("POST", f"/l/{token}/pay", form=form)

        assert answer.status == 409
        assert office.processor.sessions == {}

    def test_all_that_is_owed_is_one_choice(
        self, staff: Staff, office: Office, engagement: Engagement
    ) -> None:
        engagement.issued(lines=[line(1000)])
        token = send_by_mail(staff, office, engagement.issued()["id"])
        page = browse("GET", f"/l/{token}")
        assert f'href="/l/{token}?what=all"' in page.text

        answer = browse("POST", f"/l/{token}/pay", form=form_of(browse("GET", f"/l/{token}?what=all")))

        assert answer.status == 303
        (session,) = office.processor.sessions.values()
        assert session.request.checkout.amount.minor == 64000

    def test_what_is_paid_is_not_asked_for_again(
        self, staff: Staff, office: Office, engagement: Engagement
    ) -> None:
        bill = engagement.issued()
        pay_by_link(staff, office, bill["id"])
        token = send_by_mail(staff, office, bill["id"], confirm=["sent_just_now"])

        refused = browse("POST", f"/l/{token}/pay", form=PAY)

        assert refused.status == 409
        assert "This was paid a moment ago" in refused.text
        assert browse("GET", f"/l/{token}/return").status == 200

    def test_too_often_is_slowed_down(self, token: str, office: Office) -> None:
        form = form_of(browse("GET", f"/l/{token}"))

        statuses = [browse("POST", f"/l/{token}/pay", form=form).status for _ in range(25)]

        assert statuses == [303] * 20 + [429] * 5

    def test_an_ended_link_pays_nothing(self, token: str, office: Office) -> None:
        form = form_of(browse("GET", f"/l/{token}"))
        office.clock.advance(days=91)

        assert browse("POST", f"/l/{token}/pay", form=form).status == 410
        assert office.processor.sessions == {}

    def test_a_wrong_token_pays_nothing(self, office: Office) -> None:
        assert browse("POST", f"/l/{encode_token(b'a' * 32)}/pay", form=PAY).status == 404

    def test_is_shown_with_its_receipt_on_the_bill(
        self, staff: Staff, office: Office, engagement: Engagement
    ) -> None:
        bill = engagement.issued()
        pay_by_link(staff, office, bill["id"])

        (receipt,) = staff.get(f"/v1/bills/{bill['id']}").ok()["receipts"]
        (payment,) = staff.get("/v1/payments").ok()["items"]
        office.clock.advance(minutes=11)
        token = send_by_mail(staff, office, bill["id"])

        assert (receipt["payment_id"], receipt["amount"]) == (payment["id"], bill["total"])
        assert receipt["receipt_number"] == payment["receipt_number"]
        assert payment["receipt_number"] in browse("GET", f"/l/{token}").text

    def test_while_stripe_is_away_says_so(self, token: str, office: Office) -> None:
        form = form_of(browse("GET", f"/l/{token}"))
        office.processor.failures = [unavailable()] * 9

        answer = browse("POST", f"/l/{token}/pay", form=form)

        assert answer.status == 503
        assert answer.headers["retry-after"]


class TestComingBack:
    def test_says_only_what_our_books_know(
        self, staff: Staff, office: Office, engagement: Engagement
    ) -> None:
        bill = engagement.issued()
        token = send_by_mail(staff, office, bill["id"])

        waiting = browse("GET", f"/l/{token}/return")

        assert waiting.status == 200
        assert staff.get(f"/v1/bills/{bill['id']}").ok()["state"] == "awaiting_payment"


class TestANewLink:
    def test_is_mailed_to_the_address_on_file_and_the_page_says_the_same_always(
        self, token: str, office: Office
    ) -> None:
        office.clock.advance(days=91)

        answers = []
        for _ in range(12):
            answers.append(browse("POST", f"/l/{token}/renew"))
            office.clock.advance(minutes=5)

        assert {answer.status for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
        assert 1 <= len(office.queue.jobs) <= 3
        assert {job.kind.value for job in office.queue.jobs} == {"link_renewed"}
        assert browse("POST", f"/l/{encode_token(b'a' * 32)}/renew").status == 404


class TestAView:
    def test_by_a_person_is_noted(self, token: str, staff: Staff) -> None:
        answer = browse("POST", f"/l/{token}/viewed")

        assert (answer.status, answer.text) == (204, "")
        (bill,) = staff.get("/v1/bills").ok()["items"]
        assert bill["last_viewed_at"] == "2026-11-23T09:00:00.000Z"
        timeline = staff.get(f"/v1/bills/{bill['id']}/timeline").ok()["items"]
        assert "human_viewed" in [event["kind"] for event in timeline]

    def test_of_nothing_is_not(self, office: Office) -> None:
        assert browse("POST", f"/l/{encode_token(b'a' * 32)}/viewed").status == 404


class TestWhileTheStoreIsAway:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", ""), ("HEAD", ""), ("GET", "/return"), ("POST", "/pay"), ("POST", "/renew")],
    )
    def test_a_page_says_so_in_the_gateways_stead(
        self, token: str, office: Office, monkeypatch: pytest.MonkeyPatch, method: str, path: str
    ) -> None:
        def fail(*_: object) -> None:
            raise StoreUnavailableError("The store did not answer.")

        monkeypatch.setattr(office.ports.links, "find", fail)

        page = browse(method, f"/l/{token}{path}", form=PAY if path == "/pay" else None)

        assert (page.status, page.headers["retry-after"]) == (503, "30")
        assert page.headers["cache-control"] == "no-store"
        assert method == "HEAD" or "This page cannot be shown right now" in page.text

    def test_a_logo_that_cannot_be_had_keeps_no_page_away(
        self, token: str, office: Office, staff: Staff, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_: str) -> bytes:
            raise StoreUnavailableError("S3 did not give the file.")

        firm = office.ports.records.get_firm("firm_1")
        office.store.world.firms["firm_1"] = replace(firm, logo_key="firm_1/logo.png")
        monkeypatch.setattr(office.ports.documents, "get", fail)

        assert browse("GET", f"/l/{token}").status == 200
