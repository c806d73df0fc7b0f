"""The published contract: valid, not stale, and true of the examples it shows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from feenote.api.examples import EXAMPLES
from tests.integration.api.office import endpoints, published

ROOT = Path(__file__).resolve().parents[3]
OPERATIONS = [
    (path, method, operation)
    for path, item in published()["paths"].items()
    for method, operation in item.items()
]


class TestTheDocument:
    def test_is_valid(self) -> None:
        validate(published())

    def test_is_not_stale(self) -> None:
        command = [sys.executable, "tools/openapi.py", "--check"]

        checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

        assert checked.returncode == 0, checked.stderr

    def test_names_every_operation_once(self) -> None:
        names = [operation["operationId"] for _, _, operation in OPERATIONS]

        assert len(names) == len(set(names)) == len(endpoints())

    @pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
    def test_tells_of_each_operation_what_can_go_wrong(
        self, path: str, method: str, operation: dict[str, Any]
    ) -> None:
        assert {"400", "401", "403", "404"} <= set(operation["responses"])
        if method in {"post", "patch", "put"}:
            assert {"409", "422"} <= set(operation["responses"])

    @pytest.mark.parametrize("model", [e.body for e in endpoints() if e.body], ids=lambda m: m.__name__)
    def test_shows_an_example_of_each_body_that_is_taken(self, model: Any) -> None:
        model.model_validate_json(json.dumps(EXAMPLES[model]))

    def test_has_the_very_routes_of_the_template(self) -> None:
        class Loader(yaml.SafeLoader):
            """Reads CloudFormation's tags as nothing."""

        Loader.add_multi_constructor("!", lambda *_: None)
        template = yaml.load((ROOT / "template.yaml").read_text(), Loader=Loader)
        deployed = {
            (event["Properties"]["Method"], _without_names(event["Properties"]["Path"]), resource)
            for resource, described in template["Resources"].items()
            for event in described.get("Properties", {}).get("Events", {}).values()
            if event["Type"] == "HttpApi" and event["Properties"].get("Path", "").startswith("/v1/")
        }
        resources = {
            "client_records": "ClientRecords",
            "send_bill": "SendBill",
            "send_balance": "SendBalance",
            "plan_reminders": "PlanReminders",
        }
        served = {
            (
                endpoint.method,
                _without_names(endpoint.openapi_path),
                resources[endpoint.handler.__module__.split(".")[1]],
            )
            for endpoint in endpoints()
        }

        assert served == deployed


def _without_names(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)
