"""Fetch the PDF of a statement of account: for the firm's staff, and for who holds a client's link."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta

from feenote.domain import links
from feenote.domain.documents import StatementDocument
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.records import Client, Firm, PaymentAccount
from feenote.domain.statements import Statement, Visible
from feenote.domain.visibility import MOST_MATTERS, Visibility
from feenote.service.errors import NotFoundError
from feenote.service.make_receipt import logo_of
from feenote.service.make_statement import make_statement
from feenote.service.open_link import LinkPage, PageKind, open_link
from feenote.service.ports import Ports
from feenote.service.prepare_document import PAPER_LINK_DAYS
from feenote.service.use_link import LinkEndedError

FILE_LINK_SECONDS = 300
MADE_IN_WINDOW = 20
MADE_WINDOW_SECONDS = 3_600
_MATTERS_A_CALL = 100


class TooManyStatementsError(Exception):
    """A link's holder asked for more files of other days than a person reads in an hour."""


def fetch_statement_pdf(
    ports: Ports, *, firm_id: str, client_id: str, from_on: date | None, to_on: date | None, now: datetime
) -> str:
    """Return a presigned address of the statement's PDF that lives five minutes.

    Where something is owed and the firm is paid online, a link to the client's balance is printed on it: it
    belongs to the paper, not to a person, and shows the bills of all the client's matters.

    Raises:
        NotFoundError: when the firm has no such client.
        RefusedError: for days that make no period.
        RenderError: when it can never be made.
    """
    statement = make_statement(
        ports, firm_id=firm_id, client_id=client_id, from_on=from_on, to_on=to_on, now=now
    )
    firm = ports.records.get_firm(firm_id)
    client = ports.records.get_client(firm_id, client_id)
    visibility = Visibility(_matter_ids(ports, firm_id, client_id), without_matter=True)
    key = _key(StatementDocument(firm, client, statement), visibility)
    if not _is_stored(ports, key):
        token = ports.tokens.new() if _is_payable(firm, statement) else ""
        _store(ports, key, StatementDocument(firm, client, statement, _address(ports, token)))
        if token:
            # After the rendering: a statement that cannot be rendered leaves no link behind.
            _add_paper_link(ports, firm, client, token, visibility, now)
    return _lead_to(ports, key, statement)


def linked_statement(
    ports: Ports, *, token: str, from_on: date | None, to_on: date | None, now: datetime
) -> tuple[LinkPage, Statement]:
    """Return a link's page and the statement that it may show: of its own bill, and those that it shows.

    Raises:
        NotFoundError: for a token that opens nothing.
        LinkEndedError: when the link ended.
        RefusedError: for days that make no period.
    """
    page = open_link(ports, token=token, now=now)
    if page.kind is PageKind.EXPIRED:
        raise LinkEndedError
    link = page.link
    statement = make_statement(
        ports,
        firm_id=link.firm_id,
        client_id=link.client_id,
        from_on=from_on,
        to_on=to_on,
        now=now,
        visible=Visible(link.visibility, link.bill_id),
    )
    return page, statement


def fetch_linked_pdf(
    ports: Ports, *, token: str, from_on: date | None, to_on: date | None, now: datetime
) -> str:
    """Return a presigned address of the PDF of a link's statement that lives five minutes.

    The address printed on it is the link's own: it ends when the link does.

    Raises:
        NotFoundError, LinkEndedError, RefusedError: as for `linked_statement`.
        TooManyStatementsError: when too many were made for this link within the hour.
        RenderError: when it can never be made.
    """
    page, statement = linked_statement(ports, token=token, from_on=from_on, to_on=to_on, now=now)
    if page.client is None:
        raise NotFoundError("This link opens nothing.")
    shown = token if _is_payable(page.firm, statement) else ""
    document = StatementDocument(page.firm, page.client, statement, _address(ports, shown))
    key = _key(document, page.link.visibility)
    if not _is_stored(ports, key):
        uses = ports.links.count_use(
            page.link.firm_id, page.link.id, "statement", at=now, window_seconds=MADE_WINDOW_SECONDS
        )
        if uses > MADE_IN_WINDOW:
            raise TooManyStatementsError
        _store(ports, key, document)
    return _lead_to(ports, key, statement)


def _is_payable(firm: Firm, statement: Statement) -> bool:
    owes = any(part.owed.minor > 0 for part in statement.currencies)
    return owes and firm.payment_account is PaymentAccount.CONNECTED


def _address(ports: Ports, token: str) -> str | None:
    return f"{ports.public_base_url}/l/{token}" if token else None


def _key(document: StatementDocument, visibility: Visibility | None) -> str:
    """Return where a statement lies: by all that it says, so that the same one is made once."""
    said = hashlib.sha256(repr((document, visibility)).encode()).hexdigest()[:32]
    return f"{document.firm.id}/statements/{document.client.id}/{said}.pdf"


def _is_stored(ports: Ports, key: str) -> bool:
    try:
        ports.documents.get(key)
    except KeyError:
        return False
    return True


def _store(ports: Ports, key: str, document: StatementDocument) -> None:
    pdf = ports.renderer.render_statement(replace(document, logo=logo_of(ports, document.firm)))
    ports.documents.put(key, pdf, content_type="application/pdf")


def _lead_to(ports: Ports, key: str, statement: Statement) -> str:
    period = statement.period
    name = f"Statement {period.from_on.isoformat()} to {period.to_on.isoformat()}.pdf"
    return ports.documents.link_to(key, filename=name, seconds=FILE_LINK_SECONDS, inline=True)


def _matter_ids(ports: Ports, firm_id: str, client_id: str) -> tuple[str, ...]:
    found: list[str] = []
    cursor: str | None = None
    while len(found) < MOST_MATTERS:
        page = ports.records.list_matters(firm_id, client_id=client_id, limit=_MATTERS_A_CALL, cursor=cursor)
        found += [matter.id for matter in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    return tuple(found[:MOST_MATTERS])


def _add_paper_link(
    ports: Ports, firm: Firm, client: Client, token: str, visibility: Visibility, now: datetime
) -> None:
    token_hash = links.hash_token(token)
    if token_hash is None:
        raise ValueError("The token is not one.")
    ports.links.add(
        SecureLink(
            id=ports.ids.new("lnk"),
            token_hash=token_hash,
            firm_id=firm.id,
            client_id=client.id,
            scope=LinkScope.BALANCE,
            created_at=now,
            expires_at=now + timedelta(days=PAPER_LINK_DAYS),
            accept_all_unpaid=firm.settings.accept_all_unpaid,
            visibility=visibility,
        )
    )
