"""The HTML pages that clients see. Each works without a script; the headers are made for each page."""

from __future__ import annotations

from feenote.adapters.pages.headers import CHECKOUT_ORIGIN, HtmlPage
from feenote.adapters.pages.link_pages import (
    render_expired,
    render_link_page,
    render_no_document,
    render_refused,
    render_renewed,
    render_return_page,
)
from feenote.adapters.pages.plain_pages import (
    render_not_found,
    render_slow_down,
    render_unavailable,
)
from feenote.adapters.pages.reminder_pages import render_reminders_page
from feenote.adapters.pages.statement_pages import render_statement_page
from feenote.adapters.pages.typed import NOTHING_TYPED, Typed, read_typed_form

__all__ = [
    "CHECKOUT_ORIGIN",
    "NOTHING_TYPED",
    "HtmlPage",
    "Typed",
    "read_typed_form",
    "render_expired",
    "render_link_page",
    "render_no_document",
    "render_not_found",
    "render_refused",
    "render_reminders_page",
    "render_renewed",
    "render_return_page",
    "render_slow_down",
    "render_statement_page",
    "render_unavailable",
]
