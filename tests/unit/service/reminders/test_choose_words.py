"""The words of a reminder: the stage's own, else a default, else those that ship."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feenote.domain.deliveries import Delivery, MessageKind
from feenote.domain.reminders.policy import ReminderPolicy, Stage
from feenote.domain.templates import Template, Wording
from tests.unit.service.reminders.reminded_firm import FIRM, MONDAY, NINE, RemindedFirm


def template(
    template_id: str,
    *,
    client_id: str = "",
    stage: str = "",
    is_default: bool = False,
    kind: MessageKind = MessageKind.REMINDER,
) -> Template:
    """Make a template in English and German."""
    wordings = tuple(
        Wording(f"{template_id} {language}", "Please pay.", language) for language in ("en", "de")
    )
    return Template(template_id, FIRM, kind, template_id, wordings, client_id, stage, is_default, None, 1)


class Case:
    """A firm with one client, whose first stage names a template where it is told to."""

    def __init__(self) -> None:
        self.firm = RemindedFirm()
        self.client_id = self.firm.client(language="de")
        self.firm.bill(self.client_id)

    def has(self, *templates: Template) -> None:
        for one in templates:
            self.firm.system.store.templates.put(one)

    def names(self, template_id: str) -> None:
        policy = ReminderPolicy(FIRM, stages=(Stage(-3, template_id=template_id),), version=1)
        self.firm.system.store.reminders.put_policy(policy)

    def reminded(self) -> Delivery:
        self.firm.at(MONDAY)
        (made,) = self.firm.at(NINE)
        return made

    def subject(self) -> str:
        """Remind, and return the subject that was kept for it; empty for the words that ship."""
        made = self.reminded()
        if not made.wording_id:
            assert made.template_id == ""
            return ""
        wording = self.firm.system.store.templates.wording(FIRM, made.wording_id)
        assert wording.subject.startswith(made.template_id)
        return wording.subject


@pytest.fixture
def case() -> Case:
    return Case()


class TestTheWords:
    def test_are_those_that_ship_where_there_is_no_template(self, case: Case) -> None:
        assert case.subject() == ""

    def test_are_the_stages_own_in_the_readers_language(self, case: Case) -> None:
        case.has(template("tpl_1"), template("tpl_2", is_default=True))
        case.names("tpl_1")

        assert case.subject() == "tpl_1 de"

    @pytest.mark.parametrize(
        ("left", "expected"),
        [(4, "tpl_4 de"), (3, "tpl_3 de"), (2, "tpl_2 de"), (1, "tpl_1 de")],
    )
    def test_are_else_the_nearest_default(self, case: Case, left: int, expected: str) -> None:
        farthest_first = (
            template("tpl_1", is_default=True),
            template("tpl_2", stage="due-3", is_default=True),
            template("tpl_3", client_id="cli_1", is_default=True),
            template("tpl_4", client_id="cli_1", stage="due-3", is_default=True),
        )
        case.has(*farthest_first[:left])

        assert case.subject() == expected

    def test_are_a_defaults_where_the_stages_template_was_deleted(self, case: Case) -> None:
        case.has(template("tpl_2", is_default=True))
        case.names("tpl_gone")

        assert case.subject() == "tpl_2 de"

    def test_are_those_that_ship_where_it_was_deleted_and_there_is_no_default(self, case: Case) -> None:
        case.names("tpl_gone")

        assert case.subject() == ""

    def test_are_never_another_clients_or_of_another_kind(self, case: Case) -> None:
        case.has(
            template("tpl_1", client_id="cli_9"),
            template("tpl_2", kind=MessageKind.BILL, is_default=True),
            template("tpl_3", client_id="cli_9", is_default=True),
        )
        case.names("tpl_1")

        assert case.subject() == ""

    def test_of_a_stage_of_another_kind_are_passed_over(self, case: Case) -> None:
        case.has(template("tpl_2", kind=MessageKind.BILL))
        case.names("tpl_2")

        assert case.subject() == ""

    def test_stay_as_they_were_when_it_was_decided(self, case: Case) -> None:
        first = template("tpl_1")
        case.has(first)
        case.names("tpl_1")
        made = case.reminded()

        case.has(replace(first, wordings=(Wording("Another", "Pay.", "de"),), version=2))

        kept = case.firm.system.store.templates.wording(FIRM, made.wording_id)
        assert kept.subject == "tpl_1 de"


class TestManyClients:
    def test_have_their_words_looked_up_together(self) -> None:
        firm = RemindedFirm()
        for number in range(1, 11):
            firm.bill(firm.client(number))
        firm.system.store.templates.put(template("tpl_1", is_default=True))
        firm.at(MONDAY)
        firm.tick(NINE)

        firm.system.plan.arm(None)
        firm.work(NINE)

        assert firm.system.plan.trace.count("templates.defaults_for") == 1
        assert firm.system.plan.trace.count("templates.keep_wording") == 1
        assert firm.system.plan.trace.count("reminders.looks") == 1
        assert firm.system.plan.trace.count("reminders.details") == 1
