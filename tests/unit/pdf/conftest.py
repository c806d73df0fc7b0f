"""One renderer for all tests of a process: loading the engine and the fonts takes half a second."""

import pytest

from feenote.adapters.pdf.renderer import TypstBillRenderer
from tests.unit.pdf import samples


@pytest.fixture(scope="session")
def renderer() -> TypstBillRenderer:
    """Return a renderer with the release's fonts."""
    return TypstBillRenderer(samples.FONTS)
