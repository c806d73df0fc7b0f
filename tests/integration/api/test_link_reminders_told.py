"""What stops when reminders are stopped by a link, who is told, and from where the way leads there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from feenote.domain.deliveries import Addressee, Delivery, DeliveryState, MessageKind
from feenote.domain.events import Task
from feenote.domain.links import LinkScope
from feenote.domain.visibility import Visibility
from feenote.service.mail_jobs import job_of
from feenote.service.ports import StoreUnavailableError
from tests.integration.api.office import FIRM, OTHER_FIRM, Office, Staff, app
from tests.integration.api.paying import browse, form_of, send_by_mail
from tests.integration.api.queue_events import sqs_event
from tests.integration.api.samples import Engagement, engage
from tests.integration.api.stopping import (
    ADDRESS,
    MASKED,
    click,
    known,
    link_of,
    press,
    put_link,
    show,
    tasks,
)


@pytest.fixture
def token(staff: Staff, office: Office, engagement: Engagement) -> str:
    return send_by_mail(staff, office, engagement.issued()["id"])


class TestWhatStops:
    def test_is_reminders_alone_and_what_is_owed_stays_owed(
        self, token: str, office: Office, staff: Staff
    ) -> None:
        (bill,) = staff.get("/v1/bills").ok()["items"]
        click(token)

        office.clock.advance(minutes=11)
        again = send_by_mail(staff, office, bill["id"])

        assert office.mailer.accepted[-1].to_address == ADDRESS
        assert browse("POST", f"/l/{again}/pay", form=form_of(browse("GET", f"/l/{again}"))).status == 303
        (after,) = staff.get("/v1/bills").ok()["items"]
        assert after["balance_due"] == bill["balance_due"]

    def test_is_the_address_that_the_mail_went_to_not_a_new_one(
        self, token: str, office: Office, staff: Staff, engagement: Engagement
    ) -> None:
        staff.patch(f"/v1/contacts/{engagement.contact_id}", {"email": "new@example.com"}).ok()

        click(token)

        assert known(office).stopped_at is not None
        assert known(office, "new@example.com").stopped_at is None
        assert MASKED in show(token).text

    def test_is_every_address_of_a_mail_that_went_to_several(self, token: str, office: Office) -> None:
        link = link_of(office, token)
        place = FIRM, link.delivery_id
        delivery = office.store.world.deliveries[place]
        others = (Addressee("con_2", "Otto@example.com", "Otto"), Addressee("con_3", ADDRESS.upper()))
        office.store.world.deliveries[place] = replace(delivery, also_to=others)

        page = click(token)

        assert known(office, "otto@example.com").stopped_at is not None
        assert known(office).stopped_at is not None
        assert f"{MASKED}, O…\u2060@example.com" in page.text
        assert sorted(task.contact_id for task in tasks(office)) == sorted([link.contact_id, "con_2"])
        assert any(task.what.startswith("Otto (Otto@example.com)") for task in tasks(office))

    def test_of_a_link_without_a_message_is_the_contacts_address(self, token: str, office: Office) -> None:
        put_link(office, token, delivery_id="")

        assert click(token).status == 200
        assert known(office).stopped_at is not None

    def test_of_a_message_that_is_gone_is_the_contacts_address(self, token: str, office: Office) -> None:
        put_link(office, token, delivery_id="dlv_gone")

        assert click(token).status == 200
        assert known(office).stopped_at is not None

    def test_of_a_link_on_paper_is_nothing(self, token: str, office: Office) -> None:
        put_link(office, token, delivery_id="", contact_id="")

        assert {click(token).status, show(token).status, press(token, "start").status} == {404}
        assert known(office).stopped_at is None

    def test_is_at_the_firm_that_wrote_and_at_no_other(self, token: str, office: Office) -> None:
        theirs = engage(Staff(firm_id=OTHER_FIRM))
        their_token = send_by_mail(Staff(firm_id=OTHER_FIRM), office, theirs.issued()["id"])

        click(token)

        assert known(office).stopped_at is not None
        assert known(office, firm_id=OTHER_FIRM).stopped_at is None
        assert "Stop reminders" in show(their_token).text
        assert tasks(office, OTHER_FIRM) == []


class TestTheFirm:
    def test_is_asked_once_and_told_who_and_what_to_do(
        self, token: str, office: Office, staff: Staff, engagement: Engagement
    ) -> None:
        click(token)
        press(token)

        (task,) = [one for one in staff.get("/v1/tasks").ok()["items"] if one["kind"] == "reminders_stopped"]
        assert task["what"].startswith("Maria Oduya (maria@example.com) wants no more reminders from you.")
        assert "Northwind 00117" in task["what"]
        assert "Call the client" in task["to_do"]
        assert (task["client_id"], task["contact_id"]) == (engagement.client_id, engagement.contact_id)
        assert task["link"] == f"/v1/contacts/{engagement.contact_id}"

    def test_is_asked_no_more_when_they_start_again(self, token: str, office: Office) -> None:
        click(token)
        assert tasks(office)

        press(token, "start")

        assert not tasks(office)

    def test_is_asked_no_more_when_staff_start_them(
        self, token: str, office: Office, staff: Staff, engagement: Engagement
    ) -> None:
        click(token)

        staff.put(f"/v1/contacts/{engagement.contact_id}/reminders", {"stopped": False}).ok()

        assert not tasks(office)

    def test_is_asked_anew_when_it_is_stopped_anew(self, token: str, office: Office, staff: Staff) -> None:
        click(token)
        (first,) = tasks(office)
        staff.post(f"/v1/tasks/{first.id}/done").ok()
        office.clock.advance(days=1)
        press(token, "start")
        click(token)

        (second,) = tasks(office)
        assert second.id != first.id

    def test_is_told_by_the_next_press_where_the_first_one_died(
        self, token: str, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(_: Task) -> None:
            raise StoreUnavailableError("The store did not answer.")

        with monkeypatch.context() as while_away:
            while_away.setattr(office.ports.tasks, "add", die)
            assert click(token).status == 503
        assert known(office).stopped_at is not None
        assert tasks(office) == []
        office.clock.advance(minutes=2)

        assert click(token).status == 200
        assert len(tasks(office)) == 1

    def test_that_ticked_the_task_off_is_not_asked_again_for_the_same(
        self, token: str, office: Office, staff: Staff
    ) -> None:
        click(token)
        (task,) = tasks(office)
        staff.post(f"/v1/tasks/{task.id}/done").ok()

        click(token)
        office.clock.advance(days=2)
        click(token)

        assert tasks(office) == []

    def test_is_not_told_of_what_it_did_itself(self, token: str, office: Office) -> None:
        office.ports.reminders.stop(FIRM, ADDRESS, by="user_1", at=office.clock.now())

        assert click(token).status == 200

        assert tasks(office) == []
        assert known(office).stopped_by == "user_1"

    def test_finds_nothing_personal_in_the_log(self, token: str, office: Office) -> None:
        click(token)
        press(token, "start")

        told = [line for line in office.signals.lines if line[0].startswith("reminders.")]
        link_id = link_of(office, token).id
        assert told == [
            ("reminders.stopped", {"link_id": link_id, "by": "one_click"}),
            ("reminders.started", {"link_id": link_id}),
        ]
        assert not re.search(rf"{ADDRESS}|{token}|Maria", repr(office.signals.lines))


class TestTheWayThere:
    def test_comes_with_the_link_of_a_reminder(
        self, token: str, office: Office, staff: Staff, engagement: Engagement
    ) -> None:
        (bill,) = staff.get("/v1/bills").ok()["items"]
        reminder = Delivery(
            id="dlv_reminder",
            firm_id=FIRM,
            client_id=engagement.client_id,
            kind=MessageKind.REMINDER,
            state=DeliveryState.QUEUED,
            to_address=ADDRESS,
            created_at=office.clock.now(),
            state_since_at=office.clock.now(),
            contact_id=engagement.contact_id,
            visibility=Visibility((engagement.matter_id,)),
            bill_ids=(bill["id"],),
            stage="due_1",
        )
        office.ports.deliveries.add(reminder)

        app("deliver_mail").handler(sqs_event([job_of(reminder)]), None)

        mail = office.mailer.accepted[-1]
        found = re.search(r"/l/([A-Za-z0-9_-]{43})", mail.text)
        assert found is not None
        assert f'href="/l/{found.group(1)}/stop"' in browse("GET", f"/l/{found.group(1)}").text
        assert click(found.group(1)).status == 200
        assert known(office).stopped_at is not None

    def test_stands_on_the_page_behind_a_reminder_and_on_no_other(self, token: str, office: Office) -> None:
        way = f'href="/l/{token}/stop"'
        assert way not in browse("GET", f"/l/{token}").text

        put_link(office, token, is_of_reminder=True)

        page = browse("GET", f"/l/{token}").text
        assert way in page
        assert "Stop these reminders" in page

    def test_stands_on_the_page_of_a_balance_too(self, token: str, office: Office) -> None:
        put_link(
            office,
            token,
            is_of_reminder=True,
            scope=LinkScope.BALANCE,
            bill_id="",
            visibility=Visibility((), without_matter=True),
        )

        page = browse("GET", f"/l/{token}").text

        assert f'href="/l/{token}/stop"' in page
        assert "Back to your bills" in show(token).text

    def test_stands_on_the_page_of_a_reminders_link_that_ended(self, token: str, office: Office) -> None:
        way = f'href="/l/{token}/stop"'
        link = link_of(office, token)
        office.clock.advance(days=91)
        assert way not in browse("GET", f"/l/{token}").text

        for ended in (replace(link, is_of_reminder=True), replace(link, withdrawn_at=link.created_at)):
            office.ports.links.add(replace(ended, is_of_reminder=True))
            pages = [
                browse("GET", f"/l/{token}"),
                browse("GET", f"/l/{token}/return"),
                browse("POST", f"/l/{token}/pay", form={"what": "bill"}),
            ]
            assert [page.status for page in pages] == [410] * 3
            assert all(way in page.text for page in pages)


class TestWhileTheStoreIsAway:
    @pytest.mark.parametrize(("method", "path"), [("GET", "stop"), ("POST", "stop"), ("POST", "start")])
    def test_a_page_says_so(
        self, token: str, office: Office, monkeypatch: pytest.MonkeyPatch, method: str, path: str
    ) -> None:
        def fail(*_: object) -> None:
            raise StoreUnavailableError("The store did not answer.")

        monkeypatch.setattr(office.ports.reminders, "addresses", fail)

        page = browse(method, f"/l/{token}/{path}", form={} if method == "POST" else None)

        assert (page.status, page.headers["retry-after"]) == (503, "30")


class TestAnOldLink:
    def test_of_years_ago_still_stops_what_comes_today(self, token: str, office: Office) -> None:
        made_at = link_of(office, token).created_at
        office.clock.advance(days=3_000)

        assert office.clock.now() - made_at > timedelta(days=2_900)
        assert click(token).status == 200
        assert known(office).stopped_at is not None
