"""An endpoint: an address and method, who may call it, what goes in and what comes out.

All of it is read from the handler's signature and one line above it, by the router and by the OpenAPI
document alike, so that neither can say what the other does not do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, get_type_hints

from pydantic import BaseModel, ConfigDict

from feenote.api.callers import Role

SMALL_BODY = 256 * 1024
LARGE_BODY = 5 * 1024 * 1024
"""Below the 6 MB that a function is called with, in base64 too where it is text."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


class NoQuery(BaseModel):
    """For an endpoint that takes no query: any parameter is refused."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Redirect:
    """An answer that leads elsewhere."""

    url: str


@dataclass(frozen=True, slots=True)
class CsvFile:
    """An answer that is saved as a file of comma-separated values (RFC 4180), under a name."""

    name: str
    content: str

    MEDIA_TYPE: ClassVar[str] = "text/csv"
    PARAMETERS: ClassVar[str] = "; charset=utf-8; header=present"


@dataclass(frozen=True, slots=True)
class TextBody:
    """A body that is no JSON, with its media type."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call of the API. `path` has its parameters in `<angle brackets>`, as the router takes them."""

    method: str
    path: str
    roles: tuple[Role, ...]
    summary: str
    status: int
    handler: Callable[..., Any]
    body: type[BaseModel] | None
    text_types: tuple[str, ...]
    query: type[BaseModel]
    answer: Any
    largest_body: int
    once: bool
    conditional: bool

    @property
    def openapi_path(self) -> str:
        """Return the path with `{curly}` parameters."""
        return self.path.replace("<", "{").replace(">", "}")

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """Return the names of the path's parameters."""
        return tuple(re.findall(r"<(\w+)>", self.path))

    def fits(self, path: str) -> bool:
        """Say whether a path is this endpoint's, whatever the method."""
        return re.fullmatch(re.sub(r"<\w+>", "[^/]+", self.path), path) is not None


def endpoint_of(
    handler: Callable[..., Any],
    *,
    method: str,
    path: str,
    roles: tuple[Role, ...],
    status: int,
    largest_body: int,
    text_types: tuple[str, ...],
    once: bool,
    conditional: bool,
) -> Endpoint:
    """Read an endpoint from its handler: `body` and `query` by their annotations, the answer by its own."""
    hints = get_type_hints(handler)
    body = hints.get("body")
    return Endpoint(
        method=method,
        path=path,
        roles=roles,
        summary=(handler.__doc__ or "").strip().partition("\n")[0],
        status=status,
        handler=handler,
        body=body if isinstance(body, type) and issubclass(body, BaseModel) else None,
        text_types=text_types,
        query=hints.get("query", NoQuery),
        answer=hints["return"],
        largest_body=largest_body,
        once=once,
        conditional=conditional,
    )


def is_id(text: str) -> bool:
    """Say whether a text can be an id of ours: so that nothing else ever becomes part of a key."""
    return _ID.fullmatch(text) is not None
