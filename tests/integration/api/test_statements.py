"""Statement of account and receipt: as staff fetch them, and behind a client's link."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feenote.domain import links
from feenote.domain.links import LinkScope, SecureLink
from feenote.domain.records import PaymentAccount
from feenote.domain.visibility import Visibility
from feenote.service.ports import RenderError
from tests.integration.api.office import FIRM, OTHER_FIRM, Office, Staff, app
from tests.integration.api.paying import browse, pay_by_link, press_pay, send_by_mail, tell
from tests.integration.api.queue_events import sqs_event
from tests.integration.api.samples import Engagement, engage, line, usd

PERIOD = {"from": "2026-01-01", "to": "2026-12-31"}


def statement(staff: Staff, client_id: str, **query: str) -> object:
    return staff.get(f"/v1/balances/{client_id}/statement", **(query or PERIOD)).ok()


def link_to(office: Office, engagement: Engagement, **changes: object) -> str:
    """Store a link to the client's balance; return its token."""
    token = office.ports.tokens.new()
    token_hash = links.hash_token(token)
    assert token_hash is not None
    made = SecureLink(
        f"lnk_{token[:6]}",
        token_hash,
        FIRM,
        engagement.client_id,
        LinkScope.BALANCE,
        office.clock.now(),
        office.clock.now() + timedelta(days=90),
        contact_id=engagement.contact_id,
        accept_all_unpaid=True,
        visibility=Visibility((engagement.matter_id,)),
    )
    office.store.links.add(replace(made, **changes))  # type: ignore[arg-type]  # a test's own keyword arguments
    return token


def second_matter(staff: Staff, engagement: Engagement) -> str:
    matter = {"number": "00117-004", "client_id": engagement.client_id, "description": "Secret"}
    found: str = staff.post("/v1/matters", matter).ok()["id"]
    return found


def stored(office: Office, folder: str) -> list[str]:
    return [key for key in office.documents.files if key.startswith(f"{FIRM}/{folder}/")]


def refuse(_: object) -> bytes:
    raise RenderError("The engine refused it.")


