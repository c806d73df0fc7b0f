"""Payments that the firm itself received, as they are recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.ledger import EntryKind
from feenote.domain.records import EmailState
from feenote.service.ports import StoreUnavailableError
from tests.integration.api.by_hand import (
    CASHIER,
    Json,
    books_agree,
    cheque,
    happened,
    open_tasks,
    part,
    shown,
)
from tests.integration.api.office import FIRM, OTHER_FIRM, Office, Staff, app
from tests.integration.api.queue_events import sqs_event
from tests.integration.api.samples import Engagement, engage, line, usd


@pytest.fixture
def cashier(office: Office) -> Staff:
    return CASHIER


class TestRecordingAPayment:
    def test_settles_the_oldest_bills_first(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        later = engagement.issued(due_on="2027-01-23")
        sooner = engagement.issued(issued_on="2026-10-01", due_on="2026-11-01")

        answer = cashier.post("/v1/payments", cheque(engagement, 70000, note="By courier"), key="k1")

        made = answer.ok()
        assert answer.status == 201
        assert answer.headers["location"] == f"/v1/payments/{made['id']}"
        assert made["allocations"] == [part(sooner, 63000), part(later, 7000)]
        assert (made["amount"], made["held"], made["client_credit"]) == (usd(70000), usd(70000), usd(0))
        assert (made["refunded"], made["withdrawn"]) == (usd(0), usd(0))
        assert (made["state"], made["method"], made["received_on"]) == ("succeeded", "cheque", "2026-11-20")
        assert (made["reference"], made["note"], made["recorded_by"]) == (
            "1042",
            "By courier",
            "ines@firm.example",
        )
        assert made["receipt_number"] == "R-00117-0001"
        assert made.items() <= staff.get(f"/v1/payments/{made['id']}").ok().items()
        assert shown(staff, sooner) == ("paid", 63000)
        assert shown(staff, later) == ("awaiting_payment", 7000)
        assert happened(staff, sooner) == [("paid", "ines@firm.example")]
        assert open_tasks(staff) == []
        books_agree(office, engagement)

    def test_counts_for_the_day_on_which_it_came(
        self, cashier: Staff, engagement: Engagement, office: Office
    ) -> None:
        made = cashier.post("/v1/payments", cheque(engagement)).ok()

        *_, entry = office.store.books.entries(FIRM, engagement.client_id)
        assert (entry.kind, entry.source_id) == (EntryKind.PAYMENT_RECEIVED, made["id"])
        assert entry.on is not None
        assert entry.on.isoformat() == "2026-11-20"

    def test_keeps_what_no_bill_takes_as_credit_with_a_task(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()

        made = cashier.post("/v1/payments", cheque(engagement, 70000)).ok()

        assert made["allocations"] == [part(bill, 63000)]
        assert made["client_credit"] == usd(7000)
        (task,) = open_tasks(staff)
        assert (task["kind"], task["payment_id"], task["client_id"]) == (
            "client_credit",
            made["id"],
            engagement.client_id,
        )
        books_agree(office, engagement)

    def test_pays_no_bill_of_another_currency(
        self, cashier: Staff, staff: Staff, engagement: Engagement
    ) -> None:
        bill = engagement.issued(lines=[line(5000, "EUR")])

        made = cashier.post("/v1/payments", cheque(engagement, 5000)).ok()

        assert (made["allocations"], made["client_credit"]) == ([], usd(5000))
        assert shown(staff, bill) == ("awaiting_payment", 0)

    def test_goes_to_bills_chosen_by_hand(self, cashier: Staff, staff: Staff, engagement: Engagement) -> None:
        engagement.issued(due_on="2026-12-01")
        chosen = engagement.issued(due_on="2027-01-23")

        made = cashier.post("/v1/payments", cheque(engagement, 63000, allocations=[part(chosen, 60000)])).ok()

        assert made["allocations"] == [part(chosen, 60000)]
        assert made["client_credit"] == usd(3000)
        assert shown(staff, chosen) == ("awaiting_payment", 60000)

    def test_may_be_left_to_the_clients_credit_whole(self, cashier: Staff, engagement: Engagement) -> None:
        engagement.issued()

        made = cashier.post("/v1/payments", cheque(engagement, allocations=[])).ok()

        assert (made["allocations"], made["client_credit"]) == ([], usd(63000))

    def test_names_the_allocation_that_is_wrong(
        self, cashier: Staff, staff: Staff, engagement: Engagement
    ) -> None:
        one, two = engagement.issued(), engagement.issued()
        euros = engagement.issued(lines=[line(5000, "EUR")])
        others = engage(staff, number="00118").issued()
        draft = engagement.draft()
        wrong: list[tuple[list[Json], str]] = [
            ([part(one, 1), part(two, 63001)], "allocations[1].amount"),
            ([part(one, 1), part(two, 1), part(one, 1)], "allocations[2].bill_id"),
            ([part(one, 63000), part(two, 7001)], "allocations[1].amount"),
            ([part(one, 0)], "allocations[0].amount"),
            ([part(one, -1)], "allocations[0].amount"),
            ([part(one, 1, "EUR")], "allocations[0].amount"),
            ([part(euros, 1)], "allocations[0].bill_id"),
            ([part(others, 1)], "allocations[0].bill_id"),
            ([part(draft, 1)], "allocations[0].bill_id"),
        ]
        for allocations, field in wrong:
            request = cheque(engagement, 70000, allocations=allocations)
            assert cashier.post("/v1/payments", request).fields(422) == [field]
        assert staff.get("/v1/payments").ok()["items"] == []

    @pytest.mark.parametrize(
        ("change", "status", "field"),
        [
            ({"amount": usd(0)}, 422, "amount"),
            ({"amount": usd(-5)}, 422, "amount"),
            ({"amount": {"minor": 5, "currency": "XBT"}}, 400, "amount.currency"),
            ({"amount": {"minor": 5.5, "currency": "USD"}}, 400, "amount.minor"),
            ({"received_on": "2026-11-24"}, 422, "received_on"),
            ({"method": "card"}, 400, "method"),
            ({"client_id": "cli_none"}, 422, "client_id"),
            ({"contact_id": "con_none"}, 422, "contact_id"),
            ({"purpose": "gift"}, 400, "purpose"),
            ({"colour": "red"}, 400, "colour"),
        ],
    )
    def test_is_refused_with_the_field_at_fault(
        self, cashier: Staff, engagement: Engagement, change: Json, status: int, field: str
    ) -> None:
        engagement.issued()

        assert cashier.post("/v1/payments", cheque(engagement) | change).fields(status) == [field]
        assert cashier.get("/v1/payments").ok()["items"] == []

    @pytest.mark.parametrize("purpose", ["trust", "retainer"])
    def test_takes_no_money_for_trust_and_says_why(
        self, cashier: Staff, engagement: Engagement, purpose: str
    ) -> None:
        problem = cashier.post("/v1/payments", cheque(engagement, purpose=purpose)).problem(422)

        assert [error["field"] for error in problem["errors"]] == ["purpose"]
        assert "Only earned fees are taken into the operating account" in problem["detail"]

    def test_goes_by_the_calendar_of_the_firm(
        self, cashier: Staff, engagement: Engagement, office: Office
    ) -> None:
        firm = office.store.records.get_firm(FIRM)
        office.store.records.put_firm(replace(firm, time_zone="Pacific/Auckland", version=firm.version + 1))

        office.clock.advance(hours=3)  # Noon in UTC: the 24th has begun in Auckland.

        cashier.post("/v1/payments", cheque(engagement, received_on="2026-11-24")).ok()
        cashier.post("/v1/payments", cheque(engagement, received_on="2026-11-25")).problem(422)

    def test_refuses_another_clients_contact(
        self, cashier: Staff, staff: Staff, engagement: Engagement
    ) -> None:
        other = engage(staff, number="00118")

        request = cheque(engagement, contact_id=other.contact_id)

        assert cashier.post("/v1/payments", request).fields(422) == ["contact_id"]

    def test_never_makes_more_than_can_be_counted(self, cashier: Staff, engagement: Engagement) -> None:
        most = 2**53 - 1
        cashier.post("/v1/payments", cheque(engagement, most)).ok()

        assert cashier.post("/v1/payments", cheque(engagement, 1)).fields(422) == ["amount"]
        (balance,) = cashier.get(f"/v1/balances/{engagement.client_id}").ok()["balances"]
        assert balance["client_credit"] == usd(most)

    def test_is_for_cashiers_of_the_clients_own_firm(self, engagement: Engagement, office: Office) -> None:
        for role in ("viewer", "biller", "approver"):
            Staff(roles=(role,)).post("/v1/payments", cheque(engagement)).problem(403)
        stranger = Staff(firm_id=OTHER_FIRM)
        assert stranger.post("/v1/payments", cheque(engagement)).fields(422) == ["client_id"]

    def test_takes_two_hundred_bills_whole(
        self, cashier: Staff, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        issued = [engagement.issued(lines=[line(100 + at)]) for at in range(201)]
        total = sum(100 + at for at in range(200))

        refused = cashier.post("/v1/payments", cheque(engagement, total + 300))
        made = cashier.post("/v1/payments", cheque(engagement, total)).ok()

        assert refused.fields(422) == ["amount"]
        assert len(made["allocations"]) == 200
        assert [shown(staff, bill)[0] for bill in issued] == [*["paid"] * 200, "awaiting_payment"]
        books_agree(office, engagement)
        cashier.post(f"/v1/payments/{made['id']}/reverse", {"reason": "It bounced."}).ok()
        assert {shown(staff, bill) for bill in issued} == {("awaiting_payment", 0)}
        assert all(
            ("payment_reversed", "ines@firm.example") in happened(staff, bill) for bill in issued[:200]
        )
        books_agree(office, engagement)


class TestTheSameRequestAgain:
    def test_is_one_payment(self, cashier: Staff, engagement: Engagement) -> None:
        engagement.issued()

        first = cashier.post("/v1/payments", cheque(engagement), key="k1")
        second = cashier.post("/v1/payments", cheque(engagement), key="k1")

        assert first.text == second.text
        assert len(cashier.get("/v1/payments").ok()["items"]) == 1

    def test_is_one_payment_though_the_first_answer_was_lost(
        self, cashier: Staff, engagement: Engagement, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bill = engagement.issued()
        request = cheque(engagement, allocations=[part(bill, 63000)])
        with monkeypatch.context() as lost:

            def no_answer(*_: object, **__: object) -> None:
                raise StoreUnavailableError

            lost.setattr(type(office.store.answers), "finish", no_answer)
            cashier.post("/v1/payments", request, key="k1").problem(503)

        made = cashier.post("/v1/payments", request, key="k1").ok()

        assert cashier.get("/v1/payments").ok()["items"] == [made]
        assert made["allocations"] == [part(bill, 63000)]

    def test_with_a_key_of_days_ago_never_stands_for_another_payment(
        self, cashier: Staff, engagement: Engagement, office: Office
    ) -> None:
        made = cashier.post("/v1/payments", cheque(engagement), key="k1").ok()
        office.clock.advance(hours=25)

        cashier.post("/v1/payments", cheque(engagement, 5), key="k1").problem(409)
        assert cashier.post("/v1/payments", cheque(engagement), key="k1").ok() == made


class TestAReceipt:
    def test_goes_to_the_primary_contact_and_shows_the_bill(
        self, cashier: Staff, engagement: Engagement, office: Office
    ) -> None:
        engagement.issued()

        made = cashier.post("/v1/payments", cheque(engagement, send_receipt=True)).ok()
        app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)

        assert made["receipt_to"] == "maria@example.com"
        (mail,) = office.mailer.accepted
        assert mail.to_address == "maria@example.com"

    def test_goes_out_for_credit_alone(self, cashier: Staff, engagement: Engagement, office: Office) -> None:
        cashier.post("/v1/payments", cheque(engagement, send_receipt=True)).ok()
        app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)

        assert len(office.mailer.accepted) == 1

    def test_goes_to_nobody_where_no_address_takes_mail(
        self, cashier: Staff, engagement: Engagement, office: Office
    ) -> None:
        contact = office.store.records.get_contact(FIRM, engagement.contact_id)
        bounced = replace(contact, email_state=EmailState.BOUNCED, version=contact.version + 1)
        office.store.records.put_contact(bounced)

        made = cashier.post("/v1/payments", cheque(engagement, send_receipt=True)).ok()

        assert made["receipt_to"] is None
        assert len(office.queue.take_all()) == 0

    def test_is_sent_once_though_the_request_comes_twice(
        self, cashier: Staff, engagement: Engagement, office: Office
    ) -> None:
        request = cheque(engagement, send_receipt=True)
        cashier.post("/v1/payments", request, key="k1").ok()
        office.clock.advance(hours=25)
        cashier.post("/v1/payments", request, key="k1").ok()

        assert len(office.queue.take_all()) == 1
