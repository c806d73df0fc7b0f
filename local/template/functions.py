"""The functions of a template: their environment, and what calls them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.template.stack import Stack

FUNCTION = "AWS::Serverless::Function"
ANY_METHOD = "ANY"
DEFAULT_ROUTE = "$default"
"""What an event without a path and a method stands for: whatever no other route takes."""
_DEFAULT_TIMEOUT_S = 3
_DEFAULT_MEMORY_MB = 128


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the HTTP API and who may use it: `authorizer` is a name, or None for everybody."""

    method: str
    path: str
    authorizer: str | None

    @property
    def key(self) -> str:
        """Return the route key, as events carry it: `GET /v1/bills/{id}`, or `$default`."""
        return self.path if self.path == DEFAULT_ROUTE else f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class QueueSource:
    """A queue that feeds a function."""

    queue_arn: str
    batch_size: int
    partial_failures: bool
    maximum_concurrency: int | None = None
    """How many batches are handled at once; None: as many as the function's processes."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule that calls a function: `rate(…)` or `cron(…)` in a time zone."""

    name: str
    expression: str
    time_zone: str
    payload: str | None


@dataclass(frozen=True, slots=True)
class Function:
    """One function as deployed."""

    name: str
    folder: Path
    handler: str
    timeout_s: int
    memory_mb: int
    environment: dict[str, str]
    routes: tuple[Route, ...]
    queues: tuple[QueueSource, ...]
    schedules: tuple[Schedule, ...]
    dead_letter_arn: str | None

    @property
    def in_the_background(self) -> bool:
        """Tell whether nobody waits for its answers."""
        return not self.routes


@dataclass(frozen=True, slots=True)
class JwtAuthorizer:
    """A JWT authorizer of the HTTP API."""

    name: str
    issuer: str
    audience: tuple[str, ...]


def read_functions(stack: Stack) -> list[Function]:
    """Return the functions of the root stack, with its `Globals` merged in."""
    return [
        _read_function(stack, logical_id)
        for logical_id, resource in stack.resources.items()
        if resource["Type"] == FUNCTION and stack.exists(logical_id)
    ]


def read_authorizers(stack: Stack) -> dict[str, JwtAuthorizer]:
    """Return the JWT authorizers of the HTTP API by name."""
    found = {}
    for logical_id, resource in stack.resources.items():
        if resource["Type"] != "AWS::Serverless::HttpApi":
            continue
        auth = stack.properties(logical_id).get("Auth", {})
        for name, given in auth.get("Authorizers", {}).items():
            configuration = given["JwtConfiguration"]
            audience = tuple(configuration["audience"])
            found[name] = JwtAuthorizer(name=name, issuer=configuration["issuer"], audience=audience)
    return found


def _default_authorizer(stack: Stack) -> str | None:
    for resource in stack.resources.values():
        if resource["Type"] == "AWS::Serverless::HttpApi":
            default: str | None = resource.get("Properties", {}).get("Auth", {}).get("DefaultAuthorizer")
            return default
    return None


def _read_function(stack: Stack, logical_id: str) -> Function:
    common = stack.resolve(stack.template.get("Globals", {}).get("Function", {}))
    own = stack.properties(logical_id)
    properties = {**common, **own}
    environment = {
        **common.get("Environment", {}).get("Variables", {}),
        **own.get("Environment", {}).get("Variables", {}),
    }
    events = properties.get("Events", {})
    folder = (stack.path.parent / properties["CodeUri"]).resolve()
    return Function(
        name=folder.name,
        folder=folder,
        handler=properties["Handler"],
        timeout_s=int(properties.get("Timeout", _DEFAULT_TIMEOUT_S)),
        memory_mb=int(properties.get("MemorySize", _DEFAULT_MEMORY_MB)),
        environment={name: str(value) for name, value in environment.items()},
        routes=tuple(_routes(events, _default_authorizer(stack))),
        queues=tuple(_queues(events)),
        schedules=tuple(_schedules(logical_id, events)),
        dead_letter_arn=properties.get("DeadLetterQueue", {}).get("TargetArn"),
    )


def _routes(events: dict[str, Any], default_authorizer: str | None) -> list[Route]:
    routes = []
    for event in events.values():
        if event["Type"] == "HttpApi":
            given = event["Properties"]
            authorizer = given.get("Auth", {}).get("Authorizer", default_authorizer)
            method = given.get("Method", ANY_METHOD).upper()
            path = given.get("Path", DEFAULT_ROUTE)
            routes.append(Route(method, path, None if authorizer == "NONE" else authorizer))
    return routes


def _queues(events: dict[str, Any]) -> list[QueueSource]:
    return [
        QueueSource(
            queue_arn=event["Properties"]["Queue"],
            batch_size=int(event["Properties"].get("BatchSize", 10)),
            partial_failures="ReportBatchItemFailures"
            in event["Properties"].get("FunctionResponseTypes", []),
            maximum_concurrency=_number_or_none(
                event["Properties"].get("ScalingConfig", {}).get("MaximumConcurrency")
            ),
        )
        for event in events.values()
        if event["Type"] == "SQS"
    ]


def _number_or_none(given: Any) -> int | None:
    return None if given is None else int(given)


def _schedules(logical_id: str, events: dict[str, Any]) -> list[Schedule]:
    schedules = []
    for name, event in events.items():
        if event["Type"] in {"Schedule", "ScheduleV2"}:
            given = event["Properties"]
            expression = given["Schedule"] if event["Type"] == "Schedule" else given["ScheduleExpression"]
            zone = given.get("ScheduleExpressionTimezone", "UTC")
            schedules.append(Schedule(f"{logical_id}{name}", expression, zone, given.get("Input")))
    return schedules
