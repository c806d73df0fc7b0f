"""The pages' words by language."""

from __future__ import annotations

from feenote.adapters.pages.words.english import ENGLISH
from feenote.adapters.pages.words.french import FRENCH
from feenote.adapters.pages.words.german import GERMAN
from feenote.adapters.pages.words.spanish import SPANISH
from feenote.adapters.pages.words.vocabulary import Notice, PageWords, PayingWords, ReminderWords

CATALOGUE = {words.language: words for words in (ENGLISH, FRENCH, GERMAN, SPANISH)}

__all__ = ["CATALOGUE", "Notice", "PageWords", "PayingWords", "ReminderWords"]