class TestAStatement:
    def test_says_what_happened_and_how_the_account_stands(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        paid = engagement.issued(issued_on="2026-10-01", due_on="2026-12-31")
        late = engagement.issued(issued_on="2026-10-02", due_on="2026-11-01", lines=[line(1000)])
        pay_by_link(staff, office, paid["id"])

        found = staff.get(f"/v1/balances/{engagement.client_id}/statement", **PERIOD).ok()

        assert (found["from"], found["to"], found["made_on"]) == ("2026-01-01", "2026-12-31", "2026-11-23")
        (part,) = found["currencies"]
        assert [(row["kind"], row["on"], row["number"]) for row in part["lines"]] == [
            ("bill_issued", "2026-10-01", paid["number"]),
            ("bill_issued", "2026-10-02", late["number"]),
            ("payment_received", "2026-11-23", "R-00117-0001"),
        ]
        received = part["lines"][-1]
        assert (received["credit"], received["balance"]) == (usd(63000), usd(1000))
        assert (received["method"], received["bill_numbers"]) == ("card", [paid["number"]])
        assert (part["opening"], part["charges"], part["credits"], part["closing"]) == (
            usd(0),
            usd(64000),
            usd(63000),
            usd(1000),
        )
        assert (part["owed"], part["overdue"], part["pending"]) == (usd(1000), usd(1000), usd(0))

    def test_covers_the_last_twelve_months_unless_days_are_named(
        self, staff: Staff, engagement: Engagement
    ) -> None:
        engagement.issued(issued_on="2025-11-23", due_on="2025-12-23")
        engagement.issued(issued_on="2025-11-24", due_on="2025-12-24", lines=[line(1000)])

        found = staff.get(f"/v1/balances/{engagement.client_id}/statement").ok()

        assert (found["from"], found["to"]) == ("2025-11-24", "2026-11-23")
        (part,) = found["currencies"]
        assert part["opening"] == usd(63000)
        assert [row["charge"] for row in part["lines"]] == [usd(1000)]

    def test_closes_as_the_next_one_opens(self, staff: Staff, engagement: Engagement) -> None:
        engagement.issued(issued_on="2026-10-01", due_on="2026-10-31")
        client_id = engagement.client_id

        early = staff.get(f"/v1/balances/{client_id}/statement", **{"from": "2026-01-01", "to": "2026-10-31"})
        late = staff.get(f"/v1/balances/{client_id}/statement", **{"from": "2026-11-01", "to": "2026-11-30"})

        assert early.ok()["currencies"][0]["closing"] == late.ok()["currencies"][0]["opening"]
        assert early.ok()["currencies"][0]["pending"] is None

    def test_counts_what_is_on_its_way(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        session_id = press_pay(staff, office, engagement.issued()["id"])
        office.processor.start_debit(session_id)
        tell(office, "checkout.session.completed", session_id)

        (part,) = staff.get(f"/v1/balances/{engagement.client_id}/statement", **PERIOD).ok()["currencies"]

        assert (part["owed"], part["pending"]) == (usd(63000), usd(63000))

    def test_of_what_was_never_billed_is_empty_and_of_nobody_is_not_found(
        self, staff: Staff, engagement: Engagement
    ) -> None:
        (part,) = staff.get(f"/v1/balances/{engagement.client_id}/statement", **PERIOD).ok()["currencies"]

        assert (part["currency"], part["lines"], part["closing"]) == ("USD", [], usd(0))
        staff.get("/v1/balances/cli_none/statement").problem(404)
        staff.get("/v1/balances/cli_none/statement.pdf").problem(404)
        elsewhere = Staff(firm_id=OTHER_FIRM)
        elsewhere.get(f"/v1/balances/{engagement.client_id}/statement").problem(404)

    def test_needs_days_that_make_a_period(self, staff: Staff, engagement: Engagement) -> None:
        path = f"/v1/balances/{engagement.client_id}/statement"

        assert staff.get(path, **{"from": "2026-02-01", "to": "2026-01-31"}).fields(400) == ["from"]
        assert staff.get(path, **{"from": "2016-01-01", "to": "2026-01-01"}).fields(400) == ["from"]
        assert staff.get(path, **{"from": "2026-02-30"}).fields(400) == ["from"]
        assert staff.get(path, until="2026-02-01").fields(400) == ["until"]
        assert "swap" in staff.get(path, **{"from": "2027-01-01"}).problem(400)["detail"]


class TestAStatementsFile:
    def test_is_made_once_for_what_it_says(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        engagement.issued()
        path = f"/v1/balances/{engagement.client_id}/statement.pdf"

        first, again = staff.get(path, **PERIOD), staff.get(path, **PERIOD)
        other = staff.get(path, **(PERIOD | {"to": "2026-11-23"}))

        assert (first.status, first.headers["location"]) == (302, again.headers["location"])
        assert "Statement%202026-01-01%20to%202026-12-31.pdf" in first.headers["location"]
        assert other.headers["location"] != first.headers["location"]
        assert len(stored(office, "statements")) == 2
        engagement.issued(lines=[line(1000)])
        assert staff.get(path, **PERIOD).headers["location"] != first.headers["location"]

    def test_is_printed_with_a_link_to_the_clients_whole_balance(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        hidden = second_matter(staff, engagement)
        engagement.issued()
        staff.get(f"/v1/balances/{engagement.client_id}/statement.pdf").status  # noqa: B018 - fetched

        (key,) = stored(office, "statements")
        token = office.documents.get(key).decode().rpartition("/l/")[2]
        token_hash = links.hash_token(token)
        link = office.store.links.find(token_hash or "")

        assert link is not None
        assert (link.scope, link.client_id, link.contact_id) == (
            LinkScope.BALANCE,
            engagement.client_id,
            "",
        )
        assert link.visibility is not None
        assert set(link.visibility.matter_ids) == {engagement.matter_id, hidden}
        assert link.visibility.without_matter
        assert browse("GET", f"/l/{token}").status == 200

    def test_has_no_link_where_nothing_can_be_paid_online(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        path = f"/v1/balances/{engagement.client_id}/statement.pdf"
        staff.get(path)
        engagement.issued()
        firm = office.store.records.get_firm(FIRM)
        office.store.records.put_firm(
            replace(firm, payment_account=PaymentAccount.NONE, version=firm.version + 1)
        )
        staff.get(path)

        files = [office.documents.get(key) for key in stored(office, "statements")]

        assert len(files) == 2
        assert all(content.endswith(b" None") for content in files)

    def test_that_cannot_be_rendered_leaves_no_link_behind(
        self,
        staff: Staff,
        engagement: Engagement,
        office: Office,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        engagement.issued()
        before = len(office.store.world.links)
        monkeypatch.setattr(office.ports.renderer, "render_statement", refuse)

        staff.get(f"/v1/balances/{engagement.client_id}/statement.pdf").problem(422)

        assert len(office.store.world.links) == before


class TestAReceipt:
    def test_is_made_once_for_what_the_payment_is(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        pay_by_link(staff, office, bill["id"])
        (payment,) = staff.get("/v1/payments").ok()["items"]
        path = f"/v1/payments/{payment['id']}/receipt.pdf"

        first, again = staff.get(path), staff.get(path)

        assert (first.status, first.headers["location"]) == (302, again.headers["location"])
        assert "Receipt%20R-00117-0001.pdf" in first.headers["location"]
        (key,) = stored(office, "receipts")
        content = office.documents.get(key).decode()
        assert bill["number"] in content
        assert "left=Money(minor=0, currency='USD')" in content

    def test_comes_with_its_mail(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        bill = engagement.issued()
        pay_by_link(staff, office, bill["id"])

        app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)

        (attachment,) = office.mailer.accepted[-1].attachments
        (payment,) = staff.get("/v1/payments").ok()["items"]
        assert (attachment.filename, attachment.content_type) == (
            "Receipt R-00117-0001.pdf",
            "application/pdf",
        )
        assert "applied=Money(minor=63000, currency='USD')" in attachment.content.decode()
        staff.get(f"/v1/payments/{payment['id']}/receipt.pdf")
        # Read in two ways, it says the same: the file is the one that went out.
        (key,) = stored(office, "receipts")
        assert office.documents.get(key) == attachment.content

    def test_that_cannot_be_made_does_not_hold_its_mail_back(
        self,
        staff: Staff,
        engagement: Engagement,
        office: Office,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        pay_by_link(staff, office, engagement.issued()["id"])
        monkeypatch.setattr(office.ports.renderer, "render_receipt", refuse)
        before = len(office.mailer.accepted)

        app("deliver_mail").handler(sqs_event(office.queue.take_all()), None)

        (mail,) = office.mailer.accepted[before:]
        assert mail.attachments == ()

    def test_of_no_payment_is_not_found(self, staff: Staff, engagement: Engagement) -> None:
        staff.get("/v1/payments/pay_none/receipt.pdf").problem(404)
        Staff(firm_id=OTHER_FIRM).get("/v1/payments/pay_none/receipt.pdf").problem(404)


class TestTheStatementBehindALink:
    def test_of_a_bill_shows_that_bill_alone(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        mine = engagement.issued()
        other = engagement.issued(lines=[line(1000)])
        token = send_by_mail(staff, office, mine["id"])
        sent = office.store.links.find(links.hash_token(token) or "")
        assert sent is not None
        office.store.links.add(replace(sent, visibility=None))

        page = browse("GET", f"/l/{token}/statement")

        assert page.status == 200
        assert f"Bill {mine['number']}" in page.text
        assert other["number"] not in page.text
        assert "$630.00" in page.text

    def test_of_a_balance_shows_the_bills_of_the_readers_matters(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        mine = engagement.issued()
        hidden = engagement.issued(matter_ids=[second_matter(staff, engagement)], lines=[line(70_000)])

        page = browse("GET", f"/l/{link_to(office, engagement)}/statement")
        assert f"Bill {mine['number']}" in page.text
        assert f"Bill {hidden['number']}" not in page.text
        assert "$630.00" in page.text
        assert "700.00" not in page.text

    def test_shows_credit_to_the_primary_contact_alone(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        more = {
            "client_id": engagement.client_id,
            "method": "cheque",
            "amount": usd(70_000),
            "received_on": "2026-11-23",
            "allocations": [{"bill_id": bill["id"], "amount": usd(63_000)}],
        }
        staff.post("/v1/payments", more).ok()
        of_primary = Visibility((engagement.matter_id,), without_matter=True)

        page = browse("GET", f"/l/{link_to(office, engagement)}/statement")
        primary = browse("GET", f"/l/{link_to(office, engagement, visibility=of_primary)}/statement")

        assert "630.00" in page.text
        assert "70.00" not in page.text
        assert "700.00" in primary.text
        assert "In your favor" in primary.text

    def test_is_a_private_page_that_does_no_more_than_it_must(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        engagement.issued()
        token = link_to(office, engagement)

        page = browse("GET", f"/l/{token}/statement?from=2026-11-01&to=2026-11-30")

        assert page.headers["cache-control"] == "no-store"
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert 'style="' not in page.text
        assert 'value="2026-11-01"' in page.text
        assert 'value="2026-11-30"' in page.text
        assert f'action="/l/{token}/statement"' in page.text
        assert f'href="/l/{token}/statement.pdf?from=2026-11-01&amp;to=2026-11-30"' in page.text
        assert f'class="button" href="/l/{token}"' in page.text

    @pytest.mark.parametrize("language", ["en-US", "fr-FR", "de-DE", "es-ES"])
    def test_speaks_the_clients_language(
        self, staff: Staff, engagement: Engagement, office: Office, language: str
    ) -> None:
        engagement.issued()
        staff.patch(f"/v1/clients/{engagement.client_id}", {"language": language}).ok()

        page = browse("GET", f"/l/{link_to(office, engagement)}/statement")

        headings = {
            "en-US": "Statement of account",
            "fr-FR": "Relevé de compte",
            "de-DE": "Kontoauszug",
            "es-ES": "Estado de cuenta",
        }
        assert headings[language] in page.text
        assert f'<html lang="{language}"' in page.text

    @pytest.mark.parametrize(
        "query", ["from=2026-12-01&to=2026-01-01", "from=2026-02-30", "from=1;x", "from=2000-01-01"]
    )
    def test_of_days_that_make_none_says_so_and_shows_the_last_twelve_months(
        self, staff: Staff, engagement: Engagement, office: Office, query: str
    ) -> None:
        engagement.issued()
        token = link_to(office, engagement)

        for path in ("statement", "statement.pdf"):
            page = browse("GET", f"/l/{token}/{path}?{query}")

            assert page.status == 400
            assert "These days make no statement" in page.text
            assert 'value="2025-11-24"' in page.text

    def test_is_a_file_with_the_links_own_address_made_once(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        engagement.issued()
        token = link_to(office, engagement)
        before = len(office.store.world.links)

        first = browse("GET", f"/l/{token}/statement.pdf?from=2026-01-01&to=2026-12-31")
        again = browse("GET", f"/l/{token}/statement.pdf?from=2026-01-01&to=2026-12-31")

        assert (first.status, first.headers["location"]) == (302, again.headers["location"])
        (key,) = stored(office, "statements")
        assert office.documents.get(key).decode().endswith(f"/l/{token}")
        assert token not in key
        assert len(office.store.world.links) == before

    def test_is_no_way_to_have_files_made_without_end(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        engagement.issued()
        token = link_to(office, engagement)

        answers = [
            browse("GET", f"/l/{token}/statement.pdf?from=2026-01-{day:02d}").status for day in range(1, 24)
        ]

        assert answers == [302] * 20 + [429] * 3
        assert browse("GET", f"/l/{token}/statement.pdf?from=2026-01-01").status == 302
        assert len(stored(office, "statements")) == 20

    def test_ends_with_its_link(self, staff: Staff, engagement: Engagement, office: Office) -> None:
        engagement.issued()
        ended = link_to(office, engagement, expires_at=office.clock.now())

        for path in ("statement", "statement.pdf"):
            page = browse("GET", f"/l/{ended}/{path}")

            assert page.status == 410
            assert "630.00" not in page.text
        assert browse("GET", "/l/nothing/statement").status == 404

    def test_of_another_client_says_nothing_of_this_one(
        self, staff: Staff, engagement: Engagement, office: Office
    ) -> None:
        bill = engagement.issued()
        other = engage(staff, number="00118")

        page = browse("GET", f"/l/{link_to(office, other)}/statement")

        assert page.status == 200
        assert bill["number"] not in page.text
        assert "Nothing was charged or paid" in page.text
