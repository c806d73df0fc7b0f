"""Read clients and their contacts from CSV (RFC 4180): one row for each contact.

A client with several contacts has a row for each; the first is its primary contact. A row without an email
address and a name makes the client alone. `address` holds the lines of an envelope, parted by `|` or by line
breaks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feenote.domain.addresses import is_email
from feenote.domain.bill_rows import MAX_NUMBER
from feenote.domain.file_text import Cells, FileProblem, csv_rows
from feenote.domain.records import ClientKind

COLUMNS = (
    "client_number",
    "client_name",
    "kind",
    "first_name",
    "last_name",
    "email",
    "language",
    "time_zone",
    "salutation",
    "address",
)
REQUIRED = ("client_number", "client_name")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_TIME_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")
_ADDRESS_LINES = 8


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """A contact as a file has it."""

    line: int
    first_name: str
    last_name: str
    salutation: str
    email: str
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class ImportedClient:
    """A client with its contacts, or, with `problems`, why it is refused."""

    number: str
    name: str
    kind: ClientKind
    language: str
    time_zone: str
    address: tuple[str, ...]
    contacts: tuple[ImportedContact, ...]
    line: int
    problems: tuple[FileProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    name: str
    kind: ClientKind
    address: tuple[str, ...]
    contact: ImportedContact


def parse(text: str) -> tuple[ImportedClient, ...]:
    """Return the clients of a file in the order in which their numbers come.

    Raises:
        FileError: the first line does not name the columns, or the quotes do not close.
    """
    rows: dict[str, list[_Row]] = {}
    problems: dict[str, list[FileProblem]] = {}
    nameless: list[ImportedClient] = []
    for cells in csv_rows(text, columns=COLUMNS, required=REQUIRED):
        number = cells.text("client_number", longest=MAX_NUMBER, required=True)
        row = _read(cells)
        if not number:
            nameless.append(_refused("", cells.line, cells.problems))
            continue
        rows.setdefault(number, []).append(row)
        problems.setdefault(number, []).extend(cells.problems)
    clients = [_client(number, found, problems[number]) for number, found in rows.items()]
    return (*clients, *nameless)


def _read(cells: Cells) -> _Row:
    return _Row(
        line=cells.line,
        name=cells.text("client_name", longest=200, required=True),
        kind=cells.read("kind", _kind) or ClientKind.ORGANISATION,
        address=_address(cells),
        contact=ImportedContact(
            line=cells.line,
            first_name=cells.text("first_name", longest=100),
            last_name=cells.text("last_name", longest=100),
            salutation=cells.text("salutation", longest=200),
            email=cells.read("email", _email) or "",
            language=cells.read("language", _language) or "",
            time_zone=cells.read("time_zone", _time_zone) or "",
        ),
    )


def _client(number: str, rows: Sequence[_Row], problems: Sequence[FileProblem]) -> ImportedClient:
    first = rows[0]
    found = list(problems)
    for row in rows[1:]:
        if (row.name, row.kind) != (first.name, first.kind):
            message = f"Line {first.line} gives this client another name or kind: make them agree."
            found.append(FileProblem(row.line, "client_name", message))
    contacts = [row.contact for row in rows if row.contact.email or row.contact.last_name]
    seen: dict[str, int] = {}
    for contact in contacts:
        key = contact.email.casefold() or f"{contact.first_name} {contact.last_name}"
        if key in seen:
            message = f"The contact is on line {seen[key]} already: take one of the lines away."
            found.append(FileProblem(contact.line, "email", message))
        seen.setdefault(key, contact.line)
    if found:
        return _refused(number, first.line, found)
    return ImportedClient(
        number=number,
        name=first.name,
        kind=first.kind,
        language=first.contact.language,
        time_zone=first.contact.time_zone,
        address=next((row.address for row in rows if row.address), ()),
        contacts=tuple(contacts),
        line=first.line,
    )


def _refused(number: str, line: int, problems: Sequence[FileProblem]) -> ImportedClient:
    return ImportedClient(number, "", ClientKind.ORGANISATION, "", "", (), (), line, tuple(problems))


def _kind(text: str) -> ClientKind:
    try:
        return ClientKind(text.lower())
    except ValueError:
        raise ValueError("Write person or organisation.") from None


def _email(text: str) -> str:
    if not is_email(text):
        raise ValueError(f"{text[:60]!r} is not an email address: write one such as ann@example.com.")
    return text


def _language(text: str) -> str:
    if len(text) > 35 or not _LANGUAGE.fullmatch(text):
        raise ValueError(f"{text[:20]!r} is not a language: write a tag such as en or fr-CA.")
    return text


def _time_zone(text: str) -> str:
    problem = ValueError(f"{text[:40]!r} is not a time zone: write one such as America/New_York.")
    if not _TIME_ZONE.fullmatch(text):
        raise problem
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        # A folder such as "America" is an OSError.
        raise problem from None
    return text


def _address(cells: Cells) -> tuple[str, ...]:
    written = re.split(r"[|\r\n]", cells.text("address", longest=2000, lines=True))
    lines = tuple(line.strip() for line in written if line.strip())
    if len(lines) > _ADDRESS_LINES:
        cells.wrong("address", f"An address has at most {_ADDRESS_LINES} lines: shorten it.")
    return lines
