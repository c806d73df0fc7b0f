"""Switches and holds of clients, matters and bills; contacts who want no reminders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from feenote.domain.reminders.history import ClientReminders
from feenote.service.ports import StaleError
from feenote.service.reminders.keep_switches import MOST_SWITCHES
from tests.integration.api.balance_office import Household
from tests.integration.api.office import FIRM, OTHER_FIRM, Json, Office, Staff
from tests.integration.api.reminding import Reminding
from tests.integration.api.samples import Engagement
from tests.integration.api.sending import Sending, matter


def of_client(engagement: Engagement) -> str:
    return f"/v1/clients/{engagement.client_id}/reminders"


def of_matter(engagement: Engagement) -> str:
    return f"/v1/matters/{engagement.matter_id}/reminders"


def of_bill(bill: Json) -> str:
    return f"/v1/bills/{bill['id']}/reminders"


def decided(answer: Json) -> tuple[bool, str]:
    """Return whether reminders may go, and whose switch says so."""
    return answer["effective"]["allows"], answer["effective"]["decided_by"]["scope"]


def kept(office: Office, engagement: Engagement) -> ClientReminders:
    return office.store.reminders.of_client(FIRM, engagement.client_id)


class TestASwitchThatWasNeverSet:
    def test_says_nothing_and_the_firm_decides(self, staff: Staff, engagement: Engagement) -> None:
        shown = staff.get(of_client(engagement)).ok()

        assert shown == {
            "mode": "inherit",
            "hold_until": None,
            "note": "",
            "changed_by": None,
            "changed_at": None,
            "effective": {
                "allows": True,
                "decided_by": {"scope": "firm", "id": FIRM, "name": "Firm firm_1"},
                "until": None,
            },
            "version": 0,
        }
        assert staff.get(of_matter(engagement)).ok() == shown

    def test_is_decided_by_the_firms_hold(self, staff: Staff, engagement: Engagement) -> None:
        policy = {"stages": [{"days": 1}], "hold_until": "2026-12-24"}
        staff.put("/v1/reminder-policy", policy).ok()

        held = staff.get(of_client(engagement)).ok()["effective"]

        assert (held["allows"], held["decided_by"]["scope"], held["until"]) == (False, "firm", "2026-12-24")


class TestTheNearestSwitch:
    def test_wins(self, staff: Staff, engagement: Engagement) -> None:
        bill = engagement.issued()
        staff.put("/v1/reminder-policy", {"stages": [{"days": 1}], "is_on": False}).ok()
        assert decided(staff.get(of_bill(bill)).ok()) == (False, "firm")

        staff.put(of_client(engagement), {"mode": "on"}).ok()
        assert decided(staff.get(of_bill(bill)).ok()) == (True, "client")

        staff.put(of_matter(engagement), {"hold_until": "2027-01-15"}).ok()
        by_matter = staff.get(of_bill(bill)).ok()
        assert decided(by_matter) == (False, "matter")
        assert by_matter["effective"]["until"] == "2027-01-15"
        assert by_matter["effective"]["decided_by"]["name"] == "00117-003"

        staff.put(of_bill(bill), {"mode": "on"}).ok()
        shown = staff.get(of_bill(bill)).ok()
        assert decided(shown) == (True, "bill")
        assert shown["effective"]["decided_by"]["id"] == bill["id"]

        staff.put(of_bill(bill), {}).ok()
        assert decided(staff.get(of_bill(bill)).ok()) == (False, "matter")

    def test_is_shown_for_a_client_and_a_matter_as_for_a_bill_below_them(
        self, staff: Staff, engagement: Engagement
    ) -> None:
        staff.put(of_client(engagement), {"mode": "off"}).ok()

        assert decided(staff.get(of_client(engagement)).ok()) == (False, "client")
        assert decided(staff.get(of_matter(engagement)).ok()) == (False, "client")

    def test_of_a_bills_matters_is_the_strictest(self, staff: Staff, engagement: Engagement) -> None:
        second = matter(staff, engagement.client_id, "00117-004", (engagement.contact_id, True))
        bill = engagement.issued(matter_ids=[engagement.matter_id, second])
        staff.put(of_matter(engagement), {"mode": "on"}).ok()
        staff.put(f"/v1/matters/{second}/reminders", {"mode": "off"}).ok()

        shown = staff.get(of_bill(bill)).ok()["effective"]

        assert shown["decided_by"] == {"scope": "matter", "id": second, "name": "00117-004"}
        assert shown["allows"] is False

    def test_no_longer_decides_when_its_hold_is_over(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        staff.put(of_client(engagement), {"hold_until": "2026-11-25"}).ok()
        office.clock.at = datetime.fromisoformat("2026-11-25T04:59:00+00:00")  # 23:59 in New York.
        before = staff.get(of_client(engagement)).ok()
        office.clock.advance(minutes=1)

        after = staff.get(of_client(engagement)).ok()

        assert (decided(before), decided(after)) == ((False, "client"), (True, "firm"))
        assert after["hold_until"] == "2026-11-25"

    def test_goes_by_the_clients_own_calendar(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        staff.patch(f"/v1/clients/{engagement.client_id}", {"time_zone": "Pacific/Auckland"}).ok()
        staff.put(of_client(engagement), {"hold_until": "2026-11-25"}).ok()
        office.clock.at = datetime.fromisoformat("2026-11-24T11:00:00+00:00")

        assert decided(staff.get(of_client(engagement)).ok()) == (True, "firm")


class TestSettingASwitch:
    def test_keeps_who_did_it_and_why(self, staff: Staff, engagement: Engagement) -> None:
        wanted = {"mode": "off", "hold_until": "2027-01-15", "note": "Instalments, says Ines."}

        answer = staff.put(of_client(engagement), wanted)

        shown = answer.ok()
        assert shown | wanted == shown
        assert (shown["changed_by"], shown["changed_at"]) == (
            "ines@firm.example",
            "2026-11-23T09:00:00.000Z",
        )
        again = staff.get(of_client(engagement))
        assert again.ok() == shown
        assert again.headers["etag"] == answer.headers["etag"] == f'"{shown["version"]}"'

    def test_leaves_history_and_the_others_as_they_were(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        reminding = Reminding(office, staff)
        bill_id = reminding.sent(engagement, issued_on="2026-10-01", due_on="2026-11-01")
        staff.put(of_matter(engagement), {"mode": "on"}).ok()
        reminding.run_through("2026-12-02")
        before = kept(office, engagement)
        assert before.history[bill_id].sent == 1

        staff.put(f"/v1/bills/{bill_id}/reminders", {"mode": "off"}).ok()

        after = kept(office, engagement)
        assert (after.history, after.matters) == (before.history, before.matters)
        assert after.version == before.version + 1

    def test_has_the_client_looked_at(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        bill = engagement.issued()
        place = FIRM, engagement.client_id
        for path in (of_client(engagement), of_matter(engagement), of_bill(bill)):
            office.store.reminders.planned(
                *place,
                look_at=office.clock.now() + timedelta(days=8),
                account_version=99,
                reminders_version=99,
            )
            office.clock.advance(minutes=1)

            staff.put(path, {"mode": "on"}).ok()

            assert office.store.world.looks[place].at == office.clock.now()

    def test_keeps_nothing_where_it_says_nothing(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        for path in (of_matter(engagement), of_bill(bill)):
            staff.put(path, {"mode": "off"}).ok()
            shown = staff.put(path, {"mode": "inherit", "hold_until": None, "note": ""}).ok()
            assert (shown["version"], shown["changed_at"]) == (0, None)

        assert (kept(office, engagement).matters, kept(office, engagement).bills) == ({}, {})

    def test_has_an_end_for_one_client(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        house = Household(Sending(office, staff), engagement)
        bills = house.many(engagement.matter_id, MOST_SWITCHES + 1)
        paid, *others = (f"/v1/bills/{each}/reminders" for each in bills)
        for path in (paid, *others[: MOST_SWITCHES - 1]):
            staff.put(path, {"mode": "off", "note": "ü" * 200}).ok()
        last = others[MOST_SWITCHES - 1]
        assert "at most 200" in staff.put(last, {"mode": "off"}).problem(422)["detail"]
        assert staff.put(others[0], {"mode": "on"}).ok()["mode"] == "on"
        house.pay(bills[0])

        staff.put(last, {"mode": "off"}).ok()

        assert len(kept(office, engagement).bills) == MOST_SWITCHES

    def test_is_a_billers_and_read_by_everybody(self, staff: Staff, engagement: Engagement) -> None:
        paths = (of_client(engagement), of_matter(engagement), of_bill(engagement.issued()))
        for path in paths:
            for role in ("viewer", "approver", "cashier"):
                Staff(roles=(role,)).get(path).ok()
                assert Staff(roles=(role,)).put(path, {"mode": "off"}).fields(403) == ["role"]
            Staff(roles=("biller",)).put(path, {"mode": "off"}).ok()


class TestTwoWhoSetIt:
    def test_cannot_write_over_each_other(self, staff: Staff, engagement: Engagement) -> None:
        path = of_client(engagement)
        seen = staff.get(path).headers["etag"]
        staff.put(path, {"mode": "off"}, if_match=seen).ok()

        staff.put(path, {"mode": "on"}, if_match=seen).problem(412)

        now = staff.get(path)
        assert now.ok()["mode"] == "off"
        staff.put(path, {"mode": "on"}, if_match=now.headers["etag"]).ok()

    def test_are_not_disturbed_by_a_run(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        reminding = Reminding(office, staff)
        reminding.sent(engagement)
        staff.put(of_client(engagement), {"mode": "on"}).ok()
        seen = staff.get(of_client(engagement)).headers["etag"]
        before = kept(office, engagement).version
        reminding.run()
        assert kept(office, engagement).version > before

        assert staff.put(of_client(engagement), {"mode": "off"}, if_match=seen).ok()["mode"] == "off"

    def test_both_get_through_where_they_set_different_ones(
        self, staff: Staff, engagement: Engagement, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reminders = office.store.reminders
        put = reminders.put

        def meanwhile(changed: ClientReminders) -> None:
            monkeypatch.setattr(reminders, "put", put)
            staff.put(of_matter(engagement), {"mode": "off"}).ok()
            with pytest.raises(StaleError):
                put(changed)
            raise StaleError("As the store says it.")

        monkeypatch.setattr(reminders, "put", meanwhile)

        staff.put(of_client(engagement), {"mode": "on"}, if_match='"0"').ok()

        assert decided(staff.get(of_client(engagement)).ok()) == (True, "client")
        assert decided(staff.get(of_matter(engagement)).ok()) == (False, "matter")

    def test_are_told_where_nobody_gets_through(
        self, staff: Staff, engagement: Engagement, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(_: ClientReminders) -> None:
            raise StaleError("Somebody is always faster.")

        monkeypatch.setattr(office.store.reminders, "put", busy)

        staff.put(of_client(engagement), {"mode": "on"}).problem(409)


class TestABillsReminders:
    def test_say_how_far_they_have_got(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        reminding = Reminding(office, staff)
        path = f"/v1/bills/{reminding.sent(engagement)}/reminders"
        before = staff.get(path).ok()
        reminding.run_through("2026-12-22")

        after = staff.get(path).ok()

        assert (before["sent_count"], before["last_reminded_at"]) == (0, None)
        assert before["next_stage"] == {
            "stage": "due-3",
            "when": "3 days before the due date",
            "on": "2026-12-20",
            "at": "2026-12-21T14:00:00.000Z",  # The 20th is a Sunday.
        }
        assert (after["sent_count"], after["last_reminded_at"]) == (1, "2026-12-21T14:00:00.000Z")
        assert (after["next_stage"]["stage"], after["next_stage"]["on"]) == ("due+1", "2026-12-24")

    def test_have_no_next_stage_when_nothing_is_owed(self, staff: Staff, engagement: Engagement) -> None:
        assert staff.get(of_bill(engagement.draft())).ok()["next_stage"] is None

    def test_have_no_next_stage_after_the_last(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        staff.put("/v1/reminder-policy", {"stages": [{"days": 1}], "repeat_days": None}).ok()
        reminding = Reminding(office, staff)
        path = f"/v1/bills/{reminding.sent(engagement)}/reminders"
        reminding.run_through("2027-01-06")

        shown = staff.get(path).ok()

        assert (shown["sent_count"], shown["next_stage"]) == (1, None)

    def test_name_a_repetition(self, staff: Staff, engagement: Engagement) -> None:
        staff.put("/v1/reminder-policy", {"stages": [{"days": -90}], "repeat_days": 45}).ok()
        bill = engagement.issued(issued_on="2026-11-01", due_on="2027-01-15")

        shown = staff.get(of_bill(bill)).ok()["next_stage"]

        assert (shown["stage"], shown["when"]) == ("due-90", "90 days before the due date")
        sent = staff.get(of_bill(engagement.issued(issued_on="2026-10-01", due_on="2026-12-30"))).ok()
        assert (sent["next_stage"]["stage"], sent["next_stage"]["when"]) == (
            "repeat",
            "every 45 days after the last stage",
        )


MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"mode": "maybe"}, "mode"),
    ({"mode": None}, "mode"),
    ({"mode": True}, "mode"),
    ({"hold_until": "soon"}, "hold_until"),
    ({"hold_until": "2026-02-30"}, "hold_until"),
    ({"hold_until": 20261224}, "hold_until"),
    ({"hold_until": "9999-12-31"}, "hold_until"),
    ({"hold_until": "2026-12-24T09:00:00Z"}, "hold_until"),
    ({"note": "A" * 201}, "note"),
    ({"note": "A\nB"}, "note"),
    ({"note": None}, "note"),
    ({"note": 7}, "note"),
    ({"effective": {}}, "effective"),
    ({"version": 1}, "version"),
    ({"changed_by": "usr_2"}, "changed_by"),
]


class TestASwitchThatCannotBeSet:
    @pytest.mark.parametrize(("body", "field"), MALFORMED)
    def test_is_malformed_in_a_field(
        self, staff: Staff, engagement: Engagement, body: dict[str, Any], field: str
    ) -> None:
        assert staff.put(of_client(engagement), body).fields(400) == [field]

    @pytest.mark.parametrize("day", ["2026-11-23", "2026-11-22", "1999-01-01"])
    def test_is_a_hold_that_is_over_before_it_begins(
        self, staff: Staff, engagement: Engagement, day: str
    ) -> None:
        assert staff.put(of_client(engagement), {"hold_until": day}).fields(422) == ["hold_until"]

    @pytest.mark.parametrize("note", ["=cmd|' /C calc'!A0", "<b>x</b>", "{{7*7}}", "田中さん", "‮RTL", " "])  # noqa: PLE2502 - odd on purpose
    def test_is_not_one_with_an_odd_note(self, staff: Staff, engagement: Engagement, note: str) -> None:
        staff.put(of_client(engagement), {"mode": "off", "note": note}).ok()

        assert staff.get(of_client(engagement)).ok()["note"] == note

    @pytest.mark.parametrize("what", ["clients", "matters", "bills", "contacts"])
    def test_belongs_to_nobody_or_to_another_firm(
        self, staff: Staff, engagement: Engagement, what: str
    ) -> None:
        ours = {
            "clients": engagement.client_id,
            "matters": engagement.matter_id,
            "bills": engagement.issued()["id"],
            "contacts": engagement.contact_id,
        }
        body = {"stopped": True} if what == "contacts" else {"mode": "off"}
        stranger = Staff(firm_id=OTHER_FIRM)

        for person, record_id in (
            (stranger, ours[what]),
            (staff, "none"),
            (staff, "a%23b"),
            (staff, "x" * 101),
        ):
            person.get(f"/v1/{what}/{record_id}/reminders").problem(404)
            person.put(f"/v1/{what}/{record_id}/reminders", body).problem(404)


class TestAContact:
    def test_is_reminded_until_somebody_stops_it(self, staff: Staff, engagement: Engagement) -> None:
        path = f"/v1/contacts/{engagement.contact_id}/reminders"

        assert staff.get(path).ok() == {
            "contact_id": engagement.contact_id,
            "stopped": False,
            "stopped_at": None,
            "stopped_by": None,
            "last_asked_at": None,
        }

    def test_is_stopped_and_let_go_again_by_staff(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        path = f"/v1/contacts/{engagement.contact_id}/reminders"

        stopped = staff.put(path, {"stopped": True}).ok()
        office.clock.advance(hours=1)
        again = staff.put(path, {"stopped": True}).ok()
        started = staff.put(path, {"stopped": False}).ok()

        assert (stopped["stopped"], stopped["stopped_by"]) == (True, "ines@firm.example")
        assert stopped == again
        assert stopped["stopped_at"] == "2026-11-23T09:00:00.000Z"
        assert started == staff.get(path).ok()
        assert (started["stopped"], started["stopped_at"], started["stopped_by"]) == (False, None, None)

    def test_shows_that_its_recipient_stopped_it(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        office.store.reminders.stop(FIRM, "MARIA@example.com", by="one_click", at=office.clock.now())

        shown = staff.get(f"/v1/contacts/{engagement.contact_id}/reminders").ok()

        assert (shown["stopped"], shown["stopped_by"]) == (True, "one_click")

    def test_shows_when_its_address_was_asked_last(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        office.store.reminders.asked(FIRM, ["maria@example.com"], delivery_id="dlv_1", at=office.clock.now())

        shown = staff.get(f"/v1/contacts/{engagement.contact_id}/reminders").ok()

        assert shown["last_asked_at"] == "2026-11-23T09:00:00.000Z"

    def test_is_stopped_for_its_address_alone(self, staff: Staff, engagement: Engagement) -> None:
        path = f"/v1/contacts/{engagement.contact_id}/reminders"
        staff.put(path, {"stopped": True}).ok()

        staff.patch(f"/v1/contacts/{engagement.contact_id}", {"email": "m.oduya@example.com"}).ok()

        assert staff.get(path).ok()["stopped"] is False

    def test_without_an_address_cannot_be_stopped(self, staff: Staff) -> None:
        contact_id = staff.post("/v1/contacts", {"first_name": "Otto"}).ok()["id"]
        path = f"/v1/contacts/{contact_id}/reminders"

        assert staff.get(path).ok()["stopped"] is False
        assert staff.put(path, {"stopped": True}).fields(422) == ["stopped"]
        assert staff.put(path, {"stopped": False}).ok()["stopped"] is False

    @pytest.mark.parametrize(
        ("body", "field"),
        [({}, "stopped"), ({"stopped": "yes"}, "stopped"), ({"stopped": 1}, "stopped"),
         ({"stopped": None}, "stopped"), ({"stopped": True, "by": "x"}, "by")],
    )  # fmt: skip
    def test_is_refused_what_is_no_answer(
        self, staff: Staff, engagement: Engagement, body: dict[str, Any], field: str
    ) -> None:
        path = f"/v1/contacts/{engagement.contact_id}/reminders"

        assert staff.put(path, body).fields(400) == [field]

    def test_is_a_billers_to_stop(self, staff: Staff, engagement: Engagement) -> None:
        path = f"/v1/contacts/{engagement.contact_id}/reminders"

        for role in ("viewer", "approver", "cashier"):
            Staff(roles=(role,)).put(path, {"stopped": True}).problem(403)
        Staff(roles=("biller",)).put(path, {"stopped": True}).ok()
