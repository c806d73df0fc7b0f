"""Ids made from idempotency keys, conditions, claims."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from feenote.api.callers import Caller, Role, caller_of
from feenote.api.calls import Call, expected_version_of, scope_of
from feenote.api.problems import ProblemError
from tests.fakes.ids import FakeIds

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CALLER = Caller("firm_1", "user_1", "a@example.com", "A", frozenset({Role.BILLER}))


def call(key: str | None, *, firm_id: str = "firm_1", path: str = "/v1/clients") -> Call:
    caller = Caller(firm_id, "user_1", "", "", frozenset())
    scope = scope_of(caller, method="POST", path=path, key=key)
    return Call(cast("Any", SimpleNamespace(ids=FakeIds())), NOW, caller, scope=scope)


class TestAnIdMadeFromAKey:
    def test_is_the_same_again_and_another_for_anything_else(self) -> None:
        same = {call("k").new_id("cli") for _ in range(3)}
        others = {
            call("k2").new_id("cli"),
            call("k", firm_id="firm_2").new_id("cli"),
            call("k", path="/v1/contacts").new_id("cli"),
            call("k").new_id("con"),
        }

        assert len(same) == 1
        assert len(others | same) == 5

    def test_is_fresh_without_a_key(self) -> None:
        made = call(None)

        assert made.new_id("cli") != made.new_id("cli")

    def test_cannot_be_confused_by_line_breaks_in_its_parts(self) -> None:
        with pytest.raises(ProblemError):
            call("a\nb")


class TestACondition:
    @pytest.mark.parametrize(("header", "version"), [(None, None), ("*", None), ('"1"', 1), (' "42" ', 42)])
    def test_names_a_version(self, header: str | None, version: int | None) -> None:
        assert expected_version_of(header) == version

    @pytest.mark.parametrize(
        ("header", "status"), [('"x"', 412), ('W/"1"', 412), ('""', 412), ("1", 400), ("", 400)]
    )
    def test_that_no_record_fulfils_is_refused(self, header: str, status: int) -> None:
        with pytest.raises(ProblemError) as caught:
            expected_version_of(header)

        assert caught.value.kind.status == status


class TestClaims:
    @pytest.mark.parametrize(
        ("groups", "roles"),
        [
            ("[admin biller]", {"admin", "biller"}),
            ("[viewer]", {"viewer"}),
            ("viewer", {"viewer"}),
            ("admin,cashier", {"admin", "cashier"}),
            ("[owner administrators Admin]", set()),
            ("", set()),
        ],
    )
    def test_name_roles_as_the_gateway_writes_them(self, groups: str, roles: set[str]) -> None:
        claims = {"sub": "u", "custom:firm_id": "firm_1", "cognito:groups": groups}
        event = {"requestContext": {"authorizer": {"jwt": {"claims": claims}}}}

        assert {role.value for role in caller_of(event).roles} == roles

    @pytest.mark.parametrize(
        "claims", [{}, {"sub": "u"}, {"custom:firm_id": "f"}, {"sub": "", "custom:firm_id": ""}]
    )
    def test_without_firm_or_person_open_nothing(self, claims: dict[str, str]) -> None:
        with pytest.raises(ProblemError):
            caller_of({"requestContext": {"authorizer": {"jwt": {"claims": claims}}}})

    def test_are_needed_at_all(self) -> None:
        with pytest.raises(ProblemError):
            caller_of({})
