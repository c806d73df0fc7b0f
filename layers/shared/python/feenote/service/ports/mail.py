"""The mail provider, and what makes the words of mails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feenote.domain.deliveries import Lane, MessageKind
from feenote.domain.templates import Wording
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
    """A mail ready to go. `tags` come back with every notice; `message_date` is its Date header.

    `also_to` are name and address of the recipients after the first. `unsubscribe_url`, on reminders alone,
    is where one click without a question ends them (RFC 8058).
    """

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
    also_to: tuple[tuple[str, str], ...] = ()
    unsubscribe_url: str = ""


class Mailer(Protocol):
    """The mail provider."""

    def send(self, mail: OutgoingMail) -> str:
        """Send once, without any retry; return the provider's message id.

        Raises:
            MailThrottledError, MailRefusedError, MailOutcomeUnknownError.
        """
        ...


class NoTurnError(Exception):
    """The line before the provider is too long: the message stays queued and comes again."""


class Pace(Protocol):
    """Keeps all workers together under the provider's quota per second, which counts recipients."""

    def per_second(self) -> float:
        """Return how many recipients a second the account may write to, read from it and kept a while."""
        ...

    def turns(self, recipients: Sequence[int], *, lane: Lane) -> Iterator[None]:
        """Reserve a turn for each message, in order; each `next` returns when that message may go.

        A bulk message joins the line only while it is short, so that a prompt one never waits behind many.

        Raises:
            NoTurnError: from `next`, when no turn came within the time that a worker can wait.
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

    def fell_back(
        self, context: MailContext, *, link_url: str, attached: bool, now: datetime
    ) -> tuple[str, ...]:
        """Return the names of the wording's fields that are empty here, where something else stands in.

        Fields whose being empty is nothing unusual are left out.
        """
        ...

    def shipped(self, kind: MessageKind, language: str) -> Wording:
        """Return the words that Feenote ships for a kind, in a language of `templates.LANGUAGES`."""
        ...
