"""What the fake processor has told, and what moved on its accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feenote.adapters.stripe.listing import EVENT_TYPES
from feenote.domain.money import Money
from feenote.service.ports import BalanceMove, ProcessorEvent, SessionReport

API_VERSION = "pinned"
_LISTED = frozenset(EVENT_TYPES)


@dataclass(frozen=True)
class Told:
    """A notice, and when it was made."""

    created_at: datetime
    event: ProcessorEvent


@dataclass
class Diary:
    """Keep notices and moves, oldest first."""

    told: list[Told] = field(default_factory=list)
    moves: list[tuple[str, BalanceMove]] = field(default_factory=list)
    """Each with its account."""

    def tell(
        self,
        account_id: str,
        kind: str,
        *,
        object_id: str,
        object_type: str,
        metadata: Mapping[str, str],
        at: datetime,
        livemode: bool,
        intent_id: str = "",
    ) -> None:
        """Keep a notice about an object, with the object's own metadata."""
        event = ProcessorEvent(
            id=f"evt_{len(self.told) + 1:06d}",
            type=kind,
            api_version=API_VERSION,
            livemode=livemode,
            stripe_account_id=account_id,
            object_id=object_id,
            object_type=object_type,
            metadata=metadata,
            payment_intent_id=intent_id,
        )
        self.told.append(Told(at, event))

    def tell_of_payment(
        self, account_id: str, kind: str, report: SessionReport, *, at: datetime, livemode: bool
    ) -> None:
        """Keep a notice about a payment: of its session, its intent or its charge, as the kind says."""
        object_id = report.id
        if kind.startswith("payment_intent"):
            object_id = report.payment_intent_id
        elif kind.startswith("charge"):
            object_id = report.payment_intent_id.replace("pi_", "ch_")
        metadata = {
            "firm_id": report.firm_id,
            "client_id": report.client_id,
            "checkout_id": report.checkout_id,
        }
        self.tell(
            account_id,
            kind,
            object_id=object_id,
            object_type=kind.rpartition(".")[0],
            metadata=metadata,
            at=at,
            livemode=livemode,
            intent_id=report.payment_intent_id if kind.startswith("charge") else "",
        )

    def move(
        self,
        account_id: str,
        *,
        kind: str,
        gross: Money | None,
        source_id: str,
        intent_id: str,
        at: datetime,
        firm_id: str = "",
    ) -> None:
        """Keep a line of an account; `gross` is signed, `kind` the processor's reporting category."""
        move = BalanceMove(
            id=f"txn_{len(self.moves) + 1:06d}",
            kind=kind,
            created_at=at,
            gross=gross,
            source_id=source_id,
            payment_intent_id=intent_id,
            firm_id=firm_id,
        )
        self.moves.append((account_id, move))

    def events_since(self, since: datetime, account_id: str) -> list[ProcessorEvent]:
        """Return the notices of an account since an instant that change the books, oldest first."""
        return [
            told.event
            for told in self.told
            if told.created_at >= since
            and told.event.stripe_account_id == account_id
            and told.event.type in _LISTED
        ]

    def moves_since(self, since: datetime, account_id: str) -> list[BalanceMove]:
        """Return the lines of an account since an instant, latest first."""
        return [
            move for owner, move in reversed(self.moves) if owner == account_id and move.created_at >= since
        ]
