"""Templates, autofill fields and the words that ship, as the API shows and takes them."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from feenote.api.fields import Answer, Id, Instant, ListAnswer, ListQuery, Name, Query, Request
from feenote.domain.autofill.checking import LONGEST_BODY, LONGEST_SUBJECT
from feenote.domain.autofill.fields import AutofillField, FieldShape
from feenote.domain.deliveries import MessageKind
from feenote.domain.templates import LANGUAGES, Template, Wording
from feenote.service.keep_templates import ShippedWords

# How long a text is, and in which language, is told by the rules of wordings, with the place; here it is
# only published.
Subject = Annotated[
    str,
    Field(
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_SUBJECT},
        examples=["Bill {{ bill.number }} from {{ firm.name }}"],
    ),
]
Body = Annotated[
    str,
    AfterValidator(lambda text: text.replace("\r\n", "\n")),
    Field(
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_BODY},
        description="Plain text with autofill fields; an empty line ends a paragraph.",
        examples=["{{ recipient.greeting }}\n\nyour bill is ready.\n\n{{ link.button }}"],
    ),
]
_STAGE_KEY = r"repeat|due\+0|(due|issue)[+-][1-9][0-9]{0,2}"


def _stage_key(text: str) -> str:
    if not re.fullmatch(_STAGE_KEY, text):
        raise ValueError("Write a stage as due-3, due+15, issue+30 or repeat.")
    return text


StageKey = Annotated[
    str,
    AfterValidator(_stage_key),
    Field(
        json_schema_extra={"pattern": f"^({_STAGE_KEY})$"},
        description="The stage of the firm's reminders that it is for; left out, it is for all of them.",
        examples=["due+15"],
    ),
]
MessageLanguage = Annotated[str, Field(json_schema_extra={"enum": list(LANGUAGES)})]


class WordingField(Request):
    """Subject and body in one language."""

    language: MessageLanguage
    subject: Subject
    body: Body


class TemplateField(Request):
    """A template, whole. Without `client_id` it is the firm's; `stage` is for reminders alone."""

    kind: MessageKind
    name: Name
    wordings: Annotated[
        tuple[WordingField, ...],
        Field(
            min_length=1,
            max_length=len(LANGUAGES),
            description="One for each language; the first stands in for a language that is not there.",
        ),
    ]
    client_id: Id | None = None
    stage: StageKey | None = None
    is_default: Annotated[
        bool,
        Field(description="It goes out where nothing else is chosen; what was the default is one no more."),
    ] = False

    def to_domain(self, *, firm_id: str, template_id: str) -> Template:
        """Return the template, without its version."""
        return Template(
            id=template_id,
            firm_id=firm_id,
            kind=self.kind,
            name=self.name,
            wordings=tuple(Wording(item.subject, item.body, item.language) for item in self.wordings),
            client_id=self.client_id or "",
            stage=self.stage or "",
            is_default=self.is_default,
        )


class TemplateQuery(ListQuery):
    """Templates of one kind, or all; of one client, of the firm, or all."""

    kind: MessageKind | None = None
    client_id: Annotated[Id | None, Field(description="Only this client's own.")] = None
    of_firm: Annotated[bool, Field(description="Only the firm's, no client's own.")] = False

    @model_validator(mode="after")
    def _asks_for_one_or_the_other(self) -> Self:
        if self.of_firm and self.client_id is not None:
            raise ValueError("Ask for the firm's or for a client's, not for both.")
        return self

    @property
    def wanted_client_id(self) -> str | None:
        """Return whose templates are wanted: a client's, the firm's (empty), or all (None)."""
        return "" if self.of_firm else self.client_id


class WordingAnswer(Answer):
    """Subject and body in one language."""

    language: str
    subject: str
    body: str


class TemplateAnswer(Answer):
    """The words of a kind of message; `client_id` is null for the firm's."""

    id: str
    kind: MessageKind
    name: str
    client_id: str | None
    stage: str | None
    is_default: bool
    wordings: list[WordingAnswer]
    changed_at: Instant | None
    version: int


class TemplateList(ListAnswer[TemplateAnswer]):
    """A page of templates."""


class KindQuery(Query):
    """Of one kind of message, or of all."""

    kind: MessageKind | None = None


class ShippedAnswer(Answer):
    """The words that Feenote ships for a kind of message, in each language."""

    kind: MessageKind
    wordings: list[WordingAnswer]


class ShippedList(ListAnswer[ShippedAnswer]):
    """The words that ship, whole."""


class FieldAnswer(Answer):
    """An autofill field."""

    name: str
    meaning: str
    example: str
    kinds: Annotated[list[MessageKind], Field(description="The kinds of message that have it.")]
    can_be_empty: bool
    when_empty: Annotated[str | None, Field(description="What stands in then, in words.")]
    shape: Annotated[
        FieldShape, Field(description="A block stands alone in its paragraph, and never in a subject.")
    ]


class FieldList(ListAnswer[FieldAnswer]):
    """The published list of autofill fields, whole."""


def template_answer(template: Template) -> TemplateAnswer:
    """Return a template as the API shows it."""
    return TemplateAnswer(
        id=template.id,
        kind=template.kind,
        name=template.name,
        client_id=template.client_id or None,
        stage=template.stage or None,
        is_default=template.is_default,
        wordings=[_wording(wording) for wording in template.wordings],
        changed_at=template.changed_at,
        version=template.version,
    )


def shipped_answer(shipped: ShippedWords) -> ShippedAnswer:
    """Return the words that ship as the API shows them."""
    return ShippedAnswer(kind=shipped.kind, wordings=[_wording(wording) for wording in shipped.wordings])


def field_answer(field: AutofillField) -> FieldAnswer:
    """Return an autofill field as the API shows it."""
    return FieldAnswer(
        name=field.name,
        meaning=field.meaning,
        example=field.example,
        kinds=[kind for kind in MessageKind if kind in field.kinds],
        can_be_empty=field.can_be_empty,
        when_empty=field.when_empty or None,
        shape=field.shape,
    )


def _wording(wording: Wording) -> WordingAnswer:
    return WordingAnswer(language=wording.language, subject=wording.subject, body=wording.body)
