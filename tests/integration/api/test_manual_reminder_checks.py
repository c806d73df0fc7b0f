"""What is asked before a reminder goes that a person sends: warnings, and requests that cannot be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from feenote.domain.reminders.policy import ReminderPolicy
from feenote.domain.reminders.switches import Mode, Setting
from tests.integration.api.office import FIRM, Office, Staff
from tests.integration.api.reminder_desk import Desk, desk_in
from tests.integration.api.samples import Engagement
from tests.integration.api.sending import codes, contact


@pytest.fixture
def desk(office: Office, staff: Staff, engagement: Engagement) -> Desk:
    return desk_in(office, staff, engagement)


OFF = Setting(Mode.OFF)
HELD = Setting(hold_until=date(2026, 12, 24))


class TestWarnings:
    def test_are_of_an_address_that_was_asked_within_seven_days(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        desk.was_sent()
        reminders, now = desk.office.store.reminders, desk.office.clock.now()
        reminders.asked(FIRM, ["Maria@example.com"], delivery_id="dlv_other", at=now)
        desk.office.clock.advance(days=6, hours=23)

        (warning,) = desk.preview()["warnings"]
        unread = desk.unread()
        send_id = desk.house.send(kind="reminder", confirm=["reminded_recently"])
        desk.house.sending.work_off()

        assert (warning["code"], warning["contact_id"]) == ("reminded_recently", desk.house.maria)
        assert "on 2026-12-01" in warning["message"]
        assert unread == ["reminded_recently"]
        assert desk.house.sending.progress(send_id)["counts"]["accepted"] == 1
        assert desk.to() == ["maria@example.com"]

    def test_of_haste_end_after_seven_days(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        desk.was_sent()
        reminders, now = desk.office.store.reminders, desk.office.clock.now()
        reminders.asked(FIRM, ["maria@example.com"], delivery_id="dlv_other", at=now)
        desk.office.clock.advance(days=7)

        assert desk.preview()["warnings"] == []

    @pytest.mark.parametrize("scope", ["bill", "matter", "client", "firm"])
    @pytest.mark.parametrize(("setting", "code"), [(OFF, "reminders_off"), (HELD, "reminders_held")])
    def test_are_of_the_nearest_switch_and_name_it(
        self, desk: Desk, scope: str, setting: Setting, code: str
    ) -> None:
        on = desk.house.matter("7")
        bill = desk.house.bill(on)
        desk.was_sent()
        if scope == "firm":
            policy = ReminderPolicy(
                FIRM, is_on=setting.mode is not Mode.OFF, hold_until=setting.hold_until, version=1
            )
            desk.office.store.reminders.put_policy(policy)
        else:
            ruled = {"client": setting, "matters": {on: setting}, "bills": {bill: setting}}
            name = {"bill": "bills", "matter": "matters", "client": "client"}[scope]
            more: Any = {name: ruled[name]}
            desk.switch(**more)

        (warning,) = desk.preview()["warnings"]
        unread = desk.unread()
        desk.mailed(confirm=[code])

        assert (warning["code"], warning["bill_id"]) == (code, bill)
        assert f"by the setting of the {scope}" in warning["message"]
        assert ("until 2026-12-24" in warning["message"]) == (code == "reminders_held")
        assert unread == [code]
        assert desk.to() == ["maria@example.com"]

    def test_are_none_where_a_nearer_switch_lets_it_go(self, desk: Desk) -> None:
        on = desk.house.matter("1")
        kept, freed = desk.house.bill(on), desk.house.bill(on)
        desk.was_sent()
        desk.switch(client=OFF, bills={freed: Setting(Mode.ON)})

        (warning,) = desk.preview()["warnings"]

        assert (warning["code"], warning["bill_id"]) == ("reminders_off", kept)
        assert desk.preview(leave_out=[kept])["warnings"] == []

    def test_are_one_for_many_bills(self, desk: Desk) -> None:
        on = desk.house.matter("1")
        bills = [desk.house.bill(on) for _ in range(7)]
        desk.was_sent()
        desk.switch(client=OFF)

        (warning,) = desk.preview()["warnings"]

        assert warning["bill_id"] is None
        assert [desk.house.number(bill) in warning["message"] for bill in bills] == [True] * 5 + [False] * 2
        assert "and 2 more" in warning["message"]

    def test_are_of_less_than_the_firms_reminders_ask_for(self, desk: Desk) -> None:
        on = desk.house.matter("1")
        cents, euros = desk.house.bill(on, minor=499), desk.house.bill(on, currency="EUR", minor=500)
        desk.was_sent()

        (warning,) = desk.preview()["warnings"]
        unread = desk.unread()
        desk.mailed(confirm=["below_minimum"])

        assert (warning["code"], warning["bill_id"], warning["contact_id"]) == (
            "below_minimum",
            cents,
            desk.house.maria,
        )
        assert unread == ["below_minimum"]
        assert desk.reminds_of() == {"maria@example.com": {cents, euros}}

    def test_are_of_a_bill_that_was_never_sent(self, desk: Desk) -> None:
        on = desk.house.matter("1")
        desk.house.bill(on)
        desk.was_sent()
        never = desk.house.bill(on)

        (warning,) = desk.preview()["warnings"]

        assert (warning["code"], warning["bill_id"]) == ("never_sent", never)
        assert desk.unread() == ["never_sent"]
        assert desk.preview(leave_out=[never])["warnings"] == []

    def test_are_of_one_that_went_to_the_same_person_just_now(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        desk.was_sent()
        desk.house.send(kind="reminder")
        desk.office.clock.advance(minutes=9)

        assert "sent_just_now" in desk.unread()
        assert desk.house.asks().problem(422)["errors"][0]["message"].startswith("sent_just_now: ")

    def test_are_of_a_balance_that_changed_since_the_preview(self, desk: Desk) -> None:
        on = desk.house.matter("1")
        desk.house.bill(on)
        desk.was_sent()
        seen = desk.preview()["seen"]
        desk.house.bill(on)

        assert codes(desk.preview(seen=seen)["warnings"]) == ["changed_since_preview", "never_sent"]

    def test_of_recipients_chosen_by_hand_are_those_of_a_balance(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        stranger = contact(desk.house.staff, None, "stranger@example.com")
        desk.was_sent()

        assert desk.unread(recipients=[stranger]) == ["not_the_clients"]


class TestARequest:
    @pytest.mark.parametrize("kind", ["balance", "reminder"])
    def test_of_bills_has_no_kind(self, desk: Desk, kind: str) -> None:
        bill = desk.house.bill(desk.house.matter("1"))

        for path in ("/v1/sends", "/v1/sends/preview"):
            problem = desk.house.staff.post(path, {"bill_ids": [bill], "kind": kind}).problem(422)
            assert [error["field"] for error in problem["errors"]] == ["kind"]
            assert "name the client instead of bills" in problem["errors"][0]["message"]

    @pytest.mark.parametrize(
        "kind", [5, True, "bill", "receipt", "", "REMINDER", "reminder ", [], {}, "\x00", "💸"]
    )
    def test_of_a_kind_that_there_is_not_is_refused_clearly(self, desk: Desk, kind: object) -> None:
        desk.house.bill(desk.house.matter("1"))

        for path in ("/v1/sends", "/v1/sends/preview"):
            answer = desk.house.staff.post(path, {"client_id": desk.house.client_id, "kind": kind})
            assert answer.fields(400) == ["kind"]
            assert answer.json["errors"][0]["message"] == "Write one of 'balance' or 'reminder'."

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"channels": ["link", "attachment"]}, "channels"),
            ({"channels": ["portal"]}, "channels"),
            ({"accept_all_unpaid": False}, "accept_all_unpaid"),
            ({"template_id": "tpl_none"}, "template_id"),
            ({"bill_ids": ["bill_1"]}, "client_id"),
        ],
    )
    def test_is_refused_for_what_a_reminder_cannot_be(
        self, desk: Desk, more: dict[str, Any], field: str
    ) -> None:
        desk.house.bill(desk.house.matter("1"))

        assert desk.asks(**more).fields(422) == [field]

    def test_is_a_billers_and_no_viewers(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))
        desk.was_sent()
        body = {"client_id": desk.house.client_id, "kind": "reminder"}

        for path in ("/v1/sends", "/v1/sends/preview"):
            Staff(roles=("viewer",)).post(path, body).problem(403)
            Staff(roles=("biller",)).post(path, body).ok()

    def test_for_another_firms_client_is_not_found(self, desk: Desk) -> None:
        desk.house.bill(desk.house.matter("1"))

        body = {"client_id": desk.house.client_id, "kind": "reminder"}
        Staff(firm_id="firm_2").post("/v1/sends", body).problem(404)
