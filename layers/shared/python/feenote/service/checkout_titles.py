"""What stands on the payment page for that which is paid, in the payer's language."""

from __future__ import annotations

from collections.abc import Sequence

NAMED = 3
"""So many bills are named one by one; of more, the payment page says how many they are."""

_ONE = {"en": "Bill {}", "fr": "Note d\u2019honoraires {}", "de": "Rechnung {}", "es": "Minuta {}"}
_FEW = {"en": "Bills {}", "fr": "Notes d\u2019honoraires {}", "de": "Rechnungen {}", "es": "Minutas {}"}
_MANY = {"en": "{} bills", "fr": "{} notes d\u2019honoraires", "de": "{} Rechnungen", "es": "{} minutas"}


def title_of(numbers: Sequence[str], locale: str) -> str:
    """Return the title for bills of these numbers: `Bill 96542`, `Bills 96101, 96542`, `12 bills`."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    if len(numbers) == 1:
        return _ONE.get(language, _ONE["en"]).format(numbers[0])
    if len(numbers) <= NAMED:
        return _FEW.get(language, _FEW["en"]).format(", ".join(numbers))
    return _MANY.get(language, _MANY["en"]).format(len(numbers))
