"""Files in memory."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class StoredFile:
    """What was put."""

    content: bytes
    content_type: str


class FakeDocuments:
    """Keep files by key."""

    def __init__(self) -> None:
        self.files: dict[str, StoredFile] = {}

    def put(self, key: str, content: bytes, *, content_type: str) -> None:
        """Keep a file."""
        self.files[key] = StoredFile(content, content_type)

    def get(self, key: str) -> bytes:
        """Return a file; `KeyError` when there is none."""
        return self.files[key].content

    def link_to(self, key: str, *, filename: str, seconds: int, inline: bool) -> str:
        """Return an address that names what was asked; `ValueError` as the adapter has it."""
        if not 1 <= seconds <= 300:
            raise ValueError("An address lives from 1 to 300 seconds.")
        how = "inline" if inline else "attachment"
        return f"https://files.example/{quote(key)}?{how}={quote(filename, safe='')}&seconds={seconds}"
