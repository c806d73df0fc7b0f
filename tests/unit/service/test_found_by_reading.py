"""What two notices at one moment, a refusal that comes late, or more bills than fit must not lose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from feenote.domain.allocation import Allocation
from feenote.domain.refunds import RefundState
from feenote.service.change_bill import change_bill
from feenote.service.errors import ConflictError
from feenote.service.ports import (
    ClientChange,
    DisputeStatus,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    RefundReport,
    RefundRequest,
    RefundStatus,
)
from feenote.service.project_figures import project_figures
from feenote.service.refund_payment import refund_payment, settle_refunds
from feenote.service.settle_checkout import mark_pending, release_checkout
from feenote.service.take_dispute import take_dispute
from feenote.service.take_refund import take_refund
from tests.fakes.processor import unavailable
from tests.unit.service.by_hand import part, record
from tests.unit.service.money_office import ACCOUNT, CLIENT, FIRM, NOW, MoneyOffice, usd

MORE_THAN_FIT = 45


@pytest.fixture
def office() -> MoneyOffice:
    return MoneyOffice()


def faster(office: MoneyOffice, monkeypatch: pytest.MonkeyPatch, other: Callable[[], object]) -> None:
    """Let `other` happen after the next change was worked out, before it is stored."""
    books = office.system.store.books
    commit = books.commit

    def interrupted(change: ClientChange) -> None:
        monkeypatch.setattr(books, "commit", commit)
        other()
        commit(change)

    monkeypatch.setattr(books, "commit", interrupted)


class TestTwoNoticesAtOnce:
    def test_of_a_dispute_book_the_withdrawal_though_the_other_had_not_seen_it(
        self, office: MoneyOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        payment = office.paid(office.bill(10_000))
        later = office.stripe.open_dispute(payment.processor_id)
        earlier = replace(later, status=DisputeStatus.UNDECIDED, withdrawn=None)
        assert later.withdrawn == usd(10_000)
        faster(
            office,
            monkeypatch,
            lambda: take_dispute(office.ports, earlier, stripe_account_id=ACCOUNT, now=NOW),
        )

        is_new = take_dispute(office.ports, later, stripe_account_id=ACCOUNT, now=NOW)

        assert is_new
        assert office.kinds().count("dispute_withdrawn") == 1
        assert office.payment().withdrawn_minor == 10_000
        assert office.stand().disputes == ((later.id, "withdrawn"),)

    def test_of_a_refund_made_in_the_dashboard_book_that_it_failed(
        self, office: MoneyOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        payment = office.paid(office.bill(10_000))
        earlier = RefundReport(
            "re_dashboard",
            RefundStatus.PENDING,
            usd(4_000),
            payment.processor_id,
            FIRM,
            CLIENT,
            livemode=False,
        )
        later = replace(earlier, status=RefundStatus.FAILED)
        faster(
            office,
            monkeypatch,
            lambda: take_refund(office.ports, earlier, stripe_account_id=ACCOUNT, now=NOW),
        )

        is_new = take_refund(office.ports, later, stripe_account_id=ACCOUNT, now=NOW)

        assert is_new
        assert office.stand().refunds == (("re_dashboard", "failed"),)
        assert office.payment().refunded_minor == 0
        assert office.kinds().count("refund_failed") == 1

    def test_of_a_refund_asked_for_here_leave_it_where_the_later_one_says(
        self, office: MoneyOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        payment = office.paid(office.bill(10_000))
        office.stripe.lost_answers.append(unavailable())
        office.refund(payment, 4_000)
        (later,) = office.stripe.refunds_of(payment.processor_id, stripe_account_id=ACCOUNT)
        earlier = replace(later, status=RefundStatus.PENDING)
        later = replace(later, status=RefundStatus.SUCCEEDED)
        faster(
            office,
            monkeypatch,
            lambda: take_refund(office.ports, earlier, stripe_account_id=ACCOUNT, now=NOW),
        )

        take_refund(office.ports, later, stripe_account_id=ACCOUNT, now=NOW)

        assert office.stand().refunds == ((later.id, "succeeded"),)
        assert office.mails().count("dlv_refund_ref_1") == 1


class TestARefusal:
    def test_that_comes_after_word_of_the_refund_leaves_it_in_the_books(
        self, office: MoneyOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        payment = office.paid(office.bill(10_000))

        def made_and_told_then_refused(request: RefundRequest) -> RefundReport:
            monkeypatch.undo()
            report = office.stripe.create_refund(request)
            take_refund(office.ports, report, stripe_account_id=ACCOUNT, now=NOW)
            raise ProcessorRefusedError("Stripe refused the request: PermissionError.")

        monkeypatch.setattr(office.stripe, "create_refund", made_and_told_then_refused)

        refund = office.refund(payment, 4_000)

        assert refund.processor_id
        assert refund.state is RefundState.SUCCEEDED
        assert office.payment().refunded_minor == 4_000
        assert "refund_failed" not in office.kinds()

    def test_of_what_nobody_heard_of_still_takes_it_out_of_the_books(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000))
        office.stripe.failures.append(ProcessorRefusedError("Stripe refused the request."))

        with pytest.raises(ConflictError):
            office.refund(payment, 4_000)

        assert office.payment().refunded_minor == 0
        assert office.kinds()[-1] == "refund_failed"


class TestTheSameKey:
    def test_never_passes_for_a_refund_of_another_amount(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000))
        first = office.refund(payment, 4_000)

        with pytest.raises(ConflictError, match="key"):
            office.refund(payment, 6_000)

        assert office.refund(payment, 4_000) == first
        assert office.payment().refunded_minor == 4_000


class TestMoreBillsThanFit:
    def test_each_say_that_a_payment_is_on_its_way_and_that_it_failed(self, office: MoneyOffice) -> None:
        bills = [office.bill(1_000) for _ in range(MORE_THAN_FIT)]
        session_id = office.session(*bills)
        pending = office.stripe.start_debit(session_id)
        mark_pending(office.ports, pending, stripe_account_id=ACCOUNT, now=NOW)

        failed = office.stripe.debit_fails(session_id)
        release_checkout(office.ports, failed, stripe_account_id=ACCOUNT, now=NOW)

        for bill in bills:
            assert office.timeline(bill.id).count("payment_pending") == 1
            assert office.timeline(bill.id).count("payment_failed") == 1

    def test_tell_of_a_payment_though_the_bill_is_changed_before_its_row_is_written(
        self, office: MoneyOffice
    ) -> None:
        bills = [office.bill(1_000) for _ in range(MORE_THAN_FIT)]
        record(office, 1_000 * MORE_THAN_FIT - 400)
        last = bills[-1].id
        assert last in office.system.store.books.account(FIRM, CLIENT).unprojected

        change_bill(
            office.ports,
            firm_id=FIRM,
            bill_id=last,
            expected_version=None,
            change=lambda content: replace(content, memo="With thanks"),
            guard=lambda _: None,
            actor="usr_1",
            now=NOW,
        )
        project_figures(office.ports, firm_id=FIRM, client_id=CLIENT, now=NOW)

        assert {office.timeline(bill.id).count("paid") for bill in bills} == {1}

    def test_forget_a_dispute_once_they_are_settled(self, office: MoneyOffice) -> None:
        bills = [office.bill(1_000) for _ in range(MORE_THAN_FIT)]
        payment = office.paid(bills[-1])
        take_dispute(
            office.ports, office.stripe.open_dispute(payment.processor_id), stripe_account_id=ACCOUNT, now=NOW
        )
        by_hand = record(office, 1_000 * MORE_THAN_FIT, parts=tuple(part(bill.id, 1_000) for bill in bills))
        assert bills[-1].id in office.system.store.books.account(FIRM, CLIENT).unprojected

        refund_payment(
            office.ports,
            firm_id=FIRM,
            payment_id=by_hand.id,
            refund_id="ref_1",
            amount=usd(1_000),
            chosen=[Allocation(bills[-1].id, usd(1_000))],
            actor="usr_1",
            now=NOW,
        )

        assert office.stand().open_bills == {bills[-1].id: (0, False)}


class TestTheSweepOfRefunds:
    def test_goes_on_where_the_payments_of_others_cannot_be_read_for_ever(
        self, office: MoneyOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        payment = office.paid(*[office.bill(10_000) for _ in range(1)])
        for number in range(4):
            office.stripe.failures.append(unavailable())
            office.refund(payment, 1_000, refund_id=f"ref_{number}")
        waiting = office.system.store.books.refunds_of(FIRM, payment.id)
        monkeypatch.setattr(
            office.system.store.books,
            "requested_refunds",
            lambda **_: tuple(refund for refund in waiting if refund.state is RefundState.REQUESTED),
        )
        office.now = NOW.replace(day=NOW.day + 1)
        refused = [ProcessorRefusedError("Stripe refused the request: PermissionError.") for _ in range(3)]
        office.stripe.failures.extend(refused)

        settled = settle_refunds(office.ports, now=office.now)

        assert settled == 1

    def test_stops_where_stripe_does_not_answer(self, office: MoneyOffice) -> None:
        payment = office.paid(office.bill(10_000))
        for number in range(4):
            office.stripe.failures.append(unavailable())
            office.refund(payment, 1_000, refund_id=f"ref_{number}")
        office.now = NOW.replace(day=NOW.day + 1)
        office.stripe.failures.extend([ProcessorUnavailableError("No answer.") for _ in range(3)])

        assert settle_refunds(office.ports, now=office.now) == 0
