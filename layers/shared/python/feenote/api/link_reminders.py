"""The page of a link that stops reminders, and what its buttons and the mail program's own one do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.parser import BytesParser
from email.policy import compat32
from typing import Any
from urllib.parse import parse_qsl, quote

from aws_lambda_powertools.event_handler import Response

from feenote.adapters import pages
from feenote.api.link_pages import MOST_FIELDS, answer_with, firm_logo, lead_to
from feenote.api.problems import ProblemError
from feenote.api.reading import body_bytes
from feenote.service.ports import Ports
from feenote.service.reminders.stop_reminders import (
    Reminded,
    StoppedBy,
    reminded_by,
    start_by_link,
    stop_by_link,
)

ONE_CLICK = ("list-unsubscribe", "one-click")
"""What a mail program posts, and no page of ours (RFC 8058, 3.2); compared without regard to case."""
LARGEST_FORM = 2_000
"""A mail program posts some two hundred bytes; what is larger is not looked into."""


def reminders_page(ports: Ports, *, token: str, now: datetime) -> Response[str]:
    """Return the page that says where reminders go."""
    return _page(ports, reminded_by(ports, token=token, now=now), token)


def stop_reminders(ports: Ports, event: Mapping[str, Any], *, token: str, now: datetime) -> Response[str]:
    """Stop reminders, whatever was posted: nobody who wants none is asked to fill in a form rightly.

    A mail program is answered at once, without a way elsewhere; a browser is led to the page.
    """
    by = StoppedBy.ONE_CLICK if is_one_click(event) else StoppedBy.PAGE
    found = stop_by_link(ports, token=token, by=by, now=now)
    return _page(ports, found, token) if by is StoppedBy.ONE_CLICK else _to_page(token)


def start_reminders(ports: Ports, *, token: str, now: datetime) -> Response[str]:
    """Let reminders come again, and lead to the page that says so; too often is slowed down."""
    if start_by_link(ports, token=token, now=now) is None:
        return answer_with(pages.render_slow_down())
    return _to_page(token)


def is_one_click(event: Mapping[str, Any]) -> bool:
    """Say whether a body is what a mail program's own button posts, in either form that it may have."""
    try:
        body = body_bytes(event, largest=LARGEST_FORM)
    except ProblemError:
        return False
    headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    content_type = headers.get("content-type", "")
    if content_type.strip().lower().startswith("multipart/form-data"):
        fields = _parts(content_type, body)
    else:
        fields = _pairs(body)
    return ONE_CLICK in {(name.strip().lower(), value.strip().lower()) for name, value in fields}


def _pairs(body: bytes) -> list[tuple[str, str]]:
    text = body.decode("utf-8", "replace")
    return parse_qsl(text, max_num_fields=MOST_FIELDS) if text.count("&") < MOST_FIELDS else []


def _parts(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a form that is written like a mail with several parts (RFC 7578)."""
    one_line = " ".join(content_type.split()).encode("ascii", "replace")
    message = BytesParser(policy=compat32).parsebytes(b"Content-Type: " + one_line + b"\r\n\r\n" + body)
    found = []
    for part in message.walk():
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str) and isinstance(content, bytes):
            found.append((name, content.decode("utf-8", "replace")))
    return found


def _page(ports: Ports, found: Reminded, token: str) -> Response[str]:
    logo = firm_logo(ports, found.firm)
    return answer_with(pages.render_reminders_page(found, token=token, logo=logo))


def _to_page(token: str) -> Response[str]:
    return lead_to(f"/l/{quote(token, safe='')}/stop", status=303)
