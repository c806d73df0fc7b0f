"""A desk from which somebody of a firm reminds a client of what it owes, by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from feenote.adapters.messages import JinjaMessageRenderer
from feenote.domain.records import EmailState
from feenote.domain.reminders.switches import Setting
from feenote.service.ports import OutgoingMail
from tests.integration.api.balance_office import Household
from tests.integration.api.office import FIRM, Answer, Office, Staff
from tests.integration.api.samples import Engagement
from tests.integration.api.sending import Sending

Json = Any


@dataclass
class Desk:
    """Who reminds a client of its balance; `house` has the client's bills."""

    house: Household
    before: int = 0
    """So many mails had gone out when the reminding began."""

    @property
    def office(self) -> Office:
        """Return the office."""
        return self.house.office

    def was_sent(self) -> None:
        """Let every bill have been sent as a balance, eight days ago."""
        self.house.mailed()
        self.office.clock.advance(days=8)
        self.before = len(self.house.mails())

    def asks(self, **more: object) -> Answer:
        """Ask for the reminder, whatever is answered."""
        return self.house.asks(kind="reminder", **more)

    def mailed(self, **more: object) -> str:
        """Send the reminder and work it off; return the send's id."""
        return self.house.mailed(kind="reminder", **more)

    def preview(self, **more: object) -> Json:
        """Show what the reminder would be."""
        return self.house.preview(kind="reminder", **more)

    def mails(self) -> list[OutgoingMail]:
        """Return the mails since the reminding began."""
        return self.house.mails()[self.before :]

    def to(self) -> list[str]:
        """Return the addresses of these mails."""
        return sorted(mail.to_address for mail in self.mails())

    def reminds_of(self) -> dict[str, set[str]]:
        """Return, by address, the bills whose numbers stand in these mails."""
        shown = self.house.shown_by_mail()
        return {mail.to_address: shown[mail.to_address] for mail in self.mails()}

    def unread(self, **more: object) -> list[str]:
        """Return the codes of the warnings that are to be read before the reminder goes."""
        problem = self.asks(**more).problem(422)
        assert {error["field"] for error in problem["errors"]} == {"confirm"}
        return [error["message"].partition(":")[0] for error in problem["errors"]]

    # What the firm has said of reminders

    def stop(self, address: str) -> None:
        """Let somebody stop reminders to an address."""
        self.office.store.reminders.stop(FIRM, address, by="page", at=self.office.clock.now())

    def switch(
        self,
        *,
        client: Setting | None = None,
        matters: dict[str, Setting] | None = None,
        bills: dict[str, Setting] | None = None,
    ) -> None:
        """Set the client's switches."""
        reminders = self.office.store.reminders
        before = reminders.of_client(FIRM, self.house.client_id)
        reminders.put(
            replace(
                before,
                setting=client or before.setting,
                matters=matters or before.matters,
                bills=bills or before.bills,
                version=before.version + 1,
            )
        )

    def mark(self, contact_id: str, state: EmailState) -> None:
        """Let a contact's address be one that took no mail."""
        contacts = self.office.store.world.contacts
        contacts[FIRM, contact_id] = replace(contacts[FIRM, contact_id], email_state=state)

    def template(self, subject: str, kind: str = "reminder", **more: object) -> str:
        """Add a template of the firm's, or of the client's own; return its id."""
        words = {
            "subject": subject,
            "body": "{{ recipient.greeting }}\n\n{{ balance.table }}\n\n{{ link.button }}",
            "language": "en",
        }
        asked = {"name": subject, "kind": kind, "wordings": [words], **more}
        template_id: str = self.house.staff.post("/v1/templates", asked).ok()["id"]
        return template_id


def desk_in(office: Office, staff: Staff, engagement: Engagement) -> Desk:
    """Return a desk in an office whose messages have the words that go out."""
    ports: Any = office.ports
    ports.messages = JinjaMessageRenderer()
    return Desk(Household(Sending(office, staff), engagement))
