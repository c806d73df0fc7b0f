"""The router that all functions of the JSON API share: translates in and out, once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as UnknownAddressError
from pydantic import BaseModel

from feenote import bootstrap
from feenote.api import problems, reading
from feenote.api.callers import Role, caller_of
from feenote.api.calls import Call, expected_version_of, scope_of
from feenote.api.endpoints import (
    LARGE_BODY,
    SMALL_BODY,
    CsvFile,
    Endpoint,
    Redirect,
    TextBody,
    endpoint_of,
    is_id,
)
from feenote.api.file_names import attachment
from feenote.api.once import once
from feenote.api.problems import Kind, ProblemError
from feenote.api.sizes import small_enough

Handler = TypeVar("Handler", bound=Callable[..., Any])

PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Api(APIGatewayHttpResolver):
    """A function's endpoints.

    Powertools routes; its own validation stays switched off, because it answers 422 without sentences, lets
    unknown fields pass and reports a fault of ours as one of the sender's. A wrong method answers 405.
    """

    def __init__(self) -> None:
        # Said here, else Powertools reads the environment while it is imported.
        super().__init__(debug=False)
        self.endpoints: list[Endpoint] = []
        self.not_found(self._unknown_address)
        self.exception_handler(ProblemError)(problems.answer_to)

    def call(
        self,
        method: str,
        path: str,
        *,
        roles: Sequence[Role],
        status: int = 200,
        large: bool = False,
        text_types: tuple[str, ...] = (),
        keyed: bool = False,
        conditional: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Make a function the handler of an address, for callers who have one of these roles.

        It gets `call: Call`, the path's parameters by name, and, where it names them, `body` (a model, or
        `TextBody` where `text_types` are given) and `query` (a model). `keyed`: takes `Idempotency-Key`;
        `conditional`: takes `If-Match`.
        """

        def register(handler: Handler) -> Handler:
            endpoint = endpoint_of(
                handler,
                method=method,
                path=path,
                roles=tuple(roles),
                status=status,
                largest_body=LARGE_BODY if large else SMALL_BODY,
                text_types=text_types,
                once=keyed,
                conditional=conditional,
            )
            self.endpoints.append(endpoint)

            # Powertools asks what it calls for its name, which a partial has not.
            def answer(**path: str) -> Response[str]:
                return self._answer(endpoint, **path)

            self.route(path, method)(answer)
            return handler

        return register

    def _unknown_address(self, _: UnknownAddressError) -> Response[str]:
        path = self.current_event.path
        methods = sorted({endpoint.method for endpoint in self.endpoints if endpoint.fits(path)})
        # An address of the right form may still hold characters that no id of ours has.
        if not methods or self.current_event.http_method.upper() in methods:
            return problems.answer_to(
                ProblemError(Kind.NOT_FOUND, "There is nothing at this address that takes this method.")
            )
        allow = ", ".join(methods)
        return problems.answer_to(
            ProblemError(Kind.METHOD, f"This address takes {allow}.", headers={"Allow": allow})
        )

    def _answer(self, endpoint: Endpoint, **path: str) -> Response[str]:
        event = self.current_event.raw_event
        headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
        try:
            call = _call(endpoint, event, headers)
            given, request = _given(endpoint, event, headers, path)
            act = partial(_act, endpoint, call, given, self.current_event.path)
            answer = once(call, request, act) if endpoint.once else act()
        except problems.EXPECTED as error:
            raise problems.problem_of(error, was_conditional="if-match" in headers) from error
        return small_enough(answer, headers)


def _call(endpoint: Endpoint, event: Mapping[str, Any], headers: Mapping[str, str]) -> Call:
    caller = caller_of(event)
    caller.require(*endpoint.roles)
    key = headers.get("idempotency-key") if endpoint.once else None
    return Call(
        ports=bootstrap.system(),
        now=bootstrap.clock().now(),
        caller=caller,
        expected_version=expected_version_of(headers.get("if-match")) if endpoint.conditional else None,
        scope=scope_of(caller, method=endpoint.method, path=event["rawPath"], key=key),
    )


def _given(
    endpoint: Endpoint, event: Mapping[str, Any], headers: Mapping[str, str], path: Mapping[str, str]
) -> tuple[dict[str, Any], bytes]:
    """Return the handler's arguments, and the bytes that make a request the same one."""
    if not all(is_id(value) for value in path.values()):
        raise ProblemError(Kind.NOT_FOUND, "There is no such thing.")
    given: dict[str, Any] = dict(path)
    query = reading.read_query(endpoint.query, event.get("queryStringParameters"))
    if endpoint.query.model_fields:
        given["query"] = query
    request = query.model_dump_json().encode()
    content = reading.body_bytes(event, largest=endpoint.largest_body)
    if endpoint.text_types:
        given["body"] = TextBody(reading.require_media_type(headers, *endpoint.text_types), content)
        request += content
    elif endpoint.body is not None:
        reading.require_media_type(headers, "application/json")
        body = reading.read_json(endpoint.body, content)
        given["body"] = body
        request += body.model_dump_json(exclude_unset=True).encode()
    elif content and content.strip() != b"{}":
        raise ProblemError(Kind.MALFORMED, "This call takes no body.")
    return given, request


def _act(endpoint: Endpoint, call: Call, given: Mapping[str, Any], path: str) -> Response[str]:
    answer = endpoint.handler(call=call, **given)
    if isinstance(answer, Redirect):
        return Response(endpoint.status, body="", headers={**PRIVATE, "Location": answer.url})
    if isinstance(answer, CsvFile):
        return Response(
            endpoint.status,
            content_type=answer.MEDIA_TYPE + answer.PARAMETERS,
            # Half a character cannot travel; a question mark stands for it.
            body=answer.content.encode("utf-8", "replace").decode(),
            headers={**PRIVATE, "Content-Disposition": attachment(answer.name)},
        )
    if not isinstance(answer, BaseModel):
        return Response(204, body="", headers=PRIVATE)
    headers = dict(PRIVATE)
    version, made_id = getattr(answer, "version", None), getattr(answer, "id", None)
    if isinstance(version, int):
        headers["ETag"] = f'"{version}"'
    if endpoint.status == 201 and isinstance(made_id, str):
        headers["Location"] = f"{path}/{made_id}"
    return Response(
        endpoint.status,
        content_type="application/json",
        body=answer.model_dump_json(by_alias=True),
        headers=headers,
    )
