"""What one yes cannot stand for, whose words a template holds, and a send that does not get on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from feenote.domain.sends import Send, SendChunk
from tests.fakes.stored.sends import FakeSends
from tests.integration.api.office import Office, Staff
from tests.integration.api.samples import Engagement, engage
from tests.integration.api.sending import Sending, codes, many

WORDING = {"language": "en", "subject": "Bill {{ bill.number }}", "body": "{{ link.button }}"}


@pytest.fixture
def sending(office: Office, staff: Staff) -> Sending:
    return Sending(office, staff)


class TestAStrangerAmongTheRecipients:
    def test_is_confirmed_for_bills_that_were_looked_at(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        stranger = engage(staff, number="00999", email="stranger@example.com")
        bill = engagement.issued()

        send_id = sending.mailed(bill, recipients=[stranger.contact_id], confirm=["not_the_clients"])

        assert sending.results(send_id)[bill["id"]]["outcome"] == "sent"

    def test_is_not_confirmed_by_one_yes_for_bills_that_nobody_looked_at(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        stranger = engage(staff, number="00999", email="stranger@example.com")
        bills = many(sending.office, engagement, 101)

        send_id = sending.mailed(*bills, recipients=[stranger.contact_id], confirm=["not_the_clients"])

        results = sending.results(send_id).values()
        assert {(one["outcome"], one["code"]) for one in results} == {("skipped", "not_the_clients")}


class TestAClientsOwnTemplate:
    def test_asks_for_a_yes_where_it_is_used_for_another_client(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        other = engage(staff, number="00999", email="other@example.com")
        template = {"kind": "bill", "name": "Theirs", "client_id": other.client_id, "wordings": [WORDING]}
        made = staff.post("/v1/templates", template).ok()

        for_another = sending.preview(engagement.issued(), template_id=made["id"])
        for_its_own = sending.preview(other.issued(), template_id=made["id"])

        assert codes(for_another["warnings"]) == ["template_of_another_client"]
        assert codes(for_its_own["warnings"]) == []


class TestAChunkThatDoesNotGetOn:
    def test_is_brought_again_and_after_a_day_a_person_is_asked_once(
        self, sending: Sending, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bills = many(office, engagement, 11)
        send_id = sending.send(*bills)
        office.send_queue.take_all()  # and whoever took it never says a word

        office.clock.advance(seconds=6 * 60)
        soon = sending.sweep()
        office.send_queue.take_all()
        office.clock.advance(seconds=25 * 3600)
        late, later = sending.sweep(), sending.sweep()

        tasks = staff.get("/v1/tasks").ok()["items"]
        assert (soon["chunks"], late["chunks"], later["chunks"]) == (1, 0, 0)
        assert [task["kind"] for task in tasks] == ["send_stuck"]
        assert send_id in tasks[0]["what"]

    def test_goes_on_when_the_send_is_stopped_and_taken_up_again(
        self, sending: Sending, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bills = many(office, engagement, 11)
        send_id = sending.send(*bills)
        office.send_queue.take_all()
        office.clock.advance(seconds=25 * 3600)
        sending.sweep()

        staff.post(f"/v1/sends/{send_id}/stop").ok()
        staff.post(f"/v1/sends/{send_id}/resume").ok()
        sending.work_off()

        assert sending.progress(send_id)["counts"]["accepted"] == 11


class TestTheSameBillsAskedForTwiceAtOnce:
    @pytest.mark.parametrize("size", [1, 40])
    def test_go_out_once_where_nobody_said_yes_to_twice(
        self, size: int, sending: Sending, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bills = many(sending.office, engagement, size)
        begin = FakeSends.begin
        answers = []

        def begin_behind_another(self: FakeSends, send: Send, chunks: Sequence[SendChunk]) -> bool:
            # Somebody presses the same button between the first one's looking and its storing.
            monkeypatch.setattr(FakeSends, "begin", begin)
            answers.append(sending.asks(*bills))
            return begin(self, send, chunks)

        monkeypatch.setattr(FakeSends, "begin", begin_behind_another)

        first = sending.mailed(*bills)

        (other,) = answers
        results = [*sending.results(first).values(), *sending.results(other.ok()["send_id"]).values()]
        outcomes = Counter((one["outcome"], one["code"]) for one in results)
        assert outcomes == {("sent", None): size, ("skipped", "sent_just_now"): size}
        assert len(sending.to()) == size

    def test_go_out_twice_where_somebody_did(self, sending: Sending, engagement: Engagement) -> None:
        bills = many(sending.office, engagement, 12)
        sending.send(*bills, confirm=["sent_just_now"])
        sending.send(*bills, confirm=["sent_just_now"])

        sending.work_off()

        assert len(sending.to()) == 24


class TestWhatAPersonIsTold:
    def test_names_the_bill_of_each_warning_where_there_are_several(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        late = engagement.issued(due_on="2026-11-01", issued_on="2026-10-01")
        fine = engagement.issued()

        refused = sending.asks(late, fine)

        (error,) = refused.problem(422)["errors"]
        assert error["message"].startswith("due_date_passed: ")
        assert error["message"].endswith(f"(bill {late['number']})")

    def test_is_that_words_in_another_language_go_out(
        self, sending: Sending, staff: Staff, engagement: Engagement
    ) -> None:
        staff.patch(f"/v1/contacts/{engagement.contact_id}", {"language": "fr-FR"}).ok()
        template = {"kind": "bill", "name": "Ours", "wordings": [{**WORDING, "language": "de"}]}
        made = staff.post("/v1/templates", template).ok()
        bill = engagement.issued()

        (notice,) = sending.preview(bill, template_id=made["id"])["notices"]
        shipped = sending.preview(bill)["notices"]

        assert (notice["code"], notice["contact_id"]) == ("other_language", engagement.contact_id)
        assert "(fr)" in notice["message"]
        assert shipped == []

    def test_is_that_what_was_seen_is_of_no_bill_of_the_send(
        self, sending: Sending, engagement: Engagement
    ) -> None:
        refused = sending.asks(engagement.issued(), seen={"bill_typo": "r1.63000"})

        assert refused.fields(422) == ["seen"]
        assert "bill_typo" in refused.json["errors"][0]["message"]
