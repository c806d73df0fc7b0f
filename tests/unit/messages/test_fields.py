"""The autofill fields of a message: each of the published list, with and without something to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from feenote.adapters.messages.facts import MailFacts
from feenote.adapters.messages.fields import FieldValues, is_block
from feenote.adapters.messages.phrases import text_of
from feenote.adapters.messages.words import CATALOGUE
from feenote.adapters.reader import Reader
from feenote.domain.accounts import ClientAccount
from feenote.domain.autofill.fields import FIELDS, fields_of
from feenote.domain.deliveries import Addressee, MessageKind
from feenote.domain.records import Attorney, Client, Firm, Matter, PaymentAccount
from feenote.service.ports import MailContext
from tests.fakes.linked_samples import CLIENT, CONTACT, FIRM, MATTER, NOW, OTHERS, make_bill
from tests.fakes.mail_samples import LINK_URL, about, mail_context

FULL_FIRM = replace(FIRM, website="https://hartwell.example")
FULL_CONTACT = replace(CONTACT, salutation="Ms")
BARE_FIRM = Firm("firm_1", "Hartwell & Osei LLP")
BARE_CLIENT = Client("cli_1", "firm_1", "2041", "Meridian Shipping Ltd")
BARE_MATTER = Matter("mat_1", "firm_1", "cli_1", "2041-07")
IN_ANOTHER_STATE = {
    "bill.change_note",
    "balance.others_note",
    "payment.instructions",
    "reminder.table",
}


def values_of(context: MailContext, *, link_url: str = LINK_URL, attached: bool = False) -> FieldValues:
    reader = Reader("en", "en-GB")
    return FieldValues(MailFacts(context, link_url, attached, NOW, reader, CATALOGUE["en"]))


def full(kind: MessageKind) -> MailContext:
    """Return a context that has a value for every field but those of another state of the bill."""
    context = mail_context(kind, firm=FULL_FIRM)
    delivery = replace(context.delivery, sender="clerk@hartwell.example")
    return replace(context, delivery=delivery, contact=FULL_CONTACT)


def bare(kind: MessageKind) -> MailContext:
    """Return a context that has what a record cannot be without, and nothing else."""
    context = mail_context(kind, firm=BARE_FIRM)
    bill = context.bill
    return replace(
        context,
        delivery=replace(context.delivery, sender="feenote"),
        client=BARE_CLIENT,
        contact=None,
        bill=replace(bill, content=replace(bill.content, period_from=None, period_to=None, memo=""))
        if bill
        else None,
        matters=(BARE_MATTER,),
        account=ClientAccount("firm_1", "cli_1"),
    )


def shown(values: FieldValues, name: str) -> str:
    return text_of(values.phrase(name))


# What the list says, and what that comes to for the bare context.
STAND_INS: Mapping[str, str] = {
    "the firm's name": BARE_FIRM.name,
    "the client's name": BARE_CLIENT.name,
    "the matter's number": "2041-07",
    "the recipient's full name, else the client's name": BARE_CLIENT.name,
    "the firm's address for replies, else the firm's name": BARE_FIRM.name,
    "the firm's email address, else the firm's name": BARE_FIRM.name,
    "the firm's telephone number, else the firm's email address": BARE_FIRM.name,
}


class TestEveryField:
    @pytest.mark.parametrize("name", FIELDS)
    def test_has_a_value_where_it_is_known(self, name: str) -> None:
        values = values_of(
            full(next(kind for kind in MessageKind if kind in FIELDS[name].kinds)), attached=True
        )

        assert values.is_empty(name) == (name in IN_ANOTHER_STATE)

    @pytest.mark.parametrize("kind", MessageKind)
    def test_raises_nothing_whatever_is_missing(self, kind: MessageKind) -> None:
        context = full(kind)
        nothing = replace(
            bare(kind), bill=None, payment=None, matters=(), contact=None, account=ClientAccount("", "")
        )

        for one in (context, bare(kind), nothing, replace(nothing, firm=Firm("", "", currency="EUR"))):
            values = values_of(one, link_url=LINK_URL if one is context else "")
            for field in fields_of(kind):
                assert isinstance(values.is_empty(field.name), bool)
                assert is_block(field.name) or isinstance(shown(values, field.name), str)

    @pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.when_empty])
    def test_is_replaced_by_what_the_list_says(self, name: str) -> None:
        field = FIELDS[name]
        context = bare(next(kind for kind in MessageKind if kind in field.kinds))
        if name in {"matter.number", "matter.title"}:
            context = replace(context, matters=())
        if name == "payment.instructions":
            context = replace(context, firm=replace(BARE_FIRM, payment_account=PaymentAccount.CONNECTED))
        values = values_of(context, link_url="")

        assert values.is_empty(name)
        if not is_block(name):
            assert shown(values, name) == ("" if field.vanishes else STAND_INS[field.when_empty])

    @pytest.mark.parametrize("kind", MessageKind)
    def test_that_is_never_empty_is_not_empty_with_bare_records(self, kind: MessageKind) -> None:
        values = values_of(bare(kind))

        never = [field.name for field in fields_of(kind) if not field.when_empty]
        assert [name for name in never if values.is_empty(name)] == []

    def test_is_worked_out_only_when_it_is_used(self) -> None:
        class Unread(ClientAccount):
            @property
            def open_bills(self) -> Mapping[str, object]:  # type: ignore[override] # never returns
                raise AssertionError("Nobody asked for it.")

        account = Unread.__new__(Unread)
        values = values_of(replace(full(MessageKind.BILL), account=account))

        assert shown(values, "client.name") == CLIENT.name
        with pytest.raises(AssertionError, match="Nobody asked"):
            values.phrase("balance.total")


class TestWhatStandsInFirst:
    """Where the list names two, the first goes before the second."""

    def test_for_the_firm_s_address_is_the_one_for_replies(self) -> None:
        values = values_of(replace(bare(MessageKind.BILL), firm=replace(BARE_FIRM, reply_to="re@x.example")))

        assert shown(values, "firm.email") == "re@x.example"
        assert shown(values, "firm.phone") == "re@x.example"

    def test_for_the_firm_s_telephone_is_its_address(self) -> None:
        firm = replace(BARE_FIRM, email="billing@x.example", reply_to="re@x.example")
        values = values_of(replace(bare(MessageKind.BILL), firm=firm))

        assert shown(values, "firm.phone") == "billing@x.example"
        assert shown(values, "attorney.phone") == "billing@x.example"

    def test_for_the_attorney_and_the_sender_is_where_replies_go(self) -> None:
        firm = replace(BARE_FIRM, reply_to="re@x.example", phone="+44 1")
        values = values_of(replace(bare(MessageKind.BILL), firm=firm))

        assert shown(values, "attorney.email") == "re@x.example"
        assert shown(values, "attorney.phone") == "+44 1"
        assert shown(values, "sender.email") == "re@x.example"

    def test_for_half_a_name_is_the_other_half(self) -> None:
        values = values_of(replace(full(MessageKind.BILL), contact=replace(CONTACT, first_name="")))

        assert shown(values, "recipient.first_name") == "Lindqvist"


class TestValues:
    def test_are_written_for_their_reader(self) -> None:
        values = values_of(full(MessageKind.BILL))

        assert shown(values, "bill.total") == "£3,872.58"
        assert shown(values, "bill.due_on") == "2 December 2026"
        assert shown(values, "bill.period") == "1 October 2026 to 31 October 2026"
        assert shown(values, "link.expires_on") == "21 February 2027"
        assert shown(values, "attorney.name") == "Grace Osei"
        assert shown(values, "today") == "23 November 2026"

    def test_of_several_matters_are_separated_by_commas(self) -> None:
        second = replace(
            MATTER, id="mat_2", number="2041-09", description="", responsible_attorney=Attorney()
        )
        values = values_of(replace(full(MessageKind.BILL), matters=(MATTER, second)))

        assert shown(values, "matter.number") == "2041-07, 2041-09"
        assert shown(values, "matter.description") == "Charterparty dispute, MV Halcyon, 2041-09"
        assert shown(values, "attorney.email") == "g.osei@hartwell.example"

    def test_of_several_recipients_name_them_all(self) -> None:
        context = full(MessageKind.BILL)
        delivery = replace(context.delivery, also_to=(Addressee("con_2", "kit@meridian.example"),))
        kit = replace(CONTACT, id="con_2", first_name="Kit", last_name="Marlow")
        values = values_of(replace(context, delivery=delivery, others=(kit,)))

        assert shown(values, "recipient.first_name") == "Amara and Kit"
        assert shown(values, "recipient.email") == "amara@meridian.example, kit@meridian.example"
        assert shown(values, "recipient.salutation") == ""

    def test_of_the_balance_keep_currencies_apart(self) -> None:
        bills = {one.bill_id: one for one in OTHERS}
        bills["bill_9"] = replace(OTHERS[0], bill_id="bill_9", total=replace(OTHERS[0].total, currency="EUR"))
        account = ClientAccount("firm_1", "cli_1", open_bills=bills)
        values = values_of(about(full(MessageKind.REMINDER), account))

        assert shown(values, "balance.total") == "£1,458.40 and €1,240.00"
        assert shown(values, "balance.overdue") == "£1,240.00 and €1,240.00"
        assert shown(values, "balance.bill_count") == "3"
        assert shown(values, "balance.oldest_due_on") == "1 October 2026"
        assert shown(values, "reminder.days") == "53"

    def test_of_a_refund_are_what_was_paid_back(self) -> None:
        context = full(MessageKind.REFUND)
        assert context.payment is not None
        more = replace(context.payment.amount, minor=context.payment.amount.minor + 250_00)
        payment = replace(context.payment, amount=more, refunded_minor=250_00)
        values = values_of(replace(context, payment=payment))

        assert shown(values, "payment.amount") == "£250.00"

    def test_of_a_link_are_nothing_where_there_is_none(self) -> None:
        values = values_of(replace(full(MessageKind.RECEIPT), bill=None))

        for name in ("link.url", "link.expires_on", "link.note", "link.button"):
            assert values.is_empty(name)

    def test_of_a_reminder_fit_one_bill_or_many_soon_or_late(self) -> None:
        bill = make_bill()
        context = full(MessageKind.REMINDER)
        late = about(context, ClientAccount("", "", open_bills={"bill_0": OTHERS[0]}))
        many = about(context, ClientAccount("", "", open_bills={one.bill_id: one for one in OTHERS}))

        assert shown(values_of(context), "reminder.news") == (
            f"Your bill {bill.number} for £3,872.58 is due on 2 December 2026."
        )
        assert (
            shown(values_of(late), "reminder.subject") == "Still unpaid: £1,240.00, due since 1 October 2026"
        )
        assert shown(values_of(many), "reminder.news") == (
            "2 of your bills are still unpaid, £1,458.40 together. The oldest was due on 1 October 2026."
        )

    def test_say_how_to_pay_where_nothing_is_paid_online(self) -> None:
        firm = replace(FIRM, payment_account=PaymentAccount.NONE)
        values = values_of(replace(full(MessageKind.BALANCE), firm=firm, bill=None))

        assert not values.is_empty("payment.instructions")
        assert shown(values, "link.note").startswith("You can read and download every bill")
