"""Case 39 by files: naughty strings in an import, and a sample of them to page, mail, PDF and CSV."""

from __future__ import annotations

import csv
import io
import random
import unicodedata
from typing import Any

import pytest

from feenote import bootstrap
from feenote.adapters.pdf.fonts import Coverage
from feenote.adapters.pdf.text import Cleaner
from feenote.adapters.shown_text import line
from local.mail.letters import attachments_of, html_of, text_of
from tests.cases.stage import Stage, token_in
from tests.cases.test_naughty_strings import firm, matter, solid, stored
from tests.fakes.html_reader import read_html
from tests.fakes.naughty_strings import NAUGHTY_STRINGS
from tests.integration.api.office import Office, Staff
from tests.integration.api.samples import Engagement
from tests.integration.api.samples import line as bill_line
from tests.unit.pdf import samples
from tests.unit.pdf.readers import letters
from tests.unit.pdf.readers import text_of as text_on_paper

PARTS = 4
SEED = 39
ALWAYS = (
    "<script>alert(1)</script>",
    '=HYPERLINK("//evil.example")',
    "{{ self.__init__.__globals__ }}",
    "Smith & Wesson <LLP>",
    "אבג: $5",
    "a‐b 田中 €",
)
SAMPLE = (*ALWAYS, *random.Random(SEED).sample([text for text in NAUGHTY_STRINGS if line(text)], 8))

Json = Any


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office()
    monkeypatch.setattr(bootstrap, "system", lambda: made.ports)
    monkeypatch.setattr(bootstrap, "clock", lambda: made.clock)
    return made


