"""Every text of a page with each naughty string: shown as it was, and never as markup."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from feenote.adapters import pages
from feenote.adapters.pages.rendering import accent_style
from feenote.adapters.shown_text import block, line
from feenote.domain.bills import Discount, Tax
from feenote.domain.records import Attorney
from feenote.service.open_link import LinkPage, PageKind
from tests.fakes.html_reader import read_html
from tests.fakes.linked_samples import FIRM, NOW, TOKEN, make_page
from tests.fakes.naughty_strings import NAUGHTY_STRINGS

SHOWN = [text for text in NAUGHTY_STRINGS if line(text)]


def page_full_of(text: str, kind: PageKind) -> LinkPage:
    """Return a page each of whose texts is `text`."""
    page = make_page(
        kind,
        firm=replace(
            FIRM,
            name=text,
            address=(text, text),
            phone=text,
            tax_number=text,
            payment_instructions=text,
            reply_to=f"{text}?",
        ),
    )
    bill, client, contact, matter = page.bill, page.client, page.contact, page.matters[0]
    assert bill is not None
    assert client is not None
    assert contact is not None
    content = replace(
        bill.content,
        memo=text,
        lines=tuple(replace(one, description=text, timekeeper=text) for one in bill.content.lines),
        discounts=(Discount(text, percent=Decimal(5)),),
        taxes=(Tax(text, Decimal(20)),),
    )
    return replace(
        page,
        bill=replace(
            bill,
            number=text,
            content=content,
            receipts=tuple(replace(receipt, receipt_number=text) for receipt in bill.receipts),
        ),
        client=replace(client, name=text, address=(text,)),
        contact=replace(contact, first_name=text, last_name=text),
        matters=(
            replace(
                matter,
                number=text,
                description=text,
                client_matter_number=text,
                responsible_attorney=Attorney(text, f"{text}?", text),
            ),
        ),
    )


@pytest.mark.parametrize("kind", [PageKind.PAYABLE, PageKind.PAY_OTHERWISE, PageKind.PAID])
class TestNaughtyStrings:
    def test_are_shown_as_they_were_and_never_become_elements(self, kind: PageKind) -> None:
        plain = read_html(
            pages.render_link_page(page_full_of("plain words", kind), token=TOKEN, now=NOW).html
        )

        for text in SHOWN:
            html = pages.render_link_page(page_full_of(text, kind), token=TOKEN, now=NOW).html
            seen = read_html(html)
            shown = {one.strip() for one in seen.texts}
            assert seen.tags == plain.tags, text
            assert seen.attributes == plain.attributes, text
            assert seen.comments == [], text
            assert line(text) in shown, text
            assert block(text) in shown, text
            assert html.encode("utf-8").decode() == html
            assert "\x00" not in html


class TestEmptyStrings:
    @pytest.mark.parametrize("text", ["", " ", "\u202e", "\n\n", "\ufeff"])
    def test_leave_a_page_that_stands(self, text: str) -> None:
        seen = read_html(
            pages.render_link_page(page_full_of(text, PageKind.PAYABLE), token=TOKEN, now=NOW).html
        )

        assert seen.values("form", "action") == [f"/l/{TOKEN}/pay"]
        assert "£3,872.58" in seen.text


class TestNaughtyAddresses:
    def test_become_a_link_only_where_they_are_one_plain_address(self) -> None:
        for text in NAUGHTY_STRINGS:
            full = page_full_of(text, PageKind.PAYABLE)
            matter = replace(full.matters[0], responsible_attorney=Attorney("", text, ""))
            page = pages.render_link_page(replace(full, matters=(matter,)), token=TOKEN, now=NOW)
            mailto = [value for value in read_html(page.html).values("a", "href") if ":" in value]
            assert mailto == (["mailto:null@example.com"] if text == "null@example.com" else []), text


class TestNaughtyColours:
    def test_leave_the_style_sheet_alone(self) -> None:
        for text in NAUGHTY_STRINGS:
            assert accent_style(text) == accent_style("#1f3a5f")

    @pytest.mark.parametrize("text", ["#12345", "#1234567", "#12345g", "#1f3a5f}", "#123456\n", "red"])
    def test_near_misses_too(self, text: str) -> None:
        assert accent_style(text) == accent_style("#1f3a5f")


class TestNaughtyTokens:
    def test_stay_within_their_attribute(self) -> None:
        page = make_page(PageKind.PAYABLE)

        for text in NAUGHTY_STRINGS:
            token = text.encode("utf-8", "replace").decode("utf-8")
            seen = read_html(pages.render_link_page(page, token=token, now=NOW).html)
            assert all(value.startswith("/l/") for value in seen.values("form", "action"))
            assert not seen.comments
