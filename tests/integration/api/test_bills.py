"""Bills: drafted, changed, approved, voided, listed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.integration.api.office import Office, Staff
from tests.integration.api.samples import Engagement, line, usd


class TestABillThatIsDrafted:
    def test_shows_what_api_clients_rely_on(self, engagement: Engagement) -> None:
        bill = engagement.draft(period={"from": "2026-10-01", "to": "2026-10-31"}, memo="Thank you")

        assert bill["number"] is None
        assert bill["state"] == "draft"
        assert bill["flags"] == []
        assert bill["period"] == {"from": "2026-10-01", "to": "2026-10-31"}
        assert bill["total"] == usd(63000)
        assert bill["paid"] == bill["pending"] == bill["balance_due"] == usd(0)
        assert bill["created_at"] == "2026-11-23T09:00:00.000Z"
        assert bill["last_sent_at"] is None
        assert bill["times_sent"] == 0
        assert bill["available_actions"] == ["change", "submit", "approve", "delete"]
        assert bill["lines"][0]["amount"] == usd(63000)

    def test_takes_dates_and_currency_of_the_firm_where_they_are_left_out(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        # In New York it is still the 23rd.
        office.clock.advance(hours=18)
        request = engagement.bill(lines=[line(100, "EUR")])
        del request["issued_on"], request["due_on"]

        bill = staff.post("/v1/bills", request).ok()

        assert (bill["issued_on"], bill["due_on"]) == ("2026-11-23", "2026-12-23")
        assert bill["currency"] == "EUR"

    def test_works_out_a_line_without_an_amount(self, engagement: Engagement) -> None:
        worked_out = {"kind": "fee", "units": "1.25", "rate": usd(30001), "adjustment": usd(-1)}

        bill = engagement.draft(lines=[worked_out])

        assert bill["lines"][0]["amount"] == usd(37500)
        assert bill["lines"][0]["units"] == "1.25"

    def test_shows_what_percentages_come_to_and_takes_that_back(
        self, staff: Staff, engagement: Engagement
    ) -> None:
        bill = engagement.draft(
            lines=[line(10000)],
            discounts=[{"description": "Courtesy", "percent": "10"}],
            taxes=[{"name": "VAT", "percent": "20.0"}],
        )

        assert bill["discounts"] == [{"description": "Courtesy", "percent": "10", "amount": usd(1000)}]
        assert bill["taxes"] == [{"name": "VAT", "percent": "20.0", "amount": usd(1800)}]
        same = {"discounts": bill["discounts"], "taxes": bill["taxes"], "total": bill["total"]}
        again = staff.patch(f"/v1/bills/{bill['id']}", same).ok()
        assert again == bill

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            (
                {"lines": [{"kind": "fee", "units": "2", "rate": usd(100), "amount": usd(201)}]},
                "lines[0].amount",
            ),
            ({"lines": [line(), line(1, "EUR")]}, "lines[1].amount"),
            ({"lines": [line() | {"matter_id": "mat_other"}]}, "lines[0].matter_id"),
            ({"lines": [line(-1)]}, "total"),
            ({"total": usd(1)}, "total"),
            ({"total": {"minor": 63000, "currency": "EUR"}}, "total"),
            ({"taxes": [{"name": "VAT", "percent": "20", "amount": usd(1)}]}, "taxes[0].amount"),
            ({"due_on": "2026-11-22"}, "due_on"),
            ({"period": {"from": "2026-10-02", "to": "2026-10-01"}}, "period.to"),
            ({"client_id": "cli_none"}, "client_id"),
            ({"matter_ids": ["mat_none"]}, "matter_ids"),
        ],
    )
    def test_is_refused_where_it_does_not_add_up(
        self, staff: Staff, engagement: Engagement, more: dict[str, Any], field: str
    ) -> None:
        assert staff.post("/v1/bills", engagement.bill(**more)).fields(422) == [field]

    @pytest.mark.parametrize(
        ("currency", "minor"),
        [("JPY", 168445), ("KWD", 168445), ("ISK", 168445), ("UGX", 168445), ("CLF", 1)],
    )
    def test_keeps_amounts_of_any_currency_exactly(
        self, engagement: Engagement, currency: str, minor: int
    ) -> None:
        bill = engagement.draft(lines=[line(minor, currency)])

        assert bill["total"] == {"minor": minor, "currency": currency}


class TestABillsStates:
    def test_lead_from_draft_through_approval_to_void(self, staff: Staff, engagement: Engagement) -> None:
        address = f"/v1/bills/{engagement.draft()['id']}"

        submitted = staff.post(f"{address}/submit").ok()
        approved = staff.post(f"{address}/approve").ok()
        voided = staff.post(f"{address}/void").ok()

        assert [submitted["state"], approved["state"], voided["state"]] == [
            "awaiting_approval",
            "awaiting_payment",
            "void",
        ]
        assert approved["number"] == "00001"
        assert approved["revision"] == 1
        assert approved["balance_due"] == usd(63000)
        kinds = [event["kind"] for event in staff.get(f"{address}/timeline").ok()["items"]]
        assert kinds == ["created", "submitted", "approved", "voided"]
        staff.post(f"{address}/void").problem(409)

    def test_let_a_draft_be_deleted_and_never_found_again(self, staff: Staff, engagement: Engagement) -> None:
        address = f"/v1/bills/{engagement.draft()['id']}"

        assert staff.delete(address).status == 204

        staff.get(address).problem(404)
        assert staff.get("/v1/bills").ok()["items"] == []

    def test_keep_an_issued_bill_from_being_deleted(self, staff: Staff, engagement: Engagement) -> None:
        staff.delete(f"/v1/bills/{engagement.issued()['id']}").problem(409)

    def test_give_a_changed_bill_its_next_revision(self, staff: Staff, engagement: Engagement) -> None:
        address = f"/v1/bills/{engagement.issued()['id']}"

        changed = staff.patch(address, {"lines": [line(70000)]}).ok()

        assert changed["revision"] == 2
        assert changed["balance_due"] == usd(70000)
        assert staff.get(f"/v1/balances/{engagement.client_id}").ok()["balances"][0]["owed"] == usd(70000)

    def test_keep_the_number_that_a_bill_brings(self, staff: Staff, engagement: Engagement) -> None:
        first = engagement.issued(number="2026/7")

        assert first["number"] == "2026/7"
        staff.post("/v1/bills", engagement.bill(number="2026/7")).problem(409)


class TestAList:
    def test_leaves_out_what_only_one_bill_shows(self, staff: Staff, engagement: Engagement) -> None:
        bill = engagement.issued()

        (shown,) = staff.get("/v1/bills").ok()["items"]

        assert set(bill) - set(shown) == {"lines", "subtotal", "discounts", "taxes", "receipts"}
        assert all(bill[name] == shown[name] for name in shown)

    def test_is_filtered_by_state_client_matter_and_number(
        self, staff: Staff, engagement: Engagement
    ) -> None:
        issued, drafted = engagement.issued(), engagement.draft()

        def ids(**query: str) -> list[str]:
            return [bill["id"] for bill in staff.get("/v1/bills", **query).ok()["items"]]

        assert ids(state="draft") == [drafted["id"]]
        assert ids(q="0000") == [issued["id"]]
        assert set(ids(client_id=engagement.client_id)) == {issued["id"], drafted["id"]}
        assert set(ids(matter_id=engagement.matter_id)) == {issued["id"], drafted["id"]}
        assert ids(client_id="cli_none") == []

    def test_knows_what_is_overdue_by_the_firms_calendar(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued(due_on="2026-11-23")
        # The 24th in London, the 23rd still in New York.
        office.clock.at += timedelta(hours=17)
        before = staff.get("/v1/bills", overdue="true").ok()["items"]

        office.clock.at += timedelta(hours=5)
        after = staff.get("/v1/bills", overdue="true").ok()["items"]

        assert before == []
        assert [(item["id"], item["flags"]) for item in after] == [(bill["id"], ["overdue"])]

    def test_leaves_out_what_is_overdue(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        engagement.issued(due_on="2026-11-23")
        later = engagement.issued(due_on="2026-12-23")
        drafted = engagement.draft(due_on="2026-11-23")
        office.clock.at += timedelta(days=2)

        found = staff.get("/v1/bills", overdue="false").ok()["items"]

        assert {item["id"] for item in found} == {later["id"], drafted["id"]}

    def test_begins_with_the_oldest_where_it_asks_when_bills_are_due(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        late = engagement.issued(issued_on="2026-09-02", due_on="2026-11-04")
        early = engagement.issued(issued_on="2026-09-01", due_on="2026-11-05")
        office.clock.at += timedelta(days=30)

        for query in ({"overdue": "true"}, {"due_from": "2026-11-01"}, {"due_to": "2026-11-30"}):
            found = staff.get("/v1/bills", **query).ok()["items"]
            assert [item["id"] for item in found] == [late["id"], early["id"]]
        found = staff.get("/v1/bills", overdue="true", sort="issued_on").ok()["items"]
        assert [item["id"] for item in found] == [early["id"], late["id"]]

    @pytest.mark.parametrize(
        ("span", "beginning", "end"),
        [("due", "2026-11-02", "2026-11-01"), ("last_sent", "2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z")],
    )
    def test_refuses_a_span_that_ends_before_it_begins(
        self, staff: Staff, span: str, beginning: str, end: str
    ) -> None:
        query = {f"{span}_from": beginning, f"{span}_to": end}

        assert staff.get("/v1/bills", **query).fields(400) == [f"{span}_to"]

    def test_shows_each_bill_once_over_its_pages(self, staff: Staff, engagement: Engagement) -> None:
        made = {engagement.draft()["id"] for _ in range(5)}

        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = staff.get("/v1/bills", limit="2", **cursor).ok()
            seen += [bill["id"] for bill in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}

        assert sorted(seen) == sorted(made)


class TestTheFile:
    def test_is_at_an_address_that_lives_five_minutes(self, staff: Staff, engagement: Engagement) -> None:
        answer = staff.get(f"/v1/bills/{engagement.issued()['id']}/pdf")

        assert answer.status == 302
        assert answer.headers["location"].startswith("https://files.example/firm_1/bills/")
        assert answer.headers["location"].endswith("seconds=300")
        assert answer.headers["cache-control"] == "no-store"

    def test_of_a_draft_is_kept_apart(self, staff: Staff, engagement: Engagement) -> None:
        answer = staff.get(f"/v1/bills/{engagement.draft()['id']}/pdf")

        assert answer.headers["location"].startswith("https://files.example/firm_1/drafts/")
