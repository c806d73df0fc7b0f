"""Which email addresses are taken: one plain address that every mail server knows what to do with."""

from __future__ import annotations

import re

MAX_ADDRESS = 254
MAX_LOCAL_PART = 64
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_TOP_LABEL = re.compile(r"[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59}")


def is_local_part(text: str) -> bool:
    """Say whether a text can stand before the `@`: a dot-atom (RFC 5321, 4.1.2) of at most 64 characters.

    What looks like an encoded word (RFC 2047) cannot: many readers decode it within an address, too, and show
    or answer another one.
    """
    return len(text) <= MAX_LOCAL_PART and "=?" not in text and _LOCAL_PART.fullmatch(text) is not None


def comparable(address: str) -> str:
    """Return an address in a form in which two ways to write it are equal.

    Whether it stands in angle brackets, in what case it is written, and whether its domain is in ASCII
    (`xn--…`, RFC 3492) or in its own script makes no difference.
    """
    _, bracket, inside = address.rpartition("<")
    plain = inside.partition(">")[0] if bracket else address
    local, _, domain = plain.strip().rpartition("@")
    return f"{local.casefold()}@{'.'.join(_in_own_script(label) for label in domain.split('.'))}"


def _in_own_script(label: str) -> str:
    folded = label.casefold()
    if not folded.startswith("xn--"):
        return folded
    try:
        return folded[4:].encode("ascii").decode("punycode").casefold()
    except UnicodeError:
        return folded


def is_email(text: str) -> bool:
    """Say whether a text is an email address, with a domain of ASCII labels and no name around it."""
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= MAX_ADDRESS
        and is_local_part(local)
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and _TOP_LABEL.fullmatch(labels[-1]) is not None
    )
