"""Case 8: two browser tabs, two sessions for one bill. What is paid twice all the same is never lost."""

from __future__ import annotations

import pytest

from tests.cases.side_by_side import SideBySide
from tests.cases.stage import ACCOUNT, Answer, Stage


def open_sessions(stage: Stage) -> list[str]:
    return [key for key, one in stage.at_stripe("checkout.session").items() if one["status"] == "open"]


class TestCase08TwoBrowserTabs:
    @pytest.mark.parametrize("seed", range(5))
    def test_that_press_pay_at_once_lead_to_one_session_at_the_most(self, stage: Stage, seed: int) -> None:
        token = stage.sent(stage.bill())

        answers = SideBySide[Answer](stage.leaving, seed).run([lambda: stage.press_pay(token, 63000)] * 2)

        led_to = {answer.headers["location"] for answer in answers if answer.status == 303}
        assert {answer.status for answer in answers} <= {303, 409}
        assert len(open_sessions(stage)) <= 1
        assert {url.rpartition("/")[2] for url in led_to} <= set(open_sessions(stage))
        assert stage.session(token, 63000) in open_sessions(stage)

    @pytest.mark.parametrize("seed", range(5))
    def test_of_two_links_never_leave_two_sessions_open(self, stage: Stage, seed: int) -> None:
        bill = stage.bill()
        tokens = [stage.sent(bill), stage.sent(bill, confirm=["sent_just_now"])]

        SideBySide[Answer](stage.leaving, seed).run(
            [lambda: stage.press_pay(tokens[0], 63000), lambda: stage.press_pay(tokens[1], 63000)]
        )

        assert len(open_sessions(stage)) <= 1
        last = stage.session(tokens[0], 63000)
        assert open_sessions(stage) == [last]

    def test_get_the_same_session_for_the_same_and_another_ends_the_first(self, stage: Stage) -> None:
        client = stage.engage()
        bill, other = stage.bill(client), stage.bill(client, 41000)
        token, other_token = stage.sent(bill), stage.sent(other)

        first = stage.session(token, 63000)
        assert stage.session(token, 63000) == first
        stage.session(other_token, 63000 + 41000, what="all")

        assert first not in open_sessions(stage)
        assert len(open_sessions(stage)) == 1

    def test_where_both_are_paid_two_payments_are_recorded_and_the_excess_is_credit_with_a_task(
        self, stage: Stage
    ) -> None:
        bill = stage.bill()
        session = stage.pay_by_card(bill)
        ours = stage.at_stripe("checkout.session")[session]
        second = stage.another_session(ACCOUNT, metadata=dict(ours["metadata"]), minor=63000)
        stage.stripe_does("pay", session=second)

        taken = stage.take()

        assert taken.count("booked") == 2
        assert stage.read(bill)["paid"]["minor"] == 63000
        assert [one["amount"]["minor"] for one in stage.payments()] == [63000, 63000]
        assert stage.credit(bill["client_id"]) == 63000
        assert stage.tasks() == ["client_credit"]
