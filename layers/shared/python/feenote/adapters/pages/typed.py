"""What a form of the pages says, as it was typed and ticked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from feenote.adapters import localised
from feenote.adapters.reader import Reader
from feenote.domain.currencies import DIGITS
from feenote.domain.typed_amounts import Unreadable, read_typed
from feenote.domain.what_is_due import MOST_BILLS, Choice, Plan, plan
from feenote.service.open_link import LinkPage

ALL = "all"
_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Typed:
    """A form of the page: the same fields whether it asks how a payment is split or pays.

    `sign` is the decimal sign of the page that the amount was typed on; `shown` comes with the button that
    pays, and is the fingerprint of the split that stood above it.
    """

    all_bills: bool = False
    currency: str = ""
    bill_ids: tuple[str, ...] | None = None
    amount: str = ""
    sign: str = ""
    shown: str = ""

    def choice(self, *, currency: str = "", sign: str = "") -> Choice | Unreadable:
        """Return what was chosen; `currency` and `sign` stand in where the form names none."""
        known = self.currency or currency
        whole = Choice(self.all_bills, known, self.bill_ids)
        if not self.amount:
            return whole
        if not known:
            return Unreadable.NOT_A_NUMBER
        minor = read_typed(self.amount, known, decimal_sign=self.sign or sign or ".")
        return minor if isinstance(minor, Unreadable) else replace(whole, amount_minor=minor)


NOTHING_TYPED = Typed()


def read_typed_form(fields: Mapping[str, Sequence[str]]) -> Typed:
    """Read a form's fields; what no page of ours sends counts as not sent."""

    def one(name: str) -> str:
        return (fields.get(name) or ("",))[0]

    ticked = tuple(dict.fromkeys(fields.get("b", ())))[:MOST_BILLS]
    shown = one("shown")
    return Typed(
        all_bills=one("what") == ALL,
        currency=one("currency") if one("currency") in DIGITS else "",
        bill_ids=ticked if one("pick") else None,
        amount=one("amount").strip()[:60],
        sign=one("sign") if one("sign") in {".", ","} else "",
        shown=shown if _FINGERPRINT.fullmatch(shown) else "",
    )


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """A typed choice worked out; where the amount could not be read, what the rest of it comes to."""

    plan: Plan
    unreadable: Unreadable | None = None


def work_out(page: LinkPage, typed: Typed, reader: Reader) -> WorkedOut:
    """Return what the page shows for what was typed."""

    def planned(choice: Choice) -> Plan:
        own = Choice(page.shows_account, choice.currency, choice.bill_ids, choice.amount_minor)
        return plan(page.due, own, firm=page.firm)

    asked = Choice(page.shows_account, typed.currency, typed.bill_ids)
    sign = localised.decimal_sign(reader.locale)
    currency = planned(asked).currency
    choice = typed.choice(currency=currency, sign=sign)
    if isinstance(choice, Unreadable):
        return WorkedOut(planned(asked), choice)
    return WorkedOut(planned(choice))
