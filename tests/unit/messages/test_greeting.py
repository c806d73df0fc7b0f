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

        assert greeting_of(contact, CATALOGUE[language]) == expected

    def test_of_nobody_in_particular(self) -> None:
        assert greeting_of(None, CATALOGUE["en"]) == "Hello,"
