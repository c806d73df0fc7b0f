"""The pages in the languages of those who read them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from feenote.adapters import pages
from feenote.adapters.pages import Typed
from feenote.service.open_link import LinkPage, PageKind
from tests.fakes.html_reader import Seen, read_html
from tests.fakes.linked_samples import (
    CONTACT,
    NOW,
    TOKEN,
    account_of,
    make_page,
)
from tests.fakes.page_samples import (
    letting_parts,
    make_balance,
    unpaid_bills,
)


def show(page: LinkPage) -> Seen:
    return read_html(pages.render_link_page(page, token=TOKEN, now=NOW).html)


class TestLanguages:
    @pytest.mark.parametrize(
        ("language", "lang", "expected"),
        [
            ("fr", "fr-GB", ("Note d’honoraires 96542", "Montant à payer")),
            ("de-AT", "de-AT", ("Rechnung 96542", "Leistungen")),
            ("es", "es-GB", ("Minuta 96542", "Servicios profesionales")),
            ("nl", "en-GB", ("Bill 96542", "Amount due")),
        ],
    )
    def test_are_the_contacts_own(self, language: str, lang: str, expected: tuple[str, ...]) -> None:
        page = replace(make_page(PageKind.PAYABLE), contact=replace(CONTACT, language=language))

        seen = show(page)

        assert seen.values("html", "lang") == [lang]
        assert expected[0] in seen.text
        assert expected[1] in seen.text

    @pytest.mark.parametrize("language", ["fr", "de", "es"])
    @pytest.mark.parametrize("kind", sorted(set(PageKind) - {PageKind.EXPIRED}))
    def test_leave_no_english_on_the_page(self, language: str, kind: PageKind) -> None:
        page = replace(make_page(kind), contact=replace(CONTACT, language=language))

        text = show(page).text

        for word in ("Bill", "Due", "Paid", "Amount", "Questions", "entries", r"\d December", "link"):
            assert not re.search(rf"\b{word}\b", text), word

    @pytest.mark.parametrize("language", ["fr", "de", "es"])
    @pytest.mark.parametrize("amount", ["", "500", "5", "x"])
    def test_leave_no_english_on_the_page_of_all_bills(self, language: str, amount: str) -> None:
        bills = (*unpaid_bills(4), replace(unpaid_bills(5)[4], is_disputed=True))
        owing = account_of(bills, pending=bills[0].total)
        contact = replace(CONTACT, language=language)
        page = make_balance(owing, firm=letting_parts(50_00), contact=contact)
        typed = Typed(all_bills=True, bill_ids=tuple(bill.bill_id for bill in bills[:3]), amount=amount)

        text = read_html(pages.render_link_page(page, token=TOKEN, now=NOW, typed=typed).html).text

        for word in (
            "Bill",
            "bills",
            "Due",
            "due",
            "pay",
            "Pay",
            "Paid",
            "Left",
            "amount",
            "payment",
            "least",
        ):
            assert not re.search(rf"\b{word}\b", text), word
