"""Payments: one payment at Stripe is one payment in the books, and nothing but Stripe's word makes one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feenote.domain.ledger import recompute
from tests.cases.side_by_side import SideBySide
from tests.cases.stage import ACCOUNT, FIRM, OTHER_ACCOUNT, SECRET, Answer, Stage

COMPLETED = "checkout.session.completed"
SUCCEEDED = "checkout.session.async_payment_succeeded"


def books_are_once(stage: Stage, bill: dict[str, Any], minor: int = 63000) -> None:
    """One payment, one entry for it, one receipt, and the bill paid."""
    (payment,) = [one for one in stage.payments() if one["client_id"] == bill["client_id"]]
    entries = list(stage.system.books.entries(FIRM, bill["client_id"]))
    shown = stage.read(bill)

    assert payment["amount"]["minor"] == minor
    assert [part["bill_id"] for part in payment["allocations"]] == [bill["id"]]
    assert [entry.kind.value for entry in entries] == ["bill_issued", "payment_received"]
    assert recompute(entries).owed == {}
    assert (shown["state"], shown["paid"]["minor"], shown["balance_due"]["minor"]) == ("paid", minor, 0)
    while stage.work_off_mail():
        pass
    receipts = [letter for letter in stage.mail.letters if ("kind", "receipt") in letter.tags]
    ours = [one for one in receipts if payment["receipt_number"] in str(one.message()["Subject"])]
    assert len(ours) == 1


class TestCase01CompletedTwiceInTheSameInstant:
    @pytest.mark.parametrize("seed", range(4))
    def test_is_one_payment_one_entry_one_receipt_and_both_answered_2xx(
        self, stage: Stage, seed: int
    ) -> None:
        bill = stage.bill()
        stage.pay_by_card(bill)
        (told,) = stage.told(COMPLETED)
        beside: SideBySide[Answer] = SideBySide(stage.leaving, seed)

        answers = beside.run([lambda: stage.post_webhook(told), lambda: stage.post_webhook(told)])

        assert [answer.status for answer in answers] == [200, 200]
        assert sorted(answer.json["taken"] for answer in answers) == ["already_booked", "booked"]
        assert beside.switches >= 6
        books_are_once(stage, bill)


class TestCase02TwoDifferentEventsForOneSessionAndType:
    @pytest.mark.parametrize("seed", range(3))
    def test_are_one_payment(self, stage: Stage, seed: int) -> None:
        bill = stage.bill()
        stage.pay_by_card(bill)
        (told,) = stage.told(COMPLETED)
        another = stage.signed(told.event | {"id": "evt_another"})

        answers = SideBySide[Answer](stage.leaving, seed).run(
            [lambda: stage.post_webhook(told), lambda: stage.post_webhook(another)]
        )

        assert [answer.status for answer in answers] == [200, 200]
        books_are_once(stage, bill)


class TestCase03CompletedWhileUnpaidThenSucceeded:
    def test_is_pending_then_paid_once_with_the_receipt_at_the_second(self, stage: Stage) -> None:
        bill = stage.bill()
        session = stage.pay_by_debit(bill)

        stage.take()
        stage.work_off_mail()
        pending, mails_while_pending = stage.read(bill), len(stage.mail.letters)
        stage.clock.advance(days=4)
        stage.stripe_does("debit_succeeds", session=session)
        taken = stage.take()

        assert pending["state"] == "awaiting_payment"
        assert (pending["pending"]["minor"], pending["paid"]["minor"]) == (63000, 0)
        assert mails_while_pending == 1
        assert taken.count("booked") == 1
        books_are_once(stage, bill)
        assert stage.read(bill)["pending"]["minor"] == 0


class TestCase04TheSameTwoInTheOtherOrder:
    def test_are_paid_once(self, stage: Stage) -> None:
        bill = stage.bill()
        session = stage.pay_by_debit(bill)
        (completed,) = stage.told(COMPLETED)
        stage.clock.advance(days=4)
        stage.stripe_does("debit_succeeds", session=session)
        (succeeded,) = stage.told(SUCCEEDED)

        late = stage.signed(completed.event)
        answers = [stage.post_webhook(succeeded), stage.post_webhook(late)]

        assert [answer.json["taken"] for answer in answers] == ["booked", "already_booked"]
        assert stage.read(bill)["pending"]["minor"] == 0
        books_are_once(stage, bill)


class TestCase07TheClientClosesTheBrowserAfterPaying:
    def test_is_paid_by_the_webhook_alone(self, stage: Stage) -> None:
        bill = stage.bill()
        stage.pay_by_card(bill)

        stage.take()

        books_are_once(stage, bill)

    @pytest.mark.parametrize(
        "query", ["", "?checkout=chk_forged", "?session_id=cs_test_forged&payment_status=paid&paid=true"]
    )
    def test_a_forged_return_to_the_success_page_changes_nothing(self, stage: Stage, query: str) -> None:
        bill = stage.bill()
        token = stage.sent(bill)
        stage.session(token, 63000)
        before = stage.items()
        stage.leaving.calls.clear()

        answers = [
            stage.browse("GET", f"/l/{token}/return{query}"),
            stage.browse("HEAD", f"/l/{token}/return{query}"),
            stage.browse("POST", f"/l/{token}/return{query}", form={"payment_status": "paid"}),
        ]

        assert [answer.status for answer in answers] == [200, 200, 404]
        assert stage.leaving.writes() == []
        assert stage.items() == before
        assert stage.read(bill)["paid"]["minor"] == 0


class TestCase10AmountCurrencyOrBillInStripeDifferFromOurs:
    def test_an_amount_that_differs_is_unallocated_and_a_person_is_told(self, stage: Stage) -> None:
        bill = stage.bill()
        session = stage.pay_by_card(bill)
        _falsify(stage, session, amount=62999, currency="usd")

        taken = stage.take()

        self._is_unallocated(stage, bill, taken, 62999, "USD")

    def test_a_session_of_another_amount_that_was_paid_as_asked_is_unallocated(self, stage: Stage) -> None:
        bill = stage.bill()
        session = stage.pay_by_card(bill)
        stage.at_stripe("checkout.session")[session]["amount_total"] = 1

        taken = stage.take()

        self._is_unallocated(stage, bill, taken, 63000, "USD")

    def test_a_currency_that_differs_is_unallocated_and_a_person_is_told(self, stage: Stage) -> None:
        bill = stage.bill()
        session = stage.pay_by_card(bill)
        _falsify(stage, session, amount=63000, currency="eur")

        taken = stage.take()

        self._is_unallocated(stage, bill, taken, 63000, "EUR")

    def test_money_for_a_session_that_is_not_ours_is_unallocated_and_a_person_is_told(
        self, stage: Stage
    ) -> None:
        bill = stage.bill()
        session = stage.pay_by_card(bill)
        stage.at_stripe("checkout.session")[session]["metadata"]["checkout_id"] = "chk_of_nobody"

        taken = stage.take()

        self._is_unallocated(stage, bill, taken, 63000, "USD")

    def test_money_in_another_account_is_not_booked_at_all_and_asks_nobody_of_the_firm_that_it_names(
        self, stage: Stage
    ) -> None:
        bill = stage.bill()
        session = stage.session(stage.sent(bill), 63000)
        ours = stage.at_stripe("checkout.session")[session]
        forged = stage.another_session(OTHER_ACCOUNT, metadata=dict(ours["metadata"]), minor=63000)
        stage.stripe_does("pay", account=OTHER_ACCOUNT, session=forged)

        stage.take()

        assert stage.payments() == []
        assert stage.read(bill)["paid"]["minor"] == 0
        assert stage.tasks() == []
        assert stage.signals.counts["MoneyUnmatched"] >= 1

    def test_a_debit_in_another_account_neither_holds_a_bill_nor_lets_it_go(self, stage: Stage) -> None:
        bill = stage.bill()
        token = stage.sent(bill)
        session = stage.session(token, 63000)
        ours = stage.at_stripe("checkout.session")[session]
        forged = stage.another_session(OTHER_ACCOUNT, metadata=dict(ours["metadata"]), minor=63000)
        stage.stripe_does("expire", account=OTHER_ACCOUNT, session=forged)

        released = stage.take()
        again = stage.another_session(OTHER_ACCOUNT, metadata=dict(ours["metadata"]), minor=63000)
        stage.stripe_does("pay", account=OTHER_ACCOUNT, session=again, method="us_bank_account")
        held = stage.take(COMPLETED)

        assert released == held == ["nothing_to_do"]
        assert stage.read(bill)["pending"]["minor"] == 0
        assert stage.session(token, 63000) == session

    @pytest.mark.parametrize("name", ["firm_id", "client_id", "checkout_id"])
    def test_metadata_that_is_no_id_stops_no_notice(self, stage: Stage, name: str) -> None:
        bill = stage.bill()
        session = stage.session(stage.sent(bill), 63000)
        ours = stage.at_stripe("checkout.session")[session]
        metadata = {**ours["metadata"], name: "a#b" * 160}
        forged = stage.another_session(OTHER_ACCOUNT, metadata=metadata, minor=63000)
        stage.stripe_does("pay", account=OTHER_ACCOUNT, session=forged)

        stage.take()

        assert stage.payments() == []
        assert stage.read(bill)["paid"]["minor"] == 0

    def test_money_in_a_currency_that_is_not_ours_is_never_silent(self, stage: Stage) -> None:
        bill = stage.bill()
        session = stage.pay_by_card(bill)
        _falsify(stage, session, amount=63000, currency="zzz")

        stage.take()

        assert stage.read(bill)["paid"]["minor"] == 0
        assert stage.tasks() == ["unmatched_money"]
        assert stage.signals.counts["MoneyUnmatched"] >= 1

    @staticmethod
    def _is_unallocated(
        stage: Stage, bill: dict[str, Any], taken: list[str], minor: int, currency: str
    ) -> None:
        shown = stage.read(bill)
        (payment,) = stage.payments()
        assert taken.count("booked") == 1
        assert (shown["state"], shown["paid"]["minor"]) == ("awaiting_payment", 0)
        assert payment["amount"] == payment["client_credit"] == {"minor": minor, "currency": currency}
        assert payment["allocations"] == []
        assert stage.credit(bill["client_id"], currency) == minor
        assert stage.tasks() == ["payment_differs"]
        assert stage.signals.counts["PaymentDiffers"] == 1


def _falsify(stage: Stage, session_id: str, *, amount: int, currency: str) -> None:
    session = stage.at_stripe("checkout.session")[session_id]
    intent = stage.at_stripe("payment_intent")[session["payment_intent"]]
    session.update(amount_total=amount, currency=currency)
    intent.update(amount=amount, amount_received=amount, currency=currency)


class TestCase17ATestModeEventAtALiveEndpoint:
    def test_is_refused_and_nothing_is_written(self, make_stage: Callable[..., Stage]) -> None:
        stage = make_stage(livemode=True)
        bill = stage.bill()
        stage.pay_by_card(bill)
        before = stage.items()
        told = stage.told()

        answers = [stage.post_webhook(one) for one in told]

        assert {one.event["livemode"] for one in told} == {False}
        assert {answer.status for answer in answers} == {400}
        assert stage.items() == before

    def test_is_refused_the_other_way_round_too(self, stage: Stage) -> None:
        bill = stage.bill()
        stage.pay_by_card(bill)
        (told,) = stage.told(COMPLETED)
        before = stage.items()

        answer = stage.post_webhook(stage.signed(told.event | {"livemode": True}, secrets=[SECRET]))

        assert answer.status == 400
        assert stage.items() == before


class TestCase18FiveHundredPressesOfPayOnOneLinkInTenMinutes:
    def test_are_slowed_down_and_other_links_work(self, stage: Stage) -> None:
        client = stage.engage()
        bill, other = stage.bill(client), stage.bill(client, 41000)
        token, other_token = stage.sent(bill), stage.sent(other)

        answers = []
        for _ in range(500):
            stage.clock.advance(seconds=1)
            answers.append(stage.press_pay(token, 63000))

        statuses = [answer.status for answer in answers]
        assert statuses[:20] == [303] * 20
        assert statuses[20:] == [429] * 480
        assert all("retry-after" in answer.headers for answer in answers[20:])
        assert len(stage.at_stripe("checkout.session")) == 1
        assert stage.press_pay(other_token, 41000).status == 303
        assert stage.browse("GET", f"/l/{token}").status == 200
        stage.clock.advance(minutes=10)
        assert stage.press_pay(token, 63000).status == 303


def test_the_account_of_the_firm_is_where_sessions_are_made(stage: Stage) -> None:
    session = stage.session(stage.sent(stage.bill()), 63000)

    assert list(stage.at_stripe("checkout.session", ACCOUNT)) == [session]
