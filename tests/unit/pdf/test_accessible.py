"""The PDF is tagged as PDF/UA-1 asks: a reader that speaks gets the same bill."""

from __future__ import annotations

import io
import itertools
from typing import Any

import pypdf
import pytest

from feenote.adapters.pdf.renderer import TypstBillRenderer
from tests.unit.pdf import samples
from tests.unit.pdf.readers import root_of, tags_of


def resources_of(page: Any) -> Any:
    return page["/Resources"]


class TestAnAccessibleBill:
    def test_says_that_it_is_tagged_and_conforms(self, renderer: TypstBillRenderer) -> None:
        pdf = renderer.render_bill(samples.full_document())

        root = root_of(pdf)
        assert root["/MarkInfo"]["/Marked"].value is True
        assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
        assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()

    @pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("de-AT", "de"), ("pl-PL", "en")])
    def test_names_the_language_of_its_words(
        self, renderer: TypstBillRenderer, locale: str, language: str
    ) -> None:
        pdf = renderer.render_bill(samples.document(1, firm=samples.firm(locale=locale)))

        assert root_of(pdf)["/Lang"] == language

    def test_has_a_title_and_the_issue_dates_time(self, renderer: TypstBillRenderer) -> None:
        metadata = pypdf.PdfReader(io.BytesIO(renderer.render_bill(samples.document(1)))).metadata

        assert metadata is not None
        assert metadata.title == "Bill 00042 \N{EN DASH} Whitcombe & Hale LLP"
        assert str(metadata["/CreationDate"]) == "D:20260304000000Z"

    def test_marks_heads_of_tables_as_such(self, renderer: TypstBillRenderer) -> None:
        tags = tags_of(renderer.render_bill(samples.document(100)))

        tables = [node for tag, node in tags if tag == "/Table"]
        heads = [node for tag, node in tags if tag == "/TH"]
        assert len(tables) == 3, "fees, expenses, timekeepers: a repeated head is no second table"
        assert len(heads) == 6 + 3 + 4
        for head in heads:
            assert any(entry.get("/Scope") == "/Column" for entry in head["/A"])

    def test_describes_logo_and_code(self, renderer: TypstBillRenderer) -> None:
        tags = tags_of(renderer.render_bill(samples.full_document(3)))

        described = [node["/Alt"] for tag, node in tags if tag == "/Figure"]
        assert described == [
            "Logo of Whitcombe & Hale LLP",
            f"QR code that opens the page to pay: {samples.PAY_URL}",
        ]

    def test_goes_down_its_headings_one_level_at_a_time(self, renderer: TypstBillRenderer) -> None:
        for document in (samples.document(9), samples.full_document(20)):
            tags = tags_of(renderer.render_bill(document))

            levels = [int(tag[2]) for tag, _ in tags if tag[:2] == "/H" and tag[2:].isdigit()]
            assert levels[0] == 1
            assert levels.count(1) == 1
            assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))

    def test_embeds_every_font(self, renderer: TypstBillRenderer) -> None:
        reader = pypdf.PdfReader(io.BytesIO(renderer.render_bill(samples.document(3))))

        resources: list[Any] = [page["/Resources"] for page in reader.pages]
        fonts = [font.get_object() for each in resources for font in each["/Font"].values()]
        assert fonts
        for font in fonts:
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
