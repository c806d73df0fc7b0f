"""Laws of wordings: how they are read and filled."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feenote.domain.autofill.checking import problems_of
from feenote.domain.autofill.filling import fill
from feenote.domain.autofill.parsing import (
    FieldUse,
    Literal,
    WordingError,
    is_name,
    paragraphs_of,
    parse,
    scan,
)
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Wording
from tests.counting.work import work_of
from tests.unit.domain.wordings import ANYTHING, NAMES, SOUND, USES, place_in


class TestReadingAWording:
    @given(SOUND)
    def test_gives_pieces_that_are_the_text_again(self, text: str) -> None:
        assert "".join(piece.source for piece in parse(text)) == text

    @given(ANYTHING)
    def test_gives_pieces_that_are_the_text_again_even_where_it_is_faulty(self, text: str) -> None:
        pieces, _ = scan(text)
        assert "".join(piece.source for piece in pieces) == text

    @given(ANYTHING)
    def test_ends_in_pieces_or_in_a_fault_inside_the_text(self, text: str) -> None:
        pieces, faults = scan(text)
        if not faults:
            assert parse(text) == pieces
            return
        with pytest.raises(WordingError, match=f"^Line {faults[0].place.line}, column ") as caught:
            parse(text)
        assert caught.value.faults == faults
        for fault in faults:
            assert 0 <= fault.place.offset < len(text)
            assert fault.place == place_in(text, fault.place.offset)
            assert text[fault.place.offset :].startswith(("{{", "}}", "{%", "{#"))

    @given(ANYTHING)
    def test_knows_where_each_piece_is(self, text: str) -> None:
        offset = 0
        for piece in scan(text)[0]:
            assert piece.place == place_in(text, offset)
            offset += len(piece.source)

    @given(ANYTHING)
    def test_finds_the_fields_that_its_grammar_has(self, text: str) -> None:
        found, faults = scan(text)
        assume(not faults)
        part = r"[a-z][a-z0-9_]*"
        expected = re.findall(r"\{\{[ \t]*(" + part + r"(?:\." + part + r")*)[ \t]*\}\}", text)
        assert [piece.name for piece in found if isinstance(piece, FieldUse)] == expected

    @given(st.lists(USES, min_size=1, max_size=5))
    def test_leaves_no_empty_text_between_fields(self, uses: list[str]) -> None:
        pieces = parse("".join(uses))
        assert [piece.source for piece in pieces] == uses
        assert all(isinstance(piece, FieldUse) for piece in pieces)

    def test_takes_single_braces_for_text(self) -> None:
        text = "{ a } {b} } { %} #} {{ today }}} 50%}"

        assert [type(piece) for piece in parse(text)] == [Literal, FieldUse, Literal]

    @pytest.mark.parametrize(
        ("text", "offsets"),
        [
            ("{{", [0]),
            ("}}", [0]),
            ("a {{ b", [2]),
            ("{{ today\n}}", [0, 9]),
            ("{{ {{ today }}", [0]),
            ("{{}} {{ \t }}", [0, 5]),
            ("{{{{", [0, 2]),
            ("{{{ today }}}", [0]),
            ("{% if %}\n{# no #}", [0, 9]),
            ("{{ a.b }} }}", [10]),
            (
                "{{ .a }}{{ a. }}{{ a..b }}{{ 1a }}{{ _a }}{{ a-b }}{{ A }}{{ ä }}",
                [0, 8, 16, 26, 34, 42, 51, 58],
            ),
        ],
    )
    def test_tells_every_fault_by_its_place(self, text: str, offsets: list[int]) -> None:
        with pytest.raises(WordingError) as caught:
            parse(text)

        assert [fault.place.offset for fault in caught.value.faults] == offsets

    @given(st.text("ab1_.A", max_size=8))
    def test_knows_a_name_by_its_form(self, text: str) -> None:
        assert is_name(text) == bool(re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", text))


class TestTheWorkOfReading:
    @pytest.mark.parametrize(
        "unit",
        [
            "{",
            "}",
            "{{",
            "}}",
            "{{ ",
            "{{ }}",
            "{{a",
            "{{ a.",
            "{ {",
            "{%",
            "{{{%",
            "\n",
            " \n",
            "{{\n",
            "a.",
            " ",
        ],
    )
    @pytest.mark.parametrize(
        "work",
        [
            lambda text: scan(text),
            lambda text: problems_of(MessageKind.BILL, Wording(text, text)),
            lambda text: scan("{{" + text + "}}"),
        ],
        ids=["scan", "check", "scan one field"],
    )
    def test_grows_with_the_text_and_not_faster(self, unit: str, work: Callable[[str], object]) -> None:
        """A quadratic reader would take a hundred times the steps for a text ten times as long."""

        def steps(length: int) -> int:
            text = unit * (length // len(unit))
            work(text)  # what is kept of a first time is there when the steps are counted
            return work_of(lambda: work(text))

        assert steps(20_000) < 15 * steps(2_000)


class TestParagraphs:
    @given(ANYTHING)
    def test_hold_every_line_that_is_not_empty_and_no_other(self, text: str) -> None:
        lines = [line for paragraph in paragraphs_of(text) for line in paragraph.text.split("\n")]
        assert lines == [line for line in text.split("\n") if line.strip(" \t")]

    @given(ANYTHING)
    def test_know_where_they_begin(self, text: str) -> None:
        for paragraph in paragraphs_of(text):
            assert text[paragraph.place.offset :].startswith(paragraph.text)
            assert paragraph.place == place_in(text, paragraph.place.offset)

    @given(ANYTHING)
    def test_have_the_same_fields_and_faults_each_for_itself_as_together(self, text: str) -> None:
        pieces, faults = scan(text)
        apart = [scan(paragraph.text, paragraph.place) for paragraph in paragraphs_of(text)]
        uses = [piece for found, _ in apart for piece in found if isinstance(piece, FieldUse)]
        assert uses == [piece for piece in pieces if isinstance(piece, FieldUse)]
        assert [fault for _, found in apart for fault in found] == list(faults)

    def test_are_ended_by_a_line_of_spaces(self) -> None:
        assert [paragraph.text for paragraph in paragraphs_of("a\nb\n \t\n\nc\n")] == ["a\nb", "c"]


class TestFilling:
    @given(SOUND, st.dictionaries(NAMES, ANYTHING))
    def test_puts_each_value_where_its_field_stands(self, text: str, values: dict[str, str]) -> None:
        filled = fill(parse(text), lambda name: values.get(name, ""), lambda part: part)
        expected = re.sub(r"\{\{[ \t]*([a-z0-9_.]+)[ \t]*\}\}", lambda use: values.get(use[1], ""), text)
        assert filled == expected

    @given(SOUND)
    def test_never_reads_a_value_again(self, text: str) -> None:
        pieces = parse(text)
        asked: list[str] = []

        def value_of(name: str) -> str:
            asked.append(name)
            return "{{ firm.name }}"

        fill(pieces, value_of, lambda part: part)

        assert asked == [piece.name for piece in pieces if isinstance(piece, FieldUse)]
        assert pieces == parse(text)

    @given(SOUND, st.text(max_size=5))
    def test_writes_each_part_once(self, text: str, value: str) -> None:
        filled = fill(parse(text), lambda _: value, lambda part: f"[{part}]")
        parts = [value if isinstance(piece, FieldUse) else piece.source for piece in parse(text)]
        assert filled == "".join(f"[{part}]" for part in parts)
