"""Bad input is answered with what is wrong and where; never with a failure of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.api.office import Office, Staff
from tests.integration.api.samples import Engagement, line, usd

CLIENT = {"number": "7", "name": "A"}
FIELD_CASES: list[tuple[str, dict[str, Any], str]] = [
    ("clients", {"name": "A"}, "number"),
    ("clients", {**CLIENT, "nickname": "B"}, "nickname"),
    ("clients", {**CLIENT, "id": "cli_mine"}, "id"),
    ("clients", {**CLIENT, "name": "   "}, "name"),
    ("clients", {**CLIENT, "name": "A\nB"}, "name"),
    ("clients", {**CLIENT, "name": "A\x00B"}, "name"),
    ("clients", {**CLIENT, "name": "A" * 201}, "name"),
    ("clients", {**CLIENT, "name": 7}, "name"),
    ("clients", {**CLIENT, "name": None}, "name"),
    ("clients", {**CLIENT, "kind": "company"}, "kind"),
    ("clients", {**CLIENT, "language": "english"}, "language"),
    ("clients", {**CLIENT, "language": "en_US"}, "language"),
    ("clients", {**CLIENT, "time_zone": "Mars/Olympus"}, "time_zone"),
    ("clients", {**CLIENT, "time_zone": "America"}, "time_zone"),
    ("clients", {**CLIENT, "time_zone": "../../etc/passwd"}, "time_zone"),
    ("clients", {**CLIENT, "primary_contact_id": "CONTACT#firm_2"}, "primary_contact_id"),
    ("clients", {**CLIENT, "address": ["line"] * 9}, "address"),
    ("clients", {**CLIENT, "address": "one line"}, "address"),
    ("contacts", {"email": "Maria <maria@example.com>"}, "email"),
    ("contacts", {"email": "maria@example.com\r\nBcc: all@example.com"}, "email"),
    ("contacts", {"email": "maria@localhost"}, "email"),
    ("contacts", {"email": "a..b@example.com"}, "email"),
    ("contacts", {"email": f"{'a' * 65}@example.com"}, "email"),
    ("contacts", {"email": "one@example.com, two@example.com"}, "email"),
    ("contacts", {"email": ""}, "email"),
    ("contacts", {"client_ids": "cli_1"}, "client_ids"),
    ("contacts", {"client_ids": ["cli_1", 2]}, "client_ids[1]"),
    ("contacts", {"email_state": "ok"}, "email_state"),
    ("matters", {"number": "1", "client_id": "c", "recipients": [{}]}, "recipients[0].contact_id"),
    ("matters", {"number": "1", "client_id": "c",
                 "recipients": [{"contact_id": "x", "every_future_bill": 1}]},
     "recipients[0].every_future_bill"),
    ("matters", {"number": "1", "client_id": "c", "responsible_attorney": {"email": "x"}},
     "responsible_attorney.email"),
    ("sends", {"bill_ids": []}, "bill_ids"),
    ("sends", {"bill_ids": ["b"] * 10_001}, "bill_ids"),
    ("sends", {"bill_ids": ["b"], "channels": ["fax"]}, "channels[0]"),
    ("sends", {"bill_ids": ["b"], "accept_all_unpaid": "yes"}, "accept_all_unpaid"),
    ("sends/preview", {"bill_ids": ["b"], "recipients": []}, "recipients"),
    ("deliveries/dlv_1/resolve", {"action": "forget"}, "action"),
]  # fmt: skip
AMOUNTS: list[Any] = [
    10.005, 1.0, "100", True, None, 9_007_199_254_740_992, -9_007_199_254_740_992, [1], {"minor": 1},
]  # fmt: skip
BILL_CASES: list[tuple[dict[str, Any], str]] = [
    ({"lines": []}, "lines"),
    ({"matter_ids": []}, "matter_ids"),
    ({"issued_on": "23/11/2026"}, "issued_on"),
    ({"issued_on": "2026-02-29"}, "issued_on"),
    ({"issued_on": 20261123}, "issued_on"),
    ({"issued_on": "0001-01-01"}, "issued_on"),
    ({"due_on": "9999-12-31"}, "due_on"),
    ({"due_on": None}, "due_on"),
    ({"currency": "usd"}, "currency"),
    ({"currency": "XXX"}, "currency"),
    ({"period": {"start": "2026-10-01"}}, "period.start"),
    ({"state": "paid"}, "state"),
    ({"paid": usd(1)}, "paid"),
    ({"lines": [{"kind": "fee"}]}, "lines[0]"),
    ({"lines": [line() | {"kind": "gift"}]}, "lines[0].kind"),
    ({"lines": [line() | {"units": 1.5}]}, "lines[0].units"),
    ({"lines": [line() | {"units": "1e3"}]}, "lines[0].units"),
    ({"lines": [line() | {"units": "NaN"}]}, "lines[0].units"),
    ({"lines": [line() | {"units": "1.2345678"}]}, "lines[0].units"),
    ({"lines": [line(), line() | {"rate": {"minor": 1}}]}, "lines[1].rate.currency"),
    ({"lines": [line() | {"amount": usd(1) | {"text": "0.01"}}]}, "lines[0].amount.text"),
    ({"discounts": [{"description": "D"}]}, "discounts[0]"),
    ({"discounts": [{"description": "D", "amount": usd(-1)}]}, "discounts[0]"),
    ({"discounts": [{"description": "D", "percent": "101"}]}, "discounts[0].percent"),
    ({"taxes": [{"name": "T", "percent": "-1"}]}, "taxes[0].percent"),
    ({"number": ""}, "number"),
]
QUERY_CASES = [
    ("clients", {"limit": "0"}, "limit"),
    ("clients", {"limit": "201"}, "limit"),
    ("clients", {"limit": "ten"}, "limit"),
    ("clients", {"limit": "1,2"}, "limit"),
    ("clients", {"page": "2"}, "page"),
    ("clients", {"cursor": ""}, "cursor"),
    ("clients", {"q": "x" * 101}, "q"),
    ("bills", {"state": "open"}, "state"),
    ("bills", {"overdue": "perhaps"}, "overdue"),
    ("bills", {"due_from": "soon"}, "due_from"),
    ("bills", {"last_sent_from": "2026-11-23T09:00:00"}, "last_sent_from"),
    ("bills", {"last_sent_to": "0001-01-01T00:00:00+14:00"}, "last_sent_to"),
    ("bills", {"sort": "name"}, "sort"),
    ("bills", {"client_id": "a#b"}, "client_id"),
    ("links", {}, "bill_id"),
    ("deliveries", {"state": "lost"}, "state"),
    ("firm", {"x": "1"}, "x"),
]  # fmt: skip


class TestAFieldThatIsWrong:
    @pytest.mark.parametrize(("path", "body", "field"), FIELD_CASES)
    def test_is_named(self, staff: Staff, path: str, body: dict[str, Any], field: str) -> None:
        assert staff.post(f"/v1/{path}", body).fields(400) == [field]

    @pytest.mark.parametrize(("more", "field"), BILL_CASES)
    def test_is_named_in_a_bill(
        self, staff: Staff, engagement: Engagement, more: dict[str, Any], field: str
    ) -> None:
        assert staff.post("/v1/bills", engagement.bill(**more)).fields(400) == [field]

    @pytest.mark.parametrize("minor", AMOUNTS)
    def test_is_an_amount_that_is_no_whole_number_of_minor_units(
        self, staff: Staff, engagement: Engagement, minor: Any
    ) -> None:
        answer = staff.post("/v1/bills", engagement.bill(lines=[line() | {"amount": usd(minor)}]))

        assert answer.fields(400) == ["lines[0].amount.minor"]

    @pytest.mark.parametrize(("path", "query", "field"), QUERY_CASES)
    def test_is_named_in_a_query(self, staff: Staff, path: str, query: dict[str, str], field: str) -> None:
        assert staff.get(f"/v1/{path}", **query).fields(400) == [field]

    def test_is_named_with_all_the_others(self, staff: Staff) -> None:
        body = {"number": "", "name": "", "kind": "x", "z": 1}

        problem = staff.post("/v1/clients", body).problem(400)

        assert {error["field"] for error in problem["errors"]} == {"number", "name", "kind", "z"}
        assert problem["detail"] == "4 fields are wrong."

    def test_is_named_in_an_answer_of_a_readable_size(self, staff: Staff, engagement: Engagement) -> None:
        answer = staff.post("/v1/bills", engagement.bill(lines=[{}] * 3_000))

        assert len(answer.problem(400)["errors"]) == 50


class TestABodyThatCannotBeRead:
    @pytest.mark.parametrize(
        "body",
        [
            "", "{", "[]", "null", "7", '"text"', "{}", '{"number":"\\ud800","name":"A"}', "[" * 50_000,
            '{"number": 1' + "0" * 5_000 + "}", "number=7&name=A", b"\xff\xfe{}", b"\x00", "NaN",
        ],
    )  # fmt: skip
    def test_is_refused(self, staff: Staff, body: str | bytes) -> None:
        headers = {"content-type": "application/json"}

        staff.send("POST", "/v1/clients", body, headers=headers).problem(400)

    def test_is_taken_from_base64(self, staff: Staff) -> None:
        headers = {"content-type": "application/json; charset=utf-8"}

        staff.send("POST", "/v1/clients", json.dumps(CLIENT).encode(), headers=headers).ok()

    @pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded"])
    def test_is_of_another_type(self, staff: Staff, media_type: str | None) -> None:
        headers = {"content-type": media_type} if media_type else {}

        staff.send("POST", "/v1/clients", json.dumps(CLIENT), headers=headers).problem(415)

    def test_is_too_large(self, staff: Staff) -> None:
        body = json.dumps(CLIENT | {"name": "A" * 300_000})

        answer = staff.send("POST", "/v1/clients", body, headers={"content-type": "application/json"})

        answer.problem(413)

    def test_comes_where_none_is_taken(self, staff: Staff, engagement: Engagement) -> None:
        staff.post(f"/v1/bills/{engagement.draft()['id']}/approve", {"number": "1"}).problem(400)


class TestWhatIsSaidOfAField:
    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"name": "A" * 201}, "Write at most 200 characters."),
            ({"kind": "dog"}, "Write one of 'person' or 'organisation'."),
            ({"address": ["line"] * 9}, "Write at most 8 of these."),
        ],
    )
    def test_speaks_to_who_wrote_it(self, staff: Staff, fields: dict[str, Any], sentence: str) -> None:
        errors = staff.post("/v1/clients", CLIENT | fields).problem(400)["errors"]

        assert [error["message"] for error in errors] == [sentence]

    def test_names_the_bounds_of_a_number(self, staff: Staff) -> None:
        errors = staff.get("/v1/bills", limit="201").problem(400)["errors"]

        assert errors == [{"field": "limit", "message": "It is at most 200."}]


class TestATextThatIsOdd:
    @pytest.mark.parametrize(
        "text",
        [
            "Ω≈ç√∫˜µ≤≥÷", "田中さんにあげて下さい", "مُنَاقَشَةُ سُبُلِ", "👩‍👩‍👧‍👦 🏳️‍🌈", "<script>alert(1)</script>",
            "=cmd|' /C calc'!A0", "'; DROP TABLE clients; --", "{{7*7}} ${7*7} %s %n", "Z̮̞̠͙͔ͅalgo", "‮RTL", "﻿bom",  # noqa: PLE2502 - odd on purpose
            "undefined", "null", "NaN", "../../../etc/passwd", "\\", '"', " leading and trailing ",
        ],
    )  # fmt: skip
    def test_comes_back_as_it_was(self, staff: Staff, engagement: Engagement, text: str) -> None:
        bill = engagement.draft(memo=text, lines=[line() | {"description": text, "timekeeper": text}])

        shown = staff.get(f"/v1/bills/{bill['id']}").ok()

        assert shown["memo"] == text
        assert shown["lines"][0]["description"] == text
        assert shown["lines"][0]["timekeeper"] == text


class TestHeadersThatAreOdd:
    @pytest.mark.parametrize("key", ["", " ", "a b", "ключ", "k" * 256])
    def test_are_refused_as_idempotency_keys(self, staff: Staff, key: str) -> None:
        assert staff.post("/v1/clients", CLIENT, key=key).fields(400) == ["idempotency-key"]

    @pytest.mark.parametrize("tag", ["3", "", '"3', '"a" "b"'])
    def test_are_refused_as_conditions(self, staff: Staff, engagement: Engagement, tag: str) -> None:
        answer = staff.patch(f"/v1/clients/{engagement.client_id}", {}, if_match=tag)

        assert answer.fields(400) == ["if-match"]

    @pytest.mark.parametrize("identifier", ["a#b", "..", "%00", "x" * 101, "a b", "ä", "a\n"])
    def test_are_ids_that_nothing_has(self, staff: Staff, identifier: str, office: Office) -> None:
        staff.get(f"/v1/clients/{identifier}").problem(404)
