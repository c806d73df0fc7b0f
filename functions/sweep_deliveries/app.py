"""Finds messages that a crash left lying, and claims that nothing was heard of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from feenote import bootstrap
from feenote.service.sweep_deliveries import sweep_deliveries


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001 - what a schedule sends says nothing
    """Sweep once; return what was found."""
    return asdict(sweep_deliveries(bootstrap.system(), now=bootstrap.clock().now()))
