"""The errors of Stripe's API, in its own envelope.

Source of the types and codes: Stripe's API reference, "Errors" and "Error codes".
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer other than 2xx, with the fields of Stripe's error object."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = True,
        more: dict[str, Any] | None = None,
    ) -> None:
        """Describe the refusal.

        `executed` is False when the request was refused before the endpoint began: such an answer is not kept
        under its idempotency key. `more` holds further fields of the error object (`decline_code`,
        `payment_intent`).
        """
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.executed = executed
        self.more = more or {}

    def body(self) -> dict[str, Any]:
        """Return the JSON body: `{"error": {...}}`."""
        error: dict[str, Any] = {"message": self.message, "type": self.kind}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param is not None:
            error["param"] = self.param
        error.update(self.more)
        return {"error": error}


def unauthorized(message: str) -> ApiError:
    """Build the 401 for a missing or unknown API key."""
    return ApiError(message, status=401, executed=False)


def missing(noun: str, object_id: str, *, param: str = "id", status: int | None = None) -> ApiError:
    """Build the answer for an object that this account does not have (404, or 400 when named in a body)."""
    return ApiError(
        f"No such {noun}: '{object_id}'",
        status=status or (404 if param == "id" else 400),
        code="resource_missing",
        param=param,
    )


def unknown_parameter(name: str) -> ApiError:
    """Build the 400 for a parameter that the endpoint does not have."""
    return ApiError(
        f"Received unknown parameter: {name}", code="parameter_unknown", param=name, executed=False
    )


def missing_parameter(name: str) -> ApiError:
    """Build the 400 for a required parameter that was left out."""
    return ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name, executed=False)


def invalid(message: str, param: str, code: str | None = None) -> ApiError:
    """Build the 400 for a value that breaks a rule which can be seen without looking at any state."""
    return ApiError(message, code=code, param=param, executed=False)


def not_offered(name: str) -> ApiError:
    """Refuse what Stripe knows and this stand-in does not do, rather than ignore it in silence."""
    return ApiError(
        f"The local stand-in does not offer '{name}'. Stripe does.",
        code="stand_in_not_offered",
        param=name,
        executed=False,
    )
