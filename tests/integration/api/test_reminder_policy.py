"""The reminder policy: the default, one's own, and all that is refused."""

from __future__ import annotations

from typing import Any

import pytest

from feenote.api.examples import EXAMPLES
from feenote.api.templates import TemplateField
from feenote.service.ports import ReminderJob
from tests.integration.api.office import FIRM, OTHER_FIRM, Json, Office, Staff
from tests.integration.api.samples import usd

POLICY = "/v1/reminder-policy"
STAGES = [{"days": -3}, {"days": 7}]


def put(staff: Staff, **fields: Any) -> Json:
    """Put a policy that must be taken."""
    return staff.put(POLICY, {"stages": STAGES, **fields}).ok()


def template(staff: Staff, **more: Any) -> str:
    """Add a template for reminders; return its id."""
    wording = {
        "language": "en",
        "subject": "Reminder from {{ firm.name }}",
        "body": "{{ recipient.greeting }}\n\n{{ link.button }}",
    }
    request = {"kind": "reminder", "name": "Reminder", "wordings": [wording], **more}
    made: str = staff.post("/v1/templates", request).ok()["id"]
    return made


class TestThePolicyOfAFirmThatChoseNone:
    def test_is_the_products(self, staff: Staff) -> None:
        shown = staff.get(POLICY).ok()

        assert shown["is_default"] is True
        assert [(one["days"], one["anchor"]) for one in shown["stages"]] == [
            (-3, "due"), (1, "due"), (7, "due"), (15, "due"), (30, "due"),
        ]  # fmt: skip
        assert [one["when"] for one in shown["stages"]][:2] == [
            "3 days before the due date",
            "1 day after the due date",
        ]
        assert (shown["repeat_days"], shown["repeat"]) == (15, "every 15 days after the last stage")
        assert (shown["most"], shown["minimum"], shown["is_on"]) == (10, usd(500), True)
        assert (shown["hold_until"], shown["days_off"]) == (None, [])
        assert shown["sending_hours"] == {"from": "09:00", "to": "18:00"}

    def test_keeps_the_holidays_of_the_firms_locale(self, staff: Staff) -> None:
        american = staff.get(POLICY).ok()["public_holidays"]
        staff.patch("/v1/firm", {"locale": "en-GB"}).ok()
        british = staff.get(POLICY).ok()["public_holidays"]
        staff.patch("/v1/firm", {"locale": "en"}).ok()
        none = staff.get(POLICY).ok()["public_holidays"]

        assert american == {
            "country": "US",
            "subdivision": None,
            "days": ["2026-11-26", "2026-12-25", "2027-01-01"],
        }
        assert british["days"] == ["2026-12-25", "2026-12-28", "2027-01-01"]
        assert none == {"country": None, "subdivision": None, "days": []}


