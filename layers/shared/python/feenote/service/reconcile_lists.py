"""What the processor has of a firm since an instant: its lists, with what is another's left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feenote.domain.records import Firm
from feenote.service.ports import BalanceMove, Booked, ListedObject, ObjectKind, Ports

PAID = "paid"
"""A session's or payment's status once its money was received: `SessionStatus.PAID`."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """A firm's objects at the processor by id, the lines of its balance, and what the books say of them.

    `owners` names the firm of every object that names one: of this firm or another with the same account.
    `booked` holds the markers of all payments, refunds and disputes in these lists.
    """

    sessions: Mapping[str, ListedObject]
    payments: Mapping[str, ListedObject]
    refunds: Mapping[str, ListedObject]
    disputes: Mapping[str, ListedObject]
    moves: tuple[BalanceMove, ...]
    owners: Mapping[str, str]
    booked: Mapping[str, Booked]

    @property
    def looked_at(self) -> dict[str, int]:
        """Return how many of what were looked at."""
        return {
            "sessions": len(self.sessions),
            "payments": len(self.payments),
            "refunds": len(self.refunds),
            "disputes": len(self.disputes),
            "balance_moves": len(self.moves),
        }


def read_lists(ports: Ports, firm: Firm, *, since: datetime) -> Theirs:
    """Read what the firm's account at the processor has of it.

    An account may be several firms': an object is this one's when it names it, or when it names none and
    belongs to a payment that is in its books.

    Raises:
        ProcessorUnavailableError: try again later.
        ProcessorRefusedError: the account is not there, or not ours to read any more.
    """
    account = firm.stripe_account_id
    listed = {
        kind: [
            item
            for item in ports.processor.objects_since(kind, since, stripe_account_id=account)
            if item.livemode == ports.livemode
        ]
        for kind in ObjectKind
    }
    moves = tuple(ports.processor.balance_since(since, stripe_account_id=account))
    every = [item for items in listed.values() for item in items]
    # A session has no marker: its payment has one.
    names = {item.id for item in every if item.kind is not ObjectKind.SESSION}
    names |= {item.related_id for item in every} | {move.payment_intent_id for move in moves}
    booked = ports.books.markers(firm.id, sorted(names - {""}))

    def is_ours(item: ListedObject) -> bool:
        return item.firm_id == firm.id or (not item.firm_id and item.related_id in booked)

    ours = {kind: {item.id: item for item in items if is_ours(item)} for kind, items in listed.items()}
    # Of a payment's lines only some name the firm: whose the payment is, all of them are.
    intents = {*booked, *ours[ObjectKind.PAYMENT]}
    intents |= {move.payment_intent_id for move in moves if move.firm_id == firm.id} - {""}
    return Theirs(
        sessions=ours[ObjectKind.SESSION],
        payments=ours[ObjectKind.PAYMENT],
        refunds=ours[ObjectKind.REFUND],
        disputes=ours[ObjectKind.DISPUTE],
        moves=tuple(move for move in moves if move.payment_intent_id in intents),
        owners={item.id: item.firm_id for item in every if item.firm_id},
        booked=booked,
    )
