"""Statement of account and receipt as PDFs: what stands on them, how pages follow each other, their tags."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from feenote.adapters.pdf.prepare import LinkRefusedError
from feenote.adapters.pdf.renderer import TypstBillRenderer
from feenote.adapters.statement_words import CATALOGUE, words_for
from feenote.domain.ledger import EntryKind
from feenote.domain.money import Money
from feenote.domain.payments import PaymentMethod
from feenote.domain.statements import StatementLine
from tests.unit.pdf import samples
from tests.unit.pdf import statement_samples as statements
from tests.unit.pdf.readers import letters, opened, pages_of, root_of, tags_of, text_of

GERMAN = {
    "firm": samples.firm(paper_size="a4", locale="de-DE", currency="EUR"),
    "client": samples.client(language="de-DE"),
}


class TestAStatementShows:
    def test_who_the_days_and_how_the_account_stands(self, renderer: TypstBillRenderer) -> None:
        text = text_of(renderer.render_statement(statements.statement_document()))

        for expected in (
            "Whitcombe & Hale LLP",
            "Northgate Marine Insurance Co.",
            "Statement of account",
            "Jan 1, 2026 to Nov 23, 2026",
            "10442",
            "Opening balance",
            "Balance due on November 23, 2026",
            "$1,316.76",
            "Unpaid bills",
            "Of that overdue",
            "Page 1 of 1",
        ):
            assert expected in text

    def test_each_event_with_its_particulars_and_the_balance_after_it(
        self, renderer: TypstBillRenderer
    ) -> None:
        text = letters(text_of(renderer.render_statement(statements.statement_document())))

        for expected in (
            "Jan 28, 2026 Bill 00002 due Feb 27, 2026 1,079.19 2,079.19",
            "Mar 27, 2026 Payment received receipt R-10442-0002 · check · cheque 100234 · for bill 00001",
            "3,633.52 3,316.76 1,316.76",
        ):
            assert letters(expected) in text

    def test_the_link_to_pay_printed_and_as_a_code(self, renderer: TypstBillRenderer) -> None:
        pdf = renderer.render_statement(statements.statement_document())

        assert letters(statements.PAY_URL.removeprefix("https://")) in letters(text_of(pdf))
        with opened(stream=pdf) as document:
            links = [link["uri"] for page in document for link in page.get_links() if "uri" in link]
        assert statements.PAY_URL in links
        described = [node["/Alt"] for tag, node in tags_of(pdf) if tag == "/Figure"]
        assert described == [f"QR code that opens the page to pay: {statements.PAY_URL}"]

    def test_no_link_where_there_is_none(self, renderer: TypstBillRenderer) -> None:
        text = text_of(renderer.render_statement(statements.statement_document(pay_url=None)))

        assert "Pay online" not in text
        assert "By bank transfer" in text

    def test_no_link_that_is_no_web_address(self, renderer: TypstBillRenderer) -> None:
        with pytest.raises(LinkRefusedError):
            renderer.render_statement(statements.statement_document(pay_url="javascript:alert(1)"))

    def test_two_currencies_each_on_its_own(self, renderer: TypstBillRenderer) -> None:
        made = statements.statement(8, currencies=("USD", "EUR"))

        text = text_of(renderer.render_statement(statements.statement_document(made)))

        assert text.index("Euro (EUR)") < text.index("US Dollar (USD)")
        assert "€4,346.23" in text
        assert "$4,346.23" in text

    def test_money_held_for_the_client_as_such(self, renderer: TypstBillRenderer) -> None:
        made = statements.statement(2)
        (part,) = made.currencies
        held = Money(part.closing.minor + 5_000, "USD")
        credited = replace(part, closing=part.closing - held, client_credit=held)
        document = statements.statement_document(replace(made, currencies=(credited,)))

        text = text_of(renderer.render_statement(document))

        assert "In your favor on November 23, 2026" in text
        assert "$50.00" in text
        assert "Credit we hold for you" in text

    def test_days_without_events_as_such(self, renderer: TypstBillRenderer) -> None:
        made = statements.statement(3, from_on=statements.TODAY)

        text = text_of(renderer.render_statement(statements.statement_document(made)))

        assert "Nothing was charged or paid in these days." in text

    def test_german_with_euros_on_a4(self, renderer: TypstBillRenderer) -> None:
        made = statements.statement(8, currencies=("EUR",))

        pdf = renderer.render_statement(statements.statement_document(made, **GERMAN))

        text = text_of(pdf)
        for expected in (
            "Kontoauszug",
            "Anfangssaldo",
            "Soll (EUR)",
            "Offener Saldo am 23. November 2026",
            "4.346,23\N{NO-BREAK SPACE}€",
            "Rechnung 00002",
            "fällig am",
            "Seite 1 von",
        ):
            assert letters(expected) in letters(text), expected
        box = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
        assert (round(box.width), round(box.height)) == (595, 842)


class TestPages:
    def test_repeat_the_head_and_carry_the_balance(self, renderer: TypstBillRenderer) -> None:
        made = statements.statement(300)
        balances = [f"{line.balance.minor / 100:,.2f}" for line in made.currencies[0].lines]

        pages = pages_of(renderer.render_statement(statements.statement_document(made)))

        tables = [page for page in pages if "Balance (USD)" in page]
        assert len(tables) > 5
        assert "Brought forward" not in tables[0]
        shown = 0
        for before, page in itertools.pairwise(tables):
            shown += sum(before.count(f"\n{word}") for word in ("Bill 0", "Payment received"))
            carried = page.split("Brought forward", 1)[1].split()[0]
            assert carried == balances[shown - 1]

    def test_keep_the_last_event_with_the_totals(self, renderer: TypstBillRenderer) -> None:
        for count in range(26, 34):
            made = statements.statement(count)
            pages = pages_of(renderer.render_statement(statements.statement_document(made)))
            (part,) = made.currencies
            totals = f"{part.charges.minor / 100:,.2f}"

            (last,) = [page for page in pages if totals in page]

            assert f"Bill {part.lines[-1].number}" in last or part.lines[-1].number in last

    def test_are_the_same_each_time(self, renderer: TypstBillRenderer) -> None:
        document = statements.statement_document(logo=samples.png_logo())

        assert renderer.render_statement(document) == renderer.render_statement(document)

    def test_are_tagged_with_one_table_for_a_currency(self, renderer: TypstBillRenderer) -> None:
        pdf = renderer.render_statement(statements.statement_document(statements.statement(100)))

        tags = tags_of(pdf)
        assert root_of(pdf)["/MarkInfo"]["/Marked"].value is True
        assert b"pdfuaid:part" in root_of(pdf)["/Metadata"].get_object().get_data()
        assert len([node for tag, node in tags if tag == "/Table"]) == 1

    def test_take_any_text_in_names_and_references(self, renderer: TypstBillRenderer) -> None:
        client = samples.client(name='#eval("1") \u202e</text>', number="\u0000\U0001f600")
        made = statements.statement(6)
        lines = tuple(
            replace(line, reference="#[x] $y$ \ud800" * 40, number='{0} %1 "')
            for line in made.currencies[0].lines
        )
        odd = replace(made, currencies=(replace(made.currencies[0], lines=lines),))

        text = text_of(renderer.render_statement(statements.statement_document(odd, client=client)))

        assert '#eval("1")' in text
        assert "{0} %1" in text


class TestAReceiptShows:
    def test_its_number_the_payment_and_each_bill_with_what_is_left(
        self, renderer: TypstBillRenderer
    ) -> None:
        text = letters(text_of(renderer.render_receipt(statements.receipt_document())))

        for expected in (
            "Receipt R-10442-0007",
            "Amount received $1,500.00",
            "October 14, 2026",
            "Method check",
            "Reference cheque 100234",
            "00042 1,200.00 0.00",
            "00043 300.00 450.50",
            "Paid on bills $1,500.00",
            "Total received $1,500.00",
        ):
            assert letters(expected) in text, expected

    @pytest.mark.parametrize(
        ("changes", "mark"),
        [
            ({"refunded_minor": 40_000}, "PARTLY REFUNDED"),
            ({"refunded_minor": 160_000, "allocations": ()}, "REFUNDED"),
            ({"withdrawn_minor": 40_000}, "DISPUTED"),
            ({"is_reversed": True, "allocations": ()}, "REVERSED"),
        ],
    )
    def test_what_became_of_the_payment(
        self, renderer: TypstBillRenderer, changes: dict[str, Any], mark: str
    ) -> None:
        paid = statements.payment("pay_0007", {"bill_1": 120_000}, amount=Money(160_000, "USD"), **changes)
        document = statements.receipt_document(payment=paid, parts=())

        text = text_of(renderer.render_receipt(document))

        assert mark in text
        assert "Total received" in text
        assert "$1,600.00" in text

    def test_credit_that_was_kept_in_the_clients_language(self, renderer: TypstBillRenderer) -> None:
        paid = statements.payment(
            "pay_0007", {"bill_1": 120_000}, amount=Money(160_000, "USD"), client_credit=Money(40_000, "USD")
        )

        text = text_of(renderer.render_receipt(statements.receipt_document(payment=paid, **GERMAN)))

        assert "Zahlungsbeleg R-10442-0007" in text
        assert "Ihr Guthaben daraus" in text
        assert letters("400,00 $") in letters(text)


class TestWords:
    @pytest.mark.parametrize("language", sorted(CATALOGUE))
    def test_exist_for_every_kind_of_event_and_every_method(self, language: str) -> None:
        words = words_for(language)

        for kind in (*EntryKind, *PaymentMethod):
            assert getattr(words, kind.value)
        assert words.language == language

    def test_of_moved_money_say_where_it_was(self, renderer: TypstBillRenderer) -> None:
        made = statements.statement(3)
        (part,) = made.currencies
        moved = StatementLine(
            statements.TODAY,
            EntryKind.PAYMENT_MOVED,
            "R-1",
            tuple(f"N{number}" for number in range(11)),
            Money(0, "USD"),
            Money(0, "USD"),
            part.closing,
            "pay_1",
        )
        both = (moved, replace(moved, is_from_credit=True))
        document = statements.statement_document(replace(made, currencies=(replace(part, lines=both),)))

        text = letters(text_of(renderer.render_statement(document)))

        assert letters("Payment moved to other bills") in text
        assert letters("Credit applied") in text
        assert letters("for bills N0, N1, N2, N3, N4, N5, N6, N7 and 3 more") in text
