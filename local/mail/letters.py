"""Mails as they were sent, and what is in them."""

from __future__ import annotations

import base64
import email.policy
import os
import tempfile
import threading
from dataclasses import dataclass, replace
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Letter:
    """One accepted mail: the envelope, and the message byte for byte."""

    id: str
    sent_at: datetime
    source: str
    recipients: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    configuration_set: str | None
    raw: bytes

    def message(self) -> EmailMessage:
        """Return the message, read."""
        return message_from_bytes(self.raw, policy=email.policy.default)

    def has_tag_value(self, value: str) -> bool:
        """Tell whether any of its tags has this value."""
        return any(given == value for _, given in self.tags)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail."""

    filename: str
    content_type: str
    content: bytes


class Inbox:
    """Every mail that was accepted, oldest first.

    What they say lies in a file without a name, so that ten thousand mails take no memory; it goes with the
    process.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._kept: list[tuple[Letter, int, int]] = []
        # Closed by the collector, with the inbox: there is no other end to it.
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the inbox
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many mails there are."""
        return len(self._kept)

    def keep(self, letter: Letter) -> None:
        """Add a mail."""
        with self._lock:
            start = self._spool.seek(0, os.SEEK_END)
            self._spool.write(letter.raw)
            self._kept.append((replace(letter, raw=b""), start, len(letter.raw)))

    def envelopes(self) -> list[Letter]:
        """Return all mails without what they say, oldest first."""
        with self._lock:
            return [letter for letter, _, _ in self._kept]

    def letters(self, *, latest: int | None = None) -> list[Letter]:
        """Return all mails, or the latest so many, oldest first."""
        with self._lock:
            kept = self._kept[-latest:] if latest else list(self._kept)
        return [self._whole(*one) for one in kept]

    def find(self, *, mail_id: str | None, tag_value: str | None, recipient: str | None) -> Letter | None:
        """Return the newest mail that fits everything given, or None."""
        with self._lock:
            kept = list(self._kept)
        for letter, start, size in reversed(kept):
            if (
                mail_id in {None, letter.id}
                and (tag_value is None or letter.has_tag_value(tag_value))
                and (recipient is None or recipient.lower() in map(str.lower, letter.recipients))
            ):
                return self._whole(letter, start, size)
        return None

    def _whole(self, letter: Letter, start: int, size: int) -> Letter:
        with self._lock:
            self._spool.flush()
            raw = os.pread(self._spool.fileno(), size, start)
        return replace(letter, raw=raw)


def html_of(message: EmailMessage) -> str:
    """Return the HTML body, or an empty string."""
    return _body(message, "html")


def text_of(message: EmailMessage) -> str:
    """Return the plain body, or an empty string."""
    return _body(message, "plain")


def attachments_of(message: EmailMessage) -> list[Attachment]:
    """Return the attached files."""
    return [
        Attachment(
            filename=part.get_filename() or "unnamed",
            content_type=part.get_content_type(),
            content=_bytes(part),
        )
        for part in message.iter_attachments()
    ]


def letter_record(letter: Letter) -> dict[str, Any]:
    """Return a mail as the JSON of `/_local/mails` shows it."""
    message = letter.message()
    return {
        "id": letter.id,
        "sent_at": letter.sent_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "from": str(message["From"] or letter.source),
        "to": list(letter.recipients),
        "subject": str(message["Subject"] or ""),
        "html": html_of(message),
        "text": text_of(message),
        "headers": {name: str(value) for name, value in message.items()},
        "tags": dict(letter.tags),
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size": len(attachment.content),
                "content_base64": base64.b64encode(attachment.content).decode("ascii"),
            }
            for attachment in attachments_of(message)
        ],
    }


def _bytes(part: Any) -> bytes:
    # A message attached to the message has no bytes of its own until it is written out.
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else part.get_content().as_bytes()


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
