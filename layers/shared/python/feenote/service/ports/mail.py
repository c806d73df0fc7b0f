"""The mail provider, and what makes the words of mails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feenote.service.ports.deliveries import MailContext


class MailThrottledError(Exception):
    """The provider says "not now": nothing went out; try again later."""


class MailRefusedError(Exception):
    """The provider refuses this message for good; nothing went out. The message says why."""


class MailOutcomeUnknownError(Exception):
    """No answer came: the message may have gone out. Only a notice or a person may decide."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail ready to go. `tags` come back with every notice; `message_date` is its Date header."""

    from_name: str
    to_address: str
    to_name: str
    reply_to: str
    subject: str
    html: str
    text: str
    message_date: datetime
    tags: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()


class Mailer(Protocol):
    """The mail provider."""

    def send(self, mail: OutgoingMail) -> str:
        """Send once, without any retry; return the provider's message id.

        Raises:
            MailThrottledError, MailRefusedError, MailOutcomeUnknownError.
        """
        ...


@dataclass(frozen=True, slots=True)
class MessageText:
    """A rendered message."""

    subject: str
    html: str
    text: str


class MessageRenderer(Protocol):
    """Makes the words of a message."""

    def render(
        self,
        context: MailContext,
        *,
        link_url: str,
        attached: bool,
        now: datetime,
    ) -> MessageText:
        """Render the message of the context's delivery; `attached` says that the PDF comes with it."""
        ...
