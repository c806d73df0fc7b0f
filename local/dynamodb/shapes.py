"""Tells a malformed request from a defect of ours, by the service's own description in botocore."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from botocore.model import ServiceModel


@cache
def _models() -> tuple[ServiceModel, ...]:
    session = botocore.session.Session()
    return tuple(session.get_service_model(name) for name in ("dynamodb", "dynamodbstreams"))


def misfit(operation: str, request: dict[str, Any]) -> str | None:
    """Return what in a request has another form than the API describes, or None.

    SDKs check the form before they send; so this is asked only when serving a request went wrong.
    """
    for model in _models():
        if operation in model.operation_names:
            shape = model.operation_model(operation).input_shape
            assert shape is not None
            report = ParamValidator().validate(request, shape)
            return report.generate_report() if report.has_errors() else None
    return None
