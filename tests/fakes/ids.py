"""Ids and tokens that are the same in each run."""

from __future__ import annotations

from feenote.domain.links import TOKEN_BYTES, encode_token


class FakeIds:
    """Count ids, as many digits as the real ones have characters: they sort by time of making."""

    def __init__(self) -> None:
        self.made = 0

    def new(self, prefix: str) -> str:
        """Return the next id, whatever the prefix."""
        self.made += 1
        return f"{prefix}_{self.made:026d}"


class FakeTokens:
    """Make tokens from a counter and remember them, as nobody else does."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def new(self) -> str:
        """Return the next token: 43 characters."""
        token = encode_token((len(self.made) + 1).to_bytes(TOKEN_BYTES, "big"))
        self.made.append(token)
        return token
