"""How a contact is greeted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.adapters.messages.greeting import greeting_of
from feenote.adapters.messages.words import CATALOGUE
from feenote.domain.records import Contact

NOBODY = Contact("con_1", "firm_1", email="a@b.example")


class TestGreeting:
    @pytest.mark.parametrize(
        ("language", "salutation", "first", "last", "expected"),
        [
            ("en", "", "Amara", "Lindqvist", "Dear Amara Lindqvist,"),
            ("en", "Ms", "Amara", "Lindqvist", "Dear Ms Lindqvist,"),
            ("en", "Ms Lindqvist", "Amara", "Lindqvist", "Dear Ms Lindqvist,"),
            ("en", "Dear Amara", "Amara", "Lindqvist", "Dear Amara,"),
            ("en", "Dear Amara,", "", "", "Dear Amara,"),
            ("en", "", "", "Lindqvist", "Dear Lindqvist,"),
            ("en", "", "", "", "Hello,"),
            ("de", "Frau", "Amara", "Lindqvist", "Guten Tag Frau Lindqvist,"),
            ("de", "Sehr geehrte Frau Lindqvist", "", "", "Sehr geehrte Frau Lindqvist,"),
            ("de", "", "", "", "Guten Tag,"),
            ("fr", "Maître", "Amara", "Lindqvist", "Bonjour Maître Lindqvist,"),
            ("es", "Sra.", "Amara", "Lindqvist", "Buenos días, Sra. Lindqvist:"),
            ("es", "Estimada Amara", "", "", "Estimada Amara:"),
        ],
    )
    def test_is_made_of_what_is_known(
        self, language: str, salutation: str, first: str, last: str, expected: str
    ) -> None:
        contact = replace(NOBODY, salutation=salutation, first_name=first, last_name=last)

        assert greeting_of([contact], CATALOGUE[language]) == expected

    def test_of_nobody_in_particular(self) -> None:
        assert greeting_of([], CATALOGUE["en"]) == "Hello,"


class TestGreetingOfSeveral:
    BYRON = replace(NOBODY, salutation="Ms.", first_name="Ada", last_name="Byron")
    READER = replace(NOBODY, salutation="Mr.", last_name="Reader")

    @pytest.mark.parametrize(
        ("language", "expected"),
        [
            ("en", "Dear Ms. Byron, dear Mr. Reader,"),
            ("fr", "Bonjour Ms. Byron, bonjour Mr. Reader,"),
            ("de", "Guten Tag Ms. Byron, guten Tag Mr. Reader,"),
            ("es", "Buenos días, Ms. Byron, Mr. Reader:"),
        ],
    )
    def test_names_them_in_the_language_s_way(self, language: str, expected: str) -> None:
        assert greeting_of([self.BYRON, self.READER], CATALOGUE[language]) == expected

    def test_keeps_whole_salutations(self) -> None:
        her = replace(NOBODY, salutation="Sehr geehrte Frau Byron,")
        him = replace(NOBODY, salutation="Sehr geehrter Herr Reader")

        greeting = greeting_of([her, him], CATALOGUE["de"])

        assert greeting == "Sehr geehrte Frau Byron, sehr geehrter Herr Reader,"

    def test_names_three_and_not_four(self) -> None:
        three = [self.BYRON, self.READER, replace(NOBODY, first_name="Ida")]

        assert greeting_of(three, CATALOGUE["en"]) == "Dear Ms. Byron, dear Mr. Reader, dear Ida,"
        assert greeting_of([*three, self.BYRON], CATALOGUE["en"]) == "Hello,"

    def test_names_nobody_where_somebody_has_no_name(self) -> None:
        assert greeting_of([self.BYRON, NOBODY], CATALOGUE["en"]) == "Hello,"
