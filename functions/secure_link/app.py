"""The pages behind the link in a mail: read, download, pay, come back, get a new link, stop reminders."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from feenote import bootstrap
from feenote.api.link_pages import (
    Pages,
    after_pay,
    asked_form,
    expired_page,
    lead_to,
    link_page,
    no_document_page,
    nothing_more,
    pay_form,
    pay_request,
    renewed_page,
    return_page,
)
from feenote.api.link_reminders import reminders_page, start_reminders, stop_reminders
from feenote.api.link_statements import statement_file, statement_page
from feenote.service.open_link import open_link
from feenote.service.ports import RenderError
from feenote.service.start_payment import start_payment
from feenote.service.use_link import LinkEndedError, come_back, fetch_document, note_view, renew_link

pages = Pages()
handler = pages.resolve


@pages.page("/l/<token>")
def show(token: str) -> Response[str]:
    """Show what is behind a link."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    typed = asked_form(pages.current_event.raw_event)
    page = open_link(ports, token=token, now=now, all_bills=typed.all_bills)
    return link_page(ports, page, token=token, now=now, typed=typed)


@pages.page("/l/<token>/bills/<file>")
def show_file(token: str, file: str) -> Response[str]:
    """Lead to the bill's PDF, at an address that lives five minutes."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    bill_id = file.removesuffix(".pdf")
    try:
        return lead_to(fetch_document(ports, token=token, bill_id=bill_id, now=now), status=302)
    except LinkEndedError:
        return expired_page(ports, open_link(ports, token=token, now=now), token=token)
    except RenderError:
        ports.signals.count("DocumentNotRendered")
        return no_document_page(ports, open_link(ports, token=token, now=now), token=token)


@pages.page("/l/<token>/statement")
def show_statement(token: str) -> Response[str]:
    """Show the account that is behind a link, between two days."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    return statement_page(ports, pages.current_event.raw_event, token=token, now=now)


@pages.page("/l/<token>/statement.pdf")
def show_statement_file(token: str) -> Response[str]:
    """Lead to the statement's PDF, at an address that lives five minutes."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    return statement_file(ports, pages.current_event.raw_event, token=token, now=now)


@pages.post("/l/<token>/pay")
def pay(token: str) -> Response[str]:
    """Lead to the payment page."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    typed = pay_form(pages.current_event.raw_event)
    # A button is pressed by a person, also where no script tells of one.
    note_view(ports, token=token, now=now)
    start = start_payment(ports, token=token, request=pay_request(typed), now=now)
    return after_pay(ports, start, token=token, now=now, typed=typed)


@pages.page("/l/<token>/return")
def show_return(token: str) -> Response[str]:
    """Show what our own books know of the payment."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    named = pages.current_event.query_string_parameters.get("checkout", "")
    try:
        found = come_back(ports, token=token, now=now, checkout_id=named)
        return return_page(ports, found, token=token)
    except LinkEndedError:
        return expired_page(ports, open_link(ports, token=token, now=now), token=token)


@pages.post("/l/<token>/renew")
def renew(token: str) -> Response[str]:
    """Mail a new link to the address on file; say the same whether or not that was done."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    page = open_link(ports, token=token, now=now)
    renew_link(ports, token=token, now=now)
    return renewed_page(ports, page)


@pages.page("/l/<token>/stop")
def show_reminders(token: str) -> Response[str]:
    """Show where reminders go, and the button that stops them; no machine that looks stops any."""
    return reminders_page(bootstrap.system(), token=token, now=bootstrap.clock().now())


@pages.post("/l/<token>/stop")
def press_stop(token: str) -> Response[str]:
    """Stop reminders, and nothing else; the token is all that is asked for (RFC 8058)."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    return stop_reminders(ports, pages.current_event.raw_event, token=token, now=now)


@pages.post("/l/<token>/start")
def press_start(token: str) -> Response[str]:
    """Let reminders come again."""
    return start_reminders(bootstrap.system(), token=token, now=bootstrap.clock().now())


@pages.post("/l/<token>/viewed")
def viewed(token: str) -> Response[str]:
    """Note that a person looked."""
    note_view(bootstrap.system(), token=token, now=bootstrap.clock().now())
    return nothing_more()
