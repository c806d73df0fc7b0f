"""The note of a refund says what this refund gave back, and what it took it from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.allocation import Allocation
from feenote.domain.deliveries import MessageKind
from feenote.domain.money import Money
from feenote.domain.refunds import Refund, RefundState, TakenBack
from feenote.service.ports import MailContext
from tests.fakes.linked_samples import NOW
from tests.fakes.mail_samples import mail_context, render


def refunded(minor: int, credit: int = 0) -> MailContext:
    """Return what the note of a refund is made from, by a payment of which more had gone back before."""
    context = mail_context(MessageKind.REFUND)
    payment = context.payment
    assert payment is not None
    first, *others = payment.allocations
    before = Money(150_00, "GBP")
    payment = replace(
        payment,
        allocations=(Allocation(first.bill_id, first.amount - before), *others),
        refunded_minor=before.minor,
    )
    taken = TakenBack(
        (Allocation(first.bill_id, Money(minor - credit, "GBP")),) if minor > credit else (),
        Money(credit, "GBP"),
        Money(0, "GBP"),
    )
    refund = Refund(
        "ref_2",
        "firm_1",
        "cli_1",
        payment.id,
        RefundState.SUCCEEDED,
        Money(minor, "GBP"),
        taken,
        NOW,
        "ent_1",
    )
    return replace(context, payment=payment, refund=refund)


class TestANote:
    def test_names_the_amount_of_this_refund_and_not_of_all(self) -> None:
        mail = render(refunded(50_00))

        assert "£50.00" in mail.subject
        assert "We have refunded £50.00 to you." in mail.text
        assert "£150.00" not in mail.text

    def test_shows_the_bill_that_it_comes_from_alone(self) -> None:
        mail = render(refunded(50_00))

        assert "Bill 96542" in mail.text
        assert "£100.00" not in mail.text

    def test_says_what_comes_from_the_clients_credit(self) -> None:
        mail = render(refunded(50_00, credit=20_00))

        assert "£30.00" in mail.text
        assert "£20.00" in mail.text

    @pytest.mark.parametrize("credit", [0, 50_00])
    def test_can_be_made_without_a_bill(self, credit: int) -> None:
        context = refunded(50_00, credit=credit)

        mail = render(replace(context, bill=None, delivery=replace(context.delivery, bill_id="")))

        assert "We have refunded £50.00 to you." in mail.text
