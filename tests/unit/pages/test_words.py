"""The catalogues: every language says everything, with the same values in it."""

from __future__ import annotations

import string
from dataclasses import fields
from typing import Any

import pytest

from feenote.adapters.messages.words import CATALOGUE as MAILS
from feenote.adapters.pages.words import CATALOGUE as PAGES
from feenote.adapters.pages.words import Notice, PayingWords, ReminderWords
from feenote.adapters.reader import LANGUAGES
from feenote.adapters.statement_words import CATALOGUE as STATEMENTS


def sentences(words: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in fields(words):
        value = getattr(words, one.name)
        if isinstance(value, PayingWords | ReminderWords):
            found |= {f"{one.name}.{name}": text for name, text in sentences(value).items()}
        elif isinstance(value, Notice):
            found |= {f"{one.name}.heading": value.heading, f"{one.name}.text": value.text}
        else:
            found[one.name] = value
    return found


def placeholders(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


@pytest.mark.parametrize("catalogue", [PAGES, MAILS, STATEMENTS], ids=["pages", "mails", "statements"])
class TestCatalogue:
    def test_has_every_language(self, catalogue: dict[str, Any]) -> None:
        assert tuple(catalogue) == LANGUAGES

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_says_everything(self, catalogue: dict[str, Any], language: str) -> None:
        assert all(text.strip() == text and text for text in sentences(catalogue[language]).values())

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_takes_the_same_values(self, catalogue: dict[str, Any], language: str) -> None:
        english, own = sentences(catalogue["en"]), sentences(catalogue[language])

        assert {name: placeholders(text) for name, text in own.items()} == {
            name: placeholders(text) for name, text in english.items()
        }
