"""Who gets a bill: by the rule, by hand, each alone or all in one email."""

from __future__ import annotations

import pytest

from feenote.domain.visibility import Visibility
from tests.integration.api.office import Office, Staff
from tests.integration.api.samples import Engagement
from tests.integration.api.sending import Sending, codes, contact, matter

LEFT_OUT = "not a recipient on every matter of the bill"


@pytest.fixture
def sending(office: Office, staff: Staff) -> Sending:
    return Sending(office, staff)


class Team:
    """A client whose primary contact is Maria, with Ines and Otto beside her."""

    def __init__(self, engagement: Engagement) -> None:
        self.client_id, self.staff = engagement.client_id, engagement.staff
        self.engagement = engagement
        self.maria = engagement.contact_id
        self.ines = self.contact("ines@example.com", first_name="Ines")
        self.otto = self.contact("otto@example.com", first_name="Otto")

    def contact(self, email: str | None, **more: object) -> str:
        return contact(self.staff, self.client_id, email, **more)

    def matter(self, number: str, *recipients: str | tuple[str, bool]) -> str:
        pairs = [(one, True) if isinstance(one, str) else one for one in recipients]
        return matter(self.staff, self.client_id, number, *pairs)

    def bill(self, *matter_ids: str) -> str:
        bill_id: str = self.engagement.issued(matter_ids=list(matter_ids))["id"]
        return bill_id


@pytest.fixture
def team(engagement: Engagement) -> Team:
    return Team(engagement)


class TestABillOfOneMatter:
    def test_goes_to_the_matters_recipients(self, sending: Sending, team: Team) -> None:
        sending.mailed(team.bill(team.matter("1", team.ines, team.otto)))

        assert sending.to() == [("ines@example.com",), ("otto@example.com",)]

    def test_not_to_one_who_does_not_receive_every_future_bill(self, sending: Sending, team: Team) -> None:
        bill = team.bill(team.matter("1", team.ines, (team.otto, False)))

        preview = sending.preview(bill)
        sending.mailed(bill)

        assert sending.to() == [("ines@example.com",)]
        assert preview["excluded"] == []

    @pytest.mark.parametrize("with_others", [False, True])
    def test_goes_to_the_primary_contact_where_nobody_receives_every_bill(
        self, sending: Sending, team: Team, with_others: bool
    ) -> None:
        sending.mailed(team.bill(team.matter("1", *([(team.otto, False)] if with_others else []))))

        assert sending.to() == [("maria@example.com",)]

    def test_of_a_client_without_any_contact_goes_to_nobody_and_says_why(
        self, sending: Sending, staff: Staff, team: Team
    ) -> None:
        staff.patch(f"/v1/clients/{team.client_id}", {"primary_contact_id": None}).ok()
        bill = team.bill(team.matter("1"))

        (error,) = sending.preview(bill)["errors"]
        result = sending.results(sending.mailed(bill))[bill]

        assert error["code"] == result["code"] == "no_address"
        assert (
            error["message"]
            == result["reason"]
            == "Northwind 00117 has no contact: add one with an email address."
        )
        assert sending.to() == []

    def test_goes_to_the_reachable_and_names_who_has_no_address(self, sending: Sending, team: Team) -> None:
        nobody = team.contact(None, first_name="Uma")
        bill = team.bill(team.matter("1", team.ines, nobody))

        preview = sending.preview(bill)
        sending.mailed(bill)

        assert preview["excluded"] == [
            {"bill_id": bill, "contact_id": nobody, "reason": "has no email address"}
        ]
        assert sending.to() == [("ines@example.com",)]

    def test_is_not_sent_where_none_of_them_has_an_address(self, sending: Sending, team: Team) -> None:
        preview = sending.preview(team.bill(team.matter("1", team.contact(None))))

        assert codes(preview["errors"]) == ["no_address"]
        assert preview["messages"] == []

    def test_reaches_an_address_that_two_contacts_share_once(self, sending: Sending, team: Team) -> None:
        twin = team.contact("INES@example.com", first_name="Inès")

        sending.mailed(team.bill(team.matter("1", team.ines, twin)))

        assert sending.to() == [("ines@example.com",)]


