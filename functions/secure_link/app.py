"""The pages behind the link in a mail: read, download, pay, come back, ask for a new link."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from feenote import bootstrap
from feenote.api.link_pages import (
    Pages,
    after_pay,
    expired_page,
    lead_to,
    link_page,
    no_document_page,
    nothing_more,
    pay_form,
    renewed_page,
    return_page,
)
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
    return link_page(ports, open_link(ports, token=token, now=now), token=token, now=now)


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


@pages.post("/l/<token>/pay")
def pay(token: str) -> Response[str]:
    """Lead to the payment page."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    pay_all, shown_minor = pay_form(pages.current_event.raw_event)
    # A button is pressed by a person, also where no script tells of one.
    note_view(ports, token=token, now=now)
    start = start_payment(ports, token=token, pay_all=pay_all, shown_minor=shown_minor, now=now)
    return after_pay(ports, start, token=token, now=now)


@pages.page("/l/<token>/return")
def show_return(token: str) -> Response[str]:
    """Show what our own books know of the payment."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    try:
        return return_page(ports, come_back(ports, token=token, now=now), token=token)
    except LinkEndedError:
        return expired_page(ports, open_link(ports, token=token, now=now), token=token)


@pages.post("/l/<token>/renew")
def renew(token: str) -> Response[str]:
    """Mail a new link to the address on file; say the same whether or not that was done."""
    ports, now = bootstrap.system(), bootstrap.clock().now()
    page = open_link(ports, token=token, now=now)
    renew_link(ports, token=token, now=now)
    return renewed_page(ports, page)


@pages.post("/l/<token>/viewed")
def viewed(token: str) -> Response[str]:
    """Note that a person looked."""
    note_view(bootstrap.system(), token=token, now=bootstrap.clock().now())
    return nothing_more()
