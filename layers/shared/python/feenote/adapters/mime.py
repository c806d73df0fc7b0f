"""A mail as the bytes that go over the wire (RFC 5322, 2045, 2047, 2231, 2369, 3834, 8058)."""

from __future__ import annotations

import re
import unicodedata
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import idna

from feenote.domain.addresses import is_local_part
from feenote.service.ports import MailRefusedError, OutgoingMail

_MAX_DOMAIN = 253
# Long enough for any honest subject or name, short enough that no header swells the message.
_MAX_FIELD = 998
# A line may have 998 characters and should have 78 (RFC 5322, 2.1.1): a word is never cut.
_MAX_WORD = 900
_LINE = 78
_FOLD = "\r\n "
# What ends a line for somebody on the way: control characters, and Unicode's own line and paragraph ends.
_LINE_ENDS = frozenset({"Cc", "Zl", "Zp", "Cs"})
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
# The characters of a URL (RFC 3986) and a host that is a name: nothing that could end the line or brackets.
# Without TLS only on this machine, as the template's PublicBaseUrl allows it.
_URL = re.compile(
    r"(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|http://(?:127\.0\.0\.1|localhost))"
    r"(?::\d{1,5})?(?:[/?][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{0,700})?",
    re.ASCII,
)


def compose(mail: OutgoingMail, *, from_address: str) -> bytes:
    """Return the message: text and HTML as alternatives, attachments beside them, short lines.

    All recipients stand in `To`. There is no Message-ID: SES puts its own in place of any other.

    Raises:
        MailRefusedError: an address that cannot be written to, or a line end where none may be.
    """
    people = [
        _mailbox("to", mail.to_name, mail.to_address),
        *(_mailbox("also_to", name, address) for name, address in mail.also_to),
    ]
    # Written here and not by the library: it takes what looks like an encoded word in a subject or a name
    # for one, and writes what is in it into the head, line ends and all; and it loses quotes where it folds.
    head = [
        f"From: {_mailbox('from', mail.from_name, from_address)}",
        f"To: {f',{_FOLD}'.join(people)}",
        *([f"Reply-To: {_mailbox('reply_to', '', mail.reply_to)}"] if mail.reply_to else []),
        f"Subject: {_text_of_header('subject', mail.subject)}",
        f"Date: {format_datetime(mail.message_date)}",
        # Vacation notes and other robots do not answer what says this (RFC 3834).
        "Auto-Submitted: auto-generated",
        *_unsubscribing(mail.unsubscribe_url),
    ]
    return "".join(f"{line}\r\n" for line in head).encode("ascii") + _content(mail).as_bytes()


def _content(mail: OutgoingMail) -> EmailMessage:
    """Return bodies and attachments, with the headers that tell what they are."""
    content = EmailMessage(policy=SMTP)
    content.set_content(_text(mail.text))
    content.add_alternative(_text(mail.html), subtype="html")
    for attachment in mail.attachments:
        main, _, sub = attachment.content_type.partition("/")
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", attachment.content_type):
            raise MailRefusedError("An attachment's content type is malformed.")
        content.add_attachment(
            attachment.content,
            maintype=main,
            subtype=sub,
            filename=_file_name(attachment.filename),
        )
    return content


def _file_name(name: str) -> str:
    """Return a file's name without what the library, and many readers, would decode within it."""
    return _checked("attachment", name).replace("=?", "=")


def _unsubscribing(url: str) -> list[str]:
    """Return the headers by which one click ends a series of mails (RFC 2369, RFC 8058)."""
    if not url:
        return []
    # What looks like an encoded word is decoded by some readers, wherever it stands.
    if not _URL.fullmatch(url) or "=?" in url:
        raise MailRefusedError("unsubscribe_url: this is no https address, nor one of this machine.")
    return [f"List-Unsubscribe: <{url}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def ascii_address(field: str, address: str) -> str:
    """Return an address with its domain in ASCII (IDNA 2008).

    Raises:
        MailRefusedError: for what is no address, or has a local part beyond ASCII, which SES cannot deliver.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise MailRefusedError(f"{field}: this is not an email address.")
    if not local.isascii():
        raise MailRefusedError(
            f"{field}: before the @ only the letters a to z, digits and signs can be delivered."
        )
    if not is_local_part(local):
        raise MailRefusedError(f"{field}: this is not an email address.")
    try:
        encoded = idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise MailRefusedError(f"{field}: the part after the @ is not the name of a domain.") from error
    if len(encoded) > _MAX_DOMAIN or "." not in encoded:
        raise MailRefusedError(f"{field}: the part after the @ is not the name of a domain.")
    return f"{local}@{encoded}"


def _mailbox(field: str, name: str, address: str) -> str:
    """Return a name with an address (RFC 5322, 3.4), in ASCII."""
    written = ascii_address(field, address)
    if not name:
        return written
    if _ATOMS.fullmatch(name) or not _is_plain(name):
        phrase = _text_of_header(field, name)
    else:
        quoted = _checked(field, name).replace("\\", "\\\\").replace('"', '\\"')
        phrase = _folded(f'"{quoted}"')
    fits = len(phrase) + len(written) < _LINE - len("Reply-To: <>")
    return f"{phrase}{' ' if fits else _FOLD}<{written}>"


def _text_of_header(field: str, text: str) -> str:
    """Return a text as a header has it: as it is, or in encoded words (RFC 2047) from beginning to end."""
    checked = _checked(field, text)
    if _is_plain(checked):
        return _folded(checked)
    return Header(checked, "utf-8", maxlinelen=_LINE - 2, header_name="Auto-Submitted").encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """Say whether a text may stand as it is: nothing in it that a reader decodes, drops or cannot fold."""
    return (
        text.isascii()
        and "=?" not in text
        and "  " not in text
        and text == text.strip()
        and all(len(word) <= _MAX_WORD for word in text.split(" "))
    )


def _folded(text: str) -> str:
    """Break lines before spaces, never before the first word, which some readers show as a space."""
    first, *words = text.split(" ")
    lines = [first]
    for word in words:
        # The first line has the header's name before it.
        room = _LINE - (len("List-Unsubscribe: ") if len(lines) == 1 else 1)
        if len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] += f" {word}"
    return _FOLD.join(lines)


def _checked(field: str, value: str) -> str:
    if len(value) > _MAX_FIELD:
        raise MailRefusedError(f"{field}: at most {_MAX_FIELD} characters.")
    if any(unicodedata.category(character) in _LINE_ENDS for character in value):
        raise MailRefusedError(f"{field}: line ends and control characters are not allowed here.")
    return value


def _text(value: str) -> str:
    # A lone surrogate cannot be written in UTF-8; a question mark stands for it.
    return value.encode("utf-8", "replace").decode()