class TestAPolicyOfOnesOwn:
    def test_comes_back_as_it_was_put(self, staff: Staff) -> None:
        chosen = template(staff)
        wanted = {
            "stages": [{"days": 30, "anchor": "issue", "template_id": chosen}, {"days": 5}, {"days": -1}],
            "repeat_days": None,
            "most": 4,
            "minimum": usd(2_500),
            "is_on": False,
            "hold_until": "2026-12-24",
            "country": "gb",
            "subdivision": "SCT",
            "days_off": ["2026-12-31", "2026-12-24", "2026-12-31"],
        }

        changed = staff.put(POLICY, wanted)

        shown = changed.ok()
        assert shown == staff.get(POLICY).ok()
        assert changed.headers["etag"] == '"1"'
        assert shown["is_default"] is False
        assert [(one["name"], one["template_id"]) for one in shown["stages"]] == [
            ("issue+30", chosen),
            ("due-1", None),
            ("due+5", None),
        ]
        assert shown["repeat"] == "never again after the last stage"
        assert {name: shown[name] for name in ("most", "minimum", "is_on", "hold_until", "country")} == {
            "most": 4,
            "minimum": usd(2_500),
            "is_on": False,
            "hold_until": "2026-12-24",
            "country": "GB",
        }
        assert shown["days_off"] == ["2026-12-24", "2026-12-31"]
        assert shown["public_holidays"]["days"][-1] == "2027-01-04"

    def test_has_the_defaults_where_it_says_nothing(self, staff: Staff) -> None:
        put(staff, most=3, is_on=False)

        shown = put(staff)

        assert (shown["most"], shown["is_on"], shown["repeat_days"]) == (10, True, 15)

    def test_has_all_plans_of_the_firm_made_anew(self, staff: Staff, office: Office) -> None:
        put(staff)
        put(staff)

        assert office.reminder_queue.jobs == [ReminderJob(FIRM), ReminderJob(FIRM)]
        assert staff.get(POLICY).ok()["version"] == 1

    def test_is_the_firms_alone(self, staff: Staff) -> None:
        put(staff)

        assert Staff(firm_id=OTHER_FIRM).get(POLICY).ok()["is_default"] is True

    def test_is_an_admins_to_change_and_everybodys_to_read(self, office: Office) -> None:
        for role in ("viewer", "biller", "approver", "cashier"):
            person = Staff(roles=(role,))
            person.get(POLICY).ok()
            assert person.put(POLICY, {"stages": STAGES}).fields(403) == ["role"]
        assert office.reminder_queue.jobs == []

    def test_keeps_a_hold_that_is_over_when_it_is_put_again(self, staff: Staff, office: Office) -> None:
        put(staff, hold_until="2026-11-25")
        office.clock.advance(days=5)

        shown = put(staff, hold_until="2026-11-25", most=3)

        assert shown["most"] == 3


class TestTwoWhoChangeIt:
    def test_cannot_write_over_each_other(self, staff: Staff) -> None:
        seen = staff.get(POLICY).headers["etag"]
        assert seen == '"0"'
        body = {"stages": STAGES}
        staff.put(POLICY, body, if_match=seen).ok()

        staff.put(POLICY, body | {"most": 2}, if_match=seen).problem(412)

        assert staff.get(POLICY).ok()["most"] == 10
        assert staff.put(POLICY, body | {"most": 2}, if_match='"1"').ok()["version"] == 2

    def test_are_told_when_they_meet(
        self, staff: Staff, monkeypatch: pytest.MonkeyPatch, office: Office
    ) -> None:
        reminders = office.store.reminders
        read = reminders.policy

        def meanwhile(firm_id: str) -> Any:
            found = read(firm_id)
            monkeypatch.setattr(reminders, "policy", read)
            Staff().put(POLICY, {"stages": [{"days": 9}]}).ok()
            return found

        monkeypatch.setattr(reminders, "policy", meanwhile)

        staff.put(POLICY, {"stages": STAGES}).problem(409)

        assert [one["days"] for one in staff.get(POLICY).ok()["stages"]] == [9]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"stages": [{"days": 7}, {"days": 7}]}, "stages[1].days"),
    ({"stages": [{"days": 0, "anchor": "issue"}]}, "stages[0].days"),
    ({"stages": [{"days": 7}, {"days": 8, "template_id": "tpl_none"}]}, "stages[1].template_id"),
    ({"repeat_days": 6}, "repeat_days"),
    ({"repeat_days": 366}, "repeat_days"),
    ({"minimum": {"minor": 500, "currency": "EUR"}}, "minimum.currency"),
    ({"minimum": usd(-1)}, "minimum"),
    ({"minimum": usd(100_000_001)}, "minimum"),
    ({"hold_until": "2026-11-23"}, "hold_until"),
    ({"country": "ZZ"}, "country"),
    ({"country": "GB", "subdivision": "NY"}, "subdivision"),
    ({"subdivision": "SCT"}, "subdivision"),
]
MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"stages": []}, "stages"),
    ({"stages": [{"days": 7}] * 21}, "stages"),
    ({"stages": None}, "stages"),
    ({"stages": [{"days": "7"}]}, "stages[0].days"),
    ({"stages": [{"days": 7.0}]}, "stages[0].days"),
    ({"stages": [{"days": True}]}, "stages[0].days"),
    ({"stages": [{"days": 731}]}, "stages[0].days"),
    ({"stages": [{"days": 10**30}]}, "stages[0].days"),
    ({"stages": [{}]}, "stages[0].days"),
    ({"stages": [{"days": 1, "anchor": "paid"}]}, "stages[0].anchor"),
    ({"stages": [{"days": 1, "template_id": "a#b"}]}, "stages[0].template_id"),
    ({"stages": [{"days": 1, "template": "tpl_1"}]}, "stages[0].template"),
    ({"repeat_days": "15"}, "repeat_days"),
    ({"most": 0}, "most"),
    ({"most": 101}, "most"),
    ({"most": None}, "most"),
    ({"minimum": 500}, "minimum"),
    ({"minimum": {"minor": 5.0, "currency": "USD"}}, "minimum.minor"),
    ({"minimum": {"minor": 500, "currency": "XXX"}}, "minimum.currency"),
    ({"is_on": "yes"}, "is_on"),
    ({"is_on": 1}, "is_on"),
    ({"hold_until": "tomorrow"}, "hold_until"),
    ({"hold_until": "2026-02-30"}, "hold_until"),
    ({"hold_until": "9999-12-31"}, "hold_until"),
    ({"country": "USA"}, "country"),
    ({"country": ""}, "country"),
    ({"country": "ＵＳ"}, "country"),
    ({"country": "US\n"}, "country"),
    ({"subdivision": "N#Y"}, "subdivision"),
    ({"days_off": ["2026-12-24"] * 201}, "days_off"),
    ({"days_off": ["Christmas"]}, "days_off[0]"),
    ({"days_off": "2026-12-24"}, "days_off"),
    ({"days_off": None}, "days_off"),
    ({"version": 1}, "version"),
    ({"is_default": True}, "is_default"),
    ({"firm_id": OTHER_FIRM}, "firm_id"),
]


