"""Write a message as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from feenote.adapters.messages.blocks import Block, Button, Fact, Instructions, Panel, Row, Table
from feenote.adapters.messages.body import Body, Paragraph
from feenote.adapters.messages.phrases import Phrase, text_of
from feenote.adapters.messages.words import MailWords


def plain_text(body: Body, fine_print: tuple[Phrase, ...], words: MailWords) -> str:
    """Return the message with an empty line between its parts; the fine print is its signature."""
    parts = [
        part.text if isinstance(part, Paragraph) else "\n".join(_lines(part, words)) for part in body.parts
    ]
    signature = [text for phrase in fine_print for text in _with_addresses(phrase, words)]
    return "\n\n".join([*parts, "\n".join(["-- ", *signature])]) + "\n"


def _with_addresses(phrase: Phrase, words: MailWords) -> Iterator[str]:
    """Return a line, and below it the address of a link in it that HTML has behind its words."""
    addresses = [run.url for run in phrase if run.url and run.url != run.text]
    text = text_of(phrase)
    yield words.label.format(label=text) if addresses else text
    yield from addresses


def _lines(part: Block, words: MailWords) -> Iterator[str]:
    if isinstance(part, Panel):
        yield _fact(Fact(part.label, part.amount), words)
        yield from filter(None, [part.when])
        yield from (_fact(fact, words) for fact in part.facts)
    elif isinstance(part, Button):
        yield words.label.format(label=part.label)
        yield part.url
    elif isinstance(part, Instructions):
        yield from (part.heading, "", *part.lines, "", text_of(part.remark))
    else:
        yield from _table(part, words)


def _table(table: Table, words: MailWords) -> Iterator[str]:
    yield from filter(None, [table.title])
    yield from (_row(row, words) for row in table.rows)
    for at, group in enumerate(table.groups):
        yield from ("", _fact(group.heading, words)) if at else (_fact(group.heading, words),)
        yield from (f"- {_row(row, words)}" for row in group.rows)
    yield from filter(None, [table.more])
    if table.groups:
        yield ""
    yield from (_fact(fact, words) for fact in table.arithmetic)
    if table.sum:
        yield _fact(table.sum, words)


def _fact(fact: Fact, words: MailWords) -> str:
    return f"{words.label.format(label=fact.label)} {fact.value}"


def _row(row: Row, words: MailWords) -> str:
    return f"{words.label.format(label=row.label)} {row.amount}" + (f" ({row.notes})" if row.notes else "")
