"""The values of the autofill fields of one message, each worked out when a wording asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from feenote.adapters.messages.blocks import Block
from feenote.adapters.messages.facts import MailFacts
from feenote.adapters.messages.field_people import PEOPLE
from feenote.adapters.messages.field_sentences import MONEY_AND_NEWS
from feenote.adapters.messages.panels import (
    bill_summary,
    link_button,
    payment_instructions,
    payment_summary,
    reminder_summary,
)
from feenote.adapters.messages.phrases import Phrase
from feenote.adapters.messages.tables import balance_table, payment_table, reminder_table
from feenote.domain.autofill.fields import FIELDS, FieldShape

_INLINE: Mapping[str, Callable[[MailFacts], Phrase]] = MappingProxyType({**PEOPLE, **MONEY_AND_NEWS})
_BLOCKS: Mapping[str, Callable[[MailFacts], Iterator[Block]]] = MappingProxyType(
    {
        "bill.summary": bill_summary,
        "balance.table": balance_table,
        "link.button": link_button,
        "payment.instructions": payment_instructions,
        "payment.summary": payment_summary,
        "payment.table": payment_table,
        "reminder.summary": reminder_summary,
        "reminder.table": reminder_table,
    }
)
# What stands in for an empty field, and for that one in its turn. "firm.replies" is where replies go.
_STANDS_IN: Mapping[str, str] = MappingProxyType(
    {
        "firm.address": "firm.name",
        "firm.email": "firm.replies",
        "firm.replies": "firm.name",
        "firm.phone": "firm.email",
        "firm.website": "firm.name",
        "client.address": "client.name",
        "recipient.first_name": "recipient.full_name",
        "recipient.last_name": "recipient.full_name",
        "recipient.full_name": "client.name",
        "matter.description": "matter.number",
        "matter.client_number": "matter.number",
        "attorney.name": "firm.name",
        "attorney.email": "firm.replies",
        "attorney.phone": "firm.phone",
        "sender.email": "firm.replies",
    }
)


class FieldValues:
    """What the fields of one message say.

    A field that the message knows nothing about is empty, never an error; likewise a name that is not in the
    list any more.
    """

    def __init__(self, facts: MailFacts) -> None:
        self._facts = facts
        self._phrases: dict[str, Phrase] = {}
        self._blocks: dict[str, tuple[Block, ...]] = {}

    @property
    def facts(self) -> MailFacts:
        """Return what the values are made from."""
        return self._facts

    def own(self, name: str) -> Phrase:
        """Return an inline field's own value, empty where it has none."""
        if name not in self._phrases:
            maker = _INLINE.get(name)
            self._phrases[name] = tuple(run for run in maker(self._facts) if run.text) if maker else ()
        return self._phrases[name]

    def phrase(self, name: str) -> Phrase:
        """Return what an inline field shows: its value, else what stands in, as the list says."""
        while not self.own(name) and name in _STANDS_IN:
            name = _STANDS_IN[name]
        return self.own(name)

    def blocks(self, name: str) -> tuple[Block, ...]:
        """Return what a block field shows; nothing where it is empty."""
        if name not in self._blocks:
            self._blocks[name] = tuple(_BLOCKS[name](self._facts))
        return self._blocks[name]

    def is_empty(self, name: str) -> bool:
        """Say whether a field has no value of its own."""
        return not (self.blocks(name) if is_block(name) else self.own(name))


def is_block(name: str) -> bool:
    """Say whether a field stands alone in its paragraph."""
    field = FIELDS.get(name)
    return field is not None and field.shape is FieldShape.BLOCK


def unusually_empty(names: Iterable[str], values: FieldValues) -> tuple[str, ...]:
    """Return those of the fields that are empty, where that is nothing usual, each once."""
    return tuple(
        name
        for name in dict.fromkeys(names)
        if name in FIELDS and not FIELDS[name].is_quiet and values.is_empty(name)
    )
