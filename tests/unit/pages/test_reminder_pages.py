"""The page that stops reminders, in every language and with whatever stands in its texts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from feenote.adapters import pages
from feenote.adapters.pages.reminder_pages import masked
from feenote.adapters.pages.words import CATALOGUE
from feenote.adapters.reader import LANGUAGES
from feenote.adapters.shown_text import line
from feenote.service.open_link import PageKind
from feenote.service.reminders.stop_reminders import Reminded
from tests.fakes.html_reader import Seen, read_html
from tests.fakes.linked_samples import CLIENT, CONTACT, FIRM, LINK, NOW, TOKEN, make_page
from tests.fakes.naughty_strings import NAUGHTY_STRINGS
from tests.fakes.page_samples import make_reminded

MASKED = "a…\u2060@meridian.example"
ENGLISH = ("Reminders", "reminders", "Bills", "bills", "Stop", "stopped", "refunds", "still", "owed", "Back")


def show(found: Reminded) -> Seen:
    return read_html(pages.render_reminders_page(found, token=TOKEN).html)


class TestThePage:
    def test_before_offers_to_stop(self) -> None:
        seen = show(make_reminded())

        assert f"Hartwell & Osei LLP sends reminders of unpaid bills by email to {MASKED}." in seen.text
        assert seen.values("form", "action") == [f"/l/{TOKEN}/stop"]
        assert seen.values("form", "method") == ["post"]
        assert seen.values("main", "data-state") == ["going"]

    def test_after_says_so_and_offers_to_start_again(self) -> None:
        seen = show(make_reminded(is_stopped=True))

        assert f"sends no more reminders by email to {MASKED}." in seen.text
        assert "What is owed stays owed" in seen.text
        assert seen.values("form", "action") == [f"/l/{TOKEN}/start"]
        assert seen.values("main", "data-state") == ["stopped"]

    def test_has_one_button_and_no_field(self) -> None:
        for is_stopped in (False, True):
            tags = [tag for tag, _ in show(make_reminded(is_stopped=is_stopped)).tags]
            assert (tags.count("button"), tags.count("input"), tags.count("form")) == (1, 0, 1)

    def test_leads_back_only_where_the_link_opens(self) -> None:
        assert f"/l/{TOKEN}" in show(make_reminded()).values("a", "href")
        assert f"/l/{TOKEN}" not in show(make_reminded(is_open=False)).values("a", "href")

    def test_is_told_to_nobody_as_a_view(self) -> None:
        assert show(make_reminded()).values("html", "data-viewed") == []


class TestLanguages:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("is_stopped", [False, True])
    def test_are_the_recipients_own(self, language: str, is_stopped: bool) -> None:
        words = CATALOGUE[language].reminders

        seen = show(make_reminded(is_stopped=is_stopped, contact=replace(CONTACT, language=language)))

        assert seen.values("html", "lang")[0].startswith(language)
        assert (words.stopped if is_stopped else words.going).heading in seen.text
        assert (words.still_comes if is_stopped else words.if_stopped) in seen.text
        assert (words.start_again if is_stopped else words.stop) in seen.text

    @pytest.mark.parametrize("language", ["fr", "de", "es"])
    @pytest.mark.parametrize("is_stopped", [False, True])
    def test_leave_no_english_on_the_page(self, language: str, is_stopped: bool) -> None:
        text = show(make_reminded(is_stopped=is_stopped, contact=replace(CONTACT, language=language))).text

        for word in ENGLISH:
            assert not re.search(rf"\b{word}\b", text), word

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_are_those_of_the_way_there(self, language: str) -> None:
        page = replace(
            make_page(PageKind.PAYABLE),
            contact=replace(CONTACT, language=language),
            link=replace(LINK, is_of_reminder=True),
        )

        seen = read_html(pages.render_link_page(page, token=TOKEN, now=NOW).html)

        assert f"/l/{TOKEN}/stop" in seen.values("a", "href")
        assert CATALOGUE[language].reminders.stop_these in seen.text


class TestTheAddress:
    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("dora@client.example", "d…\u2060@client.example"),
            ("d@client.example", "…\u2060@client.example"),
            ("d.o.r.a+bills@client.example", "d…\u2060@client.example"),
            ("no address", "n…\u2060"),
            ("", "…\u2060"),
        ],
    )
    def test_is_never_written_whole(self, address: str, expected: str) -> None:
        assert masked(address) == expected

    def test_stands_nowhere_on_the_page(self) -> None:
        for is_stopped in (False, True):
            html = pages.render_reminders_page(make_reminded(is_stopped=is_stopped), token=TOKEN).html
            assert CONTACT.email not in html

    def test_of_several_are_all_named_and_what_looks_the_same_once(self) -> None:
        found = make_reminded("amara@meridian.example", "otto@meridian.example", "anna@meridian.example")

        assert f"to {MASKED}, o…\u2060@meridian.example." in show(found).text


class TestNaughtyStrings:
    def test_are_shown_as_they_were_and_never_become_elements(self) -> None:
        plain = show(make_reminded(firm=replace(FIRM, name="plain words", reply_to="?")))

        for text in filter(line, NAUGHTY_STRINGS):
            firm, client = replace(FIRM, name=text, reply_to="?"), replace(CLIENT, name=text)
            seen = show(replace(make_reminded(f"{text}@x.example", firm=firm), client=client))
            assert seen.tags == plain.tags, text
            assert seen.attributes == plain.attributes, text
            assert seen.comments == [], text
            assert line(text) in {one.strip() for one in seen.texts}, text
