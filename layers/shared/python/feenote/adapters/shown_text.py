"""Make stored text fit to be shown: in a page, in a mail, in a subject line.

Nothing is escaped here, that is the template's part; this takes away what has no place in any of them: lone
surrogates (no encoding holds them), control characters (a line break in a subject is a new header) and
overrides of the writing direction (they show an amount backwards).
"""

from __future__ import annotations

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_UNENCODABLE = re.compile("[\ud800-\udfff]")
# Not characters (ends of planes, U+FDD0 and after) and the marks of annotations: HTML forbids or hides them.
_CONTROLS = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]"
)
_DECEIVING = re.compile("[\u202a-\u202e\u2066-\u206f\ufeff]")
_BREAKS = re.compile("\r\n|[\r\u000b\u000c\u0085\u2028\u2029]")
_PLAIN = re.compile(r"[ -~]*")
# Six marks on one letter are more than any writing needs; hundreds paint over the lines around.
_STACK = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{6})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def block(text: str, *, limit: int = 4_000) -> str:
    """Return text of at most `limit` characters with its own line breaks, each one line feed."""
    if len(text) > limit:
        text = text[: limit - 1].rstrip() + _ELLIPSIS
    if _PLAIN.fullmatch(text):
        return text.strip()
    text = _BREAKS.sub("\n", _UNENCODABLE.sub(REPLACEMENT, text))
    return _STACK.sub(r"\1", _DECEIVING.sub("", _CONTROLS.sub(REPLACEMENT, text))).strip()


def line(text: str, *, limit: int = 300) -> str:
    """Return text of at most `limit` characters on one line, runs of white space as one space."""
    return " ".join(block(text, limit=limit).split())
