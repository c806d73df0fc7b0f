"""Whatever is sent, the answer is one of ours: never a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.api.office import Office, Staff, endpoints
from tests.integration.api.samples import Engagement, line

WRITING = [endpoint for endpoint in endpoints() if endpoint.body is not None]
NAMES = sorted(
    {name for endpoint in WRITING for name in endpoint.body.model_fields} | {"from", "to", "minor"}
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(["USD", "2026-11-23", "en", "Europe/London", "a@example.com", "fee", "link", "1.5"])
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner)
    ),
    max_leaves=12,
)
fuzzed = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def mutated(good: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return good requests of which one field is anything."""
    return st.builds(lambda name, value: {**good, name: value}, st.sampled_from(sorted(good)), anything)


def address(path: str, engagement: Engagement, bill_id: str) -> str:
    ids = {
        "client_id": engagement.client_id,
        "contact_id": engagement.contact_id,
        "matter_id": engagement.matter_id,
        "bill_id": bill_id,
        "delivery_id": "dlv_none",
        "template_id": "tpl_none",
    }
    for name, value in ids.items():
        path = path.replace(f"<{name}>", value)
    return path


class TestAnyJson:
    @pytest.mark.parametrize("endpoint", WRITING, ids=lambda e: f"{e.method} {e.path}")
    def test_is_answered_as_published(self, engagement: Engagement, endpoint: Any) -> None:
        staff = engagement.staff
        path = address(endpoint.path, engagement, engagement.draft()["id"])

        @fuzzed
        @given(anything)
        def check(body: Any) -> None:
            content = json.dumps(body, ensure_ascii=True)
            headers = {"content-type": "application/json"}
            answer = staff.send(endpoint.method, path, content, headers=headers)
            assert answer.status < 500

        check()

    def test_is_answered_where_only_one_field_of_a_bill_is_odd(self, engagement: Engagement) -> None:
        staff = engagement.staff
        full = line() | {"units": "1", "rate": line()["amount"], "on": "2026-11-01", "timekeeper": "IF"}
        good = engagement.bill(lines=[full], discounts=[], taxes=[], period=None, memo="", number="7")

        @fuzzed
        @given(mutated(good) | mutated(full).map(lambda odd: {**good, "lines": [odd]}))
        def check(body: dict[str, Any]) -> None:
            assert staff.post("/v1/bills", body).status in {201, 400, 409, 422}

        check()

    def test_is_answered_in_a_query(self, office: Office, staff: Staff) -> None:
        names = ["limit", "cursor", "q", "state", "overdue", "due_from", "last_sent_to", "sort", "client_id"]

        @fuzzed
        @given(st.dictionaries(st.sampled_from(names), st.text(max_size=20), max_size=4))
        def check(query: dict[str, str]) -> None:
            assert staff.get("/v1/bills", **query).status in {200, 400, 422}

        check()

    @pytest.mark.parametrize("path", ["/v1/reminders/forecast", "/v1/reminders/decisions"])
    def test_is_answered_in_a_query_about_reminders(
        self, office: Office, staff: Staff, engagement: Engagement, path: str
    ) -> None:
        engagement.issued()
        names = ["days", "limit", "cursor", "client_id", "bill_id", "outcome", "reason"]
        known = [engagement.client_id, "sent", "off", "1", "60", "none"]
        values = st.text(max_size=20) | st.sampled_from(known)

        @fuzzed
        @given(st.dictionaries(st.sampled_from(names), values, max_size=4))
        def check(query: dict[str, str]) -> None:
            assert staff.get(path, **query).status in {200, 400, 404}

        check()
