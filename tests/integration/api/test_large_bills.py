"""A bill with as many lines as a bill may have still goes in, and comes out."""

from __future__ import annotations

import base64
import gzip
import json

from feenote.domain.bills import MAX_LINES
from tests.integration.api.office import Staff, app, event
from tests.integration.api.samples import Engagement

LAMBDA_ANSWER_BYTES = 6 * 1024 * 1024


class TestTheLargestBill:
    def test_is_read_compressed_and_refused_to_who_takes_it_only_plain(
        self, staff: Staff, engagement: Engagement
    ) -> None:
        one = {"kind": "fee", "amount": {"minor": 1, "currency": "USD"}, "description": "Research. " * 30}
        body = json.dumps(engagement.bill(lines=[one] * MAX_LINES), separators=(",", ":"))
        headers = {"content-type": "application/json", "accept-encoding": "br, gzip;q=0.8"}
        handler = app("send_bill").handler

        made = handler(event("POST", "/v1/bills", body=body, headers=headers, claims=staff.claims()), None)

        assert made["statusCode"] == 201
        assert made["headers"]["Content-Encoding"] == "gzip"
        assert len(json.dumps(made)) < LAMBDA_ANSWER_BYTES
        bill = json.loads(gzip.decompress(base64.b64decode(made["body"])))
        assert len(bill["lines"]) == MAX_LINES
        assert bill["total"]["minor"] == MAX_LINES
        staff.get(f"/v1/bills/{bill['id']}").problem(406)

    def test_is_a_line_shorter_than_one_that_is_refused(self, staff: Staff, engagement: Engagement) -> None:
        one = {"kind": "fee", "amount": {"minor": 1, "currency": "USD"}}

        answer = staff.post("/v1/bills", engagement.bill(lines=[one] * (MAX_LINES + 1)))

        assert answer.fields(400) == ["lines"]
