"""What DynamoDB refuses, as exceptions that know their form on the wire."""

from __future__ import annotations

from typing import Any

_PREFIX = "com.amazonaws.dynamodb.v20120810#"
_CORAL = "com.amazon.coral.service#"


class ServiceError(Exception):
    """An answer of DynamoDB that is an error: its code, sentence, HTTP status and further fields."""

    code = "InternalServerError"
    status = 400
    namespace = _PREFIX

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def body(self) -> dict[str, Any]:
        """Return the JSON document that DynamoDB answers with."""
        return {"__type": self.namespace + self.code, "message": self.message, **self.fields}


class ValidationError(ServiceError):
    """The request breaks a rule of the API."""

    code = "ValidationException"
    namespace = _CORAL


class SerializationError(ServiceError):
    """The request is no JSON document of the expected form."""

    code = "SerializationException"
    namespace = _CORAL


class UnknownOperationError(ServiceError):
    """The request names an operation that does not exist here."""

    code = "UnknownOperationException"
    namespace = _CORAL


class ConditionFailedError(ServiceError):
    """A condition did not hold. `fields` has the item when it was asked for."""

    code = "ConditionalCheckFailedException"

    def __init__(self, item: dict[str, Any] | None = None) -> None:
        fields = {} if item is None else {"Item": item}
        super().__init__("The conditional request failed", **fields)


class NotFoundError(ServiceError):
    """The table, stream or resource does not exist."""

    code = "ResourceNotFoundException"

    def __init__(self, message: str = "Requested resource not found") -> None:
        super().__init__(message)


class InUseError(ServiceError):
    """The table exists already."""

    code = "ResourceInUseException"


class TransactionCanceledError(ServiceError):
    """A transaction did nothing. `reasons` has one entry for each action, by position."""

    code = "TransactionCanceledException"

    def __init__(self, reasons: list[dict[str, Any]]) -> None:
        codes = ", ".join(reason["Code"] for reason in reasons)
        super().__init__(
            f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
            CancellationReasons=reasons,
        )
        self.reasons = reasons

    def body(self) -> dict[str, Any]:
        """Return the JSON document; this one error spells `Message` with a capital."""
        return {"__type": self.namespace + self.code, "Message": self.message, **self.fields}


class TransactionConflictError(ServiceError):
    """Another transaction holds the item. Only injected: writers here wait for each other."""

    code = "TransactionConflictException"

    def __init__(self) -> None:
        super().__init__("Transaction is ongoing for the item")


class IdempotentParameterMismatchError(ServiceError):
    """A token came again, within ten minutes, with another request."""

    code = "IdempotentParameterMismatchException"

    def __init__(self) -> None:
        super().__init__(
            "The provided client token is already in use by another request with different parameters"
        )


class ThroughputExceededError(ServiceError):
    """The table's capacity is used up. Only injected."""

    code = "ProvisionedThroughputExceededException"

    def __init__(self) -> None:
        super().__init__(
            "The level of configured provisioned throughput for the table was exceeded. "
            "Consider increasing your provisioning level with the UpdateTable API."
        )


class ThrottlingError(ServiceError):
    """Requests come too fast. Only injected."""

    code = "ThrottlingException"
    namespace = _CORAL

    def __init__(self) -> None:
        super().__init__("Rate of requests exceeds the allowed throughput.")


class InternalServerError(ServiceError):
    """The service failed. Only injected."""

    code = "InternalServerError"
    status = 500

    def __init__(self) -> None:
        super().__init__("The request processing has failed because of an unknown error")


class TrimmedDataAccessError(ServiceError):
    """A stream record older than 24 hours was asked for."""

    code = "TrimmedDataAccessException"


class ExpiredIteratorError(ServiceError):
    """A shard iterator older than 15 minutes was used."""

    code = "ExpiredIteratorException"


class AnswerLostError(Exception):
    """The connection drops without an answer. `done` tells whether the operation was carried out."""

    def __init__(self, *, done: bool) -> None:
        super().__init__("the connection was closed before an answer arrived")
        self.done = done
