"""Any text in any field: printed when the fonts draw it, else visibly replaced, never a failed bill."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feenote.adapters.pdf.fonts import Coverage
from feenote.adapters.pdf.renderer import TypstBillRenderer
from feenote.adapters.pdf.text import Cleaner
from feenote.domain.bills import BillLine, Discount, LineKind, Tax
from feenote.domain.documents import BillDocument
from feenote.domain.money import Money
from feenote.domain.records import Attorney
from tests.unit.pdf import samples
from tests.unit.pdf.readers import letters, opened, pages_of, text_of

SCRIPTS = {
    "Latin": "Łukasz Nuñez-Ærøe",
    "Vietnamese": "Nguyễn Thị Hương",
    "Greek": "Ελένη Παπαδοπούλου",
    "Cyrillic": "Наталія Ковальчук",
    "Armenian": "Արամ Պետրոսյան",
    "Georgian": "ნინო ბერიძე",
    "Ethiopic": "አበበ ቢቂላ",
    "Chinese": "王小明律师事务所",
    "Traditional Chinese": "陳大文律師",
    "Japanese": "髙橋さくら",
    "Korean": "김민수",
}
# Read back in the order of their letters, whatever the reader makes of marks and directions.
SHAPED = {
    "Arabic": "محمد عبد الرحمن",
    "Hebrew": "שרה כהן",
    "Devanagari": "क्षितिज शर्मा",
    "Thai": "สมชาย ใจดี",
    "Bengali": "শ্রী রায়",
    "Tamil": "தமிழ்ச்செல்வி",
    "Khmer": "សុខា",
}
NAUGHTY = [
    "#set page(fill: red)",
    '#eval("1+1") $x^2$ *bold* _it_ `raw` <label> @ref // c',
    "\\u{1F600} \\ \\\\ ~ -- --- ... [x](y)",
    "</text><script>alert(1)</script>&amp;",
    "=1+1 +1 -1 @SUM(A1)",
    "{{ firm.name }} ${7*7} %(x)s {0} %1 %2",
    "' OR 1=1; --",
    "null undefined NaN true None",
    "٠١٢٣٤٥٦٧٨٩ ½ ¾ № ™ © ® € £ ¥ ₹",
    "𝓕𝓪𝓷𝓬𝔂 𝔾𝕠𝕥𝕙 ⓒⓘⓡⓒⓛⓔ ｆｕｌｌ",
    "Z̸̢̛͔̭̼̠̘̙̥̜̓̂͊̄̀͘͝ä̶́l̷g̸o̵",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇺🇸",
    "\u202eESREVER\u202c \u2066iso\u2069",
    "a\u0000b\u0008c\u007fd\u009fe",
    "\ud800 lone \udfff",
    "\u0301leading mark",
    "क\u0301 ก\u0301 א\u0301",
    "\ufeff\u00ad\u2028line\u2029para",
    "\ue000 \uf8ff \U000f0000 \U0010ffff \uffff",
    "ﷺ ﷽ ﬀ ﬃ Ǆ ŉ",
    "W" * 3_000,
    "ا" * 500,
    "漢" * 500,
    " \t\r\n \u3000 ",
    "",
]


@pytest.fixture(scope="module")
def clean() -> Cleaner:
    return Cleaner(Coverage(samples.FONTS), "□")


def with_text(text: str) -> BillDocument:
    """Return a bill that has `text` in each field that a person can fill in."""
    line = BillLine(
        LineKind.FEE,
        Money(10_000, "USD"),
        description=text,
        matter_id="matter_1",
        timekeeper=text,
        timekeeper_class=text,
        task_code=text,
        activity_code=text,
    )
    bill = samples.bill(
        (
            line,
            replace(line, kind=LineKind.EXPENSE, expense_code=text),
            replace(line, kind=LineKind.ADJUSTMENT),
        ),
        memo=text,
        number=text,
        discounts=(Discount(text, Money(1, "USD")),),
        taxes=(Tax(text, amount=Money(1, "USD")),),
    )
    return samples.document(
        bill=bill,
        firm=samples.firm(
            name=text,
            address=(text, text),
            email=text,
            phone=text,
            website=text,
            tax_number=text,
            payment_instructions=text,
            locale=text,
            paper_size=text,
            accent_colour=text,
        ),
        client=samples.client(name=text, number=text, address=(text, text)),
        matters=(
            replace(
                samples.matter(1, text),
                number=text,
                client_matter_number=text,
                responsible_attorney=Attorney(text),
            ),
        ),
    )


class TestTheScriptOf:
    @pytest.mark.parametrize("name", SCRIPTS)
    def test_a_name_is_printed(self, renderer: TypstBillRenderer, name: str) -> None:
        text = text_of(renderer.render_bill(samples.document(1, client=samples.client(name=SCRIPTS[name]))))

        assert letters(SCRIPTS[name]) in letters(text)

    @pytest.mark.parametrize("name", SHAPED)
    def test_a_shaped_name_is_printed(self, renderer: TypstBillRenderer, name: str) -> None:
        text = text_of(renderer.render_bill(samples.document(1, client=samples.client(name=SHAPED[name]))))

        assert set(letters(SHAPED[name])) <= set(letters(text))
        assert "□" not in text


class TestNaughtyStrings:
    @pytest.mark.parametrize("naughty", NAUGHTY, ids=range(len(NAUGHTY)))
    def test_in_every_field_leave_a_bill(
        self, renderer: TypstBillRenderer, clean: Cleaner, naughty: str
    ) -> None:
        pdf = renderer.render_bill(with_text(naughty))

        found = letters(text_of(pdf))
        for char in set(letters(clean.block(naughty, limit=200))):
            if unicodedata.category(char)[0] not in "MC" and unicodedata.bidirectional(char) not in {
                "R",
                "AL",
            }:
                assert char in found, f"{char!r} of {naughty!r} is not on paper"

    def test_stay_as_they_are_where_they_look_like_markup(self, renderer: TypstBillRenderer) -> None:
        for naughty in NAUGHTY[:8]:
            text = text_of(renderer.render_bill(samples.document(1, client=samples.client(name=naughty))))

            assert letters(naughty) in letters(text)

    def test_never_run_over_the_pages_edge(self, renderer: TypstBillRenderer) -> None:
        for naughty in ("W" * 3_000, "ا" * 500, "漢" * 500, "9" * 300):
            with opened(stream=renderer.render_bill(with_text(naughty))) as document:
                for page in document:
                    right = max(word[2] for word in page.get_text("words"))
                    assert right < page.rect.width - 30


@given(text=st.text(max_size=60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_in_every_field_leaves_a_bill(
    renderer: TypstBillRenderer, clean: Cleaner, text: str
) -> None:
    found = letters("".join(pages_of(renderer.render_bill(with_text(text)))))

    for char in set(letters(clean.block(text, limit=200))):
        simple = unicodedata.category(char)[0] in "LNPS" and unicodedata.bidirectional(char) in {"L", "EN"}
        if simple and ord(char) < 0x0900:
            assert char in found


class TestCleaning:
    @given(text=st.text())
    def test_leaves_only_what_the_fonts_draw(self, clean: Cleaner, text: str) -> None:
        for char in clean.block(text):
            assert ord(char) in clean.covered or char in "\n\u200b\u200c\u200d\u200e\u200f\u061c"

    @given(text=st.text())
    def test_done_twice_changes_nothing(self, clean: Cleaner, text: str) -> None:
        once = clean.block(text)

        assert clean.block(once) == once

    @given(text=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=24))
    def test_leaves_plain_text_alone(self, clean: Cleaner, text: str) -> None:
        assert clean.block(text) == text.strip()

    def test_takes_away_what_turns_text_around(self, clean: Cleaner) -> None:
        assert clean.line("pay \u202e00.1$\u202c now\u2066\u2069") == "pay 00.1$ now"

    def test_leaves_two_marks_on_a_letter(self, clean: Cleaner) -> None:
        assert clean.line("Z" + "\u0335" * 40 + "a") == "Z\u0335\u0335a"

    def test_shows_that_a_character_is_missing(self, clean: Cleaner) -> None:
        assert clean.line("a\ue000b\ud800c") == "a□b□c"
        assert "\ue000" in clean.replaced

    def test_writes_fancy_letters_plainly(self, clean: Cleaner) -> None:
        assert clean.line("𝓕𝓪𝓷𝓬𝔂") == "Fancy"

    def test_cuts_what_is_too_long_and_shows_it(self, clean: Cleaner) -> None:
        assert clean.line("word " * 100, limit=50).endswith("word…")
        assert len(clean.line("word " * 100, limit=50)) <= 50

    def test_lets_long_words_break_but_keeps_letter_and_mark_together(self, clean: Cleaner) -> None:
        assert clean.line("x" * 40, word=20) == "x" * 20 + "\u200b" + "x" * 20
        assert clean.line("x" * 20 + "q\u0335" + "x" * 20, word=21).startswith("x" * 20 + "q\u0335\u200bx")
        assert clean.line("Rechtsanwaltsgesellschaft", word=5) == "Rechtsanwaltsgesellschaft"

    def test_leaves_scripts_without_spaces_to_the_engine(self, clean: Cleaner) -> None:
        thai = "ร่างสัญญาเช่าสำนักงานและตรวจสอบเอกสารทั้งหมด"

        assert clean.line(thai, word=10) == thai


class TestWhenTheEngineRefuses:
    def test_a_plainer_bill_is_made(
        self, renderer: TypstBillRenderer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The coverage claims to draw everything, so that the engine meets characters without a glyph."""

        class Boastful:
            body = renderer._coverage.body

            def __contains__(self, point: object) -> bool:
                return True

        monkeypatch.setattr(renderer, "_coverage", Boastful())

        pdf = renderer.render_bill(samples.document(1, client=samples.client(name="Emoji \U0001fae0 Ltd")))

        assert "Ltd" in text_of(pdf)
        assert "Emoji ? Ltd" in text_of(pdf).replace("□", "?")
