"""The statement behind a secure link: as a page, and as a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from aws_lambda_powertools.event_handler import Response

from feenote.adapters import pages
from feenote.api.link_pages import answer_with, expired_page, lead_to, no_document_page
from feenote.domain.records import Firm
from feenote.service.errors import RefusedError
from feenote.service.fetch_statement_pdf import (
    TooManyStatementsError,
    fetch_linked_pdf,
    linked_statement,
)
from feenote.service.make_receipt import logo_of
from feenote.service.open_link import open_link
from feenote.service.ports import Ports, RenderError, StoreUnavailableError
from feenote.service.use_link import LinkEndedError

_DAY = re.compile(r"(19|20|21)\d\d-\d\d-\d\d", re.ASCII)


def statement_page(ports: Ports, event: Mapping[str, Any], *, token: str, now: datetime) -> Response[str]:
    """Return the page of the days that the address names, of the last twelve months where it names none.

    Days that make no statement are said to be so on the page of the last twelve months.
    """
    try:
        try:
            from_on, to_on = _days(event)
            page, statement = linked_statement(ports, token=token, from_on=from_on, to_on=to_on, now=now)
            is_wrong = False
        except RefusedError:
            page, statement = linked_statement(ports, token=token, from_on=None, to_on=None, now=now)
            is_wrong = True
    except LinkEndedError:
        return expired_page(ports, open_link(ports, token=token, now=now), token=token)
    logo = _logo(ports, page.firm)
    return answer_with(
        pages.render_statement_page(page, statement, token=token, logo=logo, is_wrong=is_wrong)
    )


def statement_file(ports: Ports, event: Mapping[str, Any], *, token: str, now: datetime) -> Response[str]:
    """Lead to the PDF of the days that the address names; to the page where they make no statement."""
    try:
        from_on, to_on = _days(event)
        url = fetch_linked_pdf(ports, token=token, from_on=from_on, to_on=to_on, now=now)
    except RefusedError:
        return statement_page(ports, event, token=token, now=now)
    except LinkEndedError:
        return expired_page(ports, open_link(ports, token=token, now=now), token=token)
    except TooManyStatementsError:
        return answer_with(pages.render_slow_down())
    except RenderError:
        ports.signals.count("DocumentNotRendered")
        return no_document_page(ports, open_link(ports, token=token, now=now), token=token)
    return lead_to(url, status=302)


def _days(event: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """Return the days that the address names.

    Raises:
        RefusedError: for what is no day of the calendar.
    """
    query = event.get("queryStringParameters") or {}
    return _day(query.get("from", "")), _day(query.get("to", ""))


def _day(text: str) -> date | None:
    if not text:
        return None
    refused = RefusedError("This is no day of the calendar.")
    if not _DAY.fullmatch(text):
        raise refused
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused from None


def _logo(ports: Ports, firm: Firm) -> bytes | None:
    try:
        return logo_of(ports, firm)
    except StoreUnavailableError:
        # A page without its logo is better than none.
        return None
