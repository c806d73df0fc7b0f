"""A client with several contacts and matters, whose balance is sent as an office does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, NoReturn

import pytest

from feenote.domain import accounts, bill_figures
from feenote.domain.accounts import LiveCheckout
from feenote.domain.allocation import Allocation
from feenote.domain.ledger import LedgerAccount
from feenote.domain.links import SecureLink
from feenote.domain.payments import CheckoutState
from feenote.service.ports import OutgoingMail, StoreUnavailableError
from feenote.service.take_notice import take_notice
from tests.fakes.stored.deliveries import FakeDeliveries
from tests.integration.api.office import FIRM, Answer, Office, Staff
from tests.integration.api.paying import browse
from tests.integration.api.samples import Engagement, line
from tests.integration.api.sending import Sending, contact, matter

Json = Any


@dataclass
class Household:
    """A client whose primary contact is Maria, with Ines and Otto beside her."""

    sending: Sending
    engagement: Engagement
    matter_ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client_id, self.maria = self.engagement.client_id, self.engagement.contact_id
        self.ines = contact(self.staff, self.client_id, "ines@example.com", first_name="Ines")
        self.otto = contact(self.staff, self.client_id, "otto@example.com", first_name="Otto")

    @property
    def office(self) -> Office:
        """Return the office."""
        return self.sending.office

    @property
    def staff(self) -> Staff:
        """Return who sends."""
        return self.sending.staff

    # What is owed

    def matter(self, number: str, *contact_ids: str) -> str:
        """Add a matter whose every bill goes to these contacts; return its id."""
        made = matter(self.staff, self.client_id, number, *((one, True) for one in contact_ids))
        self.matter_ids[number] = made
        return made

    def bill(self, *matter_ids: str, currency: str = "USD", minor: int = 63_000) -> str:
        """Issue a bill over matters; return its id."""
        made = self.engagement.issued(matter_ids=list(matter_ids), lines=[line(minor, currency)])
        bill_id: str = made["id"]
        return bill_id

    def bill_without_matter(self) -> str:
        """Issue a bill of no matter, as one that was brought in from elsewhere; return its id."""
        bill_id = self.bill(self.engagement.matter_id)
        world = self.office.store.world
        bill = world.bills[FIRM, bill_id]
        world.bills[FIRM, bill_id] = replace(bill, content=replace(bill.content, matter_ids=()))
        self._opened(bill_id, matter_ids=())
        return bill_id

    def many(self, matter_id: str, count: int) -> list[str]:
        """Lay an issued bill into the books again and again; return the ids of all."""
        first = self.bill(matter_id)
        world = self.office.store.world
        account, row = world.account(FIRM, self.client_id), world.bills[FIRM, first]
        opened = dict(account.open_bills)
        for number in range(1, count):
            bill_id = f"bill_many{number:05d}"
            name = f"M-{number:05d}"
            opened[bill_id] = replace(account.open_bills[first], bill_id=bill_id, number=name)
            world.bills[FIRM, bill_id] = replace(row, id=bill_id, number=name)
        world.accounts[FIRM, self.client_id] = replace(account, open_bills=opened)
        return list(opened)

    def number(self, bill_id: str) -> str:
        """Return a bill's number."""
        return self.office.store.world.bills[FIRM, bill_id].number

    def pay(self, bill_id: str) -> None:
        """Let a bill be paid whole, as the books have it then."""
        world = self.office.store.world
        account = world.account(FIRM, self.client_id)
        owed = account.open_bills[bill_id].balance_due
        change = accounts.receive(
            account,
            received=owed,
            split=[Allocation(bill_id, owed)],
            all_unpaid=False,
            into=LedgerAccount.OPERATING_ACCOUNT,
            payment_id=f"pay_{bill_id}",
            entry_id=f"ent_{bill_id}",
            at=self.office.clock.now(),
        )
        world.accounts[FIRM, self.client_id] = change.account
        (figures,) = change.figures
        world.bills[FIRM, bill_id] = bill_figures.laid_over(world.bills[FIRM, bill_id], figures)

    def dispute(self, bill_id: str) -> None:
        """Let a bill be one whose payment a bank took back."""
        self._opened(bill_id, is_disputed=True)

    def _opened(self, bill_id: str, **more: Any) -> None:
        world = self.office.store.world
        account = world.account(FIRM, self.client_id)
        after = replace(account.open_bills[bill_id], **more)
        world.accounts[FIRM, self.client_id] = replace(
            account, open_bills={**account.open_bills, bill_id: after}
        )

    def start_debit(self, bill_id: str) -> None:
        """Let a bank debit of a bill be on its way."""
        world = self.office.store.world
        account = world.account(FIRM, self.client_id)
        split = (Allocation(bill_id, account.open_bills[bill_id].balance_due),)
        ends_at = self.office.clock.now() + timedelta(days=1)
        live = LiveCheckout("chk_debit", CheckoutState.PROCESSING, "f", split, ends_at)
        world.accounts[FIRM, self.client_id] = replace(account, checkouts={"chk_debit": live})

    # The balance

    def asks(self, **more: object) -> Answer:
        """Ask for the balance to be sent, whatever is answered."""
        return self.staff.post("/v1/sends", {"client_id": self.client_id, **more})

    def send(self, **more: object) -> str:
        """Ask for a send that must be accepted; return its id."""
        answer = self.asks(**more)
        assert answer.status == 202, (answer.status, answer.text[:2000])
        send_id: str = answer.json["send_id"]
        return send_id

    def mailed(self, **more: object) -> str:
        """Send the balance and work it off; return the send's id."""
        send_id = self.send(**more)
        self.sending.work_off()
        return send_id

    def preview(self, **more: object) -> Json:
        """Show what a send of the balance would do."""
        return self.staff.post("/v1/sends/preview", {"client_id": self.client_id, **more}).ok()

    def notices(self) -> None:
        """Let the mail provider tell of every mail that it has taken."""
        for told in self.office.mailer.notices:
            take_notice(
                self.office.ports,
                firm_id=told.firm_id,
                delivery_id=told.delivery_id,
                notice=told.notice,
                message_id=told.message_id,
                at=self.office.clock.now(),
                addresses=told.addresses,
            )

    def break_results(self, patched: pytest.MonkeyPatch) -> None:
        """Let the store fail where a send's results are stored: after its messages."""

        def fails(*_: object) -> NoReturn:
            raise StoreUnavailableError("The store is away.")

        patched.setattr(FakeDeliveries, "queue_results", fails)

    # What came of it

    def mails(self) -> list[OutgoingMail]:
        """Return the mails that went out."""
        return self.office.mailer.accepted

    def links(self) -> list[SecureLink]:
        """Return the links that were mailed; a PDF has one of its own, which is nobody's."""
        found = self.office.store.world.links.values()
        return [link for link in found if link.contact_id]

    def shown_by_mail(self) -> dict[str, set[str]]:
        """Return, by address, the bills whose numbers stand in the latest mail to it."""
        return {mail.to_address: self._named_in(mail.text, mail.html) for mail in self.mails()}

    def shown_by_link(self) -> dict[str, set[str]]:
        """Return, by address, the bills whose numbers stand on the page behind the latest link to it."""
        found = {}
        for mail in self.mails():
            (token,) = set(re.findall(r"/l/([\w-]{43})", mail.text))
            page = browse("GET", f"/l/{token}")
            assert page.status == 200, (page.status, page.text[:500])
            found[mail.to_address] = self._named_in(page.text)
        return found

    def _named_in(self, *texts: str) -> set[str]:
        """Return the bills whose numbers stand in each of these texts; in one and not another is wrong."""
        world = self.office.store.world
        numbers = {
            bill.id: bill.number
            for (firm_id, _), bill in world.bills.items()
            if firm_id == FIRM and bill.number
        }
        of_each = [
            {bill_id for bill_id, number in numbers.items() if re.search(rf"\b{re.escape(number)}\b", text)}
            for text in texts
        ]
        assert all(found == of_each[0] for found in of_each)
        return of_each[0]
