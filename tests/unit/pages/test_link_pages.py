"""The pages behind a link: what each shows, and what it can do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from feenote.adapters import pages
from feenote.adapters.pages import HtmlPage
from feenote.adapters.pages.headers import source_hash
from feenote.adapters.pages.words import CATALOGUE
from feenote.domain.allocation import Allocation
from feenote.domain.money import Money
from feenote.domain.payments import fingerprint_of
from feenote.domain.records import FirmSettings, LinesShown
from feenote.service.open_link import LinkPage, PageKind
from feenote.service.start_payment import Start
from feenote.service.use_link import Return
from tests.counting.work import work_of
from tests.fakes.html_reader import Seen, read_html
from tests.fakes.linked_samples import (
    FIRM,
    MATTER,
    NOW,
    TOKEN,
    fee,
    make_bill,
    make_page,
    make_return,
    with_others,
)
from tests.fakes.page_samples import every_page

PAGES = every_page()
NAMES = sorted(PAGES)
STATEMENT = r"|/statement(\.pdf\?from=[0-9-]{10}&to=[0-9-]{10})?"
ALL = r"|\?what=all(&currency=[A-Z]{3})?"
PATHS = rf"/pay|/renew|/viewed|/stop|/start|/return|/bills/bill_\w+\.pdf{STATEMENT}{ALL}"
OWN_ADDRESS = re.compile(rf"/l/{TOKEN}({PATHS})?(#pay)?|#amount")


def show(page: LinkPage) -> Seen:
    return read_html(pages.render_link_page(page, token=TOKEN, now=NOW).html)


def policy_of(page: HtmlPage) -> dict[str, str]:
    directives = page.headers["Content-Security-Policy"].split("; ")
    return dict(directive.split(" ", 1) for directive in directives)


class TestEveryPage:
    @pytest.mark.parametrize("name", NAMES)
    def test_allows_its_own_style_and_script_by_their_hashes_and_no_others(self, name: str) -> None:
        page = PAGES[name]
        seen = read_html(page.html)

        policy = policy_of(page)

        assert policy["default-src"] == "'none'"
        assert policy["style-src"].split() == [source_hash(style) for style in seen.raw["style"]]
        assert policy["script-src"].split() == [source_hash(script) for script in seen.raw["script"]]
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"

    @pytest.mark.parametrize("name", NAMES)
    def test_keeps_itself_private(self, name: str) -> None:
        headers = PAGES[name].headers

        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Content-Type"] == "text/html; charset=utf-8"

    @pytest.mark.parametrize("name", NAMES)
    def test_has_no_inline_handler_and_names_no_other_site(self, name: str) -> None:
        seen = read_html(PAGES[name].html)

        assert not [key for _, key, _ in seen.attributes if key.startswith("on") or key == "style"]
        for tag, key, value in seen.attributes:
            if key in {"href", "src", "action", "formaction", "data-viewed"}:
                assert OWN_ADDRESS.fullmatch(value) or value.startswith("mailto:"), (tag, key, value)

    @pytest.mark.parametrize("name", NAMES)
    def test_has_one_main_heading_and_says_its_language(self, name: str) -> None:
        seen = read_html(PAGES[name].html)

        assert [tag for tag, _ in seen.tags].count("h1") == 1
        assert [tag for tag, _ in seen.tags].count("main") == 1
        assert seen.values("html", "lang")[0] in {"en", "en-GB"}

    def test_lets_a_form_lead_to_the_payment_page_only_where_something_can_be_paid(self) -> None:
        for name, page in PAGES.items():
            allowed = policy_of(page)["form-action"]
            expected = "'self' https://checkout.stripe.com" if name.startswith("payable") else "'self'"
            assert allowed == expected, name

    def test_may_lead_to_this_origin_only_on_one_machine(self) -> None:
        page = pages.render_link_page(make_page(PageKind.PAYABLE), token=TOKEN, now=NOW, checkout_origin="")

        assert policy_of(page)["form-action"] == "'self'"


class TestTheUnknownLink:
    def test_is_the_very_same_bytes_always(self) -> None:
        first = pages.render_not_found()
        pages.render_not_found.cache_clear()

        again = pages.render_not_found()

        assert first == again
        assert first.status == 404
        assert TOKEN not in first.html

    def test_speaks_all_languages(self) -> None:
        seen = read_html(pages.render_not_found().html)

        assert all(words.not_found_page.heading in seen.text for words in CATALOGUE.values())
        assert seen.values("section", "lang") == list(CATALOGUE)


class TestAPayableBill:
    def test_shows_who_asks_for_what_and_until_when(self) -> None:
        text = show(make_page(PageKind.PAYABLE)).text

        for expected in (
            "Hartwell & Osei LLP",
            "Bill 96542",
            "£3,872.58",
            "Due 2 December 2026",
            "2 November 2026",
            "Meridian Shipping Ltd",
            "2041-07 · Charterparty dispute, MV Halcyon",
            "Your reference: PO 88-1204",
            "g.osei@hartwell.example",
        ):
            assert expected in text

    def test_pays_by_a_form_that_carries_the_amount_it_showed(self) -> None:
        seen = show(make_page(PageKind.PAYABLE))

        assert seen.values("form", "action") == [f"/l/{TOKEN}/pay"]
        assert seen.values("form", "method") == ["post"]
        split = [Allocation("bill_1", Money(387258, "GBP"))]
        assert seen.values("input", "name") == ["what", "currency", "sign"]
        assert seen.values("input", "value") == ["bill", "GBP", "."]
        assert seen.values("button", "name") == ["shown"]
        assert seen.values("button", "value") == [fingerprint_of(split, all_unpaid=False, link_id="lnk_1")]
        assert "Pay £3,872.58" in seen.text

    def test_leads_to_the_page_of_all_that_is_owed_and_says_how_much(self) -> None:
        seen = show(with_others(make_page(PageKind.PAYABLE)))

        assert f"/l/{TOKEN}?what=all" in seen.values("a", "href")
        assert "All 3 bills: £5,330.98" in seen.text
        assert "Pay £3,872.58" in seen.text

    def test_downloads_the_file_of_this_bill(self) -> None:
        seen = show(make_page(PageKind.PAYABLE))

        assert f"/l/{TOKEN}/bills/bill_1.pdf" in seen.values("a", "href")

    def test_shows_its_arithmetic(self) -> None:
        text = show(make_page(PageKind.PAYABLE)).text

        for expected in ("£3,397.00", "Courtesy discount (5%)", "-£169.85", "VAT (20%)", "£645.43"):
            assert expected in text

    def test_says_when_it_is_overdue_by_the_firms_calendar(self) -> None:
        bill = make_bill()
        bill = replace(bill, content=replace(bill.content, due_on=date(2026, 11, 22)))
        page = make_page(PageKind.PAYABLE, bill=bill)
        in_time = pages.render_link_page(page, token=TOKEN, now=NOW - timedelta(hours=10))
        late = pages.render_link_page(page, token=TOKEN, now=NOW)

        assert "Overdue" not in read_html(in_time.html).text
        assert "Was due 22 November 2026" in read_html(late.html).text

    def test_says_that_it_changed(self) -> None:
        changed = replace(make_bill(), revision=3)

        assert "current version, number 3" in show(make_page(PageKind.PAYABLE, bill=changed)).text
        assert "current version" not in show(make_page(PageKind.PAYABLE)).text

    def test_shows_what_was_paid_and_what_is_left(self) -> None:
        part_paid = replace(make_bill(), paid_minor=100_000)

        text = show(make_page(PageKind.PAYABLE, bill=part_paid)).text

        assert "-£1,000.00" in text
        assert "Pay £2,872.58" in text


class TestLines:
    def shown_as(self, how: LinesShown, lines: int = 0) -> Seen:
        firm = replace(FIRM, settings=FirmSettings(lines_shown=how))
        return show(make_page(PageKind.PAYABLE, firm=firm, bill=make_bill(lines=lines)))

    def test_are_shown_in_full_with_hours_rate_and_who(self) -> None:
        seen = self.shown_as(LinesShown.FULL)

        assert "Call with client on settlement range" in seen.text
        assert "0.60 × 385.00" in seen.text
        assert ("details", ("class", "open")) in seen.tags

    def test_are_summed_up(self) -> None:
        seen = self.shown_as(LinesShown.SUMMARY)

        assert "Call with client" not in seen.text
        assert "Professional services" in seen.text
        assert "£3,258.50" in seen.text
        assert "Every single entry is in the PDF." in seen.text

    def test_are_left_out(self) -> None:
        seen = self.shown_as(LinesShown.NONE)

        assert "Professional services" not in seen.text
        assert "£645.43" in seen.text

    def test_are_folded_when_they_are_many(self) -> None:
        seen = self.shown_as(LinesShown.FULL, lines=1_000)

        assert ("details", ("class",)) in seen.tags
        assert "1000 entries" in seen.text
        assert seen.text.count("× 26") == 1_000

    def test_are_left_to_the_pdf_when_they_would_be_megabytes(self) -> None:
        page = pages.render_link_page(
            make_page(PageKind.PAYABLE, bill=make_bill(lines=2_001)), token=TOKEN, now=NOW
        )

        assert len(page.html) < 30_000
        assert "Every single entry is in the PDF." in page.html

    def test_stand_under_their_matters(self) -> None:
        other = replace(MATTER, id="mat_2", number="2041-09", description="Lease")
        bill = make_bill()
        lines = (
            *bill.content.lines,
            replace(fee("Lease review", "G. Osei", "1", 100_00, date(2026, 10, 2)), matter_id="mat_2"),
        )
        content = replace(bill.content, matter_ids=("mat_1", "mat_2"), lines=lines)
        page = make_page(PageKind.PAYABLE, bill=replace(bill, content=content))

        seen = show(replace(page, matters=(MATTER, other)))

        section = seen.text.index("2041-09 · Lease", seen.text.index("What this bill is for"))
        assert section < seen.text.index("Lease review")


class TestOtherKinds:
    def test_without_an_account_to_pay_into_the_firms_own_instructions_are_shown(self) -> None:
        seen = show(make_page(PageKind.PAY_OTHERWISE))

        assert "Sort code: 18-00-02\nAccount: 04881133" in seen.text
        assert "form" not in [tag for tag, _ in seen.tags]

    def test_without_instructions_the_client_is_asked_to_write(self) -> None:
        firm = replace(FIRM, payment_instructions="")

        assert "tell you how to pay" in show(make_page(PageKind.PAY_OTHERWISE, firm=firm)).text

    def test_paid_shows_the_receipt(self) -> None:
        seen = show(make_page(PageKind.PAID))

        assert "Receipt R-2041-0007" in seen.text
        assert "20 November 2026 · Card" in seen.text
        assert "This bill is paid" in seen.text

    @pytest.mark.parametrize("kind", sorted(set(PageKind) - {PageKind.PAYABLE, PageKind.EXPIRED}))
    def test_nothing_can_be_paid(self, kind: PageKind) -> None:
        seen = show(make_page(kind))

        assert not seen.values("form", "action")
        assert "Pay £" not in seen.text

    def test_void_shows_neither_lines_nor_file(self) -> None:
        seen = show(make_page(PageKind.VOID))

        assert "Charterparty dispute" in seen.text
        assert "Download" not in seen.text
        assert "Professional services" not in seen.text

    def test_expired_offers_a_new_link_and_shows_nothing_of_the_bill(self) -> None:
        page = PAGES["expired"]
        seen = read_html(page.html)

        assert page.status == 410
        assert seen.values("form", "action") == [f"/l/{TOKEN}/renew"]
        assert "96542" not in seen.text
        assert "Meridian" not in seen.text

    def test_asking_for_a_new_link_is_answered_the_same_for_all(self) -> None:
        assert pages.render_renewed(FIRM) == pages.render_renewed(FIRM)
        assert "form" not in [tag for tag, _ in read_html(pages.render_renewed(FIRM).html).tags]


class TestAfterPayment:
    def test_says_what_is_known(self) -> None:
        seen = {
            outcome: read_html(pages.render_return_page(make_return(outcome), token=TOKEN).html)
            for outcome in Return
        }

        assert "has arrived" in seen[Return.PAID].text
        assert "£3,872.58 is on its way" in seen[Return.ON_ITS_WAY].text
        assert "have not heard of your payment yet" in seen[Return.WAITING].text

    def test_waiting_can_be_looked_at_again_without_a_script(self) -> None:
        seen = read_html(PAGES["return_waiting"].html)

        assert f"/l/{TOKEN}/return" in seen.values("a", "href")
        assert "data-waiting" in dict(seen.tags)["html"]
        assert "data-waiting" not in dict(read_html(PAGES["return_paid"].html).tags)["html"]


class TestRefusedPayment:
    @pytest.mark.parametrize(
        ("why", "status", "words"),
        [
            (Start.NOTHING_DUE, 409, "cannot be paid"),
            (Start.ON_ITS_WAY, 409, "already on its way"),
            (Start.NOT_CONNECTED, 409, "cannot be paid"),
            (Start.NOT_TAKEN, 409, "choose another amount"),
            (Start.LINK_ENDED, 410, "link has ended"),
            (Start.SLOW_DOWN, 429, "too often"),
            (Start.TRY_AGAIN, 503, "try again in a few minutes"),
        ],
    )
    def test_says_why_and_what_to_do(self, why: Start, status: int, words: str) -> None:
        page = pages.render_refused(make_page(PageKind.PAYABLE), why, token=TOKEN)

        assert page.status == status
        assert words in read_html(page.html).text
        assert ("Retry-After" in page.headers) == (status in {429, 503})

    def test_says_that_it_was_just_paid(self) -> None:
        page = pages.render_refused(make_page(PageKind.PAID), Start.NOTHING_DUE, token=TOKEN)

        assert "paid a moment ago" in read_html(page.html).text

    def test_is_not_made_for_what_was_not_refused(self) -> None:
        with pytest.raises(ValueError, match="no refusal"):
            pages.render_refused(make_page(PageKind.PAYABLE), Start.REDIRECT, token=TOKEN)
        with pytest.raises(ValueError, match="no refusal"):
            pages.render_refused(make_page(PageKind.PAYABLE), Start.AMOUNT_CHANGED, token=TOKEN)


class TestLogo:
    def test_is_shown_from_within_the_page(self) -> None:
        picture = b"\x89PNG\r\n\x1a\n" + bytes(50)

        page = pages.render_link_page(make_page(PageKind.PAYABLE), token=TOKEN, now=NOW, logo=picture)

        assert read_html(page.html).values("img", "src")[0].startswith("data:image/png;base64,iVBORw0KGgo")
        assert policy_of(page)["img-src"] == "data:"

    @pytest.mark.parametrize("picture", [b"<svg onload=x>", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(200_001)])
    def test_is_left_out_where_it_cannot_be_shown(self, picture: bytes) -> None:
        page = pages.render_link_page(make_page(PageKind.PAYABLE), token=TOKEN, now=NOW, logo=picture)

        assert "img" not in [tag for tag, _ in read_html(page.html).tags]


class TestTheWorkOfAPage:
    def test_is_that_of_filling_templates_and_not_of_reading_them(self) -> None:
        """Reading one template alone takes more steps than this."""
        page = make_page(PageKind.PAYABLE)
        show(page)

        assert work_of(lambda: pages.render_link_page(page, token=TOKEN, now=NOW)) < 10_000
