"""Keep templates: the words of messages, a firm's or one client's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feenote.domain.autofill.checking import problems_of
from feenote.domain.autofill.fields import FIELDS, AutofillField, fields_of
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import LANGUAGES, Template, Wording
from feenote.service.errors import ConflictError, FieldError, NotFoundError, RefusedError, StaleVersionError
from feenote.service.ports import Page, Ports, StaleError

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ShippedWords:
    """The words that Feenote ships for a kind of message, in each of `LANGUAGES`."""

    kind: MessageKind
    wordings: tuple[Wording, ...]


def add_template(ports: Ports, *, template: Template, now: datetime) -> Template:
    """Store a new template; the very same one again, id and all, changes nothing.

    Raises:
        RefusedError: when it cannot be used as it stands, naming each field and place at fault.
        ConflictError: when its id is there with other content.
    """
    _check(ports, template, before=None)
    made = replace(template, version=1, changed_at=now)
    try:
        ports.templates.put(made)
    except StaleError:
        there = read_template(ports, firm_id=template.firm_id, template_id=template.id)
        if _content(there) != _content(made):
            raise ConflictError("There is another template with this id.") from None
        return there
    return made


def read_template(ports: Ports, *, firm_id: str, template_id: str) -> Template:
    """Return a template.

    Raises:
        NotFoundError: when the firm has no such template.
    """
    try:
        return ports.templates.get(firm_id, template_id)
    except KeyError:
        raise NotFoundError("There is no such template.") from None


def change_template(
    ports: Ports, *, template: Template, expected_version: int | None, now: datetime
) -> Template:
    """Store a template in the place of the one with its id, whole.

    Messages that were asked for keep the words that they were asked for with.

    Raises:
        NotFoundError: when there is none.
        StaleVersionError, StaleError: when it is not what the caller saw, or somebody was faster.
        RefusedError: when it cannot be used as it stands, naming each field and place at fault.
    """
    before = read_template(ports, firm_id=template.firm_id, template_id=template.id)
    _expect(before, expected_version)
    if _content(template) == _content(before):
        return before
    _check(ports, template, before=before)
    after = replace(template, version=before.version + 1, changed_at=now)
    ports.templates.put(after)
    return after


def delete_template(ports: Ports, *, firm_id: str, template_id: str, expected_version: int | None) -> None:
    """Delete a template; where it was a default, what comes after it goes out from then on.

    Raises:
        NotFoundError: when there is none.
        ConflictError: when the reminder policy names it.
        StaleVersionError, StaleError: when it is not what the caller saw, or somebody was faster.
    """
    before = read_template(ports, firm_id=firm_id, template_id=template_id)
    _expect(before, expected_version)
    if before.kind is MessageKind.REMINDER:
        policy = ports.reminders.policy(firm_id)
        named = [stage.key for stage in policy.stages if stage.template_id == template_id]
        if named:
            raise ConflictError(
                f"The reminder policy names this template at {', '.join(named)}: choose another there first."
            )
    ports.templates.delete(before)


def list_templates(
    ports: Ports,
    *,
    firm_id: str,
    kind: MessageKind | None,
    client_id: str | None,
    limit: int,
    cursor: str | None,
) -> Page[Template]:
    """List templates by name; `client_id` keeps one client's own, an empty one the firm's.

    Raises:
        BadCursorError: for a cursor of another list.
    """
    return ports.templates.list(firm_id, kind=kind, client_id=client_id, limit=limit, cursor=cursor)


def list_fields(kind: MessageKind | None) -> tuple[AutofillField, ...]:
    """Return the autofill fields of a kind of message, or all, in the order of the published list."""
    return tuple(FIELDS.values()) if kind is None else fields_of(kind)


def list_shipped(ports: Ports, *, kind: MessageKind | None) -> tuple[ShippedWords, ...]:
    """Return the words that Feenote ships, of one kind or all: what a new template may begin from."""
    kinds = tuple(MessageKind) if kind is None else (kind,)
    return tuple(
        ShippedWords(each, tuple(ports.messages.shipped(each, language) for language in LANGUAGES))
        for each in kinds
    )


def wording_errors(kind: MessageKind, wording: Wording, *, path: str) -> tuple[FieldError, ...]:
    """Return what is wrong with a wording, as errors of the fields `<path>.subject` and `<path>.body`."""
    return tuple(
        FieldError(f"{path}.{problem.part}", problem.sentence) for problem in problems_of(kind, wording)
    )


def _expect(before: Template, expected_version: int | None) -> None:
    if expected_version not in {None, before.version}:
        raise StaleVersionError("Somebody changed the template since you read it: read it again.")


def _content(template: Template) -> Template:
    """Return what a person decides of a template."""
    return replace(template, version=0, changed_at=None)


def _check(ports: Ports, template: Template, *, before: Template | None) -> None:
    errors: list[FieldError] = []
    if not template.name.strip() or len(template.name) > LONGEST_NAME:
        errors.append(FieldError("name", f"A template has a name of 1 to {LONGEST_NAME} characters."))
    if template.stage and template.kind is not MessageKind.REMINDER:
        errors.append(FieldError("stage", "Only reminders have stages: leave it out."))
    client_id = template.client_id
    if client_id and (before is None or client_id != before.client_id) and not _is_client(ports, template):
        errors.append(FieldError("client_id", "There is no such client."))
    if not template.wordings:
        errors.append(FieldError("wordings", "A template has its words in one language at least."))
    errors += _language_errors(template.wordings)
    for position, wording in enumerate(template.wordings):
        errors += wording_errors(template.kind, wording, path=f"wordings[{position}]")
    if errors:
        count = f"{len(errors)} things are wrong" if len(errors) > 1 else "One thing is wrong"
        raise RefusedError(f"{count} with this template.", errors)


def _language_errors(wordings: Sequence[Wording]) -> list[FieldError]:
    errors: list[FieldError] = []
    seen: set[str] = set()
    for position, wording in enumerate(wordings):
        path = f"wordings[{position}].language"
        if wording.language not in LANGUAGES:
            errors.append(FieldError(path, f"Write one of {', '.join(LANGUAGES)}."))
        elif wording.language in seen:
            errors.append(FieldError(path, "This template has words in this language already."))
        seen.add(wording.language)
    return errors


def _is_client(ports: Ports, template: Template) -> bool:
    try:
        ports.records.get_client(template.firm_id, template.client_id)
    except KeyError:
        return False
    return True