class TestAPolicyThatCannotBeFollowed:
    @pytest.mark.parametrize(("fields", "field"), REFUSED)
    def test_is_refused_with_the_field(self, staff: Staff, fields: dict[str, Any], field: str) -> None:
        answer = staff.put(POLICY, {"stages": STAGES} | fields)

        assert answer.fields(422) == [field]
        assert staff.get(POLICY).ok()["is_default"] is True

    @pytest.mark.parametrize(("fields", "field"), MALFORMED)
    def test_is_malformed_in_a_field(self, staff: Staff, fields: dict[str, Any], field: str) -> None:
        assert staff.put(POLICY, {"stages": STAGES} | fields).fields(400) == [field]

    def test_names_a_template_that_is_for_something_else(self, staff: Staff, office: Office) -> None:
        of_bills = staff.post("/v1/templates", EXAMPLES[TemplateField]).ok()["id"]
        client_id = staff.post("/v1/clients", {"number": "7", "name": "A"}).ok()["id"]
        of_a_client = template(staff, client_id=client_id)
        of_another_firm = template(Staff(firm_id=OTHER_FIRM))
        stages = [
            {"days": days, "template_id": each}
            for days, each in enumerate([of_bills, of_a_client, of_another_firm, template(staff)])
        ]

        answer = staff.put(POLICY, {"stages": stages})

        assert answer.fields(422) == [f"stages[{at}].template_id" for at in range(3)]

    def test_says_in_words_what_is_wrong(self, staff: Staff) -> None:
        problem = staff.put(POLICY, {"stages": STAGES, "minimum": {"minor": 1, "currency": "EUR"}}).problem(
            422
        )

        assert problem["errors"][0]["message"] == "Write it in the firm's currency, USD."
