"""Kept decisions: what went out and why the rest did not, as staff ask for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feenote.domain.deliveries import Notice
from feenote.domain.records import EmailState
from feenote.service.reminders import list_decisions
from feenote.service.take_notice import take_notice
from tests.integration.api.office import FIRM, OTHER_FIRM, Json, Office, Staff
from tests.integration.api.reminding import Reminding
from tests.integration.api.samples import Engagement, line
from tests.integration.api.sending import contact, matter

DECISIONS = "/v1/reminders/decisions"


@pytest.fixture
def reminding(office: Office, staff: Staff) -> Reminding:
    return Reminding(office, staff)


def reminded(reminding: Reminding, engagement: Engagement) -> str:
    """Let a bill be sent, and reminded of once, on 21 December; return its id."""
    bill_id = reminding.sent(engagement)
    reminding.run_through("2026-12-21")
    return bill_id


class TestADecision:
    def test_says_what_went_out_to_whom(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        bill_id = reminded(reminding, engagement)

        (decision,) = reminding.decisions()

        delivery = decision["recipients"][0]["delivery"]
        assert delivery["state"] == "accepted"
        assert delivery["state_words"] == "Sent. Whether it arrived is not known yet."
        assert decision == {
            "run_id": f"run_{engagement.client_id}_2026-12-21",
            "client": {"id": engagement.client_id, "number": "00117", "name": "Northwind 00117"},
            "at": "2026-12-21T14:00:00.000Z",
            "on": "2026-12-21",
            "bills": [
                {
                    "bill": {"id": bill_id, "number": "00001"},
                    "outcome": "sent",
                    "stage": "due-3",
                    "when": "3 days before the due date",
                    "stage_on": "2026-12-20",
                    "reason": None,
                    "why": None,
                    "decided_by": None,
                    "until": None,
                    "deliveries": [delivery],
                }
            ],
            "recipients": [
                {
                    "contact_id": engagement.contact_id,
                    "name": "Maria Oduya",
                    "address": "maria@example.com",
                    "bill_ids": [bill_id],
                    "outcome": "sent",
                    "reason": None,
                    "why": None,
                    "until": None,
                    "delivery": delivery,
                }
            ],
        }

    def test_shows_where_its_message_stands_now(self, reminding: Reminding, office: Office) -> None:
        reminded(reminding, reminding.client())

        take_notice(
            office.ports,
            firm_id=FIRM,
            delivery_id=_message(reminding)["id"],
            notice=Notice.DELIVERY,
            message_id="message_1",
            at=office.clock.now(),
            addresses=("maria@example.com",),
        )

        assert _message(reminding)["state"] == "delivered"

    def test_keeps_the_address_that_was_written_to(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        reminded(reminding, engagement)

        reminding.staff.patch(f"/v1/contacts/{engagement.contact_id}", {"email": "new@example.com"}).ok()

        (decision,) = reminding.decisions()
        assert decision["recipients"][0]["address"] == "maria@example.com"

    def test_says_why_nothing_went_and_whose_switch_decided(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        bill_id = reminding.sent(engagement)
        path = f"/v1/matters/{engagement.matter_id}/reminders"
        reminding.staff.put(path, {"hold_until": "2027-01-15"}).ok()
        reminding.run_through("2026-12-23")

        (decision,) = reminding.decisions()

        (kept,) = decision["bills"]
        assert (kept["bill"]["id"], kept["outcome"], kept["reason"]) == (bill_id, "not_sent", "held")
        assert kept["why"] == "Reminders are held for its matter until 2027-01-15."
        assert kept["decided_by"] == {"scope": "matter", "id": engagement.matter_id, "name": "00117-003"}
        assert (kept["until"], kept["deliveries"], decision["recipients"]) == ("2027-01-15", [], [])

    def test_names_a_recipient_who_was_left_out(self, reminding: Reminding, office: Office) -> None:
        engagement = reminding.client()
        ines = contact(reminding.staff, engagement.client_id, "ines@example.com", first_name="Ines")
        both = matter(
            reminding.staff, engagement.client_id, "00117-004", (engagement.contact_id, True), (ines, True)
        )
        bill_id = reminding.sent(engagement, matter_ids=[both])
        office.store.records.mark_address(FIRM, ines, EmailState.BOUNCED, address="ines@example.com")
        reminding.run_through("2026-12-21")

        (decision,) = reminding.decisions(reason="bounced")

        assert decision["bills"] == []
        assert decision["recipients"] == [
            {
                "contact_id": ines,
                "name": "Ines",
                "address": "ines@example.com",
                "bill_ids": [bill_id],
                "outcome": "not_sent",
                "reason": "bounced",
                "why": "The recipient’s address takes no mail: correct it.",
                "until": None,
                "delivery": None,
            }
        ]

    def test_lists_bills_that_were_never_sent(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        never = engagement.issued(due_on="2026-11-30")
        reminding.run_through("2026-12-04")

        (decision,) = reminding.decisions(reason="never_sent")

        assert [one["bill"]["id"] for one in decision["bills"]] == [never["id"]]
        assert decision["bills"][0]["why"] == "The bill was never sent from here: send it first."

    def test_says_that_a_person_was_asked(self, reminding: Reminding) -> None:
        policy = {"stages": [{"days": 1}], "repeat_days": 14, "most": 1}
        reminding.staff.put("/v1/reminder-policy", policy).ok()
        engagement = reminding.client()
        reminding.sent(engagement, due_on="2026-11-30")
        reminding.run_through("2026-12-30")

        (decision,) = reminding.decisions(outcome="ended")

        assert [one["reason"] for one in decision["bills"]] == ["most_reached"]


class TestAListOfDecisions:
    def test_is_latest_first_and_found_by_client_bill_outcome_and_reason(self, reminding: Reminding) -> None:
        first, second = reminding.client(), reminding.client("00118", "otto@example.com")
        one = reminding.sent(first, due_on="2026-11-30")
        other = reminding.sent(second, due_on="2026-12-02", lines=[line(100)])
        both = reminding.sent(first, due_on="2026-12-09")
        reminding.run_through("2026-12-18")

        def found(**query: str) -> list[tuple[str, str, set[str]]]:
            return [
                (each["on"], each["client"]["id"], {kept["bill"]["id"] for kept in each["bills"]})
                for each in reminding.decisions(**query)
            ]

        everything = found()
        assert [on for on, *_ in everything] == sorted((on for on, *_ in everything), reverse=True)
        assert {client_id for _, client_id, _ in everything} == {first.client_id, second.client_id}
        assert found(client_id=first.client_id) == [each for each in everything if each[1] == first.client_id]
        assert {frozenset(bills) for *_, bills in found(bill_id=both)} == {frozenset({both})}
        assert found(bill_id=both) == found(bill_id=both, client_id=first.client_id)
        assert found(bill_id=both, client_id=second.client_id) == []
        sent = reminding.decisions(outcome="sent")
        assert {kept["outcome"] for each in sent for kept in each["bills"]} == {"sent"}
        assert {kept["bill"]["id"] for each in sent for kept in each["bills"]} == {one, both}
        assert {frozenset(bills) for *_, bills in found(reason="below_minimum")} == {frozenset({other})}
        assert found(reason="below_minimum", outcome="sent") == []

    def test_comes_in_pages(self, reminding: Reminding) -> None:
        reminding.sent(reminding.client(), due_on="2026-11-30")
        reminding.run_through("2027-01-20")
        everything = reminding.decisions(limit="200")
        shown: list[Json] = []
        query = {"limit": "3"}
        while True:
            page = reminding.staff.get(DECISIONS, **query).ok()
            assert len(page["items"]) <= 3
            shown += page["items"]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]

        assert len(everything) > 6
        assert shown == everything

    def test_reads_a_bounded_number_of_pages_for_a_filter_that_finds_little(
        self, reminding: Reminding, office: Office
    ) -> None:
        small, large = reminding.client(), reminding.client("00118", "otto@example.com")
        reminding.sent(small, due_on="2026-12-01", lines=[line(100)])
        reminding.run_through("2026-12-02")
        reminding.sent(large)
        reminding.run_through("2026-12-21")
        kept = office.store.world.decisions
        (latest,) = [each for each in kept.values() if each.client_id == large.client_id]
        for number in range(3 * list_decisions.MOST_READS):
            copy = replace(latest, run_id=f"run_{number}", at=latest.at + timedelta(days=number))
            kept[FIRM, copy.run_id] = copy
        query = {"limit": "1", "reason": "below_minimum"}
        shown: list[list[Json]] = []
        while True:
            page = reminding.staff.get(DECISIONS, **query).ok()
            shown.append(page["items"])
            if page["next"] is None:
                break
            query["cursor"] = page["next"]

        assert [len(items) for items in shown[:3]] == [0, 0, 0]
        assert [item["client"]["id"] for items in shown for item in items] == [small.client_id]

    def test_is_for_staff_of_the_firm(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        bill_id = reminded(reminding, engagement)
        stranger = Staff(firm_id=OTHER_FIRM)

        assert len(Staff(roles=("viewer",)).get(DECISIONS).ok()["items"]) == 1
        assert stranger.get(DECISIONS).ok()["items"] == []
        stranger.get(DECISIONS, client_id=engagement.client_id).problem(404)
        stranger.get(DECISIONS, bill_id=bill_id).problem(404)
        reminding.staff.get(DECISIONS, client_id="cli_none").problem(404)

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"outcome": "lost"}, "outcome"),
            ({"reason": "because"}, "reason"),
            ({"client_id": "a#b"}, "client_id"),
            ({"bill_id": ""}, "bill_id"),
            ({"limit": "0"}, "limit"),
            ({"limit": "201"}, "limit"),
            ({"cursor": "none"}, "cursor"),
            ({"cursor": ""}, "cursor"),
            ({"from": "2026-11-23"}, "from"),
        ],
    )
    def test_refuses_what_it_cannot_answer(self, staff: Staff, query: dict[str, str], field: str) -> None:
        assert staff.get(DECISIONS, **query).fields(400) == [field]

    def test_does_not_take_another_lists_cursor(self, reminding: Reminding) -> None:
        engagement = reminding.client()
        reminding.sent(engagement, due_on="2026-11-30")
        reminding.run_through("2026-12-30")
        cursor = reminding.staff.get(DECISIONS, limit="1").ok()["next"]

        answer = reminding.staff.get(DECISIONS, limit="1", cursor=cursor, client_id=engagement.client_id)

        assert answer.fields(400) == ["cursor"]


def _message(reminding: Reminding) -> Json:
    (decision,) = reminding.decisions()
    return decision["recipients"][0]["delivery"]