def file_of(heads: list[str], rows: list[list[str]]) -> bytes:
    """Write a file as a spreadsheet program does."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(heads)
    table.writerows(rows)
    return written.getvalue().encode("utf-8", "surrogatepass")


def imported(staff: Staff, kind: str, content: bytes) -> list[Json]:
    sent = {"content-type": "text/csv"}
    answer = staff.send("POST", "/v1/imports", content, headers=sent, query={"kind": kind})
    results: list[Json] = answer.ok()["results"]
    return results


@pytest.mark.parametrize("part", range(PARTS))
class TestCase39EveryStringInAFile:
    def test_of_clients_is_stored_as_it_was_or_refused_by_line_and_column(
        self, office: Office, part: int
    ) -> None:
        staff, texts = Staff(), _encodable(part)
        heads = ["client_number", "client_name", "first_name", "last_name", "salutation", "email"]
        rows = [
            [f"C{number}", text, text, text, text, f"c{number}@example.com"]
            for number, text in enumerate(texts)
        ]

        results = imported(staff, "clients", file_of(heads, rows))

        found = {result["client_number"]: result for result in results}
        for number, text in enumerate(texts):
            result = found[f"C{number}"]
            if result["outcome"] == "refused":
                assert {error["field"] for error in result["errors"]} <= set(heads[1:5]), text
                assert all(error["message"] and error["line"] > 1 for error in result["errors"])
                continue
            client = staff.get(f"/v1/clients/{result['client_id']}").ok()
            contact = staff.get(f"/v1/contacts/{client['primary_contact_id']}").ok()
            assert client["name"] == contact["first_name"] == contact["salutation"] == text.strip()
        assert _created(results) > len(texts) / 2

    def test_of_bills_is_stored_as_it_was_or_refused_by_line_and_column(
        self, office: Office, part: int
    ) -> None:
        staff, texts = Staff(), _encodable(part)
        heads = ["bill_number", "client_number", "client_name", "matter_number", "matter_description"]
        heads += ["issued_on", "kind", "amount", "memo", "description", "timekeeper"]
        rows = [
            [f"B{n}", f"C{n}", text, f"M{n}", text, "2026-11-23", "fee", "10.00", text, text, text]
            for n, text in enumerate(texts)
        ]

        results = imported(staff, "bills", file_of(heads, rows))

        found = {result["bill_number"]: result for result in results}
        for number, text in enumerate(texts):
            result = found[f"B{number}"]
            if result["outcome"] == "refused":
                assert {error["field"] for error in result["errors"]} <= set(heads), text
                assert all(error["message"] and error["line"] > 1 for error in result["errors"])
                continue
            bill = staff.get(f"/v1/bills/{result['bill_id']}").ok()
            (charge,) = bill["lines"]
            assert bill["memo"] == charge["description"] == charge["timekeeper"] == text.strip(), text
        assert _created(results) > len(texts) / 2

    def test_as_the_whole_of_a_file_is_refused_or_holds_nothing(self, office: Office, part: int) -> None:
        staff = Staff()
        for text in _encodable(part):
            for kind, media_type in (("bills", "text/csv"), ("clients", "text/csv"), ("", "text/plain")):
                answer = staff.send(
                    "POST",
                    "/v1/imports",
                    text.encode(),
                    headers={"content-type": media_type},
                    query={"kind": kind} if kind else {},
                )
                if answer.status == 200:
                    assert {one["outcome"] for one in answer.json["results"]} <= {"refused"}, text
                else:
                    assert answer.problem(answer.status)["detail"], text
                    assert answer.status in {400, 422}, text


def _created(results: list[Json]) -> int:
    return sum(result["outcome"] == "created" for result in results)


def _encodable(part: int) -> list[str]:
    """Return the strings of a part; half a character has no bytes in UTF-8."""
    return [
        text
        for text in NAUGHTY_STRINGS[part::PARTS]
        if not any("\ud800" <= letter <= "\udfff" for letter in text)
    ]


@pytest.mark.parametrize("text", SAMPLE, ids=range(len(SAMPLE)))
class TestCase39AStringAllTheWay:
    def test_is_in_page_mail_pdf_and_csv_as_it_was(self, stage: Stage, text: str) -> None:
        owner = stage.engage()
        taken = self._fill(stage, owner, text)
        assert taken == {"firm", "matter", "memo"} or text not in ALWAYS
        bill = owner.issued(lines=[bill_line()], memo=text if "memo" in taken else "")

        stage.staff.post(
            "/v1/sends", {"bill_ids": [bill["id"]], "channels": ["link", "attachment"], "one_email": True}
        ).ok()
        stage.work_off_mail()

        (letter,) = stage.mail.letters
        message = letter.message()
        page = stage.browse("GET", f"/l/{token_in(letter)}").text
        shown = solid(line(text))
        if {"firm", "matter"} & taken:
            assert shown in solid(read_html(html_of(message)).text)
            assert shown in solid(text_of(message))
            assert shown in solid(read_html(page).text)
            self._on_paper(attachments_of(message)[0].content, text)
        assert "script" not in {tag for tag, _ in read_html(html_of(message)).tags}
        assert len(str(message["Subject"]).splitlines()) == 1
        assert message["Bcc"] is None
        exported = stage.staff.get(f"/v1/bills/{bill['id']}/timeline.csv").text
        for row in csv.reader(io.StringIO(exported.removeprefix("\ufeff"), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]

    def _fill(self, stage: Stage, owner: Engagement, text: str) -> set[str]:
        """Store the string wherever it is taken; return where that was."""
        in_firm, _ = stored(stage.staff, "/v1/firm", {**firm(text), "locale": "en-GB", "currency": "USD"})
        stored(stage.staff, f"/v1/clients/{owner.client_id}", {"name": text, "address": [text]})
        stored(stage.staff, f"/v1/contacts/{owner.contact_id}", {"first_name": text})
        in_matter, _ = stored(stage.staff, f"/v1/matters/{owner.matter_id}", matter(text))
        taken = {"firm"} if in_firm.get("name") == text else set()
        if in_matter.get("description") == text:
            # The memo takes what a description takes.
            taken |= {"matter", "memo"}
        return taken

    def _on_paper(self, pdf: bytes, text: str) -> None:
        clean = Cleaner(Coverage(samples.FONTS), "□")
        found = letters(text_on_paper(pdf))
        for letter in set(letters(clean.block(text, limit=200))):
            is_shaped = unicodedata.category(letter)[0] in "MC"
            turns = unicodedata.bidirectional(letter) in {"R", "AL"}
            assert is_shaped or turns or letter in found, f"{letter!r} of {text!r} is not on paper"
