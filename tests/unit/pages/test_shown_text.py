"""What is taken away from a text before it is shown, and what stays."""

from __future__ import annotations

import pytest

from feenote.adapters.shown_text import block, line
from tests.fakes.naughty_strings import NAUGHTY_STRINGS


class TestLine:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("a\r\nBcc: x", "a Bcc: x"),
            ("a\u2028b\u0085c\x0bd\x0ce", "a b c d e"),
            ("a\x00b\x1bc", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"),
            ("a\ud800b", "a\N{REPLACEMENT CHARACTER}b"),
            ("\u202e00.1$", "00.1$"),
            ("  a \t b  ", "a b"),
            ("<b>&amp;</b>", "<b>&amp;</b>"),
            ("שלום 田中 👨‍👩‍👧‍👦", "שלום 田中 👨‍👩‍👧‍👦"),
            ("e" + "\u0300" * 50, "e" + "\u0300" * 6),
        ],
    )
    def test_shows(self, text: str, shown: str) -> None:
        assert line(text) == shown

    def test_is_cut_where_it_is_too_long(self) -> None:
        assert line("x" * 400) == "x" * 299 + "…"

    def test_stays_as_it_is_when_shown_again(self) -> None:
        for text in NAUGHTY_STRINGS:
            assert line(line(text)) == line(text)

    def test_has_no_break_and_can_be_encoded(self) -> None:
        for text in NAUGHTY_STRINGS:
            assert len(line(text).splitlines()) <= 1
            assert line(text).encode().decode() == line(text)


class TestBlock:
    def test_keeps_its_lines(self) -> None:
        assert block("a\r\nb\rc\nd\u2029e") == "a\nb\nc\nd\ne"

    def test_is_cut_where_it_is_too_long(self) -> None:
        assert len(block("x\n" * 4_000)) <= 4_000
