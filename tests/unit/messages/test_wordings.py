"""How any wording, a firm's own or the shipped one, becomes subject, HTML and plain text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from feenote.adapters.messages import JinjaMessageRenderer
from feenote.domain.deliveries import MessageKind
from feenote.domain.records import Firm, PaymentAccount
from feenote.domain.templates import Wording
from feenote.service.ports import MailContext, MessageText
from tests.counting.work import work_of
from tests.fakes.html_reader import read_html
from tests.fakes.linked_samples import CONTACT, FIRM, MATTER, NOW
from tests.fakes.mail_samples import LINK_URL, mail_context, render


def written(
    body: str,
    *,
    subject: str = "A bill",
    language: str = "en",
    kind: MessageKind = MessageKind.BILL,
    context: MailContext | None = None,
) -> MessageText:
    """Return the mail that a firm's own words make."""
    return render(replace(context or mail_context(kind), wording=Wording(subject, body, language)))


def words_before_the_signature(mail: MessageText) -> str:
    return mail.text.split("\n-- \n")[0].strip()


def fell_back(wording: Wording, context: MailContext | None = None) -> tuple[str, ...]:
    return JinjaMessageRenderer().fell_back(
        replace(context or mail_context(MessageKind.BILL), wording=wording),
        link_url=LINK_URL,
        attached=False,
        now=NOW,
    )


class TestParagraphs:
    def test_are_parted_by_empty_lines_and_keep_their_line_ends(self) -> None:
        mail = written("Dear all,\n\nFirst line\nsecond line\n \t\n\nLast.\n\n{{ link.url }}\n")

        assert words_before_the_signature(mail) == (
            f"Dear all,\n\nFirst line\nsecond line\n\nLast.\n\n{LINK_URL}"
        )
        assert "First line<br>second line</p>" in mail.html
        assert ">Last.</p>" in mail.html

    def test_of_which_nothing_is_left_go(self) -> None:
        mail = written(
            "{{ recipient.greeting }}\n\n {{ bill.change_note }} {{ bill.attachment_note }}\n\n{{ link.url }}"
        )

        assert words_before_the_signature(mail) == f"Dear Amara Lindqvist,\n\n{LINK_URL}"

    def test_lose_the_line_of_an_empty_field_and_no_other(self) -> None:
        mail = written(
            "Tax number:\n{{ firm.tax_number }}\nThank you.",
            context=mail_context(MessageKind.BILL, firm=replace(FIRM, tax_number="")),
        )

        assert words_before_the_signature(mail).startswith("Tax number:\nThank you.")

    def test_close_the_gap_that_an_empty_field_leaves(self) -> None:
        mail = written(
            "Dear {{ recipient.salutation }} {{ recipient.last_name }},\n\nPaid {{ bill.period }}."
        )

        assert words_before_the_signature(mail).startswith("Dear Lindqvist,")

    def test_are_not_made_by_a_value(self) -> None:
        context = mail_context(MessageKind.BILL)
        assert context.bill is not None
        bill = replace(context.bill, content=replace(context.bill.content, memo="One.\n\nTwo."))

        mail = written("{{ bill.memo }}\n\nEnd.", context=replace(context, bill=bill))

        assert "<bdi>One.</bdi><br><bdi>Two.</bdi></p>" in mail.html

    def test_end_their_lines_as_any_system_writes_them(self) -> None:
        assert written("One.\r\n\r\nTwo.").text == written("One.\n\nTwo.").text


class TestBlocks:
    def test_become_panel_button_and_table(self) -> None:
        mail = written("Hello,\n\n{{ payment.summary }}\n\n{{ payment.table }}", kind=MessageKind.RECEIPT)

        assert "Amount received: £3,972.58\n" in mail.text
        assert "Bill 96588: £100.00 (£218.40 left to pay)" in mail.text
        assert {"panel", "rows", "button"} <= set(read_html(mail.html).values("table", "class"))

    def test_in_the_middle_of_a_paragraph_part_it(self) -> None:
        mail = written("See {{ bill.summary }} and pay {{ link.button }}.")

        texts = [text.strip() for text in read_html(mail.html).texts if text.strip()]
        assert (
            texts.index("See")
            < texts.index("Amount due")
            < texts.index("and pay")
            < texts.index("View and pay")
        )

    def test_come_once_however_often_they_are_asked_for_but_for_the_button(self) -> None:
        mail = written(
            "\n\n".join(["{{ balance.table }}", "{{ link.button }}"] * 100), kind=MessageKind.BALANCE
        )

        assert mail.html.count('class="rows"') == 1
        assert mail.html.count('class="button"') == 100

    def test_that_are_empty_go(self) -> None:
        assert "How to pay" not in written("Hello,\n\n{{ payment.instructions }}").text


