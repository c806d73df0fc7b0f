"""Files as the API takes them, and what became of each bill or client in one."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from feenote.api.callers import Role
from feenote.api.calls import Call
from feenote.api.endpoints import TextBody
from feenote.api.fields import Answer, Query
from feenote.api.problems import Kind, ProblemError
from feenote.domain.file_text import FileProblem, decode
from feenote.service.errors import FieldError
from feenote.service.import_clients import ClientImportResult, import_clients
from feenote.service.import_files import FileFormat, ImportOutcome, ImportResult, import_bills

LEDES, CSV = "text/plain", "text/csv"


class FileKind(StrEnum):
    """What a file holds."""

    BILLS = "bills"
    CLIENTS = "clients"


class ImportQuery(Query):
    """What the file holds; a CSV file has to say."""

    kind: FileKind | None = None
    approve: Annotated[bool, Field(description="Approve the bills too: needs the role approver.")] = False


class FileProblemAnswer(Answer):
    """What is wrong in a file: the line, from 1, the column by the file's own name, and what to do."""

    line: int
    field: str
    message: str


class ImportResultAnswer(Answer):
    """What became of one bill, or one client, of a file."""

    outcome: ImportOutcome
    bill_number: str | None = None
    bill_id: str | None = None
    client_number: str | None = None
    client_id: str | None = None
    errors: list[FileProblemAnswer]


class ImportAnswer(Answer):
    """What became of each bill, or each client, in the order of the file."""

    results: list[ImportResultAnswer]


def take_file(call: Call, query: ImportQuery, body: TextBody) -> ImportAnswer:
    """Import a file of bills or clients.

    Raises:
        ProblemError: 400 for a CSV file without its kind, 403 for who may not approve.
        RefusedError: when the file as a whole cannot be read.
    """
    if query.approve:
        call.caller.require(Role.APPROVER)
    text = decode(body.content)
    if body.media_type == CSV and query.kind is None:
        raise _wrong_kind("Say whether the file holds bills or clients.")
    if body.media_type == LEDES and query.kind is FileKind.CLIENTS:
        raise _wrong_kind("LEDES files hold bills; clients come as text/csv.")
    if query.kind is FileKind.CLIENTS:
        found = import_clients(call.ports, firm_id=call.firm_id, text=text)
        return ImportAnswer(results=[_client(result) for result in found])
    results = import_bills(
        call.ports,
        firm_id=call.firm_id,
        text=text,
        file_format=FileFormat.CSV if body.media_type == CSV else FileFormat.LEDES_1998B,
        approve=query.approve,
        actor=call.actor,
        now=call.now,
    )
    return ImportAnswer(results=[_bill(result) for result in results])


def _wrong_kind(message: str) -> ProblemError:
    return ProblemError(Kind.MALFORMED, "One field is wrong.", [FieldError("kind", message)])


def _bill(result: ImportResult) -> ImportResultAnswer:
    return ImportResultAnswer(
        outcome=result.outcome,
        bill_number=result.bill_number,
        bill_id=result.bill_id or None,
        errors=[_problem(problem) for problem in result.errors],
    )


def _client(result: ClientImportResult) -> ImportResultAnswer:
    return ImportResultAnswer(
        outcome=result.outcome,
        client_number=result.client_number,
        client_id=result.client_id or None,
        errors=[_problem(problem) for problem in result.errors],
    )


def _problem(problem: FileProblem) -> FileProblemAnswer:
    return FileProblemAnswer(line=problem.line, field=problem.field, message=problem.message)
