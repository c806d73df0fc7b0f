"""Autofill fields through the API: listed, and refused with their place where they are none."""

from __future__ import annotations

import pytest

from feenote.domain.autofill.fields import FIELDS
from feenote.domain.deliveries import MessageKind
from tests.integration.api.office import Staff
from tests.integration.api.template_samples import ADDRESS, made, template, words


class TestAnUnknownField:
    def test_is_told_with_its_place_and_the_nearest_name(self, staff: Staff) -> None:
        body = "{{ recipient.greeting }}\n\nBill {{ bill.nmber }} is ready."

        problem = staff.post(ADDRESS, template(words(body))).problem(422)

        assert problem["detail"] == "One thing is wrong with this template."
        assert problem["errors"] == [
            {
                "field": "wordings[0].body",
                "message": "Line 3, column 6: There is no field bill.nmber: did you mean bill.number?",
            }
        ]

    def test_may_be_one_of_another_kind_of_message(self, staff: Staff) -> None:
        (error,) = staff.post(ADDRESS, template(words("Paid {{ payment.amount }}"))).problem(422)["errors"]

        assert error["message"] == (
            "Line 1, column 6: payment.amount is not a field of “bill”, only of “receipt” and “refund”: "
            "take it out."
        )


class TestAnExpression:
    @pytest.mark.parametrize(
        "written",
        [
            "{{ 7*7 }}",
            "{{ ''.__class__ }}",
            "{% for bill in bills %}",
            "{% if bill.number %}",
            "{# a remark #}",
            "{{ bill.number|safe }}",
            "{{ bill.number | upper }}",
            "{{ bill['number'] }}",
            "{{ bill.number() }}",
            "{{ config }}",
            "{{ self }}",
            "{{ bill.__class__ }}",
            "{{ bill.number.__class__ }}",
            "{{ bill.number.real }}",
            "{{ bill }}",
            "{{ bill. number }}",
            "{{ BILL.NUMBER }}",
            "{{ bill.number }",
            "{{ {{ bill.number }} }}",
            "{{{ bill.number }}}",
            "{{\nbill.number }}",
            "{{\u00a0bill.number }}",
            "{{ bill.num\u200bber }}",
            "{{ b\u0456ll.number }}",  # a Cyrillic letter that looks the same
            "{{- bill.number -}}",
            "{{ 'bill.number' }}",
            "{{ bill.number if today }}",
            "{{ bill.number ~ today }}",
            "{{}}",
            "{{ }}",
            "}}",
        ],
    )
    def test_is_refused_with_its_place(self, staff: Staff, written: str) -> None:
        for part, wording in (
            ("subject", words(subject=f"Bill {written}")),
            ("body", words(f"Hello\n\nBill {written} is here")),
        ):
            errors = staff.post(ADDRESS, template(wording)).problem(422)["errors"]

            assert {error["field"] for error in errors} == {f"wordings[0].{part}"}
            line = 1 if part == "subject" else 3
            assert errors[0]["message"].startswith(f"Line {line}, column 6: ")

    def test_in_another_writing_is_only_text(self, staff: Staff) -> None:
        odd = "${7*7} #{7*7} <%= 7*7 %> {7*7} $bill.number %(bill)s {0} [[bill]] \\u007b\\u007b 50%}"

        assert made(staff, words(odd, subject=odd))["wordings"][0]["body"] == odd


class TestTheAutofillFields:
    def test_are_all_listed(self, staff: Staff) -> None:
        found = Staff(roles=("viewer",)).get("/v1/autofill-fields").ok()

        assert found["next"] is None
        assert [field["name"] for field in found["items"]] == list(FIELDS)
        for field in found["items"]:
            assert field["meaning"]
            assert field["example"]
            assert field["kinds"]
            assert field["can_be_empty"] == (field["when_empty"] is not None)
            assert field["shape"] in {"inline", "block"}

    @pytest.mark.parametrize("kind", list(MessageKind))
    def test_of_a_kind_can_all_be_saved_in_a_template_of_it(self, staff: Staff, kind: str) -> None:
        fields = staff.get("/v1/autofill-fields", kind=kind).ok()["items"]

        body = "Hello\n\n" + "\n\n".join(f"{{{{ {field['name']} }}}}" for field in fields)
        saved = made(staff, words(body, subject="Hello"), kind=kind)

        assert saved["wordings"][0]["body"] == body
        assert all(kind in field["kinds"] for field in fields)
        assert "firm.name" in {field["name"] for field in fields}

    def test_of_no_kind_are_malformed(self, staff: Staff) -> None:
        staff.get("/v1/autofill-fields", kind="letter").problem(400)
