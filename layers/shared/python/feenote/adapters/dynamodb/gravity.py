"""How grave the news of a message is: graver words take the place of an open task's, lesser ones never do."""

from __future__ import annotations

from feenote.domain.deliveries import Delivery, DeliveryState, Notice, state_after

UNKNOWN = 1
REFUSED = 3
"""What the worker found itself weighs as much as the provider's own refusal."""

_OF_NOTICES = {
    Notice.DELAY: UNKNOWN,
    Notice.SOFT_BOUNCE: 2,
    Notice.REJECT: REFUSED,
    Notice.RENDERING_FAILURE: REFUSED,
    Notice.HARD_BOUNCE: 4,
    Notice.COMPLAINT: 5,
}


def of_notice(notice: Notice) -> int:
    """Return how grave a notice is; 0 for good news."""
    return _OF_NOTICES.get(notice, 0)


def may_be_graver(seen: Delivery, notice: Notice) -> bool:
    """Say whether a notice that moves nothing may tell the same state in graver words.

    A hard bounce after a soft one does; a rejection of what was delivered does not.
    """
    return bool(of_notice(notice)) and state_after(DeliveryState.QUEUED, notice) is seen.state


def beside(task_id: str, gravity: int) -> str:
    """Return the id of the task that stands beside one ticked off, for graver news."""
    return f"{task_id}_{gravity}"
