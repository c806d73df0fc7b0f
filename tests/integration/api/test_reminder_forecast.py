"""The forecast: what will go out, to whom, with which words, and what stands in the way now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from feenote.domain.records import EmailState
from feenote.service.reminders import foresee
from tests.integration.api.balance_office import Household
from tests.integration.api.office import FIRM, OTHER_FIRM, Json, Office, Staff
from tests.integration.api.reminding import Reminding
from tests.integration.api.samples import Engagement, line, usd
from tests.integration.api.sending import contact, matter

FORECAST = "/v1/reminders/forecast"


@pytest.fixture
def reminding(office: Office, staff: Staff) -> Reminding:
    return Reminding(office, staff)


def messages(item: Json) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return the messages of a client's forecast: day, address, stage, bills."""
    return [
        (run["on"], one["address"], one["stage"], tuple(bill["id"] for bill in one["bills"]))
        for run in item["runs"]
        for one in run["messages"]
    ]


def reasons(run: Json) -> dict[str, str]:
    """Return why nothing goes, by bill."""
    return {line["bill"]["id"]: line["reason"] for line in run["not_sent"]}


class TestWhatWillGoOut:
    def test_is_told_with_day_recipient_stage_and_amount(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        bill_id = reminding.sent(engagement)

        (item,) = reminding.forecast()

        assert item["client"] == {
            "id": engagement.client_id,
            "number": "00117",
            "name": "Northwind 00117",
        }
        assert item["time_zone"] == "America/New_York"
        first = item["runs"][0]
        assert (first["at"], first["on"]) == ("2026-12-21T14:00:00.000Z", "2026-12-21")
        assert (first["not_sent"], first["left_out"]) == ([], [])
        assert first["messages"] == [
            {
                "contact_id": engagement.contact_id,
                "name": "Maria Oduya",
                "address": "maria@example.com",
                "stage": "due-3",
                "when": "3 days before the due date",
                "template_id": None,
                "bills": [{"id": bill_id, "number": "00001", "amount": usd(63_000)}],
                "totals": [usd(63_000)],
            }
        ]

    def test_is_what_goes_out_when_the_days_have_come(self, reminding: Reminding) -> None:
        first, second = reminding.client(), reminding.client("00118", "otto@example.com")
        reminding.sent(first, issued_on="2026-09-01", due_on="2026-10-01")
        reminding.sent(first)
        reminding.sent(second, due_on="2026-12-02", lines=[line(700, "EUR")])
        second.issued(due_on="2026-12-02")
        reminding.run()
        foreseen = [one for item in reminding.forecast() for one in messages(item)]

        reminding.run_through("2027-01-22")

        went = [
            (decision["on"], person["address"], bill["stage"], tuple(person["bill_ids"]))
            for decision in reminding.decisions(outcome="sent", limit="200")
            for person in decision["recipients"]
            for bill in decision["bills"]
            if bill["bill"]["id"] == person["bill_ids"][0]
        ]
        assert len(went) > 8
        assert sorted(went) == sorted(foreseen)

    def test_reaches_as_far_as_is_asked(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        reminding.sent(engagement)

        def last(days: str) -> list[Json]:
            (item,) = reminding.forecast(days=days, client_id=engagement.client_id)
            return [run["on"] for run in item["runs"]]

        assert last("28") == []
        assert last("29") == ["2026-12-21"]
        assert last("60") == last("59") == ["2026-12-21", "2026-12-24", "2026-12-28", *last("60")[3:]]

    def test_asks_for_what_is_due_in_one_message_the_oldest_first(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        euros = reminding.sent(engagement, due_on="2026-11-30", lines=[line(700, "EUR")])
        old = reminding.sent(engagement, issued_on="2026-10-01", due_on="2026-11-29")
        reminding.sent(engagement)

        (item,) = reminding.forecast()

        (message,) = item["runs"][0]["messages"]
        assert [bill["id"] for bill in message["bills"]] == [old, euros]
        assert message["totals"] == [{"minor": 700, "currency": "EUR"}, usd(63_000)]

    def test_asks_for_what_is_not_on_its_way(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        bill_id = reminding.sent(engagement)
        reminding.staff.post(
            "/v1/payments",
            {
                "client_id": engagement.client_id,
                "amount": usd(13_000),
                "method": "cheque",
                "received_on": "2026-11-20",
                "allocations": [{"bill_id": bill_id, "amount": usd(13_000)}],
            },
        ).ok()

        (item,) = reminding.forecast()

        assert item["runs"][0]["messages"][0]["totals"] == [usd(50_000)]

    def test_never_goes_to_one_address_twice_in_seven_days(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        reminding.sent(engagement, due_on="2026-12-01")
        (item,) = reminding.forecast()

        days = [day for day, *_ in messages(item)]

        assert len(days) > 4
        assert all(
            date.fromisoformat(later) - date.fromisoformat(earlier) >= timedelta(days=7)
            for earlier, later in pairwise(days)
        )

    def test_goes_by_the_clients_own_clock_and_the_firms_days_off(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        reminding.sent(engagement, due_on="2026-12-25")
        reminding.staff.patch(f"/v1/clients/{engagement.client_id}", {"time_zone": "Asia/Tokyo"}).ok()
        stages = {"stages": [{"days": 0}], "country": "GB", "days_off": ["2026-12-29"]}
        reminding.staff.put("/v1/reminder-policy", stages).ok()

        (item,) = reminding.forecast()

        # Christmas, a weekend, the bank holiday, and the firm's own day.
        assert item["runs"][0]["at"] == "2026-12-30T00:00:00.000Z"


class TestItsTemplates:
    def test_are_those_that_will_be_used(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        of_stage = _template(reminding.staff, name="Third")
        default = _template(reminding.staff, name="Default", is_default=True)
        second = _template(reminding.staff, name="Second", is_default=True, stage="due+9")
        own = _template(reminding.staff, name="Own", is_default=True, client_id=engagement.client_id)
        other = reminding.client("00118", "otto@example.com")
        stages = [{"days": 1}, {"days": 9}, {"days": 17, "template_id": of_stage}]
        reminding.staff.put("/v1/reminder-policy", {"stages": stages, "repeat_days": None}).ok()
        for each in (engagement, other):
            reminding.sent(each, due_on="2026-11-30")

        mine, theirs = reminding.forecast()

        used = [
            [one["template_id"] for run in item["runs"] for one in run["messages"]] for item in (mine, theirs)
        ]
        assert used == [[own, own, of_stage], [default, second, of_stage]]


class TestWhatStandsInTheWay:
    def test_is_told_for_each_open_bill_of_a_client(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        house = Household(reminding.sending, engagement)
        coming = reminding.sent(engagement)
        disputed, debited, held, off = (
            reminding.sent(engagement, due_on="2026-11-20", issued_on="2026-10-01") for _ in range(4)
        )
        never = engagement.issued(due_on="2026-11-20", issued_on="2026-10-01")["id"]
        house.dispute(disputed)
        house.start_debit(debited)
        reminding.staff.put(f"/v1/bills/{held}/reminders", {"hold_until": "2027-01-15"}).ok()
        reminding.staff.put(f"/v1/bills/{off}/reminders", {"mode": "off"}).ok()

        (item,) = reminding.forecast(client_id=engagement.client_id)

        now = item["now"]
        assert reasons(now) == {
            coming: "not_due",
            disputed: "disputed",
            debited: "pending",
            held: "held",
            off: "off",
            never: "never_sent",
        }
        lines = {one["bill"]["id"]: one for one in now["not_sent"]}
        assert lines[held]["until"] == "2027-01-15"
        assert lines[held]["why"] == "Reminders are held for this bill until 2027-01-15."
        assert lines[held]["decided_by"] == {
            "scope": "bill",
            "id": held,
            "name": lines[held]["bill"]["number"],
        }
        assert lines[off]["why"] == "Reminders are switched off for this bill."
        assert lines[coming]["stage_on"] == "2026-12-20"
        assert all(one["why"] for one in now["not_sent"])
        assert (now["is_open"], now["messages"]) == (False, [])

    def test_names_whose_switch_it_is(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        bill_id = reminding.sent(engagement)

        def decided_by(path: str) -> Json:
            reminding.staff.put(path, {"mode": "off"}).ok()
            (item,) = reminding.forecast(client_id=engagement.client_id)
            (line,) = item["now"]["not_sent"]
            return line["decided_by"]

        reminding.staff.put("/v1/reminder-policy", {"stages": [{"days": 1}], "is_on": False}).ok()
        (item,) = reminding.forecast(client_id=engagement.client_id)
        (line,) = item["now"]["not_sent"]
        assert line["decided_by"] == {"scope": "firm", "id": FIRM, "name": "Firm firm_1"}
        assert decided_by(f"/v1/clients/{engagement.client_id}/reminders")["name"] == "Northwind 00117"
        assert decided_by(f"/v1/matters/{engagement.matter_id}/reminders")["name"] == "00117-003"
        assert decided_by(f"/v1/bills/{bill_id}/reminders")["id"] == bill_id

    def test_is_a_recipient_who_cannot_be_written_to(self, reminding: Reminding, office: Office) -> None:
        engagement = reminding.client()
        bounced = contact(reminding.staff, engagement.client_id, "ines@example.com", first_name="Ines")
        stopped = contact(reminding.staff, engagement.client_id, "otto@example.com", first_name="Otto")
        both = matter(
            reminding.staff,
            engagement.client_id,
            "00117-004",
            *((each, True) for each in (engagement.contact_id, bounced, stopped)),
        )
        bill_id = reminding.sent(engagement, matter_ids=[both], due_on="2026-11-30")
        office.store.records.mark_address(FIRM, bounced, EmailState.BOUNCED, address="ines@example.com")
        reminding.staff.put(f"/v1/contacts/{stopped}/reminders", {"stopped": True}).ok()

        (item,) = reminding.forecast()

        first = item["runs"][0]
        assert [one["address"] for one in first["messages"]] == ["maria@example.com"]
        assert first["not_sent"] == []
        assert {one["address"]: (one["reason"], one["bill_ids"]) for one in first["left_out"]} == {
            "ines@example.com": ("bounced", [bill_id]),
            "otto@example.com": ("stopped", [bill_id]),
        }

    def test_is_that_nobody_has_an_address(self, reminding: Reminding, office: Office) -> None:
        engagement = reminding.client()
        bill_id = reminding.sent(engagement, due_on="2026-11-20", issued_on="2026-10-01")
        reminding.staff.patch(f"/v1/contacts/{engagement.contact_id}", {"email": None}).ok()
        office.clock.advance(days=1)

        (item,) = reminding.forecast()

        # Since the bill went out, no stage has come: it is the next one that nobody gets.
        assert reasons(item["runs"][0]) == {bill_id: "no_recipient"}

    def test_is_an_amount_below_the_minimum(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        bill_id = reminding.sent(engagement, lines=[line(499)])

        (item,) = reminding.forecast()

        assert {reasons(run)[bill_id] for run in item["runs"]} == {"below_minimum"}

    def test_is_credit_that_covers_it(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        bill_id = reminding.sent(engagement, lines=[line(1_000)])
        payment = {
            "client_id": engagement.client_id,
            "amount": usd(1_000),
            "method": "cheque",
            "received_on": "2026-11-20",
            "allocations": [],
        }
        reminding.staff.post("/v1/payments", payment).ok()

        (item,) = reminding.forecast(client_id=engagement.client_id)

        assert reasons(item["now"]) == {bill_id: "credit"}

    def test_is_that_the_last_one_has_gone_out(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        policy = {"stages": [{"days": 1}], "repeat_days": 14, "most": 1}
        reminding.staff.put("/v1/reminder-policy", policy).ok()
        bill_id = reminding.sent(engagement, due_on="2026-11-30")
        (before,) = reminding.forecast()
        ended = before["runs"][-1]["not_sent"][0]
        assert (ended["outcome"], ended["reason"], ended["bill"]["id"]) == ("ended", "most_reached", bill_id)
        reminding.run_through("2026-12-30")

        (item,) = reminding.forecast(client_id=engagement.client_id)

        (line,) = item["now"]["not_sent"]
        assert (line["outcome"], line["reason"], line["stage"]) == ("ended", "most_reached", None)
        assert item["runs"] == []
        assert reminding.forecast() == []


class TestTheList:
    def test_is_of_clients_for_whom_something_is_foreseen_by_name(self, reminding: Reminding) -> None:
        owing = [reminding.client(number, f"{number}@example.com") for number in ("3", "1", "2")]
        for each in owing:
            reminding.sent(each)
        reminding.client("4", "four@example.com")

        assert [item["client"]["number"] for item in reminding.forecast()] == ["1", "2", "3"]

    def test_comes_in_pages(self, reminding: Reminding) -> None:
        for number in range(5):
            engagement = reminding.client(str(number), f"{number}@example.com")
            if number != 2:
                reminding.sent(engagement)
        shown: list[str] = []
        query: dict[str, str] = {"limit": "2"}
        for _ in range(10):
            page = reminding.staff.get(FORECAST, **query).ok()
            assert len(page["items"]) <= 2
            shown += [item["client"]["number"] for item in page["items"]]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]

        assert shown == ["0", "1", "3", "4"]

    def test_reads_a_bounded_number_of_clients_for_a_page(self, reminding: Reminding, office: Office) -> None:
        engagement = reminding.client()
        client = office.store.world.clients[FIRM, engagement.client_id]
        for number in range(foresee.MOST_READS * foresee.AT_ONCE):
            copy = replace(client, id=f"cli_{number:04d}", name=f"A {number:04d}", number=f"A-{number}")
            office.store.world.clients[FIRM, copy.id] = copy
        reminding.sent(engagement)

        first = reminding.staff.get(FORECAST, limit="200").ok()
        rest = reminding.staff.get(FORECAST, limit="200", cursor=first["next"]).ok()

        assert first["items"] == []
        assert [item["client"]["id"] for item in rest["items"]] == [engagement.client_id]
        assert rest["next"] is None

    def test_ends_a_page_where_many_bills_were_looked_at(
        self, reminding: Reminding, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(foresee, "MOST_BILLS", 3)
        monkeypatch.setattr(foresee, "AT_ONCE", 1)
        for number in range(3):
            engagement = reminding.client(str(number), f"{number}@example.com")
            for _ in range(2):
                reminding.sent(engagement)

        first = reminding.staff.get(FORECAST).ok()
        rest = reminding.staff.get(FORECAST, cursor=first["next"]).ok()

        shown = [[item["client"]["number"] for item in page["items"]] for page in (first, rest)]
        assert (shown, rest["next"]) == ([["0", "1"], ["2"]], None)

    def test_is_for_staff_of_the_firm(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        reminding.sent(engagement)

        assert len(Staff(roles=("viewer",)).get(FORECAST).ok()["items"]) == 1
        stranger = Staff(firm_id=OTHER_FIRM)
        assert stranger.get(FORECAST).ok()["items"] == []
        stranger.get(FORECAST, client_id=engagement.client_id).problem(404)

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"days": "0"}, "days"),
            ({"days": "61"}, "days"),
            ({"days": "ten"}, "days"),
            ({"days": "1.5"}, "days"),
            ({"limit": "0"}, "limit"),
            ({"limit": "201"}, "limit"),
            ({"cursor": ""}, "cursor"),
            ({"cursor": "none"}, "cursor"),
            ({"client_id": "a#b"}, "client_id"),
            ({"client_id": "cli_1", "cursor": "x"}, "query"),
            ({"bill_id": "bill_1"}, "bill_id"),
        ],
    )
    def test_refuses_what_it_cannot_answer(self, staff: Staff, query: dict[str, str], field: str) -> None:
        assert staff.get(FORECAST, **query).fields(400) == [field]

    def test_waits_for_the_firm_to_be_set_up(self, office: Office) -> None:
        new = Staff(firm_id="firm_new")
        client_id = new.post("/v1/clients", {"number": "1", "name": "A"}).ok()["id"]

        for path in (FORECAST, "/v1/reminders/decisions", "/v1/reminder-policy"):
            new.get(path).problem(404)
        new.get(FORECAST, client_id=client_id).problem(404)
        new.get(f"/v1/clients/{client_id}/reminders").problem(404)
        new.put(f"/v1/clients/{client_id}/reminders", {"mode": "off"}).problem(404)

    def test_does_not_know_a_client_that_is_not_there(self, staff: Staff) -> None:
        staff.get(FORECAST, client_id="cli_none").problem(404)

    def test_changes_nothing(self, reminding: Reminding, office: Office) -> None:
        engagement: Engagement = reminding.client()
        reminding.sent(engagement)
        _template(reminding.staff, name="Default", is_default=True)
        world = office.store.world
        before = (dict(world.reminders), dict(world.decisions), dict(world.deliveries), dict(world.looks))
        words, addresses = dict(world.wordings), dict(world.addresses)

        reminding.forecast()
        reminding.forecast(client_id=engagement.client_id)

        after = (dict(world.reminders), dict(world.decisions), dict(world.deliveries), dict(world.looks))
        assert after == before
        assert (dict(world.wordings), dict(world.addresses)) == (words, addresses)


def _template(staff: Staff, **more: Any) -> str:
    wording = {"language": "en", "subject": "Reminder", "body": "{{ link.button }}"}
    made: str = staff.post("/v1/templates", {"kind": "reminder", "wordings": [wording], **more}).ok()["id"]
    return made
