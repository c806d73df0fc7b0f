"""Look into PDFs with readers that had no part in making them."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Any

import pymupdf
import pypdf

# pymupdf says of itself that it is typed, and is not.
opened: Any = pymupdf.open


def text_of(pdf: bytes) -> str:
    """Return the text of all pages, as a person would copy it."""
    with opened(stream=pdf) as document:
        return "\n".join(page.get_text() for page in document)


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    with opened(stream=pdf) as document:
        return [page.get_text() for page in document]


def letters(text: str) -> str:
    """Return text without blanks and invisible characters, ligatures taken apart: for comparing contents."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\u200b-\u200f\u061c]", "", plain)


def root_of(pdf: bytes) -> Any:
    """Return the catalogue of a PDF."""
    return pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def tags_of(pdf: bytes) -> list[tuple[str, Any]]:
    """Return the structure tree's elements in reading order, each as its tag and itself."""
    found: list[tuple[str, Any]] = []
    waiting = [root_of(pdf)["/StructTreeRoot"]["/K"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict) and "/S" in node:
            found.append((node["/S"], node))
            if "/K" in node:
                waiting.append(node["/K"])
    return found