class TestTheLink:
    def test_is_added_before_the_closing_words_where_it_was_forgotten(self) -> None:
        mail = written(
            "Dear Ms. Lindqvist,\n\nYour bill is ready.\n\nKind regards,\nGrace Osei\n\nHartwell & Osei LLP"
        )

        assert words_before_the_signature(mail) == (
            f"Dear Ms. Lindqvist,\n\nYour bill is ready.\n\nView and pay:\n{LINK_URL}\n\n"
            "Kind regards,\nGrace Osei\n\nHartwell & Osei LLP"
        )
        assert read_html(mail.html).values("a", "href") == [LINK_URL, LINK_URL]

    @pytest.mark.parametrize(
        "body", ["Your bill is ready.", "Hello,", "Dear all,\n\nPlease pay.", "{{ recipient.greeting }}"]
    )
    def test_is_added_at_the_end_where_nothing_closes(self, body: str) -> None:
        assert words_before_the_signature(written(body)).endswith(f"View and pay:\n{LINK_URL}")

    @pytest.mark.parametrize("kind", MessageKind)
    def test_is_in_every_mail_whatever_the_words(self, kind: MessageKind) -> None:
        mail = written("Hello.", kind=kind)

        assert LINK_URL in mail.text
        assert LINK_URL in read_html(mail.html).values("a", "href")

    def test_is_added_once_and_not_where_it_stands_already(self) -> None:
        assert written("Here: {{ link.url }}.").text.count(LINK_URL) == 1
        assert written("{{ link.button }}").text.count(LINK_URL) == 1

    def test_written_out_can_be_pressed(self) -> None:
        mail = written("Here: {{ link.url }}.")

        assert read_html(mail.html).values("a", "href") == [LINK_URL]
        assert "If the button does not work" not in mail.html

    def test_is_not_added_where_there_is_none(self) -> None:
        context = replace(mail_context(MessageKind.RECEIPT), bill=None)

        assert "http" not in written("Thank you.", context=context).text


class TestTheSubject:
    def test_is_filled_and_one_line(self) -> None:
        mail = written("Hello.", subject="{{ bill.number }}:\n {{ matter.description }}")

        assert mail.subject == "96542: Charterparty dispute, MV Halcyon"

    def test_has_no_end_of_line_from_a_value(self) -> None:
        context = replace(
            mail_context(MessageKind.BILL), matters=(replace(MATTER, description="x\r\nBcc: all@x.example"),)
        )

        mail = written("Hello.", subject="On {{ matter.description }}", context=context)

        assert mail.subject == "On x Bcc: all@x.example"

    def test_is_not_escaped_and_not_read_again(self) -> None:
        firm = replace(FIRM, name="A & B {{ bill.number }}")

        mail = written(
            "Hello.", subject="From {{ firm.name }}", context=mail_context(MessageKind.BILL, firm=firm)
        )

        assert mail.subject == "From A & B {{ bill.number }}"

    def test_that_comes_out_empty_is_the_firm_s_name(self) -> None:
        assert written("Hello.", subject="{{ bill.change_note }}").subject == "Hartwell & Osei LLP"

    def test_is_short_enough_for_a_header(self) -> None:
        assert len(written("Hello.", subject="{{ firm.name }} " * 100).subject) <= 150


class TestTheLanguage:
    def test_of_sentences_and_layout_is_the_wording_s(self) -> None:
        mail = written("{{ recipient.greeting }}\n\n{{ bill.news }}\n\n{{ bill.summary }}", language="de")

        assert "Guten Tag Amara Lindqvist," in mail.text
        assert "Ihre Rechnung 96542 von Hartwell & Osei LLP ist da." in mail.text
        assert "Ansehen und bezahlen:" in mail.text
        assert "Der Link ist nur für Sie" in mail.text
        assert read_html(mail.html).values("html", "lang") == ["de-GB"]

    def test_leaves_amounts_and_days_as_in_the_reader_s_country(self) -> None:
        context = replace(mail_context(MessageKind.BILL), contact=replace(CONTACT, language="de-CH"))

        german = written("{{ bill.total }}", context=context, language="de")
        english = written("{{ bill.total }} {{ bill.due_on }}", context=context, language="en")

        assert "3’872.58" in german.text
        assert "3’872.58 2 December 2026" in english.text
        assert read_html(english.html).values("html", "lang") == ["en-CH"]

    def test_of_the_shipped_words_is_the_reader_s(self) -> None:
        context = replace(mail_context(MessageKind.BILL), contact=replace(CONTACT, language="fr"))

        assert "Votre note d’honoraires 96542" in render(context).text

    def test_that_nobody_wrote_is_read_as_the_reader_reads(self) -> None:
        assert "View and pay:" in written("Hej.", language="sv").text


