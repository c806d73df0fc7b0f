"""Ways to pay: Stripe's test cards, and bank debits that take days.

Source of the numbers: Stripe's documentation, "Test card numbers".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.stripe_api.errors import invalid

if TYPE_CHECKING:
    from local.stripe_api.store import Json

# Type of bank debit -> the currency it takes and the name of it on the payment page.
BANK_DEBITS = {
    "us_bank_account": ("usd", "US bank account"),
    "sepa_debit": ("eur", "SEPA Direct Debit"),
    "bacs_debit": ("gbp", "Bacs Direct Debit"),
    "acss_debit": ("cad", "Canadian pre-authorised debit"),
    "au_becs_debit": ("aud", "BECS Direct Debit"),
}


@dataclass(frozen=True)
class Decline:
    """Why a payment was refused, in Stripe's codes."""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True)
class Card:
    """A test card and what it does."""

    brand: str
    funding: str
    decline: Decline | None = None
    disputed_as: str | None = None
    refunds: str = "succeeded"


def _declined(decline_code: str, message: str = "Your card was declined.") -> Decline:
    return Decline("card_declined", decline_code, message)


CARDS = {
    "4242424242424242": Card("visa", "credit"),
    "4000056655665556": Card("visa", "debit"),
    "5555555555554444": Card("mastercard", "credit"),
    "378282246310005": Card("amex", "credit"),
    "4000000000000077": Card("visa", "credit"),
    "4000000000000002": Card("visa", "credit", _declined("generic_decline")),
    "4000000000009995": Card(
        "visa", "credit", _declined("insufficient_funds", "Your card has insufficient funds.")
    ),
    "4000000000009987": Card("visa", "credit", _declined("lost_card")),
    "4000000000000069": Card("visa", "credit", Decline("expired_card", None, "Your card has expired.")),
    "4000000000000127": Card(
        "visa", "credit", Decline("incorrect_cvc", None, "Your card's security code is incorrect.")
    ),
    "4000000000000119": Card(
        "visa",
        "credit",
        Decline(
            "processing_error",
            None,
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    "4000000000000259": Card("visa", "credit", disputed_as="fraudulent"),
    "4000000000002685": Card("visa", "credit", disputed_as="product_not_received"),
    "4000000000007726": Card("visa", "credit", refunds="pending"),
}


def card(number: str) -> Card:
    """Return what a card number does; an unknown one is a card that test mode declines.

    Raises:
        ApiError: the number is not a card number at all (`incorrect_number`).
    """
    plain = number.replace(" ", "").replace("-", "")
    if plain in CARDS:
        return CARDS[plain]
    if not (plain.isascii() and plain.isdecimal()) or not 12 <= len(plain) <= 19 or not _luhn(plain):
        raise invalid("Your card number is incorrect.", "number", "incorrect_number")
    message = "Your card was declined. Your request was in test mode, but used a non test (live) card."
    return Card("visa", "credit", _declined("test_mode_live_card", message))


def _luhn(number: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card_details(number: str, what: Card, amount: int, year: int) -> Json:
    """Return a charge's `payment_method_details` for a card that expires in the year after next."""
    last4 = number.replace(" ", "").replace("-", "")[-4:]
    return {
        "type": "card",
        "card": {
            "amount_authorized": amount,
            "authorization_code": None,
            "brand": what.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "US",
            "exp_month": 12,
            "exp_year": year + 2,
            "extended_authorization": {"status": "disabled"},
            "fingerprint": f"card{last4}{what.brand}"[:16],
            "funding": what.funding,
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "last4": last4,
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": what.brand,
            "network_token": {"used": False},
            "network_transaction_id": None,
            "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": None,
            "transaction_link_id": None,
            "wallet": None,
        },
    }


def debit_details(kind: str) -> Json:
    """Return a charge's `payment_method_details` for a bank debit from a test account."""
    inner: dict[str, Json] = {
        "us_bank_account": {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
            "fingerprint": "usbank6789",
            "last4": "6789",
            "mandate": None,
            "payment_reference": None,
            "routing_number": "110000000",
        },
        "sepa_debit": {
            "bank_code": "37040044",
            "branch_code": "",
            "country": "DE",
            "fingerprint": "sepa3000",
            "last4": "3000",
            "mandate": None,
        },
        "bacs_debit": {"fingerprint": "bacs2345", "last4": "2345", "mandate": None, "sort_code": "108800"},
        "acss_debit": {
            "bank_name": "STRIPE TEST BANK",
            "fingerprint": "acss6789",
            "institution_number": "000",
            "last4": "6789",
            "transit_number": "11000",
        },
        "au_becs_debit": {"bsb_number": "000000", "fingerprint": "becs3456", "last4": "3456"},
    }
    return {"type": kind, kind: inner[kind]}
