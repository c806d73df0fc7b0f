"""Write a message as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from feenote.adapters.messages.blocks import Block, Button, Fact, Instructions, Panel, Row, Table
from feenote.adapters.messages.body import Body, Paragraph
from feenote.adapters.messages.phrases import Phrase, text_of


def plain_text(body: Body, fine_print: tuple[Phrase, ...]) -> str:
    """Return the message with an empty line between its parts; the fine print is its signature."""
    parts = [part.text if isinstance(part, Paragraph) else "\n".join(_lines(part)) for part in body.parts]
    return "\n\n".join([*parts, "\n".join(["-- ", *map(text_of, fine_print)])]) + "\n"


def _lines(part: Block) -> Iterator[str]:
    if isinstance(part, Panel):
        yield _fact(Fact(part.label, part.amount))
        yield from filter(None, [part.when])
        yield from map(_fact, part.facts)
    elif isinstance(part, Button):
        yield f"{part.label}:"
        yield part.url
    elif isinstance(part, Instructions):
        yield from (part.heading, "", *part.lines, "", text_of(part.remark))
    else:
        yield from _table(part)


def _table(table: Table) -> Iterator[str]:
    yield from filter(None, [table.title])
    yield from map(_row, table.rows)
    yield from filter(None, [table.more])
    if table.sum:
        yield _fact(table.sum)


def _fact(fact: Fact) -> str:
    return f"{fact.label}: {fact.value}"


def _row(row: Row) -> str:
    return f"{row.label}: {row.amount}" + (f" ({row.notes})" if row.notes else "")
