"""Stopping reminders by the link in a mail, over the real adapters: what it asks of the table, and races."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.cases.side_by_side import SideBySide
from tests.cases.stage import FIRM, Answer, Stage

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def stopped_at(stage: Stage) -> datetime | None:
    known = stage.system.reminders.addresses(FIRM, [recipient_of(stage)])
    return known[recipient_of(stage)].stopped_at


def recipient_of(stage: Stage) -> str:
    (address,) = stage.mail.letters[0].recipients
    return address.casefold()


def told(stage: Stage) -> list[str]:
    return [kind for kind in stage.tasks() if kind == "reminders_stopped"]


class TestAScannerThatFindsTheWayToStop:
    def test_stops_nothing_and_writes_nothing(self, stage: Stage) -> None:
        token = stage.sent(stage.bill())
        before = stage.items()
        stage.leaving.calls.clear()

        answers = [
            stage.browse(method, f"/l/{token}/{path}")
            for _ in range(5)
            for method in ("HEAD", "GET")
            for path in ("stop", "start")
        ]

        assert [answer.status for answer in answers] == [200, 404, 200, 404] * 5
        assert stage.leaving.writes() == []
        assert stage.items() == before
        assert stopped_at(stage) is None


class TestAPressOfTheMailProgramsButton:
    def test_is_kept_and_the_firm_is_told(self, stage: Stage) -> None:
        token = stage.sent(stage.bill())
        stage.leaving.calls.clear()

        answer = stage.browse("POST", f"/l/{token}/stop", form=ONE_CLICK)

        assert answer.status == 200
        assert stopped_at(stage) == stage.clock.now()
        assert told(stage) == ["reminders_stopped"]
        assert len(stage.leaving.writes()) == 2

    def test_once_more_is_no_news(self, stage: Stage) -> None:
        token = stage.sent(stage.bill())
        stage.browse("POST", f"/l/{token}/stop", form=ONE_CLICK)
        before = stage.items()

        stage.clock.advance(days=2)
        again = stage.browse("POST", f"/l/{token}/stop", form=ONE_CLICK)

        assert again.status == 200
        assert stage.items() == before

    @pytest.mark.parametrize("seed", range(5))
    def test_by_two_programs_at_once_is_told_once(self, stage: Stage, seed: int) -> None:
        token = stage.sent(stage.bill())

        answers = SideBySide[Answer](stage.leaving, seed).run(
            [lambda: stage.browse("POST", f"/l/{token}/stop", form=ONE_CLICK)] * 2
        )

        assert {answer.status for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
        assert stopped_at(stage) is not None
        assert told(stage) == ["reminders_stopped"]

    @pytest.mark.parametrize("seed", range(5))
    def test_and_one_that_starts_again_at_the_same_moment_leave_one_of_the_two(
        self, stage: Stage, seed: int
    ) -> None:
        token = stage.sent(stage.bill())
        stage.browse("POST", f"/l/{token}/stop", form=ONE_CLICK)

        answers = SideBySide[Answer](stage.leaving, seed).run(
            [
                lambda: stage.browse("POST", f"/l/{token}/stop", form=ONE_CLICK),
                lambda: stage.browse("POST", f"/l/{token}/start", form={}),
            ]
        )

        assert [answer.status for answer in answers] == [200, 303]
        page = stage.browse("GET", f"/l/{token}/stop").text
        assert ("Reminders are stopped" in page) is (stopped_at(stage) is not None)
