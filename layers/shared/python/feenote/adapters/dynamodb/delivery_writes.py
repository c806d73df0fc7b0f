"""The writes that move a delivery: each over the very state that was seen, each counted in its send."""

from __future__ import annotations

from datetime import datetime

from feenote.adapters.dynamodb import balances, items, keys, send_counts
from feenote.adapters.dynamodb.attributes import Item
from feenote.adapters.dynamodb.packing import instant
from feenote.adapters.dynamodb.writes import Condition, Put, Update, Write
from feenote.domain.deliveries import ASKS_FOR_MONEY, Delivery, DeliveryState
from feenote.domain.links import SecureLink
from feenote.service.ports import MailJob, NotClaimedError

_QUEUED, _SENDING = DeliveryState.QUEUED, DeliveryState.SENDING


class OtherSendError(Exception):
    """The job names another send than the message is of, which is still queued."""

    def __init__(self, send_id: str) -> None:
        super().__init__("The job names another send than the message.")
        self.send_id = send_id


def claim(job: MailJob, link: SecureLink | None, *, send_id: str, at: datetime) -> list[Write]:
    """Return the writes that take a queued message for good, store its link, and count it.

    They are refused with `NotClaimedError`, or with `OtherSendError` where it is queued for another send.
    """
    since = keys.at_time(at, job.delivery_id)
    own = "#send_id = :send_id" if send_id else "attribute_not_exists(#send_id)"
    claimed = Update(
        keys.delivery(job.firm_id, job.delivery_id),
        sets={
            "state": _SENDING.value,
            "state_since_at": instant(at),
            "link_id": link.id if link else "",
            "link_hash": link.token_hash if link else "",
            "gsi1pk": keys.sweep(_SENDING, keys.shard_of(job.delivery_id)),
            "gsi1sk": since,
            "gsi2pk": keys.deliveries_in_state(job.firm_id, _SENDING),
            "gsi2sk": since,
        },
        adds={"attempts": 1},
        condition=Condition(
            f"#state = :queued AND {own}",
            {"queued": _QUEUED.value, **({"send_id": send_id} if send_id else {})},
        ),
        refusal=lambda found: _not_claimed(job, found),
    )
    links = [Put(keys.link(link.token_hash), items.link_item(link))] if link else []
    counts = send_counts.of_move(job.firm_id, send_id, job.delivery_id, _QUEUED, _SENDING)
    return [claimed, *links, *counts]


def _not_claimed(job: MailJob, found: Item) -> Exception:
    if found.get("state") == _QUEUED.value:
        return OtherSendError(found.get("send_id", ""))
    return NotClaimedError(job.delivery_id)


_TOLD = "told"
"""How grave the news is that the message has told so far: a notice that comes again tells nothing."""


def moved(
    seen: Delivery,
    after: Delivery,
    *,
    weight: int = 0,
    revision: int | None = None,
    bill_ids: tuple[str, ...] | None = None,
) -> list[Update]:
    """Return the writes of a moved delivery, over the very state that was seen, and of its send's counts.

    `revision` is the one that went out, `bill_ids` are those that a balance showed; only who knows them names
    them, so that no other move writes old ones.
    """
    places = items.delivery_places(after)
    changed: Item = {
        "state": after.state.value,
        "state_since_at": instant(after.state_since_at),
        "reason": after.reason,
        "provider_message_id": after.provider_message_id,
        **places,
    }
    if after.accepted_at:
        changed["accepted_at"] = instant(after.accepted_at)
    if after.attachment_left_out:
        changed["attachment_left_out"] = after.attachment_left_out
    if revision is not None:
        changed["revision"] = revision
    if bill_ids:
        changed["bill_ids"] = list(bill_ids)
    if weight:
        changed[_TOLD] = weight
    accepted = "attribute_exists" if seen.accepted_at else "attribute_not_exists"
    write = Update(
        keys.delivery(seen.firm_id, seen.id),
        sets=changed,
        removes=tuple(name for name in ("gsi1pk", "gsi1sk") if name not in places),
        condition=Condition(f"#state = :seen AND {accepted}(#accepted_at)", {"seen": seen.state.value}),
    )
    return [write, *send_counts.of_move(seen.firm_id, seen.send_id, seen.id, seen.state, after.state)]


def client_written_to(accepted: Delivery) -> Update | None:
    """Return the write that the client was written to about what it owes; None where it was about else.

    It is refused with `SentLaterError` where the client was written to later.
    """
    if accepted.kind not in ASKS_FOR_MONEY or not accepted.client_id or accepted.accepted_at is None:
        return None
    return balances.sent(accepted.firm_id, accepted.client_id, accepted.accepted_at)


def told(seen: Delivery, weight: int) -> Update:
    """Return the write by which a message that stays in its state tells of it in graver words, once."""
    return Update(
        keys.delivery(seen.firm_id, seen.id),
        sets={_TOLD: weight},
        condition=Condition(
            f"#state = :seen AND (attribute_not_exists(#{_TOLD}) OR #{_TOLD} < :weight)",
            {"seen": seen.state.value, "weight": weight},
        ),
    )
