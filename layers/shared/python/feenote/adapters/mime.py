"""A mail as the bytes that go over the wire (RFC 5322, 2045, 2047, 2231, 3834)."""

from __future__ import annotations

import re
import unicodedata
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import idna

from feenote.domain.addresses import is_local_part
from feenote.service.ports import MailRefusedError, OutgoingMail

_MAX_DOMAIN = 253
# Long enough for any honest subject or name, short enough that no header swells the message.
_MAX_FIELD = 998
# What ends a line for somebody on the way: control characters, and Unicode's own line and paragraph ends.
_LINE_ENDS = frozenset({"Cc", "Zl", "Zp", "Cs"})
_FOLDED_AT_ONCE = re.compile(rb"^([A-Za-z-]+):[ \t]*\r\n[ \t]+", re.MULTILINE)


def compose(mail: OutgoingMail, *, from_address: str) -> bytes:
    """Return the message: text and HTML as alternatives, attachments beside them, short lines.

    There is no Message-ID: SES puts its own in place of any other.

    Raises:
        MailRefusedError: an address that cannot be written to, or a line end where none may be.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _address("from", mail.from_name, from_address)
    message["To"] = _address("to", mail.to_name, mail.to_address)
    if mail.reply_to:
        message["Reply-To"] = _address("reply_to", "", mail.reply_to)
    message["Subject"] = _checked("subject", mail.subject)
    message["Date"] = mail.message_date
    # Vacation notes and other robots do not answer what says this (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_text(mail.text))
    message.add_alternative(_text(mail.html), subtype="html")
    for attachment in mail.attachments:
        main, _, sub = attachment.content_type.partition("/")
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", attachment.content_type):
            raise MailRefusedError("An attachment's content type is malformed.")
        message.add_attachment(
            attachment.content,
            maintype=main,
            subtype=sub,
            filename=_checked("attachment", attachment.filename),
        )
    head, gap, body = message.as_bytes().partition(b"\r\n\r\n")
    # A header that would just not fit is folded before its first word, and some readers show that as a space.
    return _FOLDED_AT_ONCE.sub(rb"\1: ", head) + gap + body


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


def _address(field: str, name: str, address: str) -> Address:
    return Address(_checked(field, name), addr_spec=ascii_address(field, address))


def _checked(field: str, value: str) -> str:
    if len(value) > _MAX_FIELD:
        raise MailRefusedError(f"{field}: at most {_MAX_FIELD} characters.")
    if any(unicodedata.category(character) in _LINE_ENDS for character in value):
        raise MailRefusedError(f"{field}: line ends and control characters are not allowed here.")
    return value


def _text(value: str) -> str:
    # A lone surrogate cannot be written in UTF-8; a question mark stands for it.
    return value.encode("utf-8", "replace").decode()
