"""Checkout Sessions: made, shown, ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local.stripe_api import currencies, objects
from local.stripe_api.errors import ApiError, invalid, missing, missing_parameter, not_offered
from local.stripe_api.methods import BANK_DEBITS
from local.stripe_api.store import NOUNS, Json

if TYPE_CHECKING:
    from local.stripe_api.turn import Turn

SHORTEST_SECONDS = 30 * 60
LONGEST_SECONDS = 24 * 60 * 60
MAX_LINE_ITEMS = 100
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")

_OFFERED = frozenset(
    {
        "allowed_payment_method_types",
        "billing_address_collection",
        "cancel_url",
        "client_reference_id",
        "customer_creation",
        "customer_email",
        "excluded_payment_method_types",
        "expand",
        "expires_at",
        "line_items",
        "locale",
        "metadata",
        "mode",
        "payment_intent_data",
        "payment_method_options",
        "submit_type",
        "success_url",
    }
)
# What Stripe does without being asked: it may be said, but not changed.
_AS_USUAL: dict[str, tuple[Any, ...]] = {
    "adaptive_pricing": ({"enabled": False},),
    "allow_promotion_codes": (False,),
    "automatic_tax": ({"enabled": False},),
    "invoice_creation": ({"enabled": False},),
    "phone_number_collection": ({"enabled": False},),
    "ui_mode": ("hosted_page",),
}
_OFFERED_OF_INTENT = frozenset(
    {
        "description",
        "metadata",
        "receipt_email",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
    }
)


def create(turn: Turn, asked: Json) -> Json:
    """Make a session with status `open`; the payment intent is made when somebody pays.

    Raises:
        ApiError: as Stripe refuses: amounts, currencies, times, addresses.
    """
    _check_offered(asked)
    items = _line_items(turn, asked)
    currency = items[0]["currency"]
    total = sum(item["amount_total"] for item in items)
    currencies.check_total(total, currency, "line_items")
    methods = _methods(asked, currency)
    _check_mandate(asked, methods)
    session_id = turn.ids.new("cs_test_" if not turn.livemode else "cs_live_")
    made = objects.session(
        session_id=session_id,
        created=turn.now,
        expires_at=_expires_at(turn, asked),
        currency=currency,
        amount=total,
        methods=methods,
        livemode=turn.livemode,
        url=f"{turn.page_base}/pay/{session_id}",
        asked=asked,
    )
    turn.account.put(made)
    turn.account.line_items[session_id] = items
    turn.account.intent_data[session_id] = asked.get("payment_intent_data", {})
    return made


def _check_offered(asked: Json) -> None:
    for name, value in asked.items():
        if name not in _OFFERED and value not in _AS_USUAL.get(name, ()):
            raise not_offered(name)
    for name in asked.get("payment_intent_data", {}):
        if name not in _OFFERED_OF_INTENT:
            raise not_offered(f"payment_intent_data[{name}]")
    if asked.get("mode") is None:
        raise missing_parameter("mode")
    if asked["mode"] != "payment":
        raise not_offered("mode")
    for name in ("success_url", "cancel_url"):
        if name in asked and urlsplit(asked[name]).scheme not in {"http", "https"}:
            raise invalid("Not a valid URL", name, "url_invalid")
    if "success_url" not in asked:
        raise missing_parameter("success_url")
    email = asked.get("customer_email")
    if email is not None and not _EMAIL.fullmatch(email):
        raise invalid(f"Invalid email address: {email}", "customer_email", "email_invalid")
    if len(asked.get("client_reference_id", "")) > 200:
        raise invalid("Invalid string: must be at most 200 characters", "client_reference_id")


def _expires_at(turn: Turn, asked: Json) -> int:
    at: int = asked.get("expires_at", turn.now + LONGEST_SECONDS)
    if at < turn.now + SHORTEST_SECONDS:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            "expires_at",
        )
    if at > turn.now + LONGEST_SECONDS:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            "expires_at",
        )
    return at


def _methods(asked: Json, currency: str) -> list[str]:
    """Return the ways to pay: those that fit the currency, less what the request's filters take away."""
    eligible = ["card", *(kind for kind, (taken, _) in BANK_DEBITS.items() if taken == currency)]
    allowed = asked.get("allowed_payment_method_types") or eligible
    excluded = asked.get("excluded_payment_method_types", [])
    methods = [kind for kind in eligible if kind in allowed and kind not in excluded]
    if not methods:
        raise invalid(
            f"No payment method types are left for this Checkout Session in {currency}.",
            "allowed_payment_method_types",
        )
    return methods


