"""Where a message stands, in plain words: what a firm reads beside a bill."""

from __future__ import annotations

from feenote.domain.deliveries import DeliveryState

_WORDS = {
    DeliveryState.QUEUED: "Waiting to be sent.",
    DeliveryState.SENDING: "Being sent.",
    DeliveryState.ACCEPTED: "Sent. Whether it arrived is not known yet.",
    DeliveryState.DELIVERED: "Delivered to the recipient's mail server.",
    DeliveryState.DELAYED: "On its way: the recipient's mail server does not take it yet.",
    DeliveryState.BOUNCED: "Not delivered: it came back. See the task for what to do.",
    DeliveryState.COMPLAINED: "The recipient marked it as unwanted. Call them before you write again.",
    DeliveryState.REFUSED: "Not sent. See the task for why and what to do.",
    DeliveryState.UNKNOWN: "It may have been sent or not: somebody has to decide.",
}


def in_words(state: DeliveryState | str) -> str:
    """Return a sentence for a state; an empty one where there is no message.

    Raises:
        ValueError: for a text that is no state.
    """
    return _WORDS[DeliveryState(state)] if state else ""
