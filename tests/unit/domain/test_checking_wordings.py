"""What is wrong with a wording, where, and what to do; and the list that it is checked against."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.autofill.checking import LONGEST_BODY, MOST_PROBLEMS, problems_of
from feenote.domain.autofill.fields import FIELDS, AutofillField, FieldShape, fields_of
from feenote.domain.autofill.parsing import Place, is_name
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Wording
from tests.counting.work import work_of
from tests.unit.domain.wordings import ANYTHING, place_in


def sentences(kind: MessageKind, *, subject: str = "Hello", body: str = "Hello") -> list[str]:
    return [f"{problem.part} {problem.sentence}" for problem in problems_of(kind, Wording(subject, body))]


class TestCheckingAWording:
    @given(st.sampled_from(list(MessageKind)), ANYTHING, ANYTHING)
    def test_tells_places_inside_the_words_in_their_order(
        self, kind: MessageKind, subject: str, body: str
    ) -> None:
        problems = problems_of(kind, Wording(subject, body))
        for problem in problems:
            text = subject if problem.part == "subject" else body
            assert problem.place == place_in(text, problem.place.offset)
            assert 0 <= problem.place.offset < max(1, len(text))
            assert problem.message.endswith((".", "?"))
        assert list(problems) == sorted(problems, key=lambda item: (item.part == "body", item.place))

    @given(st.sampled_from(list(MessageKind)), st.data())
    def test_finds_nothing_in_sound_words(self, kind: MessageKind, data: st.DataObject) -> None:
        fields = st.sampled_from(fields_of(kind))
        subject = "Hello " + data.draw(
            _words_with(fields.filter(lambda field: field.shape is FieldShape.INLINE))
        )
        paragraphs = data.draw(st.lists(_paragraphs(fields), max_size=6))

        assert problems_of(kind, Wording(subject, "\n\n".join(["Hello", *paragraphs]))) == ()

    @pytest.mark.parametrize("kind", list(MessageKind))
    def test_lets_only_fields_of_the_kind_pass(self, kind: MessageKind) -> None:
        for field in FIELDS.values():
            problems = problems_of(kind, Wording("Hello", f"Hello\n\n{{{{ {field.name} }}}}"))
            assert [problem.place for problem in problems] == (
                [] if kind in field.kinds else [Place(7, 3, 1)]
            )

    def test_names_the_kinds_that_have_a_field(self) -> None:
        assert sentences(MessageKind.RECEIPT, body="{{ balance.table }} x") == [
            (
                "body Line 1, column 1: balance.table is not a field of “receipt”, only of “balance” and "
                "“reminder”: take it out."
            ),
            (
                "body Line 1, column 1: balance.table is a block (a button, a panel, a table) and stands "
                "alone: put an empty line before it and after it."
            ),
        ]

    def test_wants_a_block_alone_in_its_paragraph_of_the_body(self) -> None:
        assert sentences(MessageKind.BILL, body="Hello\n\n \t{{ link.button }} \n\nBye") == []
        for body in ("a {{ link.button }}", "a\n{{ link.button }}\n\nb", "a\n\n{{ link.button }}{{ today }}"):
            (said,) = sentences(MessageKind.BILL, body=body)
            assert "stands alone" in said
        (said,) = sentences(MessageKind.BILL, subject="a {{ link.button }}")
        assert said.startswith("subject Line 1, column 3: link.button is a block")

    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
    def test_wants_a_subject_of_one_line(self, end: str) -> None:
        said = sentences(MessageKind.BILL, subject=f"Hello{end}Bcc: all@example.com")

        assert said == ["subject Line 1, column 6: A subject is one line: take it out."]

    @pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x7f", "\ud800", "\r"])
    def test_wants_no_letters_that_mails_cannot_have(self, letter: str) -> None:
        (said,) = sentences(MessageKind.BILL, body=f"Hello\n{letter}")

        assert (
            said
            == f"body Line 2, column 1: The character U+{ord(letter):04X} cannot stand here: take it out."
        )

    def test_wants_subject_and_body_of_some_length_and_not_too_much(self) -> None:
        assert sentences(MessageKind.BILL, subject="s" * 300, body="b\n" * 10_000) == []
        assert sentences(MessageKind.BILL, subject=" \u200b\u00a0", body="\n\u200b\n") == [
            "subject Line 1, column 1: The subject is empty: write something.",
            "body Line 1, column 1: The body is empty: write something.",
        ]
        assert sentences(MessageKind.BILL, subject="s" * 301, body="b\n" * 10_001) == [
            (
                "subject Line 1, column 301: From here on the subject is too long: it has 301 characters, at "
                "most 300 can be."
            ),
            (
                "body Line 10001, column 1: From here on the body is too long: it has 20,002 characters, at "
                "most 20,000 can be."
            ),
        ]

    @pytest.mark.parametrize("piece", ["{", "{{a}}", "{{ link.button }} x\n\n", "a\n\n", "\u2003", "\x07"])
    def test_looks_at_no_more_of_a_text_of_millions_of_characters_than_a_wording_can_have(
        self, piece: str
    ) -> None:
        def repeated(length: int) -> Wording:
            text = piece * (length // len(piece))
            return Wording(text, text)

        long = repeated(3_000_000).body
        found = problems_of(MessageKind.BILL, Wording(long, long))

        longest = work_of(lambda: problems_of(MessageKind.BILL, repeated(2 * LONGEST_BODY)))
        assert work_of(lambda: problems_of(MessageKind.BILL, Wording(long, long))) < 1.5 * longest
        assert any(f"too long: it has {len(long):,} characters" in problem.message for problem in found)
        assert all(problem.place.offset <= LONGEST_BODY for problem in found)

    def test_says_nothing_of_a_field_that_stands_where_a_text_becomes_too_long(self) -> None:
        for before in range(LONGEST_BODY - 20, LONGEST_BODY + 1):
            (said,) = sentences(MessageKind.BILL, body="b" * before + "{{ bill.number }} and on.")
            assert "From here on the body is too long" in said

    def test_wants_200_fields_at_most(self) -> None:
        assert sentences(MessageKind.BILL, subject="{{ today }}", body="{{ today }}\n" * 199) == []
        assert sentences(MessageKind.BILL, subject="{{ today }}", body="{{ today }}\n" * 200) == [
            (
                "body Line 200, column 1: From here on there are too many fields: subject and body have 201, "
                "at most 200 can be."
            ),
        ]

    def test_wants_a_subject_that_cannot_come_out_empty(self) -> None:
        for subject in ("{{ bill.memo }}", " {{ bill.memo }} {{ matter.title }}", "{{ bill.memo }}\u200b"):
            (said,) = sentences(MessageKind.BILL, subject=subject)
            assert said.startswith("subject Line 1, column 1: The subject can come out empty")
        for subject in ("{{ bill.memo }}!", "{{ bill.memo }}{{ today }}", "{{ firm.phone }}"):
            assert sentences(MessageKind.BILL, subject=subject, body="{{ bill.memo }}") == []

    def test_tells_a_bounded_number_of_problems(self) -> None:
        wording = Wording("{{", "".join(f"{{{{ bill.nubmer{count} }}}}\n" for count in range(5_000)))

        assert len(problems_of(MessageKind.BILL, wording)) == MOST_PROBLEMS

    def test_shows_letters_that_do_not_print_by_their_number(self) -> None:
        (problem,) = problems_of(MessageKind.BILL, Wording("Hello", "{{ bill.num\u200bber }}"))

        assert problem.message.startswith("“bill.num<U+200B>ber” is not a field's name.")
        assert problem.nearest == "bill.number"


def _words_with(fields: st.SearchStrategy[AutofillField]) -> st.SearchStrategy[str]:
    words = st.text("abc .,é", max_size=8) | fields.map(lambda field: f"{{{{ {field.name} }}}}")
    return st.lists(words, max_size=6).map("".join)


def _paragraphs(fields: st.SearchStrategy[AutofillField]) -> st.SearchStrategy[str]:
    inline = fields.filter(lambda field: field.shape is FieldShape.INLINE)
    blocks = fields.filter(lambda field: field.shape is FieldShape.BLOCK)
    return _words_with(inline) | blocks.map(lambda field: f"{{{{ {field.name} }}}}")


class TestThePublishedList:
    @pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
    def test_says_of_each_field_what_a_biller_must_know(self, field: AutofillField) -> None:
        assert is_name(field.name)
        assert field.meaning[0].isupper()
        assert not field.meaning.endswith(".")
        assert field.example
        assert field.kinds <= frozenset(MessageKind)
        assert field.kinds
        assert field.can_be_empty or not field.is_quiet

    def test_has_fields_of_each_family_for_each_kind_that_can_have_them(self) -> None:
        families = {name.partition(".")[0] for name in FIELDS}

        assert families == {
            "firm", "client", "recipient", "matter", "attorney", "sender",
            "bill", "balance", "link", "payment", "reminder", "today",
        }  # fmt: skip
        for kind in MessageKind:
            names = {field.name for field in fields_of(kind)}
            assert {"firm.name", "client.name", "recipient.greeting", "link.button", "today"} <= names