class TestSeveralRecipients:
    def test_are_greeted_by_name(self) -> None:
        kit = replace(CONTACT, id="con_2", first_name="Kit", last_name="Marlow", salutation="Mr.")

        mail = render(replace(mail_context(MessageKind.BILL), others=(kit,)))

        assert "Dear Amara Lindqvist, dear Mr. Marlow," in mail.text


class TestThePreheader:
    def test_is_the_first_words_after_the_greeting(self) -> None:
        mail = written("{{ recipient.greeting }}\n\nYour bill {{ bill.number }}\nis ready.")

        assert '<div class="preheader"' in mail.html
        hidden = re.findall(r'<div class="preheader"[^>]*>([^<\u2007]*)', mail.html)
        assert hidden == ["Your bill 96542 is ready."]

    def test_ends_with_a_word(self) -> None:
        hidden = re.findall(r'<div class="preheader"[^>]*>([^<\u2007]*)', written("word " * 100).html)

        assert len(hidden[0]) <= 141
        assert hidden[0].endswith("word…")


class TestFieldsThatAreEmpty:
    def test_are_named_once_in_their_order_where_it_is_unusual(self) -> None:
        firm = Firm("firm_1", "Hartwell & Osei LLP", payment_account=PaymentAccount.CONNECTED)
        context = mail_context(MessageKind.BILL, firm=firm)
        wording = Wording(
            "{{ firm.phone }}",
            "{{ recipient.salutation }} {{ bill.number }} {{ firm.phone }} {{ bill.change_note }}",
        )

        assert fell_back(wording, context) == ("firm.phone", "recipient.salutation")

    def test_are_none_in_the_shipped_words(self) -> None:
        renderer = JinjaMessageRenderer()
        for kind in MessageKind:
            context = mail_context(kind)
            assert renderer.fell_back(context, link_url=LINK_URL, attached=False, now=NOW) == ()

    def test_that_are_not_in_the_list_any_more_are_left_out(self) -> None:
        mail = written("Before {{ bill.colour }} after.")

        assert "Before after." in mail.text
        assert fell_back(Wording("A", "{{ bill.colour }}")) == ()


class TestALongWording:
    """The work grows with the length of the words, and no faster: sixteen times would be its square."""

    @staticmethod
    def steps(body: str) -> int:
        context = replace(mail_context(MessageKind.BILL), wording=Wording("A", body))
        render(context)  # what is kept of a first time is there when the steps are counted
        return work_of(lambda: render(context))

    @staticmethod
    def words(length: int, fields: int) -> str:
        part = "Words that say nothing much. " * (length // fields // 29 + 1)
        return f"{part[: length // fields - 18]}{{{{ bill.total }}}}\n\n" * fields

    def test_four_times_as_long_takes_about_four_times_the_work(self) -> None:
        assert self.steps(self.words(80_000, 800)) < 6 * self.steps(self.words(20_000, 200))

    @pytest.mark.parametrize(
        "piece", ["{{", "}}", "{{ a", "{{ a.", " ", "\n", "{{}}", "{%", "{{ bill.total }}"]
    )
    def test_of_any_one_piece_does_so_too(self, piece: str) -> None:
        few, many = (self.steps(piece * (length // len(piece))) for length in (5_000, 20_000))

        assert many < 6 * few


class TestTheHtml:
    def test_has_the_look_on_its_elements_and_keeps_what_needs_a_style_sheet(self) -> None:
        mail = written("Hello.")
        seen = read_html(mail.html)

        assert all("margin" in style for style in seen.values("p", "style"))
        assert "font-size:16px" in mail.html
        (sheet,) = seen.raw["style"]
        assert "@media (prefers-color-scheme:dark)" in sheet
        assert "@media (max-width:620px)" in sheet
        assert "{{" not in mail.html
        assert mail.html.index('<meta charset="utf-8">') < 1024

    def test_speaks_to_outlook(self) -> None:
        comments = read_html(written("Hello.").html).comments

        assert sum(comment.startswith("[if mso]") for comment in comments) == 3

    def test_wears_the_firm_s_colour_and_no_other_firm_s(self) -> None:
        green = written("Hello.")
        red = written(
            "Hello.", context=mail_context(MessageKind.BILL, firm=replace(FIRM, accent_colour="#8a1c1c"))
        )

        assert "#8a1c1c" in red.html
        assert "#8a1c1c" not in green.html
        assert "#1f4d3f" in green.html
        assert "#1f4d3f" not in red.html
