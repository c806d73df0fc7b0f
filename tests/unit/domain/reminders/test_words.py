"""Stages and reasons in plain words."""

from __future__ import annotations

from datetime import date

import pytest

from feenote.domain.reminders.decisions import Reason
from feenote.domain.reminders.policy import REPEAT_KEY, Anchor, ReminderPolicy, Stage
from feenote.domain.reminders.switches import Scope
from feenote.domain.reminders.words import reason_in_words, repeat_in_words, stage_in_words


class TestAStage:
    @pytest.mark.parametrize(
        ("stage", "words"),
        [
            (Stage(-3), "3 days before the due date"),
            (Stage(-1), "1 day before the due date"),
            (Stage(0), "on the due date"),
            (Stage(1), "1 day after the due date"),
            (Stage(7), "7 days after the due date"),
            (Stage(30, Anchor.ISSUE), "30 days after the bill’s date"),
            (Stage(730), "730 days after the due date"),
        ],
    )
    def test_says_when_it_comes(self, stage: Stage, words: str) -> None:
        assert stage_in_words(stage.key) == words

    def test_of_the_default_policy_is_in_words(self) -> None:
        policy = ReminderPolicy("firm_1")

        assert all("the due date" in stage_in_words(stage.key) for stage in policy.stages)
        assert repeat_in_words(policy.repeat_days) == "every 15 days after the last stage"

    def test_that_repeats_says_how_often_where_that_is_known(self) -> None:
        assert stage_in_words(REPEAT_KEY, repeat_days=15) == "every 15 days after the last stage"
        assert stage_in_words(REPEAT_KEY) == "repeated after the last stage"
        assert repeat_in_words(None) == "never again after the last stage"

    def test_of_another_making_is_as_it_is(self) -> None:
        assert stage_in_words("") == ""
        assert stage_in_words("third") == "third"


class TestAReason:
    @pytest.mark.parametrize("reason", Reason)
    @pytest.mark.parametrize("scope", [None, *Scope])
    @pytest.mark.parametrize("until", [None, date(2027, 1, 15)])
    def test_is_a_sentence(self, reason: Reason, scope: Scope | None, until: date | None) -> None:
        words = reason_in_words(reason, scope=scope, until=until)

        assert words[0].isupper()
        assert words.endswith(".")
        assert "{" not in words

    def test_says_who_decided_it_and_until_when(self) -> None:
        held = reason_in_words(Reason.HELD, scope=Scope.CLIENT, until=date(2027, 1, 15))

        assert held == "Reminders are held for the client until 2027-01-15."
        assert (
            reason_in_words(Reason.OFF, scope=Scope.FIRM) == "Reminders are switched off for the whole firm."
        )

    def test_is_another_for_each(self) -> None:
        assert len({reason_in_words(reason) for reason in Reason}) == len(Reason)
