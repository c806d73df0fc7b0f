"""Import bills from a file: each is made whole or refused; the same file twice changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from feenote.domain import bill_csv, bills, ledes1998b
from feenote.domain.accounts import ClientAccount
from feenote.domain.bill_rows import ImportedBill, with_matters
from feenote.domain.bills import BillContent, BillError
from feenote.domain.file_text import FileError, FileProblem
from feenote.domain.records import Firm
from feenote.service.approve_bill import approve_bill
from feenote.service.create_bill import creation_of, draft_of
from feenote.service.errors import ConflictError, FieldError, NotFoundError, RefusedError
from feenote.service.import_parties import import_parties
from feenote.service.issue_new_bills import issue_new_bills, portions
from feenote.service.ports import ExistsError, NewBill, NumberOwner, Ports, StaleError
from feenote.service.retrying import until_fresh

_LINE = re.compile(r"lines\[(\d+)\]")


class FileFormat(StrEnum):
    """The files that bills come in."""

    LEDES_1998B = "ledes1998b"
    CSV = "csv"


class ImportOutcome(StrEnum):
    """What became of one bill, or one client, of a file."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """One bill of a file. `errors` say why it was refused, or why a bill that was made is not approved."""

    bill_number: str
    outcome: ImportOutcome
    bill_id: str = ""
    errors: tuple[FileProblem, ...] = ()


MOST_BILLS = 3_000
"""In one file, so that its import ends within the thirty seconds that the HTTP API waits."""


def import_bills(
    ports: Ports,
    *,
    firm_id: str,
    text: str,
    file_format: FileFormat,
    approve: bool,
    actor: str,
    now: datetime,
) -> tuple[ImportResult, ...]:
    """Make a draft of each bill, approved too with `approve`; make the clients and matters it does not find.

    A refused bill stops no other. After a crash the same import goes on where it ended.

    Raises:
        NotFoundError: when there is no such firm.
        RefusedError: when the file as a whole is not of that format (the field names the line), or too long.
    """
    try:
        firm = ports.records.get_firm(firm_id)
    except KeyError:
        raise NotFoundError("There is no such firm.") from None
    parse = ledes1998b.parse if file_format is FileFormat.LEDES_1998B else bill_csv.parse
    try:
        found = parse(text, currency=firm.currency)
    except FileError as error:
        raise not_readable(error) from error
    if len(found) > MOST_BILLS:
        message = f"The file has {len(found):,} bills; a file may have {MOST_BILLS:,}: divide it."
        raise RefusedError(message, [FieldError("file", message)])
    run = _Run(ports, firm, approve=approve, actor=actor, now=now)
    results = run.take({bill.number: bill for bill in found if not bill.problems})
    return tuple(
        ImportResult(bill.number, ImportOutcome.REFUSED, errors=bill.problems)
        if bill.problems
        else results[bill.number]
        for bill in found
    )


def not_readable(error: FileError) -> RefusedError:
    """Return the refusal of a whole file, which names line and column."""
    where = " ".join(part for part in (f"line {error.problem.line}", error.problem.field) if part)
    return RefusedError(str(error), [FieldError(where, error.problem.message)])


@dataclass(frozen=True, slots=True)
class _Draft:
    """A bill of the file, and what is to be stored of it."""

    bill: ImportedBill
    new: NewBill


class _Run:
    """One import. What the store knows of a file's numbers, clients and matters is read once for all.

    Results are kept by the bill's number, which a file has once.
    """

    def __init__(self, ports: Ports, firm: Firm, *, approve: bool, actor: str, now: datetime) -> None:
        self._ports = ports
        self._firm = firm
        self._approve = approve
        self._actor = actor
        self._now = now

    def take(self, readable: Mapping[str, ImportedBill]) -> dict[str, ImportResult]:
        """Make bills without problems, or say why not."""
        owners = self._ports.bills.number_owners(self._firm.id, readable)
        results = self._known({number: (readable[number], owner) for number, owner in owners.items()})
        contents: dict[str, BillContent] = {}
        for number, bill in readable.items():
            if number in owners:
                continue
            try:
                # All that the bill alone can show, before anything is made for it.
                contents[number] = self._content(bill)
            except BillError as error:
                results[number] = _refused(bill, error.field, str(error))
        drafts = self._drafts([(readable[number], content) for number, content in contents.items()])
        return results | (self._issued(drafts) if self._approve else _by_number(drafts, self._stored))

    # Bills that are there already

    def _known(self, known: Mapping[str, tuple[ImportedBill, NumberOwner]]) -> dict[str, ImportResult]:
        """Approve what is not approved yet: also what an earlier import made before it was cut short."""
        results = {number: _again(bill, owner) for number, (bill, owner) in known.items()}
        same = [each.bill_id for each in results.values() if each.outcome is ImportOutcome.UNCHANGED]
        if not self._approve or not same:
            return results
        waiting = self._ports.bills.waiting(self._firm.id, same)
        return {
            number: self._approved(known[number][0], result) if result.bill_id in waiting else result
            for number, result in results.items()
        }

    def _approved(self, bill: ImportedBill, result: ImportResult) -> ImportResult:
        try:
            approve_bill(
                self._ports,
                firm_id=self._firm.id,
                bill_id=result.bill_id,
                expected_version=None,
                actor=self._actor,
                now=self._now,
            )
        except (BillError, ConflictError, NotFoundError) as error:
            return _not_approved(bill, result, error)
        return result

    def _taken(self, of: _Draft, error: ExistsError) -> ImportResult:
        """Take a number that somebody was faster with, perhaps the same file on its way twice."""
        number = of.bill.number
        owner = self._ports.bills.number_owner(self._firm.id, number)
        if owner is None:
            raise error
        return self._known({number: (of.bill, owner)})[number]

    # New bills

    def _content(self, bill: ImportedBill) -> BillContent:
        """Return what stands on a bill, with numbers in the place of client's and matters' ids."""
        if bill.issued_on is None:
            raise BillError("The bill has no date.", "issued_on")
        terms = timedelta(days=self._firm.payment_terms_days)
        content = BillContent(
            client_id=bill.client_number,
            matter_ids=tuple(matter.number for matter in bill.matters),
            currency=self._firm.currency,
            issued_on=bill.issued_on,
            due_on=bill.due_on or bill.issued_on + terms,
            lines=bill.lines,
            period_from=bill.period_from,
            period_to=bill.period_to,
            memo=bill.memo,
        )
        bills.check_content(content)
        return content

    def _drafts(self, found: Sequence[tuple[ImportedBill, BillContent]]) -> list[_Draft]:
        """Return the drafts; clients and matters that are not there are made."""
        parties = import_parties(self._ports, self._firm.id, [bill for bill, _ in found])
        drafts: list[_Draft] = []
        for bill, content in found:
            matter_ids = parties.matter_ids(bill)
            draft = draft_of(
                firm_id=self._firm.id,
                bill_id=self._ports.ids.new("bill"),
                content=replace(
                    content,
                    client_id=parties.clients[bill.client_number],
                    matter_ids=tuple(matter_ids.values()),
                    lines=with_matters(content.lines, matter_ids),
                ),
                number=bill.number,
                now=self._now,
            )
            drafts.append(_Draft(bill, NewBill(draft, bill.import_hash)))
        return drafts

    def _stored(self, of: _Draft) -> ImportResult:
        """Store a draft as a draft."""
        draft = of.new.bill
        event = creation_of(self._ports, draft, actor=self._actor, now=self._now)
        try:
            self._ports.bills.add(draft, [event], import_hash=of.new.import_hash)
        except ExistsError as error:
            return self._taken(of, error)
        return _created(of)

    def _issued(self, drafts: Sequence[_Draft]) -> dict[str, ImportResult]:
        """Store drafts as approved bills, several of a client at once."""
        by_client: dict[str, list[_Draft]] = {}
        for of in drafts:
            by_client.setdefault(of.new.bill.client_id, []).append(of)
        accounts = self._ports.books.accounts(self._firm.id, by_client)
        results: dict[str, ImportResult] = {}
        for client_id, of_client in by_client.items():
            account = accounts[client_id]
            for portion in portions(of_client, lambda of: of.new.bill.content):
                try:
                    account = self._issue(account, portion)
                except (StaleError, ExistsError, ConflictError, BillError):
                    # One of them, or the account, is not as it was read: each for itself.
                    results |= _by_number(portion, self._issued_alone)
                    account = self._ports.books.account(self._firm.id, client_id)
                else:
                    results |= _by_number(portion, _created)
        return results

    def _issue(self, account: ClientAccount, drafts: Sequence[_Draft]) -> ClientAccount:
        new = [of.new for of in drafts]
        return issue_new_bills(self._ports, account, new, actor=self._actor, now=self._now)

    def _issued_alone(self, of: _Draft) -> ImportResult:
        """Store one draft as an approved bill; where the account does not take it, as a draft."""
        client_id = of.new.bill.client_id
        try:
            until_fresh(lambda: self._issue(self._ports.books.account(self._firm.id, client_id), [of]))
        except ExistsError as error:
            return self._taken(of, error)
        except (BillError, ConflictError) as error:
            stored = self._stored(of)
            is_draft = stored.outcome is ImportOutcome.CREATED
            return _not_approved(of.bill, stored, error) if is_draft else stored
        return _created(of)


def _by_number(
    drafts: Iterable[_Draft], result_of: Callable[[_Draft], ImportResult]
) -> dict[str, ImportResult]:
    return {of.bill.number: result_of(of) for of in drafts}


def _again(bill: ImportedBill, owner: NumberOwner) -> ImportResult:
    if owner.import_hash == bill.import_hash:
        return ImportResult(bill.number, ImportOutcome.UNCHANGED, owner.bill_id)
    why = (
        "There is a bill with this number that was imported with other lines: change that bill, or "
        "void it and import this one under another number."
        if owner.import_hash
        else "There is a bill with this number that was not imported: give this one another number."
    )
    return replace(_refused(bill, "", why), bill_id=owner.bill_id)


def _created(of: _Draft) -> ImportResult:
    return ImportResult(of.bill.number, ImportOutcome.CREATED, of.new.bill.id)


def _not_approved(bill: ImportedBill, result: ImportResult, error: Exception) -> ImportResult:
    why = f"The bill is there and is not approved: {error}"
    return replace(result, errors=(FileProblem(bill.line_numbers[0], "", why),))


def _refused(bill: ImportedBill, field: str, message: str) -> ImportResult:
    """Refuse a bill for what the bill as a whole shows; a line of it is named as the file counts lines."""
    found = _LINE.match(field)
    line = bill.line_numbers[int(found.group(1)) if found else 0]
    return ImportResult(bill.number, ImportOutcome.REFUSED, errors=(FileProblem(line, field, message),))
