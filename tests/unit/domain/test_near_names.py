"""The field that somebody meant by a name that is none."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feenote.domain.autofill.checking import problems_of
from feenote.domain.autofill.fields import FIELDS, fields_of
from feenote.domain.autofill.near_names import nearest_name, steps_between
from feenote.domain.autofill.parsing import Place, is_name
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import Wording
from tests.unit.domain.wordings import ANYTHING, NAMES


def typos(name: str) -> st.SearchStrategy[str]:
    """Return misspellings of a name: a letter left out, put in, mistaken, or changed round with the next."""
    letters = st.sampled_from("abcdefghijklmnopqrstuvwxyz_.")

    def misspelt(kind: str, at: int, letter: str) -> str:
        at %= len(name)
        return {
            "left out": name[:at] + name[at + 1 :],
            "put in": name[:at] + letter + name[at:],
            "mistaken": name[:at] + letter + name[at + 1 :],
            "turned": name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
        }[kind]

    kinds = st.sampled_from(["left out", "put in", "mistaken", "turned"])
    return st.builds(misspelt, kinds, st.integers(0, 60), letters)


class TestTheNearestName:
    @given(st.data())
    def test_of_a_misspelt_name_is_the_name(self, data: st.DataObject) -> None:
        name = data.draw(NAMES)
        kind = data.draw(st.sampled_from(sorted(FIELDS[name].kinds)))
        written = data.draw(typos(name))
        names = [field.name for field in fields_of(kind)]
        assume(written not in names and is_name(written))
        assume([other for other in names if steps_between(written, other) <= 1] == [name])

        (problem,) = problems_of(kind, Wording("Hello", f"Hello {{{{ {written} }}}} there"))

        assert problem.nearest == name
        assert problem.message == f"There is no field {written}: did you mean {name}?"
        assert problem.place == Place(6, 1, 7)

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("bill.number|safe", "bill.number"),
            ("Bill Number", "bill.number"),
            ("bill-number", "bill.number"),
            ("BILL.NUMBER", "bill.number"),
            ("\u00a0bill.number", "bill.number"),
            ("bill.balance", "bill.balance_due"),
            ("first_name", "recipient.first_name"),
            ("client.first_name", "recipient.first_name"),
            ("invoice.number", "bill.number"),
            ("customer.name", "client.name"),
            ("bill.due_date", "bill.due_on"),
            ("bill.amount", "bill.total"),
            ("lawyer.phone", "attorney.phone"),
            ("toady", "today"),
            ("config", ""),
            ("7*7", ""),
            ("''.__class__", ""),
            ("x" * 10_000, ""),
            ("", ""),
            ("number", ""),
        ],
    )
    def test_of_what_people_write(self, written: str, meant: str) -> None:
        names = [field.name for field in fields_of(MessageKind.BILL)]

        assert nearest_name(written, names) == meant

    @given(ANYTHING)
    def test_is_a_name_of_the_list_or_none(self, written: str) -> None:
        assert nearest_name(written, FIELDS) in {"", *FIELDS}

    @given(st.text("abc", max_size=6), st.text("abc", max_size=6))
    def test_is_measured_the_same_both_ways(self, one: str, other: str) -> None:
        steps = steps_between(one, other)
        assert steps == steps_between(other, one)
        assert (steps == 0) == (one == other)
        assert abs(len(one) - len(other)) <= steps <= max(len(one), len(other))

    def test_counts_two_letters_changed_round_as_one_step(self) -> None:
        assert steps_between("nubmer", "number") == 1
        assert steps_between("", "abc") == steps_between("abc", "") == 3
