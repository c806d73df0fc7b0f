"""Case 16: amounts are exact in every currency, from the bill to Stripe and back into the books."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.stage import Stage
from tests.integration.api.samples import line


class TestCase16Amounts:
    @pytest.mark.parametrize(
        ("currency", "minor", "at_stripe"),
        [
            ("JPY", 168445, 168445),
            ("KWD", 1684450, 1684450),
            ("ISK", 168445, 16844500),
            ("UGX", 250000, 25000000),
            ("USD", 168445, 168445),
        ],
    )
    def test_are_exact_from_the_bill_to_stripe_and_back(
        self, stage: Stage, currency: str, minor: int, at_stripe: int
    ) -> None:
        bill = stage.bill(minor=minor, currency=currency)

        session = stage.pay_by_card(bill)
        stage.take()

        asked = stage.at_stripe("checkout.session")[session]
        (payment,) = stage.payments()
        shown = stage.read(bill)
        assert (asked["amount_total"], asked["currency"]) == (at_stripe, currency.lower())
        assert payment["amount"] == {"minor": minor, "currency": currency}
        assert shown["total"] == shown["paid"] == {"minor": minor, "currency": currency}
        assert (shown["state"], shown["balance_due"]["minor"]) == ("paid", 0)
        assert stage.credit(bill["client_id"], currency) == 0
        assert stage.tasks() == []

    def test_that_are_no_whole_number_of_minor_units_are_refused(self, stage: Stage) -> None:
        client = stage.engage()
        before = stage.items()
        wrong: list[Any] = [10.005, 10.0, 1684.45, "10.005", "168445", True, None, 1e3, 2**53, -(2**53)]

        answers = [stage.staff.post("/v1/bills", client.bill(lines=[line(minor)])) for minor in wrong]

        assert [answer.fields(400) for answer in answers] == [["lines[0].amount.minor"]] * len(wrong)
        assert stage.items() == before

    def test_in_a_file_with_more_digits_than_the_currency_has_are_refused(self, stage: Stage) -> None:
        stage.engage()
        rows = "bill_number,client_number,matter_number,issued_on,kind,amount\r\n"
        rows += "A-1,00001,00001-003,2026-11-23,fee,10.005\r\nA-2,00001,00001-003,2026-11-23,fee,10.00\r\n"

        results = stage.bring(rows)

        assert [(item["bill_number"], item["outcome"]) for item in results] == [
            ("A-1", "refused"),
            ("A-2", "created"),
        ]
