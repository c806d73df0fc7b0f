"""Stopping reminders by the link in a mail: by the mail program's button, and by the page's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from feenote.domain.links import encode_token
from feenote.service.reminders.stop_reminders import STARTS_IN_WINDOW
from tests.integration.api.office import Office, Staff, event, invoke
from tests.integration.api.paying import browse, send_by_mail
from tests.integration.api.samples import Engagement
from tests.integration.api.stopping import (
    ADDRESS,
    FORM_DATA,
    MASKED,
    MULTIPART,
    ONE_CLICK,
    URLENCODED,
    click,
    expire,
    known,
    press,
    put_link,
    show,
    tasks,
    withdraw,
)
from tests.integration.api.test_secure_link import everything


@pytest.fixture
def token(staff: Staff, office: Office, engagement: Engagement) -> str:
    return send_by_mail(staff, office, engagement.issued()["id"])


class TestThePage:
    def test_says_who_reminds_at_which_address_and_offers_to_stop(self, token: str) -> None:
        page = show(token)

        assert page.status == 200
        assert "Firm firm_1" in page.text
        assert MASKED in page.text
        assert ADDRESS not in page.text
        assert f'<form method="post" action="/l/{token}/stop">' in page.text
        assert "What is owed stays owed" in page.text
        assert page.headers["cache-control"] == "no-store"
        assert "form-action 'self';" in page.headers["content-security-policy"]

    def test_changes_nothing_however_often_a_machine_looks(self, token: str, office: Office) -> None:
        before = everything(office)

        answers = [
            browse(method, f"/l/{token}/{path}")
            for _ in range(5)
            for method in ("GET", "HEAD")
            for path in ("stop", "start")
        ]

        assert [answer.status for answer in answers] == [200, 404, 200, 404] * 5
        assert everything(office) == before
        assert known(office).stopped_at is None

    def test_answers_head_like_get_without_the_page(self, token: str) -> None:
        get, head = show(token), browse("HEAD", f"/l/{token}/stop")

        assert (head.status, head.text, head.headers) == (get.status, "", get.headers)

    def test_leads_back_to_the_bill_as_long_as_its_link_opens(
        self, token: str, office: Office, staff: Staff
    ) -> None:
        assert f'href="/l/{token}"' in show(token).text
        expire(office, staff, token)
        assert f'href="/l/{token}"' not in show(token).text

    def test_speaks_the_recipients_language(self, token: str, staff: Staff, engagement: Engagement) -> None:
        staff.patch(f"/v1/contacts/{engagement.contact_id}", {"language": "de"}).ok()

        assert "Erinnerungen beenden" in show(token).text


class TestTheMailProgramsButton:
    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            (ONE_CLICK, URLENCODED),
            (ONE_CLICK.decode(), URLENCODED),
            (b"List-Unsubscribe=One-Click&x=1", {}),
            (MULTIPART, FORM_DATA),
            (MULTIPART.decode(), FORM_DATA),
            (MULTIPART.replace(b"\r\n", b"\n"), FORM_DATA),
        ],
        ids=["urlencoded", "as text", "no type", "multipart", "multipart as text", "line feeds"],
    )
    def test_stops_reminders_and_is_answered_at_once(
        self, token: str, office: Office, body: bytes | str, headers: Mapping[str, str]
    ) -> None:
        answer = click(token, body, headers)

        assert answer.status == 200
        assert "location" not in answer.headers
        assert "set-cookie" not in answer.headers
        assert "Reminders are stopped" in answer.text
        assert known(office).stopped_at == office.clock.now()
        assert known(office).stopped_by == "one_click"

    def test_a_hundred_times_is_once(self, token: str, office: Office) -> None:
        first = click(token)
        stopped_at = known(office).stopped_at
        for _ in range(99):
            office.clock.advance(seconds=20)
            assert click(token).text == first.text

        assert known(office).stopped_at == stopped_at
        assert len(tasks(office)) == 1
        assert office.signals.counts["RemindersStopped"] == 1

    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            (None, {}),
            (b"", URLENCODED),
            (b"\xff\xfe=\x00", URLENCODED),
            (b"x" * 500_000, URLENCODED),
            (b"&" * 1_000, URLENCODED),
            ("%%%", {"content-type": "multipart/form-data"}),
            (MULTIPART, {"content-type": "multipart/form-data; boundary=other"}),
            (b"--a\r\nContent-Disposition: form-data; name*0*=x'y\r\n\r\n", FORM_DATA),
            (b"--a\n", {"content-type": 'multipart/form-data; boundary*="é"\r\nX: y'}),
        ],
    )
    def test_stops_reminders_whatever_is_posted(
        self, token: str, office: Office, body: bytes | str | None, headers: Mapping[str, str]
    ) -> None:
        answer = click(token, body, headers)

        assert answer.status in {200, 303}
        assert known(office).stopped_at is not None

    def test_stops_reminders_where_the_body_is_no_base64(self, token: str, office: Office) -> None:
        request = event("POST", f"/l/{token}/stop", body=b"", headers=URLENCODED) | {"body": "*"}

        assert invoke("secure_link", request).status == 303
        assert known(office).stopped_at is not None

    def test_of_a_token_that_opens_nothing_gets_the_very_same_page(self, token: str, office: Office) -> None:
        unknown = browse("GET", f"/l/{encode_token(b'a' * 32)}")

        answers = [
            *(click(wrong) for wrong in (encode_token(b"b" * 32), token[:-1], f"{token}x", "short")),
            show(encode_token(b"c" * 32)),
            press(encode_token(b"d" * 32), "start"),
            browse("GET", f"/l/{token}/stop/more"),
        ]

        assert {(answer.status, answer.text) for answer in answers} == {(404, unknown.text)}
        assert known(office).stopped_at is None


class TestThePagesButton:
    def test_stops_and_shows_that_it_is_so(self, token: str, office: Office) -> None:
        pressed = press(token)
        page = show(token)

        assert (pressed.status, pressed.headers["location"]) == (303, f"/l/{token}/stop")
        assert known(office).stopped_by == "page"
        assert "Reminders are stopped" in page.text
        assert f'action="/l/{token}/start"' in page.text
        assert f'action="/l/{token}/stop"' not in page.text

    def test_starts_them_again(self, token: str, office: Office) -> None:
        press(token)

        started = press(token, "start")

        assert (started.status, started.headers["location"]) == (303, f"/l/{token}/stop")
        assert known(office).stopped_at is None
        assert f'action="/l/{token}/stop"' in show(token).text
        assert office.signals.counts["RemindersStarted"] == 1

    def test_that_starts_what_was_never_stopped_changes_nothing(self, token: str, office: Office) -> None:
        before = everything(office)

        assert press(token, "start").status == 303

        assert everything(office) == before

    @pytest.mark.parametrize("end", [expire, withdraw])
    def test_works_on_a_link_that_ended(self, token: str, office: Office, staff: Staff, end: Any) -> None:
        end(office, staff, token)
        assert browse("GET", f"/l/{token}").status == 410

        assert show(token).status == 200
        assert click(token).status == 200
        assert known(office).stopped_at is not None
        assert press(token, "start").status == 303
        assert known(office).stopped_at is None

    def test_works_on_a_link_whose_bill_is_void(
        self, staff: Staff, office: Office, engagement: Engagement
    ) -> None:
        bill = engagement.issued()
        token = send_by_mail(staff, office, bill["id"])
        staff.post(f"/v1/bills/{bill['id']}/void").ok()

        assert click(token).status == 200
        assert known(office).stopped_at is not None

    def test_works_where_what_the_link_was_sent_for_is_gone(self, token: str, office: Office) -> None:
        put_link(office, token, bill_id="bill_gone", matter_ids=("mat_gone",))

        assert click(token).status == 200
        assert known(office).stopped_at is not None

    def test_too_often_is_slowed_down_but_a_stop_never_is(self, token: str, office: Office) -> None:
        statuses = []
        for _ in range(STARTS_IN_WINDOW + 3):
            assert press(token).status == 303
            statuses.append(press(token, "start").status)

        assert statuses == [303] * STARTS_IN_WINDOW + [429] * 3
        assert known(office).stopped_at is not None
        assert len(tasks(office)) <= STARTS_IN_WINDOW + 1
        office.clock.advance(hours=1)
        assert press(token, "start").status == 303
        assert press(token).status == 303
        assert known(office).stopped_at is not None
