"""Ids that sort by the time of their making, and link tokens that nobody can guess."""

from __future__ import annotations

import secrets

from feenote.domain.links import TOKEN_BYTES, encode_token
from feenote.service.ports import Clock

# Crockford's base 32: no I, L, O, U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS = 26
_RANDOM_BITS = 80
_TIME_BITS = 48


class TimeSortedIds:
    """Make ids of a prefix and 26 characters: 48 bits of milliseconds since 1970, then 80 random bits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new(self, prefix: str) -> str:
        """Return a fresh id such as `bill_01J…`; `prefix` comes without its underscore."""
        milliseconds = int(self._clock.now().timestamp() * 1000) & ((1 << _TIME_BITS) - 1)
        value = milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        return f"{prefix}_{_in_base_32(value)}"


class RandomTokens:
    """Make link tokens from the machine's own source of chance."""

    def new(self) -> str:
        """Return a fresh token of 43 characters, which holds 256 random bits."""
        return encode_token(secrets.token_bytes(TOKEN_BYTES))


def _in_base_32(value: int) -> str:
    return "".join(_ALPHABET[value >> (5 * place) & 31] for place in reversed(range(_CHARACTERS)))
