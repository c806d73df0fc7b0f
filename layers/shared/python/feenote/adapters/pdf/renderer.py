"""Render bills as tagged PDFs (PDF/UA-1) with typst: the same bill gives the same bytes."""

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
from feenote.adapters.pdf.text import SUBSTITUTES, Cleaner, breakable
from feenote.service.ports import RenderError

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    import typst

    from feenote.domain.documents import BillDocument

STANDARD: Final = "ua-1"
# Typst keeps what it computed for the last ten compilations: nearly 60 MB of each bill of a thousand lines.
# Empty documents push that out, which takes 0.1 s, so it waits until this many lines were laid out
# (measured in benchmarks/pdf.py).
_EVICTIONS = 11
_LINES_KEPT = 2_000
_LINES_OF_A_SHORT_BILL = 20


@dataclass(frozen=True, slots=True)
class Prepared:
    """A bill ready to lay out: typst's inputs and the fixed time to write into the file."""

    inputs: dict[str, str]
    stamp: datetime
    lines: int


class TypstBillRenderer:
    """Lay bills out with the fonts in a folder. The engine is loaded at the first bill, then kept.

    Not safe for use by several threads at once.
    """

    def __init__(self, fonts: Path) -> None:
        self._fonts = fonts
        self._coverage = Coverage(fonts)
        self._lines_kept = 0

    def render_bill(self, document: BillDocument) -> bytes:
        """Return the bill as a PDF.

        Raises:
            BillError: when the bill does not add up.
            LinkRefusedError: when its link is no https address.
            RenderError: when the engine refuses it even in its plainest form.
        """
        prepared = self.prepared(document)
        engine = importlib.import_module("typst")
        try:
            return self.compile(prepared)
        except engine.TypstError:
            plain = self._prepared(document, self._coverage.body, with_logo=False)
        try:
            return self.compile(plain)
        except engine.TypstError as error:
            raise RenderError(f"The PDF engine refused the bill: {error}") from error

    def prepared(self, document: BillDocument) -> Prepared:
        """Return everything the engine needs for a bill."""
        return self._prepared(document, self._coverage, with_logo=True)

    def _prepared(self, document: BillDocument, covered: Container[int], *, with_logo: bool) -> Prepared:
        data = prepare(document, Cleaner(covered, _substitute(covered)))
        data["totals_heading"] = labels_for(data["language"]).totals
        data["logo"] = None
        if with_logo and document.logo:
            data |= _logo(document.logo)
        if data["pay"]["url"]:
            data["pay"]["shown_url"] = breakable(data["pay"]["url"].removeprefix("https://"), 40, longest=70)
            data["pay"]["qr"] = qr_svg(data["pay"]["url"])
        issued = document.bill.content.issued_on
        return Prepared(
            {"bill": json.dumps(data, ensure_ascii=False, separators=(",", ":"))},
            datetime(issued.year, issued.month, issued.day, tzinfo=UTC),
            len(document.bill.content.lines),
        )

    def compile(self, prepared: Prepared) -> bytes:
        """Run the engine over a prepared bill.

        Raises:
            typst.TypstError: when the engine refuses it.
        """
        try:
            pdf = self._compiler.compile(
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

    @cached_property
    def _compiler(self) -> typst.Compiler:
        return self._compiler_of("bill.typ")

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
