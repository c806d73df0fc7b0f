"""A firm's colour: near what was wished for, and always readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.adapters.accent import accent_on, contrast
from feenote.adapters.pages.rendering import DARK_GROUND, LIGHT_GROUND

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


class TestAccent:
    @given(colour=COLOURS, ground=st.sampled_from([LIGHT_GROUND, DARK_GROUND]))
    def test_can_be_read_whatever_the_firm_chose(self, colour: str, ground: str) -> None:
        accent = accent_on(colour, ground)

        assert contrast(accent.on_button, accent.button) >= 4.5
        assert contrast(accent.text, ground) >= 4.5
        assert contrast(accent.button, ground) >= 3

    @pytest.mark.parametrize("colour", ["#1f4d3f", "#7a1f3d", "#0b5cad"])
    def test_is_the_firms_own_where_that_can_be_read(self, colour: str) -> None:
        assert accent_on(colour, LIGHT_GROUND).button == colour

    def test_of_a_pale_firm_has_dark_words(self) -> None:
        assert accent_on("#ffcc00", LIGHT_GROUND).on_button == "#000000"

    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
    )
    def test_contrast_is_wcags(self, one: str, other: str, ratio: float) -> None:
        assert round(contrast(one, other), 2) == ratio
