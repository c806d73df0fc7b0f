"""A statement and a receipt over the real adapters: table, PDF engine, files, the printed link."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from tests.cases.stage import Stage
from tests.unit.pdf.readers import letters, opened, text_of


def file_at(stage: Stage, location: str) -> bytes:
    """Return the stored file that an address leads to."""
    key = unquote(urlsplit(location).path).lstrip("/")
    return stage.shelf.get(key[key.index("firm_") :])


def links_in(pdf: bytes) -> list[str]:
    with opened(stream=pdf) as document:
        return [link["uri"] for page in document for link in page.get_links() if "uri" in link]


class TestAStatementOnPaper:
    def test_says_what_was_paid_and_leads_to_the_page_that_says_the_same(self, stage: Stage) -> None:
        owner = stage.engage()
        paid, unpaid = stage.bill(owner), stage.bill(owner, minor=12_345)
        stage.pay_by_card(paid)
        stage.take()

        answer = stage.staff.get(f"/v1/balances/{owner.client_id}/statement.pdf")

        assert answer.status == 302
        pdf = file_at(stage, answer.headers["location"])
        text = letters(text_of(pdf))
        for expected in (f"Bill {paid['number']}", f"Bill {unpaid['number']}", "Payment received", "$123.45"):
            assert letters(expected) in text
        (printed,) = [link for link in links_in(pdf) if "/l/" in link]
        path = urlsplit(printed).path
        page = stage.browse("GET", f"{path}/statement")
        assert page.status == 200
        assert "$123.45" in page.text
        assert f"Bill {unpaid['number']}" in page.text
        assert stage.browse("GET", path).status == 200
        own = stage.browse("GET", f"{path}/statement.pdf")
        assert links_in(file_at(stage, own.headers["location"])).count(printed) == 1


class TestAReceiptOnPaper:
    def test_says_what_was_paid_and_what_is_left(self, stage: Stage) -> None:
        owner = stage.engage()
        bill = stage.bill(owner)
        stage.pay_by_card(bill)
        stage.take()
        (payment,) = stage.payments()

        answer = stage.staff.get(f"/v1/payments/{payment['id']}/receipt.pdf")

        text = letters(text_of(file_at(stage, answer.headers["location"])))
        for expected in (payment["receipt_number"], "$630.00", f"{bill['number']} 630.00 0.00"):
            assert letters(expected) in text
