"""Which of a client's bills one recipient may see: never a matter that is not theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_MATTERS = 300
"""So many a message names at the most; what is beyond is not shown."""


class OfMatters(Protocol):
    """A bill, as far as it matters who may see it."""

    @property
    def bill_id(self) -> str:
        """Return the bill's id."""
        ...

    @property
    def matter_ids(self) -> tuple[str, ...]:
        """Return its matters."""
        ...


@dataclass(frozen=True, slots=True)
class Visibility:
    """What a recipient may see beside the bill that a message is about.

    A bill is seen when the recipient may see every one of its matters, and it was not left out. A bill
    without a matter is seen by the client's primary contact alone: `without_matter`.
    """

    matter_ids: tuple[str, ...] = ()
    without_matter: bool = False
    left_out: tuple[str, ...] = ()
    """Bills that the sender left out."""

    def shows(self, bill: OfMatters) -> bool:
        """Say whether the recipient may see this bill."""
        if bill.bill_id in self.left_out:
            return False
        if not bill.matter_ids:
            return self.without_matter
        return set(bill.matter_ids) <= set(self.matter_ids)


def visible_to(
    matters: Iterable[tuple[str, Iterable[str]]],
    contact_id: str,
    *,
    primary: bool,
    left_out: Sequence[str] = (),
) -> Visibility:
    """Return what a contact may see, from each matter's id and its recipients by the rule of recipients."""
    seen = [matter_id for matter_id, recipients in matters if contact_id in set(recipients)]
    return Visibility(tuple(seen[:MOST_MATTERS]), primary, tuple(left_out))
