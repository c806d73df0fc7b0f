"""The mails' words by language."""

from __future__ import annotations

from feenote.adapters.messages.words.english import ENGLISH
from feenote.adapters.messages.words.french import FRENCH
from feenote.adapters.messages.words.german import GERMAN
from feenote.adapters.messages.words.spanish import SPANISH
from feenote.adapters.messages.words.vocabulary import MailWords

CATALOGUE = {words.language: words for words in (ENGLISH, FRENCH, GERMAN, SPANISH)}

__all__ = ["CATALOGUE", "MailWords"]
