"""The pages behind a secure link: its routes, and what becomes of a press of a button."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, ApiGatewayResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as UnknownAddressError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.utilities.typing import LambdaContext

from feenote import bootstrap
from feenote.adapters import pages
from feenote.adapters.pages import NOTHING_TYPED, HtmlPage, Typed, read_typed_form
from feenote.api.guessing import Guesses
from feenote.api.problems import ProblemError
from feenote.api.reading import body_bytes
from feenote.domain.records import Firm
from feenote.domain.typed_amounts import Unreadable
from feenote.domain.what_is_due import Choice
from feenote.service.errors import ConflictError, NotFoundError
from feenote.service.open_link import LinkPage, open_link
from feenote.service.ports import Ports, ProcessorUnavailableError, StaleError, StoreUnavailableError
from feenote.service.start_payment import PaymentStart, PayRequest, Start
from feenote.service.use_link import ReturnPage

Handler = TypeVar("Handler", bound=Callable[..., Any])

LARGEST_FORM = 10_000
"""Two hundred bills' ids, with room; an address of this size is as much as the gateway takes."""
MOST_FIELDS = 220
SHOWN_AGAIN = frozenset({Start.AMOUNT_CHANGED, Start.TOO_LITTLE, Start.NOT_ALLOWED})
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


# What passes: it ends in a page, never in the gateway's own words.
_FOR_NOW: list[type[Exception]] = [
    StoreUnavailableError,
    ProcessorUnavailableError,
    ConflictError,
    StaleError,
]


class Pages(APIGatewayHttpResolver):
    """A function that answers with pages. Whatever a link does not open gets the very same page."""

    def __init__(self) -> None:
        # Said here, else Powertools reads the environment while it is imported.
        super().__init__(debug=False)
        self.guesses = Guesses()
        self.use([self._slow_down])
        self.not_found(self._not_found)
        self.exception_handler([NotFoundError, ProblemError])(self._not_found)
        self.exception_handler(_FOR_NOW)(_unavailable)

    def resolve(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer a request; HEAD gets what GET gets, without the page, whatever came of it."""
        answer = super().resolve(event, context)
        if self.current_event.http_method.upper() == "HEAD":
            return {**answer, "body": "", "isBase64Encoded": False}
        return answer

    def page(self, path: str) -> Callable[[Handler], Handler]:
        """Make a function the handler of GET and HEAD of an address; neither may change anything."""
        return self.route(path, ["GET", "HEAD"])

    def _slow_down(self, app: ApiGatewayResolver, next_middleware: NextMiddleware) -> Response[str]:
        """Let who guesses wait, before anything is looked up."""
        if self.guesses.are_too_many(self._asker(), now=bootstrap.clock().now()):
            return answer_with(pages.render_slow_down())
        answer: Response[str] = next_middleware(app)
        return answer

    def _not_found(self, _: UnknownAddressError | NotFoundError | ProblemError) -> Response[str]:
        self.guesses.missed(self._asker(), now=bootstrap.clock().now())
        return answer_with(pages.render_not_found())

    def _asker(self) -> str:
        return str(self.current_event.raw_event["requestContext"]["http"].get("sourceIp", ""))


def _unavailable(_: Exception) -> Response[str]:
    bootstrap.system().signals.count("PageUnavailable")
    return answer_with(pages.render_unavailable())


def answer_with(page: HtmlPage) -> Response[str]:
    """Return a page's HTTP form."""
    return Response(page.status, body=page.html, headers=dict(page.headers))


def nothing_more() -> Response[str]:
    """Return the answer to what needs none."""
    return Response(204, body="", headers=PRIVATE)


def lead_to(url: str, *, status: int) -> Response[str]:
    """Return the way elsewhere: 303 after a press, 302 to a file."""
    return Response(status, body="", headers={**PRIVATE, "Location": url})


def asked_form(event: Mapping[str, Any]) -> Typed:
    """Return what the form of the page asks to be shown, from the address; a strange one asks for nothing."""
    query = str(event.get("rawQueryString") or "")
    return read_typed_form(_fields(query)) if len(query) <= LARGEST_FORM else NOTHING_TYPED


def pay_form(event: Mapping[str, Any]) -> Typed:
    """Return what the form of the page says with the button that pays.

    Raises:
        ProblemError: for a form of a size that no page of ours sends.
    """
    return read_typed_form(_fields(body_bytes(event, largest=LARGEST_FORM).decode("utf-8", "replace")))


def _fields(content: str) -> Mapping[str, Sequence[str]]:
    return parse_qs(content, max_num_fields=MOST_FIELDS) if content.count("&") < MOST_FIELDS else {}


def pay_request(typed: Typed) -> PayRequest:
    """Return the press of pay; one whose amount cannot be read was shown by no page."""
    choice = typed.choice()
    if isinstance(choice, Unreadable):
        return PayRequest(Choice(typed.all_bills, typed.currency, typed.bill_ids), "")
    return PayRequest(choice, typed.shown)


def link_page(
    ports: Ports, page: LinkPage, *, token: str, now: datetime, typed: Typed = NOTHING_TYPED
) -> Response[str]:
    """Return the page of a link, with what was typed into it worked out."""
    logo = firm_logo(ports, page.firm)
    return answer_with(pages.render_link_page(page, token=token, now=now, typed=typed, logo=logo))


def after_pay(
    ports: Ports, start: PaymentStart, *, token: str, now: datetime, typed: Typed = NOTHING_TYPED
) -> Response[str]:
    """Return the way to the payment page, or the page that says why there is none.

    What was not shown, or may not be paid like that, is shown as it is now: nothing typed is lost.
    """
    if start.outcome is Start.REDIRECT:
        return lead_to(start.url, status=303)
    page = open_link(ports, token=token, now=now, all_bills=typed.all_bills)
    logo = firm_logo(ports, page.firm)
    if start.outcome in SHOWN_AGAIN:
        again = pages.render_link_page(
            page, token=token, now=now, typed=typed, is_changed=True, status=409, logo=logo
        )
        return answer_with(again)
    return answer_with(pages.render_refused(page, start.outcome, token=token, logo=logo))


def return_page(ports: Ports, page: ReturnPage, *, token: str) -> Response[str]:
    """Return the page to which the client comes back after paying."""
    return answer_with(pages.render_return_page(page, token=token, logo=firm_logo(ports, page.behind.firm)))


def renewed_page(ports: Ports, page: LinkPage) -> Response[str]:
    """Return the answer to asking for a new link: the same whatever was done."""
    return answer_with(pages.render_renewed(page.firm, logo=firm_logo(ports, page.firm)))


def expired_page(ports: Ports, page: LinkPage, *, token: str) -> Response[str]:
    """Return the page of a link that ended."""
    return answer_with(pages.render_expired(page, token=token, logo=firm_logo(ports, page.firm)))


def no_document_page(ports: Ports, page: LinkPage, *, token: str) -> Response[str]:
    """Return the page instead of a file that cannot be had just now."""
    return answer_with(pages.render_no_document(page, token=token, logo=firm_logo(ports, page.firm)))


def firm_logo(ports: Ports, firm: Firm) -> bytes | None:
    """Return what pages show of a firm's logo; None where it has none, or it cannot be had just now."""
    if not firm.logo_key:
        return None
    try:
        return ports.documents.get(firm.logo_key)
    except (KeyError, StoreUnavailableError):
        # A page without its logo is better than none.
        return None
