"""A bill as a PDF: what stands on it, where pages end, and that it is the same each time."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from feenote.adapters.pdf.prepare import LinkRefusedError
from feenote.adapters.pdf.renderer import TypstBillRenderer
from feenote.domain.bills import BillError, BillLine, BillState, Discount, LineKind, Tax
from feenote.domain.money import Money
from tests.unit.pdf import samples
from tests.unit.pdf.readers import letters, opened, pages_of, text_of

ROOT = Path(__file__).parents[3]


class TestABillShows:
    def test_who_bills_who_owes_and_the_particulars(self, renderer: TypstBillRenderer) -> None:
        text = text_of(renderer.render_bill(samples.document(3)))

        for expected in (
            "Whitcombe & Hale LLP",
            "Portland, ME 04101",
            "Northgate Marine Insurance Co.",
            "Boston, MA 02110",
            "Bill 00042",
            "March 4, 2026",
            "April 3, 2026",
            "Feb 1, 2026 to Feb 28, 2026",
            "10442",
            "NMI-7701",
            "Page 1 of 2",
        ):
            assert expected in text

    def test_each_line_with_its_figures_and_codes(self, renderer: TypstBillRenderer) -> None:
        line = BillLine(
            LineKind.FEE,
            Money(123_450, "USD"),
            "Attend closing",
            timekeeper="June Park",
            units=Decimal("2.5"),
            rate=Money(50_000, "USD"),
            adjustment=Money(-1_550, "USD"),
            task_code="L440",
            activity_code="A109",
        )

        text = text_of(renderer.render_bill(samples.document(bill=samples.bill((line,)))))

        for expected in (
            "Attend closing",
            "June Park",
            "2.5",
            "500.00",
            "1,234.50",
            "L440",
            "A109",
            "Adjustment −15.50",
        ):
            assert expected in text

    def test_the_arithmetic_down_to_what_is_due(self, renderer: TypstBillRenderer) -> None:
        lines = (
            BillLine(LineKind.FEE, Money(100_000, "USD"), "Advice"),
            BillLine(LineKind.EXPENSE, Money(20_000, "USD"), "Filing fee"),
            BillLine(LineKind.ADJUSTMENT, Money(-10_000, "USD"), "Courtesy"),
        )
        bill = samples.bill(
            lines,
            discounts=(Discount("Loyalty", percent=Decimal(10)),),
            taxes=(Tax("Sales tax", percent=Decimal("5.5")),),
            paid_minor=4_445,
        )

        text = text_of(renderer.render_bill(samples.document(bill=bill)))

        for expected in ("−$100.00", "$1,100.00", "−$110.00", "$54.45", "$1,044.45", "−$44.45", "$1,000.00"):
            assert expected in text
        assert "Loyalty (10%)" in text
        assert "Amount due by April 3, 2026" in text

    def test_several_matters_apart_each_with_its_total(self, renderer: TypstBillRenderer) -> None:
        text = text_of(renderer.render_bill(samples.full_document(12)))

        assert text.index("Northgate v. Castellan") < text.index("Renewal of the Boston office lease")
        assert text.count("Total for this matter") == 2
        assert "General" in text

    def test_hours_and_fees_by_timekeeper(self, renderer: TypstBillRenderer) -> None:
        lines = tuple(
            BillLine(LineKind.FEE, Money(amount, "USD"), "Work", timekeeper=name, units=Decimal(units))
            for name, amount, units in (
                ("A. Ames", 30_000, "1.5"),
                ("B. Boyd", 7_777, "0.3"),
                ("A. Ames", 1_000, "0.1"),
            )
        )

        text = text_of(renderer.render_bill(samples.document(bill=samples.bill(lines))))

        summary = text[text.index("Summary by timekeeper") :]
        assert summary.index("A. Ames") < summary.index("310.00") < summary.index("B. Boyd")
        assert "1.6" in summary

    def test_how_to_pay_with_a_link_that_works(self, renderer: TypstBillRenderer) -> None:
        pdf = renderer.render_bill(samples.document(1))

        with opened(stream=pdf) as document:
            targets = {link["uri"] for page in document for link in page.get_links()}
        assert targets == {
            samples.PAY_URL,
            "mailto:billing@whitcombehale.example",
            "https://whitcombehale.example",
        }
        assert "First Harbor Bank" in text_of(pdf)

    def test_no_link_where_nothing_is_paid_online(self, renderer: TypstBillRenderer) -> None:
        text = text_of(renderer.render_bill(samples.document(1, pay_url=None)))

        assert "Pay online" not in text
        assert "First Harbor Bank" in text

    @pytest.mark.parametrize(("state", "mark"), [(BillState.DRAFT, "DRAFT"), (BillState.VOID, "VOID")])
    def test_that_it_is_no_bill_to_pay(
        self, renderer: TypstBillRenderer, state: BillState, mark: str
    ) -> None:
        text = text_of(
            renderer.render_bill(samples.document(1, bill=samples.bill(samples.lines(1), state=state)))
        )

        assert mark in text

    @pytest.mark.parametrize(
        ("locale", "label", "day", "money"),
        [
            ("de-DE", "Honorarrechnung", "4. März 2026", "5.831,50 $"),
            ("fr-FR", "Note d’honoraires", "4 mars 2026", "5 831,50 $US"),
            ("es-ES", "Minuta de honorarios", "4 de marzo de 2026", "5.831,50 US$"),
            ("en-GB", "Bill", "4 March 2026", "US$5,831.50"),
            ("pl-PL", "Bill", "4 marca 2026", "5 831,50 USD"),
        ],
    )
    def test_words_dates_and_amounts_of_the_locale(
        self, renderer: TypstBillRenderer, locale: str, label: str, day: str, money: str
    ) -> None:
        text = text_of(renderer.render_bill(samples.document(5, firm=samples.firm(locale=locale))))

        for expected in (label, day, money):
            assert letters(expected) in letters(text)

    def test_the_clients_language_before_the_firms(self, renderer: TypstBillRenderer) -> None:
        text = text_of(renderer.render_bill(samples.document(1, client=samples.client(language="fr"))))

        assert "Note d’honoraires" in text


class TestPages:
    @pytest.mark.parametrize(("count", "pages"), [(1, 1), (60, 4), (1000, 43)])
    def test_are_as_many_as_the_lines_need(self, renderer: TypstBillRenderer, count: int, pages: int) -> None:
        found = pages_of(renderer.render_bill(samples.document(count)))

        assert len(found) == pages
        assert all(f"Page {number} of {pages}" in text for number, text in enumerate(found, 1))
        assert all("Whitcombe & Hale LLP · Bill 00042" in text for text in found)

    @pytest.mark.parametrize(
        ("paper", "size"), [("letter", (612, 792)), ("a4", (595, 842)), ("A4", (595, 842))]
    )
    def test_have_the_firms_paper(
        self, renderer: TypstBillRenderer, paper: str, size: tuple[int, int]
    ) -> None:
        pdf = renderer.render_bill(samples.document(1, firm=samples.firm(paper_size=paper)))

        with opened(stream=pdf) as document:
            assert (round(document[0].rect.width), round(document[0].rect.height)) == size

    def test_repeat_the_tables_head(self, renderer: TypstBillRenderer) -> None:
        pages = pages_of(
            renderer.render_bill(samples.document(100, bill=samples.bill(samples.lines(7) * 14)))
        )

        with_rows = [page for page in pages if "Feb 1, 2026" in page or "Feb 12, 2026" in page]
        assert len(with_rows) > 3
        assert all("Timekeeper" in page for page in with_rows)

    def test_never_split_totals_and_leave_no_head_or_subtotal_alone(
        self, renderer: TypstBillRenderer
    ) -> None:
        for count in range(8, 36):
            pages = pages_of(renderer.render_bill(samples.full_document(count)))

            totals = [page for page in pages if "Payments and credits" in page]
            assert len(totals) == 1
            assert "Total adjustments" in totals[0]
            assert totals[0].count("Amount due by April 3, 2026") == (2 if totals[0] is pages[0] else 1)
            for page in pages:
                assert not page.rstrip().endswith("Amount (USD)")
                before_footer = page[: page.index("Whitcombe & Hale LLP · Bill")].rstrip()
                assert not before_footer.endswith(
                    ("Amount (USD)", "Professional services", "Expenses", "How to pay")
                )
                first_rows = page.split("Amount (USD)", 1)[-1].lstrip()
                assert not first_rows.startswith(("Total professional", "Total expenses"))

    def test_hold_the_address_where_an_envelopes_window_is(self, renderer: TypstBillRenderer) -> None:
        pdf = renderer.render_bill(samples.full_document(3))

        with opened(stream=pdf) as document:
            (box,) = document[0].search_for("Northgate Marine Insurance Co.")
        assert 22 < box.x0 / 72 * 25.4 < 30
        assert 58 < box.y0 / 72 * 25.4 < 64

    def test_keep_many_discounts_on_paper(self, renderer: TypstBillRenderer) -> None:
        discounts = tuple(Discount(f"Discount {number}", Money(100, "USD")) for number in range(90))
        bill = samples.bill(samples.lines(3), discounts=discounts)

        text = text_of(renderer.render_bill(samples.document(bill=bill)))

        assert all(f"Discount {number}\n" in text for number in range(90))

    def test_split_a_description_longer_than_a_page(self, renderer: TypstBillRenderer) -> None:
        words = " ".join(f"word{number}" for number in range(900))
        bill = samples.bill((BillLine(LineKind.FEE, Money(1, "USD"), words),))

        pages = pages_of(renderer.render_bill(samples.document(bill=bill)))

        assert len(pages) > 1
        assert "word0 " in pages[0]
        assert "word899" in "".join(pages)


class TestTheSameBill:
    def test_gives_the_same_bytes_again(self, renderer: TypstBillRenderer) -> None:
        first = renderer.render_bill(samples.full_document(20))
        renderer.render_bill(samples.document(5, firm=samples.firm(name="Another firm")))

        assert renderer.render_bill(samples.full_document(20)) == first

    def test_gives_the_same_bytes_in_another_process(self, renderer: TypstBillRenderer) -> None:
        program = (
            "import hashlib; from tests.unit.pdf import samples; "
            "from feenote.adapters.pdf.renderer import TypstBillRenderer; "
            "pdf = TypstBillRenderer(samples.FONTS).render_bill(samples.full_document(20)); "
            "print(hashlib.sha256(pdf).hexdigest())"
        )
        path = f"{ROOT}:{ROOT / 'layers' / 'shared' / 'python'}"

        told = subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONPATH": path, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        )

        assert (
            told.stdout.strip() == hashlib.sha256(renderer.render_bill(samples.full_document(20))).hexdigest()
        )

    def test_of_one_client_leaves_nothing_on_the_next(self, renderer: TypstBillRenderer) -> None:
        renderer.render_bill(samples.full_document(3))

        text = text_of(
            renderer.render_bill(samples.document(1, firm=samples.firm(name="Quiet LLP"), pay_url=None))
        )

        assert "Renewal of the Boston" not in text
        assert samples.PAY_URL not in text


class TestARefusal:
    def test_of_a_bill_that_does_not_add_up(self, renderer: TypstBillRenderer) -> None:
        line = BillLine(LineKind.FEE, Money(1, "USD"), "x", units=Decimal(2), rate=Money(100, "USD"))
        bill = samples.bill(samples.lines(1))
        wrong = replace(bill, content=replace(bill.content, lines=(line,)))

        with pytest.raises(BillError):
            renderer.render_bill(samples.document(bill=wrong))

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "http://pay.example.com/",
            "https://",
            "https://user@pay.example.com/",
            "https://pay.example.com/ x",
            "https://pay.exa\u202emple.com/",
            "https://[::1/",
            "https://pay.example.com/" + "a" * 600,
        ],
    )
    def test_of_an_odd_link(self, renderer: TypstBillRenderer, url: str) -> None:
        with pytest.raises(LinkRefusedError):
            renderer.render_bill(samples.document(1, pay_url=url))

    def test_does_not_touch_this_machines_own_address(self, renderer: TypstBillRenderer) -> None:
        pdf = renderer.render_bill(samples.document(1, pay_url="http://127.0.0.1:8000/pay/abc"))

        assert "127.0.0.1:8000/pay/abc" in letters(text_of(pdf))


class TestLoading:
    def test_the_adapter_loads_no_engine_before_the_first_bill(self) -> None:
        program = (
            "import sys, feenote.adapters.pdf.renderer as pdf; from pathlib import Path; "
            "pdf.TypstBillRenderer(Path('.')); "
            "print([name for name in ('typst', 'fontTools', 'segno', 'babel') if name in sys.modules])"
        )

        told = subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(ROOT / "layers" / "shared" / "python")},
        )

        assert told.stdout.strip() == "[]"