class TestABillOverSeveralMatters:
    def test_goes_only_to_who_is_on_every_one_and_says_who_was_left_out(
        self, sending: Sending, team: Team
    ) -> None:
        bill = team.bill(team.matter("1", team.maria, team.ines), team.matter("2", team.ines, team.otto))

        preview = sending.preview(bill)
        sending.mailed(bill)

        assert sending.to() == [("ines@example.com",)]
        assert {(one["bill_id"], one["contact_id"], one["reason"]) for one in preview["excluded"]} == {
            (bill, team.maria, LEFT_OUT),
            (bill, team.otto, LEFT_OUT),
        }

    def test_a_matter_without_recipients_counts_as_the_primary_contact(
        self, sending: Sending, team: Team
    ) -> None:
        bill = team.bill(team.matter("1"), team.matter("2", team.maria, team.otto))

        preview = sending.preview(bill)
        sending.mailed(bill)

        assert sending.to() == [("maria@example.com",)]
        assert [one["contact_id"] for one in preview["excluded"]] == [team.otto]

    def test_not_to_the_primary_contact_where_one_matter_is_anothers(
        self, sending: Sending, team: Team
    ) -> None:
        bill = team.bill(team.matter("1"), team.matter("2", team.otto))

        preview = sending.preview(bill)

        (error,) = preview["errors"]
        assert (error["code"], error["bill_id"]) == ("no_address", bill)
        assert error["message"] == "No contact is a recipient on every matter of the bill: choose by hand."
        assert {one["contact_id"] for one in preview["excluded"]} == {team.maria, team.otto}

    @pytest.mark.parametrize("who", ["otto", "maria"])
    def test_reaches_who_was_left_out_by_hand_and_with_a_second_yes(
        self, sending: Sending, team: Team, who: str
    ) -> None:
        bill = team.bill(team.matter("1"), team.matter("2", team.otto))
        chosen = [getattr(team, who)]

        warned = sending.preview(bill, recipients=chosen)["warnings"]
        refused = sending.asks(bill, recipients=chosen)
        sending.mailed(bill, recipients=chosen, confirm=["not_on_every_matter"])

        assert [(one["code"], one["contact_id"]) for one in warned] == [("not_on_every_matter", chosen[0])]
        assert refused.problem(422)["errors"][0]["message"].startswith("not_on_every_matter: ")
        assert sending.to() == [(f"{who}@example.com",)]


class TestRecipientsChosenByHand:
    def test_stand_instead_of_the_rule(self, sending: Sending, team: Team) -> None:
        bill = team.bill(team.matter("1", team.ines, team.otto))

        sending.mailed(bill, recipients=[team.otto])

        assert sending.to() == [("otto@example.com",)]

    def test_one_of_the_matter_who_does_not_receive_every_bill_needs_no_second_yes(
        self, sending: Sending, team: Team
    ) -> None:
        bill = team.bill(team.matter("1", team.ines, (team.otto, False)))

        assert sending.preview(bill, recipients=[team.otto])["warnings"] == []
        sending.mailed(bill, recipients=[team.otto])

        assert sending.to() == [("otto@example.com",)]

    def test_any_of_the_clients_may_be_chosen_where_the_matter_limits_nobody(
        self, sending: Sending, team: Team
    ) -> None:
        sending.mailed(team.bill(team.matter("1")), recipients=[team.ines])

        assert sending.to() == [("ines@example.com",)]

    def test_a_stranger_needs_a_second_yes_of_its_own(
        self, sending: Sending, staff: Staff, team: Team
    ) -> None:
        stranger = contact(staff, None, "stranger@example.com")
        bill = team.bill(team.matter("1"))

        refused = sending.asks(bill, recipients=[stranger], confirm=["not_on_every_matter"])
        sending.mailed(bill, recipients=[stranger], confirm=["not_the_clients"])

        assert refused.fields(422) == ["confirm"]
        assert sending.to() == [("stranger@example.com",)]

    def test_must_have_an_address(self, sending: Sending, team: Team) -> None:
        bill = team.bill(team.matter("1"))

        preview = sending.preview(bill, recipients=[team.ines, team.contact(None)])

        assert codes(preview["errors"]) == ["no_address"]
        assert preview["messages"] == []

    def test_must_be_there(self, sending: Sending, team: Team) -> None:
        (error,) = sending.preview(team.bill(team.matter("1")), recipients=["con_none"])["errors"]

        assert (error["code"], error["message"]) == (
            "no_address",
            "One of the chosen contacts is not there any more.",
        )

    def test_of_another_firm_are_not_there(self, sending: Sending, team: Team) -> None:
        theirs = contact(Staff(firm_id="firm_2"), None, "theirs@example.com")
        bill = team.bill(team.matter("1"))

        preview = sending.preview(bill, recipients=[team.maria, theirs])
        sending.mailed(bill, recipients=[team.maria, theirs])

        assert codes(preview["errors"]) == ["no_address"]
        assert sending.to() == []

    def test_named_twice_get_one_message(self, sending: Sending, team: Team) -> None:
        sending.mailed(team.bill(team.matter("1", team.ines)), recipients=[team.ines, team.ines])

        assert sending.to() == [("ines@example.com",)]

    def test_may_be_fifty_and_no_more(self, sending: Sending, team: Team) -> None:
        bill = team.bill(team.matter("1"))
        fifty = [team.contact(f"c{number:02d}@example.com") for number in range(50)]

        too_many = sending.asks(bill, recipients=[*fifty, team.maria])
        none = sending.asks(bill, recipients=[])
        sending.mailed(bill, recipients=fifty)

        assert too_many.fields(400) == none.fields(400) == ["recipients"]
        assert [to for (to,) in sending.to()] == [f"c{number:02d}@example.com" for number in range(50)]


