"""The hosted payment page: what is paid, by card or from a bank account; no script at all."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jinja2
from werkzeug import Response

from local.stripe_api import payments, sessions
from local.stripe_api.currencies import shown
from local.stripe_api.errors import ApiError
from local.stripe_api.methods import BANK_DEBITS
from local.stripe_api.store import instant

if TYPE_CHECKING:
    from werkzeug import Request

    from local.stripe_api.engine import StripeStandIn
    from local.stripe_api.store import Json
    from local.stripe_api.turn import Turn

_FOLDER = Path(__file__).parent / "templates"
DEFAULT_CARD = "4242 4242 4242 4242"


@functools.cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined
    )
    made.globals["shown"] = shown
    return made


def pay(engine: StripeStandIn, request: Request, session_id: str) -> Response:
    """Show the page, or pay and go on to the success page. GET and HEAD change nothing."""
    found = engine.find_session(session_id)
    if found is None:
        return not_found()
    account_id, session, items = found
    if request.method in {"GET", "HEAD"} or session["status"] != "open":
        return _page(engine, session, items, given={}, problem=None, status=200)
    if request.method != "POST":
        return Response("", 405, {"Allow": "GET, HEAD, POST"})
    given = {name: value.strip()[:200] for name, value in request.form.items()}

    def act(turn: Turn) -> Json:
        return payments.pay(
            turn,
            sessions.find(turn, session_id),
            method=given.get("method", "card"),
            card_number=given.get("card_number", ""),
            email=given.get("email") or None,
            name=given.get("name") or None,
        )

    try:
        paid = engine.act(act, account_id)
    except ApiError as refusal:
        _, session, items = engine.find_session(session_id) or found
        return _page(engine, session, items, given=given, problem=refusal.message, status=refusal.status)
    # Stripe waits for the webhook, up to ten seconds, before it sends the client back.
    engine.pump()
    return Response("", 303, {"Location": _success_url(paid), "Cache-Control": "no-store"})


def _success_url(session: Json) -> str:
    url = str(session["success_url"])
    for place in ("{CHECKOUT_SESSION_ID}", "%7BCHECKOUT_SESSION_ID%7D"):
        url = url.replace(place, session["id"])
    return url


def _page(
    engine: StripeStandIn, session: Json, items: list[Json], *, given: Json, problem: str | None, status: int
) -> Response:
    if session["status"] != "open":
        return _ended(engine, session)
    methods = session["payment_method_types"]
    debits = [(kind, BANK_DEBITS[kind][1]) for kind in methods if kind in BANK_DEBITS]
    chosen = given.get("method") if given.get("method") in methods else methods[0]
    values: dict[str, Any] = {
        "session": session,
        "items": items,
        "takes_card": "card" in methods,
        "debits": debits,
        "chosen": chosen,
        "problem": problem,
        "email": given.get("email", session["customer_email"] or ""),
        "name": given.get("name", ""),
        "card_number": given.get("card_number", DEFAULT_CARD),
        "ends_at": instant(session["expires_at"]).strftime("%d %B %Y, %H:%M UTC"),
        "base": urlsplit(engine.page_base).path,
    }
    origins = {_origin(str(session["success_url"])), _origin(engine.page_base)}
    return _html("pay.html", status, values, form_to=sorted(origins))


def _ended(engine: StripeStandIn, session: Json) -> Response:
    complete = session["status"] == "complete"
    values = {
        "title": "This payment is complete" if complete else "This payment page has expired",
        "text": (
            "Nothing more has to be done here."
            if complete
            else "Nothing was taken. Please go back to the bill and start again."
        ),
        "back": _success_url(session) if complete else session["cancel_url"],
        "base": urlsplit(engine.page_base).path,
    }
    return _html("ended.html", 200 if complete else 410, values, form_to=[])


def receipt(engine: StripeStandIn, charge_id: str) -> Response:
    """Show the receipt of a charge that succeeded."""
    for account in list(engine.accounts.values()):
        charge = account.objects["charge"].get(charge_id)
        if charge is not None and charge["paid"]:
            values = {
                "title": f"Receipt for {shown(charge['amount'], charge['currency'])}",
                "text": f"Paid on {instant(charge['created']):%d %B %Y}. Reference {charge['id']}.",
                "back": None,
                "base": urlsplit(engine.page_base).path,
            }
            return _html("ended.html", 200, values, form_to=[])
    return not_found()


def not_found() -> Response:
    """Answer what does not exist."""
    return Response("Not found\n", 404, mimetype="text/plain")


def asset(name: str) -> Response:
    """Return the style sheet."""
    if name != "pay.css":
        return not_found()
    return Response((_FOLDER / name).read_bytes(), 200, {"Cache-Control": "max-age=300"}, mimetype="text/css")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _html(template: str, status: int, values: dict[str, Any], *, form_to: list[str]) -> Response:
    # Browsers hold the redirect after a POST to `form-action` too, so the success page's origin is named.
    forms = " ".join(["'self'", *form_to]) if form_to else "'none'"
    policy = (
        f"default-src 'none'; style-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(_templates().get_template(template).render(values), status, headers, mimetype="text/html")
