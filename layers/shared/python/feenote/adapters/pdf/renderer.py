"""Render bills, statements and receipts as tagged PDFs (PDF/UA-1) with typst: like gives like bytes."""

from __future__ import annotations

import importlib
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from feenote.adapters.pdf.fonts import Coverage
from feenote.adapters.pdf.labels import labels_for
from feenote.adapters.pdf.logo import LogoError, read_logo
from feenote.adapters.pdf.prepare import prepare
from feenote.adapters.pdf.receipt import prepare_receipt
from feenote.adapters.pdf.statement import prepare_statement
from feenote.adapters.pdf.text import SUBSTITUTES, Cleaner, breakable
from feenote.service.ports import RenderError

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from datetime import date
    from pathlib import Path

    import typst

    from feenote.domain.documents import BillDocument, ReceiptDocument, StatementDocument

STANDARD: Final = "ua-1"
# Typst keeps what it computed for the last ten compilations: nearly 60 MB of each bill of a thousand lines.
# Empty documents push that out, which takes 0.1 s, so it waits until this many lines were laid out
# (measured in benchmarks/pdf.py).
_EVICTIONS = 11
_LINES_KEPT = 2_000
_LINES_OF_A_SHORT_BILL = 20


@dataclass(frozen=True, slots=True)
class Prepared:
    """A paper ready to lay out: typst's inputs and the fixed time to write into the file."""

    inputs: dict[str, str]
    stamp: datetime
    lines: int
    template: str = "bill.typ"


class TypstBillRenderer:
    """Lay bills out with the fonts in a folder. The engine is loaded at the first bill, then kept.

    Not safe for use by several threads at once.
    """

    def __init__(self, fonts: Path) -> None:
        self._fonts = fonts
        self._coverage = Coverage(fonts)
        self._lines_kept = 0
        self._compilers: dict[str, typst.Compiler] = {}

    def render_bill(self, document: BillDocument) -> bytes:
        """Return the bill as a PDF.

        Raises:
            BillError: when the bill does not add up.
            LinkRefusedError: when its link is no https address.
            RenderError: when the engine refuses it even in its plainest form.
        """
        return self._rendered(lambda covered, logo: _bill(document, covered, logo), document.logo)

    def render_statement(self, document: StatementDocument) -> bytes:
        """Return the statement of account as a PDF.

        Raises:
            LinkRefusedError: when its link is no https address.
            RenderError: when the engine refuses it even in its plainest form.
        """
        statement = document.statement

        def ready(covered: Container[int], logo: bytes | None) -> Prepared:
            data = prepare_statement(document, Cleaner(covered, _substitute(covered)))
            lines = sum(len(part.lines) for part in statement.currencies)
            return _ready(data, logo, statement.made_on, lines, "statement.typ")

        return self._rendered(ready, document.logo)

    def render_receipt(self, document: ReceiptDocument) -> bytes:
        """Return the receipt of a payment as a PDF.

        Raises:
            RenderError: when the engine refuses it even in its plainest form.
        """

        def ready(covered: Container[int], logo: bytes | None) -> Prepared:
            data = prepare_receipt(document, Cleaner(covered, _substitute(covered)))
            return _ready(data, logo, document.payment.received_on, len(document.parts), "receipt.typ")

        return self._rendered(ready, document.logo)

    def _rendered(
        self, ready: Callable[[Container[int], bytes | None], Prepared], logo: bytes | None
    ) -> bytes:
        """Return a PDF; in its plainest form, without logo and rare scripts, where the engine refuses it."""
        prepared = ready(self._coverage, logo)
        engine = importlib.import_module("typst")
        try:
            return self.compile(prepared)
        except engine.TypstError:
            plain = ready(self._coverage.body, None)
        try:
            return self.compile(plain)
        except engine.TypstError as error:
            raise RenderError(f"The PDF engine refused the paper: {error}") from error

    def prepared(self, document: BillDocument) -> Prepared:
        """Return everything the engine needs for a bill."""
        return _bill(document, self._coverage, document.logo)

    def compile(self, prepared: Prepared) -> bytes:
        """Run the engine over a prepared bill.

        Raises:
            typst.TypstError: when the engine refuses it.
        """
        try:
            pdf = self.compiler(prepared.template).compile(
                format="pdf",
                sys_inputs=prepared.inputs,
                pdf_standards=STANDARD,
                timestamp=prepared.stamp,
            )
        finally:
            self._forget(prepared.lines)
        if not isinstance(pdf, bytes):
            raise RenderError("The PDF engine returned no document.")
        return pdf

    def _forget(self, lines: int) -> None:
        """Empty the engine's cache when enough was laid out since the last time."""
        self._lines_kept += max(lines, _LINES_OF_A_SHORT_BILL)
        if self._lines_kept >= _LINES_KEPT:
            self._lines_kept = 0
            for _ in range(_EVICTIONS):
                self._empty.compile(format="pdf", sys_inputs={})

    def compiler(self, template: str) -> typst.Compiler:
        """Return the engine for a template, which is read once."""
        if template not in self._compilers:
            self._compilers[template] = self._compiler_of(template)
        return self._compilers[template]

    @cached_property
    def _empty(self) -> typst.Compiler:
        return self._compiler_of("empty.typ")

    def _compiler_of(self, template: str) -> typst.Compiler:
        engine = importlib.import_module("typst")
        path = str(files("feenote.adapters.pdf") / "templates" / template)
        compiler: typst.Compiler = engine.Compiler(input=path, font_paths=self._faces)
        return compiler

    @cached_property
    def _faces(self) -> typst.Fonts:
        """Return our fonts and no others, so that a page looks the same wherever it is made."""
        engine = importlib.import_module("typst")
        faces: typst.Fonts = engine.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(self._fonts)]
        )
        return faces


def _bill(document: BillDocument, covered: Container[int], logo: bytes | None) -> Prepared:
    data = prepare(document, Cleaner(covered, _substitute(covered)))
    data["totals_heading"] = labels_for(data["language"]).totals
    content = document.bill.content
    return _ready(data, logo, content.issued_on, len(content.lines), "bill.typ")


def _ready(data: dict[str, Any], logo: bytes | None, on: date, lines: int, template: str) -> Prepared:
    """Return a paper's inputs: with the logo, and the code of the link that is printed on it."""
    data = {**data, "logo": None, **(_logo(logo) if logo else {})}
    pay = data.get("pay")
    if pay and pay["url"]:
        pay["shown_url"] = breakable(pay["url"].removeprefix("https://"), 40, longest=70)
        pay["qr"] = qr_svg(pay["url"])
    inputs = {"sheet": json.dumps(data, ensure_ascii=False, separators=(",", ":"))}
    return Prepared(inputs, datetime(on.year, on.month, on.day, tzinfo=UTC), lines, template)


def _substitute(covered: Container[int]) -> str:
    return next(char for char in SUBSTITUTES if ord(char) in covered)


def _logo(content: bytes) -> dict[str, Any]:
    """Return what the template needs to show a logo; nothing for a picture that cannot be printed."""
    try:
        logo = read_logo(content)
    except LogoError:
        return {}
    return {"logo": logo.as_svg(), "logo_width": logo.width_mm}


def qr_svg(url: str) -> str:
    """Return the QR code of a link as an SVG of black squares.

    The mask is fixed: readers undo any of the eight, and weighing them all takes longer than the page.
    """
    segno = importlib.import_module("segno")
    out = io.BytesIO()
    segno.make_qr(url, error="m", mask=4).save(
        out, kind="svg", xmldecl=False, border=0, scale=1, dark="#111111", omitsize=True
    )
    return out.getvalue().decode("ascii")
