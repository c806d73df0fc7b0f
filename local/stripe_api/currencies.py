"""Which amounts Stripe takes, by currency.

Source: Stripe's documentation, "Supported currencies": minor units, special cases, minimum and maximum
amounts. The minimums are those for a charge whose settlement currency is the same; currencies without a
documented minimum only have to be above zero.
"""

from __future__ import annotations

from local.stripe_api.errors import invalid

_WITHOUT_DECIMALS = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_WITH_TWO_DECIMALS = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd "
    "cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd "
    "hkd hnl htg huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk "
    "mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron "
    "rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah usd "
    "uyu uzs wst xcd yer zar zmw"
)

ZERO_DECIMAL = frozenset(_WITHOUT_DECIMALS.split())
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
# Logically without decimals, but spoken with two: the last two digits must be 00.
TWO_DECIMAL_FORM = frozenset({"isk", "ugx"})
TWO_DECIMAL = frozenset(_WITH_TWO_DECIMALS.split())
CURRENCIES = ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL_FORM | TWO_DECIMAL

# In minor units.
MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
# "Up to twelve digits for IDR, and up to eight digits for all other currencies."
MAXIMUM = {"idr": 999_999_999_999}
MAXIMUM_ELSEWHERE = 99_999_999


def decimals(currency: str) -> int:
    """Return how many decimal places an amount in Stripe's minor units has when it is shown."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def shown(amount: int, currency: str) -> str:
    """Return the amount for people, for example `1,684.45 USD` or `500 JPY`."""
    places = decimals(currency)
    whole, part = divmod(abs(amount), 10**places)
    sign = "-" if amount < 0 else ""
    fraction = f".{part:0{places}d}" if places else ""
    return f"{sign}{whole:,}{fraction} {currency.upper()}"


def check_currency(currency: str, param: str) -> str:
    """Return the currency in lower case.

    Raises:
        ApiError: Stripe does not take this currency.
    """
    lowered = currency.lower()
    if lowered not in CURRENCIES:
        raise invalid(f"Invalid currency: {lowered}. Stripe currently supports these currencies: …", param)
    return lowered


def check_form(amount: int, currency: str, param: str) -> None:
    """Check the last digits: three-decimal currencies end in 0, ISK and UGX in 00.

    Raises:
        ApiError: they do not.
    """
    if currency in THREE_DECIMAL and amount % 10:
        raise invalid(
            f"Invalid amount: {currency.upper()} amounts must be evenly divisible by 10.",
            param,
            "parameter_invalid_integer",
        )
    if currency in TWO_DECIMAL_FORM and amount % 100:
        raise invalid(
            f"Invalid amount: {currency.upper()} amounts must be evenly divisible by 100.",
            param,
            "parameter_invalid_integer",
        )


def check_total(amount: int, currency: str, param: str) -> None:
    """Check what is to be charged against the minimum, the maximum and the form of the currency.

    Raises:
        ApiError: with the code `amount_too_small` or `amount_too_large`.
    """
    check_form(amount, currency, param)
    minimum = MINIMUM.get(currency, 1)
    if amount < minimum:
        raise invalid(
            f"The Checkout Session's total amount due must add up to at least {shown(minimum, currency)}",
            param,
            "amount_too_small",
        )
    maximum = MAXIMUM.get(currency, MAXIMUM_ELSEWHERE)
    if amount > maximum:
        raise invalid(
            f"The Checkout Session's total amount due must be no more than {shown(maximum, currency)}",
            param,
            "amount_too_large",
        )
