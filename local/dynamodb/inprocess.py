"""Joins boto3 clients to an engine without a socket."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from local.dynamodb.errors import AnswerLostError
from local.dynamodb.protocol import respond

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from local.dynamodb.engine import Engine


Send = Callable[..., AWSResponse]


class _Body(io.BytesIO):
    """A body in the form in which botocore reads one from the network."""

    def stream(self, **_options: object) -> Iterator[bytes]:
        """Give all of it at once."""
        yield self.read()


def attach(client: Any, engine: Engine) -> Send:
    """Send what a client would send over the network to an engine instead.

    Args:
        client: a boto3 client of `dynamodb` or `dynamodbstreams`; for a resource, `table.meta.client`.
        engine: what answers. A request or an answer that gets lost surfaces in botocore as
            `ConnectionClosedError` or `ReadTimeoutError`, after its own retries.

    Returns:
        What was registered for the client's `before-send` event, to unregister it there.
    """

    def send(request: AWSPreparedRequest, **_event: object) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        body = request.body or b""
        if not isinstance(body, bytes | bytearray | str):
            raise TypeError("the body of a DynamoDB request is text or bytes")
        try:
            response = respond(
                engine,
                target.decode() if isinstance(target, bytes) else target,
                body.encode() if isinstance(body, str) else bytes(body),
            )
        except AnswerLostError as error:
            lost = ReadTimeoutError if error.done else ConnectionClosedError
            raise lost(endpoint_url=request.url) from error
        headers = HTTPHeaders.from_dict(response.headers)
        return AWSResponse(request.url, response.status, headers, _Body(response.body))

    client.meta.events.register("before-send", send)
    return send
