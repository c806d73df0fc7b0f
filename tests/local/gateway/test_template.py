"""Reading templates: intrinsic functions, nested stacks, routes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.gateway.routes import RouteTable
from local.template.functions import Function, Route
from local.template.stack import Attributes, Stack, TemplateError

OUTER = """
Parameters:
  Stage: { Type: String, Default: test }
Conditions:
  IsLive: !Equals [!Ref Stage, live]
Resources:
  Inner:
    Type: AWS::Serverless::Application
    Properties:
      Location: inner.yaml
      Parameters: { Name: !Sub "${Stage}-queue" }
  OnlyLive:
    Type: Thing
    Condition: IsLive
  Topic:
    Type: Thing
    Properties:
      Plain: !Ref Inner2
      Joined: !Join ["/", [a, !Ref AWS::Region]]
      Queue: !GetAtt Inner.Outputs.Arn
      Date: 2012-10-17
      Chosen: !If [IsLive, 1, 2]
      Domain: !Select [1, !Split ["@", bills@firm.example]]
      Left: !If [IsLive, kept, !Ref AWS::NoValue]
      Text: !Sub ["${Who} of ${AWS::AccountId} ${!Literal}", { Who: !Ref Stage }]
  Inner2:
    Type: Thing
  Loop:
    Type: Thing
    Properties: { Self: !Ref Loop }
  Strange:
    Type: Unknown
"""
INNER = """
Parameters:
  Name: { Type: String }
Resources:
  Queue:
    Type: Thing
    Properties: { Name: !Ref Name }
Outputs:
  Arn: { Value: !GetAtt Queue.Arn }
"""


@pytest.fixture
def made() -> dict[str, dict[str, Any]]:
    return {}


@pytest.fixture
def stack(tmp_path: Path, made: dict[str, dict[str, Any]]) -> Stack:
    (tmp_path / "outer.yaml").write_text(OUTER, "utf-8")
    (tmp_path / "inner.yaml").write_text(INNER, "utf-8")

    def make(_stack: Stack, logical_id: str, properties: dict[str, Any]) -> Attributes:
        made[logical_id] = properties
        return {"Ref": logical_id.lower(), "Arn": f"arn:{properties.get('Name', logical_id)}"}

    return Stack("outer", tmp_path / "outer.yaml", {"Thing": make})


class TestAStack:
    def test_resolves_what_its_properties_refer_to(self, stack: Stack) -> None:
        assert stack.properties("Topic") == {
            "Plain": "inner2",
            "Joined": "a/us-east-1",
            "Queue": "arn:test-queue",
            "Date": "2012-10-17",
            "Chosen": 2,
            "Domain": "firm.example",
            "Text": "test of 123456789012 ${Literal}",
        }

    def test_makes_each_resource_once_and_first_what_others_need(
        self, stack: Stack, made: dict[str, dict[str, Any]]
    ) -> None:
        stack.made("Topic")
        stack.made("Topic")

        assert list(made) == ["Inner2", "Queue", "Topic"]

    def test_leaves_out_what_its_condition_excludes(self, stack: Stack) -> None:
        assert not stack.exists("OnlyLive")

    def test_refuses_a_resource_that_needs_itself(self, stack: Stack) -> None:
        with pytest.raises(TemplateError, match="needs itself"):
            stack.made("Loop")

    def test_refuses_a_type_that_it_cannot_make(self, stack: Stack) -> None:
        with pytest.raises(TemplateError, match="does not know Unknown"):
            stack.made("Strange")


def table(*keys: str) -> RouteTable:
    routes = tuple(Route(method, path, None) for method, path in (key.split(" ") for key in keys))
    function = Function("f", Path(), "app.handler", 3, 128, {}, routes, (), (), None)
    return RouteTable([function])


class TestARoute:
    @pytest.mark.parametrize(
        ("method", "path", "expected"),
        [
            ("POST", "/v1/sends/preview", "POST /v1/sends/preview"),
            ("POST", "/v1/sends/snd_1", "POST /v1/sends/{id}"),
            ("GET", "/v1/sends/snd_1", "ANY /v1/{proxy+}"),
            ("GET", "/v1/a/b/c", "ANY /v1/{proxy+}"),
        ],
    )
    def test_that_is_most_exact_wins(self, method: str, path: str, expected: str) -> None:
        routes = table("ANY /v1/{proxy+}", "POST /v1/sends/{id}", "POST /v1/sends/preview")

        match = routes.find(method, path)

        assert match is not None
        assert match.route.key == expected

    def test_hands_on_its_parameters_decoded(self) -> None:
        match = table("GET /l/{token}/bills/{file}").find("GET", "/l/a%2Fb/bills/bill%201.pdf")

        assert match is not None
        assert match.path_parameters == {"token": "a/b", "file": "bill 1.pdf"}

    @pytest.mark.parametrize("path", ["/l/", "/l/a/b", "/l", "/l/a/", "//a"])
    def test_does_not_fit_other_paths(self, path: str) -> None:
        assert table("GET /l/{token}").find("GET", path) is None

    @pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("PUT", "/l/a"), ("POST", "/x/y/z")])
    def test_by_default_takes_what_no_other_does(self, method: str, path: str) -> None:
        routes = table("ANY $default", "GET /l/{token}")

        found, exact = routes.find(method, path), routes.find("GET", "/l/a")

        assert found is not None
        assert (found.route.key, found.path_parameters) == ("$default", {})
        assert exact is not None
        assert exact.route.key == "GET /l/{token}"

    def test_does_not_take_head_for_get(self) -> None:
        assert table("GET /l/{token}").find("HEAD", "/l/a") is None
