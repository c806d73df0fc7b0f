"""Templates through the API: checked when they are saved, kept by version, one default for each place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feenote.domain.deliveries import MessageKind
from tests.integration.api.office import FIRM, OTHER_FIRM, Office, Staff
from tests.integration.api.samples import Engagement
from tests.integration.api.template_samples import ADDRESS, made, template, words
from tests.integration.api.test_any_json import fuzzed, mutated


class TestATemplate:
    def test_is_added_and_read(self, staff: Staff, office: Office) -> None:
        answer = staff.post(ADDRESS, template(words(), words("Facture\n", language="fr")))

        added = answer.ok()
        assert answer.status == 201
        assert answer.headers["etag"] == '"1"'
        assert answer.headers["location"] == f"{ADDRESS}/{added['id']}"
        assert added == template(words(), words("Facture\n", language="fr")) | {
            "id": added["id"],
            "client_id": None,
            "stage": None,
            "is_default": False,
            "changed_at": "2026-11-23T09:00:00.000Z",
            "version": 1,
        }
        assert staff.get(answer.headers["location"]).ok() == added

    def test_is_added_once_under_one_key(self, staff: Staff) -> None:
        first = staff.post(ADDRESS, template(), key="k1").ok()
        second = staff.post(ADDRESS, template(), key="k1").ok()

        assert first == second
        assert len(staff.get(ADDRESS).ok()["items"]) == 1

    def test_is_added_once_where_the_first_answer_was_lost(self, staff: Staff, office: Office) -> None:
        first = staff.post(ADDRESS, template(), key="k1").ok()
        office.store.world.answers.clear()
        again = staff.post(ADDRESS, template(), key="k1").ok()
        office.store.world.answers.clear()
        staff.post(ADDRESS, template(name="Another"), key="k1").problem(409)

        assert again == first
        assert [item["name"] for item in staff.get(ADDRESS).ok()["items"]] == ["Monthly"]

    def test_is_changed_whole(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        before = made(staff, is_default=True)
        office.clock.advance(minutes=1)

        after = template(words("{{ bill.news }}"), name="Short", client_id=engagement.client_id)
        changed = staff.put(f"{ADDRESS}/{before['id']}", after)

        assert changed.headers["etag"] == '"2"'
        assert changed.ok() == after | {
            "id": before["id"],
            "stage": None,
            "is_default": False,
            "changed_at": "2026-11-23T09:01:00.000Z",
            "version": 2,
        }

    def test_keeps_its_version_where_nothing_changed(self, staff: Staff) -> None:
        before = made(staff)

        assert staff.put(f"{ADDRESS}/{before['id']}", template()).ok() == before

    def test_has_line_ends_of_one_sort(self, staff: Staff) -> None:
        saved = made(staff, words("One\r\n\r\nTwo {{ bill.nmber }}".replace("nmber", "number")))

        assert saved["wordings"][0]["body"] == "One\n\nTwo {{ bill.number }}"

    def test_is_deleted(self, staff: Staff) -> None:
        address = f"{ADDRESS}/{made(staff, is_default=True)['id']}"

        assert staff.delete(address).status == 204

        staff.get(address).problem(404)
        staff.delete(address).problem(404)
        assert staff.get(ADDRESS).ok()["items"] == []

    def test_of_another_firm_is_not_found(self, staff: Staff) -> None:
        address = f"{ADDRESS}/{made(staff)['id']}"
        stranger = Staff(firm_id=OTHER_FIRM)

        stranger.get(address).problem(404)
        stranger.put(address, template(name="Mine")).problem(404)
        stranger.delete(address).problem(404)
        assert stranger.get(ADDRESS).ok()["items"] == []
        assert staff.get(address).ok()["name"] == "Monthly"

    def test_is_read_by_a_viewer_and_written_by_a_biller(self, staff: Staff) -> None:
        address = f"{ADDRESS}/{made(staff)['id']}"
        viewer, biller = Staff(roles=("viewer",)), Staff(roles=("biller",))

        assert viewer.get(address).status == 200
        for answer in (
            viewer.post(ADDRESS, template()),
            viewer.put(address, template()),
            viewer.delete(address),
        ):
            answer.problem(403)
        assert biller.put(address, template(name="By a biller")).status == 200


class TestTwoPeopleAtOneTemplate:
    def test_the_later_one_is_told(self, staff: Staff) -> None:
        address = f"{ADDRESS}/{made(staff)['id']}"
        tag = staff.get(address).headers["etag"]

        staff.put(address, template(name="First"), if_match=tag).ok()
        staff.put(address, template(name="Second"), if_match=tag).problem(412)
        staff.delete(address, if_match=tag).problem(412)

        assert staff.get(address).ok()["name"] == "First"
        assert staff.delete(address, if_match='"2"').status == 204

    def test_the_slower_one_of_a_race_is_told(
        self, staff: Staff, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = f"{ADDRESS}/{made(staff)['id']}"
        templates = office.store.templates
        put: Callable[[Any], None] = templates.put

        def somebody_is_faster(mine: Any) -> None:
            monkeypatch.setattr(templates, "put", put)
            before = templates.get(FIRM, mine.id)
            put(replace(before, name="Faster", version=before.version + 1))
            put(mine)

        monkeypatch.setattr(templates, "put", somebody_is_faster)
        staff.put(address, template(name="Slower")).problem(409)

        assert staff.get(address).ok()["name"] == "Faster"


class TestADefault:
    def test_takes_the_place_of_the_one_before_it(self, staff: Staff) -> None:
        old, new = made(staff, name="Old", is_default=True), made(staff, name="New", is_default=True)

        listed = {item["name"]: item["is_default"] for item in staff.get(ADDRESS).ok()["items"]}

        assert listed == {"Old": False, "New": True}
        staff.put(f"{ADDRESS}/{old['id']}", template(name="Old", is_default=True)).ok()
        assert staff.get(f"{ADDRESS}/{new['id']}").ok()["is_default"] is False

    def test_of_a_client_leaves_the_firms_alone(self, staff: Staff, engagement: Engagement) -> None:
        firms = made(staff, is_default=True)
        clients = made(staff, is_default=True, client_id=engagement.client_id)
        balance = made(
            staff, words("{{ balance.table }}", subject="{{ client.name }}"), kind="balance", is_default=True
        )

        for item in (firms, clients, balance):
            assert staff.get(f"{ADDRESS}/{item['id']}").ok()["is_default"] is True


class TestTheList:
    def test_is_by_name_and_keeps_what_is_asked_for(self, staff: Staff, engagement: Engagement) -> None:
        made(staff, name="b")
        made(staff, name="A", client_id=engagement.client_id)
        made(staff, words("{{ balance.table }}", subject="Yours"), name="C", kind="balance")

        def names(**query: str) -> list[str]:
            return [item["name"] for item in staff.get(ADDRESS, **query).ok()["items"]]

        assert names() == ["A", "b", "C"]
        assert names(kind="bill") == ["A", "b"]
        assert names(client_id=engagement.client_id) == ["A"]
        assert names(of_firm="true") == ["b", "C"]
        assert names(kind="bill", of_firm="true") == ["b"]

    def test_goes_on_over_pages(self, staff: Staff) -> None:
        for name in "abc":
            made(staff, name=name)
        first = staff.get(ADDRESS, limit="2").ok()
        second = staff.get(ADDRESS, limit="2", cursor=first["next"]).ok()

        assert [item["name"] for item in [*first["items"], *second["items"]]] == ["a", "b", "c"]
        assert second["next"] is None
        staff.get(ADDRESS, limit="2", kind="bill", cursor=first["next"]).problem(400)

    def test_is_of_the_firm_or_of_a_client(self, staff: Staff) -> None:
        staff.get(ADDRESS, of_firm="true", client_id="cli_1").problem(400)
        staff.get(ADDRESS, kind="letter").problem(400)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no words", {"wordings": []}, "wordings"),
    ("no list", {"wordings": "Hello"}, "wordings"),
    ("no object", {"wordings": ["Hello"]}, "wordings[0]"),
    ("no body", {"wordings": [{"language": "en", "subject": "S"}]}, "wordings[0].body"),
    ("no language", {"wordings": [{"subject": "S", "body": "B"}]}, "wordings[0].language"),
    ("a number", {"wordings": [{"language": "en", "subject": 7, "body": "B"}]}, "wordings[0].subject"),
    ("html", {"wordings": [words() | {"html": "<p>"}]}, "wordings[0].html"),
    ("five languages", {"wordings": [words()] * 5}, "wordings"),
    ("no kind", {"kind": "letter"}, "kind"),
    ("a blank name", {"name": "  "}, "name"),
    ("a long name", {"name": "n" * 201}, "name"),
    ("an odd client", {"client_id": "CLIENT#1"}, "client_id"),
    ("an odd stage", {"stage": "first stage"}, "stage"),
    ("a word for yes", {"is_default": "yes"}, "is_default"),
    ("an id", {"id": "tpl_mine"}, "id"),
    ("a version", {"version": 3}, "version"),
]
UNUSABLE: list[tuple[str, dict[str, Any], list[str]]] = [
    ("a language twice", {"wordings": [words(), words("B")]}, ["wordings[1].language"]),
    ("another language", {"wordings": [words(language="it")]}, ["wordings[0].language"]),
    ("a stage of a bill", {"stage": "due+7"}, ["stage"]),
    ("an unknown client", {"client_id": "cli_none"}, ["client_id"]),
    ("an empty subject", {"wordings": [words(subject="")]}, ["wordings[0].subject"]),
    ("an empty body", {"wordings": [words(" \n\n ")]}, ["wordings[0].body"]),
    ("a long subject", {"wordings": [words(subject="s" * 301)]}, ["wordings[0].subject"]),
    ("a long body", {"wordings": [words("b" * 20_001)]}, ["wordings[0].body"]),
    ("two lines", {"wordings": [words(subject="a\r\nBcc: all@example.com")]}, ["wordings[0].subject"]),
    ("a bell", {"wordings": [words("a\x07b")]}, ["wordings[0].body"]),
    ("201 fields", {"wordings": [words("{{ today }} " * 200)]}, ["wordings[0].body"]),
    ("a button in a subject", {"wordings": [words(subject="{{ link.button }}")]}, ["wordings[0].subject"]),
    ("a button in a sentence", {"wordings": [words("Press {{ link.button }}")]}, ["wordings[0].body"]),
    (
        "faults in two languages",
        {"wordings": [words("{{ a }}"), words(subject="{{ b }}", language="de")]},
        ["wordings[0].body", "wordings[1].subject"],
    ),
]


class TestATemplateThatCannotBe:
    @pytest.mark.parametrize(("change", "field"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED])
    def test_is_malformed(self, staff: Staff, change: dict[str, Any], field: str) -> None:
        assert staff.post(ADDRESS, template() | change).fields(400) == [field]

    @pytest.mark.parametrize(
        ("change", "fields"), [case[1:] for case in UNUSABLE], ids=[case[0] for case in UNUSABLE]
    )
    def test_is_refused(self, staff: Staff, change: dict[str, Any], fields: list[str]) -> None:
        address = f"{ADDRESS}/{made(staff)['id']}"

        assert staff.post(ADDRESS, template() | change).fields(422) == fields
        assert staff.put(address, template() | change).fields(422) == fields
        assert staff.get(address).ok()["version"] == 1
        assert len(staff.get(ADDRESS).ok()["items"]) == 1

    @pytest.mark.parametrize(
        "stage", ["due-3", "due+0", "due+15", "issue+30", "issue-1", "due+730", "repeat"]
    )
    def test_may_have_a_stage_where_it_is_a_reminder(self, staff: Staff, stage: str) -> None:
        reminder = words("{{ reminder.news }}", subject="{{ reminder.subject }}")

        assert made(staff, reminder, kind="reminder", stage=stage)["stage"] == stage

    @pytest.mark.parametrize(
        "stage", ["late", "due", "due7", "due+07", "due-0", "due+7\n", "due+\u0667", "+7"]
    )
    def test_of_a_stage_that_no_policy_has_is_told_how_to_write_one(self, staff: Staff, stage: str) -> None:
        answer = staff.post(ADDRESS, template() | {"kind": "reminder", "stage": stage})

        assert answer.fields(400) == ["stage"]
        assert "due+15" in answer.json["errors"][0]["message"]

    def test_loses_no_words_to_a_change_of_its_kind(self, staff: Staff) -> None:
        address = f"{ADDRESS}/{made(staff)['id']}"

        answer = staff.put(address, template(kind="receipt"))

        assert answer.fields(422) == ["wordings[0].subject", "wordings[0].body"]
        assert staff.get(address).ok()["kind"] == "bill"

    def test_answers_anything_in_one_field(self, staff: Staff) -> None:
        good = template(client_id=None, stage=None, is_default=False)

        @fuzzed
        @given(mutated(good) | mutated(words()).map(lambda odd: {**good, "wordings": [odd]}))
        def check(body: dict[str, Any]) -> None:
            assert staff.post(ADDRESS, body).status in {201, 400, 422}

        check()

    def test_answers_any_words(self, staff: Staff) -> None:
        marks = st.sampled_from(
            ["{", "}", "{{", "}}", "{%", "#", "\n", " ", "bill.number", "\x00", "é", "\u2028"]
        )
        texts = st.lists(marks, max_size=20).map("".join)

        @fuzzed
        @given(texts, texts)
        def check(subject: str, body: str) -> None:
            assert staff.post(ADDRESS, template(words(body, subject=subject))).status in {201, 422}

        check()


class TestTheWordsThatShip:
    def test_are_there_for_each_kind_in_each_language(self, staff: Staff) -> None:
        found = Staff(roles=("viewer",)).get(f"{ADDRESS}/shipped").ok()["items"]

        assert [item["kind"] for item in found] == list(MessageKind)
        for item in found:
            assert [wording["language"] for wording in item["wordings"]] == ["en", "fr", "de", "es"]

    def test_are_there_for_one_kind(self, staff: Staff) -> None:
        (found,) = staff.get(f"{ADDRESS}/shipped", kind="bill").ok()["items"]

        assert found["wordings"][2]["subject"] == "bill in de"

    def test_are_not_changed_or_deleted(self, staff: Staff) -> None:
        staff.put(f"{ADDRESS}/shipped", template()).problem(404)
        staff.delete(f"{ADDRESS}/shipped").problem(404)
