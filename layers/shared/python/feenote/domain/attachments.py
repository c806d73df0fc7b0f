"""How large a file may be that goes along with a mail: what counts is its size on the wire."""

from __future__ import annotations

SES_LIMIT_BYTES = 40_000_000
"""The largest message that SES takes, everything encoded.

https://docs.aws.amazon.com/ses/latest/dg/quotas.html says 40 MB: the smaller reading of it is the safe one.
"""

ROOM_FOR_THE_REST_BYTES = 1_000_000
"""For headers and both bodies: HTML stays below 100 kB, which even badly encoded is a third of this."""

_LINE_BYTES = 57
"""Bytes of a file that one line of 76 letters holds (RFC 2045, 6.8)."""


def encoded_size(size_bytes: int) -> int:
    """Return how many bytes a file takes in a mail: base64, a line end after each 76 letters.

    Raises:
        ValueError: for a negative size.
    """
    if size_bytes < 0:
        raise ValueError("A size is not negative.")
    lines = -(-size_bytes // _LINE_BYTES)
    return 4 * -(-size_bytes // 3) + 2 * lines


def fits(size_bytes: int, limit_bytes: int = SES_LIMIT_BYTES) -> bool:
    """Say whether a mail with files of this many bytes together stays below the provider's limit.

    Several files take at most a line each more than one of their whole size: the room for the rest has it.
    """
    return encoded_size(size_bytes) + ROOM_FOR_THE_REST_BYTES <= limit_bytes
