"""Templates: the words of a kind of message, in one language or several."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feenote.domain.deliveries import MessageKind
from feenote.domain.records import Client, Contact, Firm

LANGUAGES = ("en", "fr", "de", "es")
"""The languages that messages are written in; a template may have any of them."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and body with their autofill fields, in one language.

    The body is plain text: an empty line ends a paragraph, and a field that is a block (a button, a table)
    stands alone in its paragraph.
    """

    subject: str
    body: str
    language: str = "en"

    @property
    def id(self) -> str:
        """Return an id made from the words: the same words have the same id."""
        text = json.dumps([self.language, self.subject, self.body], ensure_ascii=False)
        return f"wrd_{hashlib.sha256(text.encode()).hexdigest()[:26]}"


@dataclass(frozen=True, slots=True)
class Template:
    """The words of a kind of message: the firm's, or one client's own.

    The default of a kind is what goes out where nothing else is chosen; a client's default goes before the
    firm's, and the firm's before the words that Feenote ships. A reminder's template may be for one stage.
    """

    id: str
    firm_id: str
    kind: MessageKind
    name: str
    wordings: tuple[Wording, ...]
    client_id: str = ""
    stage: str = ""
    is_default: bool = False
    changed_at: datetime | None = None
    version: int = 0

    @property
    def slot(self) -> TemplateSlot:
        """Return what it is the default of where it is one."""
        return TemplateSlot(self.kind, self.client_id, self.stage)


@dataclass(frozen=True, slots=True)
class PinnedTemplate:
    """A template as it was at one moment: what is changed or deleted later does not touch it."""

    id: str
    wordings: tuple[Wording, ...]
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class TemplateSlot:
    """What a default is the default of."""

    kind: MessageKind
    client_id: str = ""
    stage: str = ""


def slots_before(slot: TemplateSlot) -> tuple[TemplateSlot, ...]:
    """Return the slots to look into for a slot's default, the best first.

    The client's own goes before the firm's, and with each of them the stage's before the kind's.
    """
    clients = (slot.client_id, "") if slot.client_id else ("",)
    stages = (slot.stage, "") if slot.stage else ("",)
    return tuple(TemplateSlot(slot.kind, client, stage) for client in clients for stage in stages)


_UNASKED = frozenset(
    {MessageKind.RECEIPT, MessageKind.PAYMENT_FAILED, MessageKind.REFUND, MessageKind.LINK_RENEWED}
)


def finds_default(kind: MessageKind) -> bool:
    """Say whether a message that names no wording looks for the default template when it is delivered.

    So do the kinds that nobody at the firm asks for: something happened, and the message follows. Whoever
    asks for a message decides on its words then: without a wording it has those that Feenote ships, and
    what was shown before it was sent is what goes out.
    """
    return kind in _UNASKED


def languages_of(firm: Firm, client: Client | None, contact: Contact | None) -> tuple[str, ...]:
    """Return the languages to look for, the best first: the recipient's, the client's, the firm's."""
    tags = (contact.language if contact else "", client.language if client else "", firm.locale)
    return tuple(dict.fromkeys(tag.replace("_", "-").split("-")[0].lower() for tag in tags if tag))


def wording_in(template: Template | PinnedTemplate, languages: Sequence[str]) -> Wording:
    """Return the template's wording in the first of the languages that it has, else its first."""
    for language in languages:
        for wording in template.wordings:
            if wording.language == language:
                return wording
    return template.wordings[0]
