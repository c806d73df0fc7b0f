"""What a task says of a mail that did not arrive: what happened, and what a person can do about it."""

from __future__ import annotations

from feenote.domain.deliveries import Notice

_ANOTHER_ADDRESS = "Ask the client for another address, change the contact, and send again."
_BY_LINK = "Send it again by secure link, without the PDF."

_WORDS = {
    Notice.HARD_BOUNCE: ("The address does not take mail.", _ANOTHER_ADDRESS),
    Notice.SOFT_BOUNCE: (
        "The mail could not be delivered for now. An automatic reply may look the same.",
        "Send it again later. If it comes back once more, ask the client for another address.",
    ),
    Notice.COMPLAINT: (
        "The recipient marked the mail as unwanted.",
        "Call the client, and do not write to this address again unless they ask for it.",
    ),
    Notice.REJECT: (
        "The mail provider refused to send the mail: its content or its attachment looked harmful.",
        "Look at the words and the PDF, then send it again by secure link.",
    ),
    Notice.RENDERING_FAILURE: (
        "The mail provider could not make the mail.",
        "Send it again. Should it fail once more, tell whoever runs Feenote for you.",
    ),
}
_SUPPRESSED = (
    "The mail provider did not try the address: mail to it came back before.",
    "Ask the client for another address, or have this one taken off the mail provider's suppression list.",
)
# The sub-types of SES that ask for something else than their kind.
_OF_SUB_TYPES = {
    (Notice.HARD_BOUNCE, "Suppressed"): _SUPPRESSED,
    (Notice.HARD_BOUNCE, "OnAccountSuppressionList"): _SUPPRESSED,
    (Notice.SOFT_BOUNCE, "MailboxFull"): (
        "The recipient's mailbox is full.",
        "Send it again in a day or two, or call the client.",
    ),
    (Notice.SOFT_BOUNCE, "MessageTooLarge"): (
        "The mail is larger than the recipient's mail server takes.",
        _BY_LINK,
    ),
    (Notice.SOFT_BOUNCE, "ContentRejected"): (
        "The recipient's mail server refused the mail for its content.",
        "Send it again with other words, or ask the client to let mail from you through.",
    ),
    (Notice.SOFT_BOUNCE, "AttachmentRejected"): (
        "The recipient's mail server refused the attachment.",
        _BY_LINK,
    ),
    (Notice.COMPLAINT, "OnAccountSuppressionList"): (
        "The mail provider did not try the address: its owner marked an earlier mail as unwanted.",
        "Call the client, and do not write to this address again unless they ask for it.",
    ),
}

BAD = frozenset(_WORDS)
"""Notices that ask for a person. A delay does not: the provider still tries."""


def words_for(notice: Notice, sub_type: str) -> tuple[str, str]:
    """Return what happened and what to do, for a notice of `BAD`."""
    return _OF_SUB_TYPES.get((notice, sub_type)) or _WORDS[notice]
