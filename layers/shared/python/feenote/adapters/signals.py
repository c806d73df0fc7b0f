"""Counts and logs for operators: CloudWatch's embedded metric format and structured lines, by Powertools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import MetricUnit, single_metric

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

NAMESPACE = "Feenote"
_NAME = re.compile(r"[A-Z][A-Za-z]{1,63}")
_EVENT = re.compile(r"[a-z][a-z_]*(\.[a-z_]+)+")


class PowertoolsSignals:
    """Count business events and log dotted names with ids; each is written at once, so that none is lost."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger

    def count(self, name: str, amount: int = 1) -> None:
        """Count a business event such as `PaymentBooked`.

        Raises:
            ValueError: for a name that is not constant words in CamelCase; each name is a metric that costs.
        """
        check_count(name)
        with single_metric(name=name, unit=MetricUnit.Count, value=amount, namespace=NAMESPACE):
            pass

    def info(self, event: str, **keys: object) -> None:
        """Log a dotted event name with ids.

        Raises:
            ValueError: for a name that is not constant dotted words; who searches the log looks for those.
        """
        check_event(event)
        self._logger.info(event, extra=keys)


def check_count(name: str) -> None:
    """Check that the name of a count is constant words in CamelCase.

    Raises:
        ValueError: it is not.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a count.")


def check_event(event: str) -> None:
    """Check that the name of an event is constant dotted words.

    Raises:
        ValueError: it is not.
    """
    if not _EVENT.fullmatch(event):
        raise ValueError(f"{event!r} is not the name of an event.")
