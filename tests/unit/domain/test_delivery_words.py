"""The words for where a message stands."""

from __future__ import annotations

import pytest

from feenote.domain.deliveries import DeliveryState
from feenote.domain.delivery_words import in_words


class TestAState:
    @pytest.mark.parametrize("state", list(DeliveryState))
    def test_has_a_sentence(self, state: DeliveryState) -> None:
        assert in_words(state) == in_words(state.value)
        assert in_words(state).endswith(".")
        assert state.value.upper() not in in_words(state)

    def test_has_one_of_its_own(self) -> None:
        assert len({in_words(state) for state in DeliveryState}) == len(DeliveryState)

    def test_that_is_none_has_no_words(self) -> None:
        assert in_words("") == ""

    def test_that_is_not_known_is_refused(self) -> None:
        with pytest.raises(ValueError, match="lost"):
            in_words("lost")