class TestAnAddress:
    def test_is_the_one_of_when_it_was_asked_for(self, sending: Sending, staff: Staff, team: Team) -> None:
        sending.send(team.bill(team.matter("1", team.ines)))

        staff.patch(f"/v1/contacts/{team.ines}", {"email": "elsewhere@example.com"}).ok()
        sending.work_off()

        assert sending.to() == [("ines@example.com",)]

    def test_is_written_to_although_its_contact_has_left_the_matter(
        self, sending: Sending, staff: Staff, team: Team
    ) -> None:
        on = team.matter("1", team.ines)
        sending.send(team.bill(on))

        staff.patch(f"/v1/matters/{on}", {"recipients": [{"contact_id": team.otto}]}).ok()
        sending.work_off()

        assert sending.to() == [("ines@example.com",)]


class TestEachRecipient:
    def test_gets_a_message_and_a_link_of_their_own(self, sending: Sending, staff: Staff, team: Team) -> None:
        bill = team.bill(team.matter("1", team.ines, team.otto))

        sending.mailed(bill)

        assert sorted(link["contact_id"] for link in sending.links(bill)) == sorted([team.ines, team.otto])
        assert len({mail.text for mail in sending.office.mailer.accepted}) == 2

    def test_shares_one_message_and_one_link_where_all_are_wanted_in_one_email(
        self, sending: Sending, staff: Staff, team: Team
    ) -> None:
        bill = team.bill(team.matter("1", team.ines, team.otto, team.maria))

        (shown,) = sending.preview(bill, one_email=True)["messages"]
        send_id = sending.mailed(bill, one_email=True)

        (mail,) = sending.office.mailer.accepted
        (delivery,) = sending.results(send_id)[bill]["deliveries"]
        (link,) = sending.links(bill)
        others = ["otto@example.com", "maria@example.com"]
        assert sending.to() == [("ines@example.com", *others)]
        assert mail.also_to == (("Otto", others[0]), ("Maria Oduya", others[1]))
        assert (shown["recipient"]["email"], [one["email"] for one in shown["also_to"]]) == (
            "ines@example.com",
            others,
        )
        assert (delivery["to"], delivery["also_to"]) == ("ines@example.com", others)
        assert link["contact_id"] == team.ines
        assert sending.progress(send_id)["counts"]["accepted"] == 1

    def test_in_one_email_may_be_fifty(self, sending: Sending, team: Team) -> None:
        fifty = [team.contact(f"c{number:02d}@example.com") for number in range(50)]

        sending.mailed(team.bill(team.matter("1")), recipients=fifty, one_email=True)

        ((*addresses,),) = sending.to()
        assert addresses == [f"c{number:02d}@example.com" for number in range(50)]

    def test_in_one_email_may_pay_other_bills_only_where_all_may_see_them(
        self, sending: Sending, team: Team
    ) -> None:
        shared, own = team.matter("1", team.maria, team.otto), team.matter("2", team.maria)
        bill, other = team.bill(shared), team.bill(own)

        sending.send(bill, one_email=True)
        sending.send(other)

        assert [job.visibility for job in sending.office.queue.jobs] == [
            Visibility((shared,)),
            Visibility((own, shared), without_matter=True),
        ]
        assert all(job.accept_all_unpaid for job in sending.office.queue.jobs)

    def test_may_pay_no_other_bill_where_that_is_not_wanted(self, sending: Sending, team: Team) -> None:
        sending.send(team.bill(team.matter("1")), accept_all_unpaid=False)

        (job,) = sending.office.queue.jobs
        assert (job.accept_all_unpaid, job.visibility) == (False, None)

    def test_asks_the_pace_for_a_turn_for_each_address(self, sending: Sending, team: Team) -> None:
        bill = team.bill(team.matter("1", team.ines, team.otto, team.maria))

        sending.send(bill, one_email=True)

        assert [job.recipients for job in sending.office.queue.jobs] == [3]