def _check_mandate(asked: Json, methods: list[str]) -> None:
    """Check the terms of a pre-authorised debit in Canada (Stripe's documentation, "PAD mandates").

    Where the debit is only one of the ways that the account has switched on, Stripe leaves it out in silence;
    where it was asked for, the terms must be there.
    """
    options = asked.get("payment_method_options", {})
    for name, inner in options.items():
        if name != "acss_debit" or inner.keys() - {"mandate_options", "verification_method"}:
            raise not_offered(f"payment_method_options[{name}]")
    path = "payment_method_options[acss_debit][mandate_options]"
    terms = options.get("acss_debit", {}).get("mandate_options")
    if terms is None:
        if "acss_debit" in methods and "acss_debit" in asked.get("allowed_payment_method_types", []):
            raise missing_parameter(path)
        return
    wanted = ["payment_schedule", "transaction_type"]
    if terms.get("payment_schedule") in {"interval", "combined"}:
        wanted.append("interval_description")
    for name in wanted:
        if name not in terms:
            raise missing_parameter(f"{path}[{name}]")


def _line_items(turn: Turn, asked: Json) -> list[Json]:
    given = asked.get("line_items", [])
    if not given:
        raise missing_parameter("line_items")
    if len(given) > MAX_LINE_ITEMS:
        raise invalid(f"Array line_items must have at most {MAX_LINE_ITEMS} elements", "line_items")
    made = []
    for index, item in enumerate(given):
        path = f"line_items[{index}]"
        _check_item(item, path)
        made.append(
            objects.line_item(
                item_id=turn.ids.new("li_"),
                price_id=turn.ids.new("price_"),
                product_id=turn.ids.new("prod_"),
                created=turn.now,
                livemode=turn.livemode,
                asked=item,
            )
        )
    if len({item["currency"] for item in made}) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
    return made


def _check_item(item: Json, path: str) -> None:
    for name in item:
        if name == "price":
            raise missing("price", item["price"], param=f"{path}[price]")
        if name not in {"price_data", "quantity"}:
            raise not_offered(f"{path}[{name}]")
    data = item.get("price_data")
    if data is None:
        raise missing_parameter(f"{path}[price_data]")
    for name in data:
        if name == "product":
            raise missing("product", data["product"], param=f"{path}[price_data][product]")
        if name not in {"currency", "product_data", "unit_amount", "tax_behavior"}:
            raise not_offered(f"{path}[price_data][{name}]")
    for name in ("product_data", "unit_amount"):
        if name not in data:
            raise missing_parameter(f"{path}[price_data][{name}]")
    if not data["product_data"]["name"]:
        raise invalid(
            "You passed an empty string for the product's name.", f"{path}[price_data][product_data][name]"
        )
    data["currency"] = currencies.check_currency(data["currency"], f"{path}[price_data][currency]")
    if data["unit_amount"] < 0:
        raise invalid(
            "Invalid non-negative integer", f"{path}[price_data][unit_amount]", "parameter_invalid_integer"
        )
    currencies.check_form(data["unit_amount"], data["currency"], f"{path}[price_data][unit_amount]")
    if item.get("quantity", 1) < 1:
        raise invalid(
            "Quantity must be greater than or equal to 1.", f"{path}[quantity]", "parameter_invalid_integer"
        )


def find(turn: Turn, session_id: str) -> Json:
    """Return a session.

    Raises:
        ApiError: there is none, in Stripe's words for a 404.
    """
    found = turn.account.objects["checkout.session"].get(session_id)
    if found is None:
        raise missing(NOUNS["checkout.session"], session_id, param="session", status=404)
    return found


def require_open(session: Json) -> None:
    """Refuse to go on with a session that is complete or expired.

    Raises:
        ApiError: it is not open.
    """
    if session["status"] != "open":
        raise ApiError(
            f"This Checkout Session has a status of `{session['status']}`. "
            "Only Checkout Sessions with a status of `open` can be expired or paid."
        )


def expire(turn: Turn, session: Json) -> Json:
    """End an open session, and cancel the intent of a payment that was tried and declined.

    Raises:
        ApiError: the session is complete or has expired.
    """
    require_open(session)
    session["status"] = "expired"
    session["url"] = None
    if session["payment_intent"] is not None:
        intent = turn.account.get("payment_intent", session["payment_intent"])
        intent.update(status="canceled", canceled_at=turn.now, cancellation_reason="automatic")
        turn.emit("payment_intent.canceled", intent)
    turn.emit("checkout.session.expired", session)
    return session
