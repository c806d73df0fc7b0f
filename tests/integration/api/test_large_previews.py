"""A preview that would be larger than an answer can be: refused in words, not cut off by the platform."""

from __future__ import annotations

import base64
import gzip
import json
import random
import string

import pytest

from feenote.service import preview_send
from tests.integration.api.office import Staff
from tests.integration.api.samples import Engagement

LARGEST_ANSWER = 6_291_456
"""Bytes that AWS Lambda hands back."""


class TestAPreviewOfLargeMessages:
    def test_is_refused_in_words(
        self, staff: Staff, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wish = {"bill_ids": [engagement.issued()["id"], engagement.issued()["id"]]}
        shown = staff.post("/v1/sends/preview", wish).ok()["messages"]
        size = sum(len(one["html"].encode()) + len(one["text"].encode()) for one in shown)

        monkeypatch.setattr(preview_send, "MOST_BYTES", size)
        fits = staff.post("/v1/sends/preview", wish)
        monkeypatch.setattr(preview_send, "MOST_BYTES", size - 1)
        refused = staff.post("/v1/sends/preview", wish)

        assert len(shown) == 2
        assert fits.status == 200
        assert refused.status == 422
        assert refused.json["detail"] == (
            "Together these messages are too large to show: preview fewer, or shorten the words."
        )
        assert [error["field"] for error in refused.json["errors"]] == ["bill_ids"]

    def test_fits_into_an_answer_whatever_stands_in_it(self) -> None:
        chance = random.Random(4)
        letters = "".join(chance.choices(string.printable, k=preview_send.MOST_BYTES))

        answer = base64.b64encode(gzip.compress(json.dumps(letters).encode()))

        assert len(answer) < LARGEST_ANSWER
