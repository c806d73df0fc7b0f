"""PDFs and the files they lie in."""

from __future__ import annotations

from typing import Protocol

from feenote.domain.documents import BillDocument, ReceiptDocument, StatementDocument


class BillRenderer(Protocol):
    """Makes PDFs of bills, statements and receipts; `RenderError` for what can never be made."""

    def render_bill(self, document: BillDocument) -> bytes:
        """Return the PDF; the same document gives the same bytes."""
        ...

    def render_statement(self, document: StatementDocument) -> bytes:
        """Return the PDF of a statement of account; the same document gives the same bytes."""
        ...

    def render_receipt(self, document: ReceiptDocument) -> bytes:
        """Return the PDF of a receipt; the same document gives the same bytes."""
        ...


class Documents(Protocol):
    """Keeps files: PDFs and logos."""

    def put(self, key: str, content: bytes, *, content_type: str) -> None:
        """Store a file; the same key holds the same bytes."""
        ...

    def get(self, key: str) -> bytes:
        """Return a file; `KeyError` when there is none."""
        ...

    def link_to(self, key: str, *, filename: str, seconds: int, inline: bool) -> str:
        """Return a presigned address that lives `seconds`, at most 300."""
        ...
