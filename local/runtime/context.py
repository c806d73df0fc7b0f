"""What Lambda hands to a handler beside the event."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LambdaContext:
    """The context object, with the attributes that AWS documents for Python."""

    function_name: str
    aws_request_id: str
    memory_limit_in_mb: int
    invoked_function_arn: str
    deadline: float
    """On the monotonic clock, in seconds."""
    function_version: str = "$LATEST"
    log_group_name: str = "/aws/lambda/local"
    log_stream_name: str = "local"
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left before the function is stopped."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))
