"""Ids that look like Stripe's and come out the same for the same seed."""

from __future__ import annotations

import hashlib

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTHS = {"cs_test_": 58, "req_": 14, "whsec_": 32}


class IdMaker:
    """Makes ids from a seed and a counter: the n-th id of a run is always the same."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def new(self, prefix: str) -> str:
        """Return the next id, for example `pi_1Q…` for the prefix `pi_`."""
        self._count += 1
        length = _LENGTHS.get(prefix, 24)
        digest = hashlib.sha512(f"{self._seed}/{self._count}/{prefix}".encode()).digest()
        return prefix + "".join(_ALPHABET[byte % 62] for byte in digest)[:length]
