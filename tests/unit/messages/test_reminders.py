"""What a reminder says: of its own bills alone, in a tone that fits, with the way to stop such mails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from feenote.adapters.messages.facts import MailFacts, Tone
from feenote.adapters.messages.words import CATALOGUE
from feenote.adapters.reader import Reader
from feenote.domain.deliveries import MessageKind
from feenote.domain.records import PaymentAccount
from feenote.domain.templates import LANGUAGES, Wording
from feenote.domain.visibility import Visibility
from feenote.service.ports import MailContext, MessageText
from tests.fakes.html_reader import read_html
from tests.fakes.linked_samples import CONTACT, MATTER, NOW
from tests.fakes.mail_samples import LINK_URL, STOP_URL, every_context, render
from tests.fakes.reminder_samples import SECOND_MATTER, every_reminder, owed, reminder, twelve

MAILS: Mapping[str, MessageText] = {name: render(context) for name, context in every_reminder().items()}


def of_some(context: MailContext, *bill_ids: str) -> MailContext:
    """Return the reminder, asking for these bills alone; the others stay open."""
    return replace(context, delivery=replace(context.delivery, bill_ids=bill_ids))


def tone_of(context: MailContext) -> Tone:
    return MailFacts(context, LINK_URL, False, NOW, Reader("en", "en-GB"), CATALOGUE["en"]).tone


class TestAReminder:
    def test_of_one_bill_says_which_and_since_when(self) -> None:
        text = MAILS["late"].text

        assert "Your bill 96101 for £1,240.00 was due on 16 November 2026.\n" in text
        assert (
            "Amount due: £1,240.00\nWas due 16 November 2026\nBill: 96101\n"
            "Matter: 2041-07 · Charterparty dispute, MV Halcyon\n"
        ) in text
        assert "Total due" not in text
        assert MAILS["late"].subject == "Reminder: £1,240.00 was due 16 November 2026"

    def test_before_the_day_says_when_it_will_be(self) -> None:
        mail = MAILS["soon"]

        assert mail.subject == "Reminder: £1,240.00 is due 26 November 2026"
        assert "Amount due: £1,240.00\nDue 26 November 2026\n" in mail.text
        assert "late" not in [
            name
            for _, key, value in read_html(mail.html).attributes
            if key == "class"
            for name in value.split()
        ]

    def test_of_a_bill_paid_in_part_shows_the_arithmetic(self) -> None:
        text = MAILS["long"].text

        assert "Amount due: £1,000.00\n" in text
        assert "Total: £1,240.00\nPaid: £240.00\n" in text

    def test_of_many_lists_them_by_matter_with_the_sum(self) -> None:
        text = MAILS["twelve"].text.replace("\u00a0", " ")

        assert text.count("- Bill 96") == 12
        assert "2041-07 · Charterparty dispute, MV Halcyon: £10,428.00\n- Bill 96101" in text
        assert "2041-11 · Sale of the Avonmouth yard: £5,837.50\n- Bill 96103" in text
        assert "Billed: £16,465.50\nPaid: -£200.00\nTotal due: £16,265.50\n" in text
        assert "Amount due: £16,265.50\nOldest due 15 September 2026\n" in text
        assert MAILS["twelve"].subject == "Still unpaid: 12 bills, £16,265.50 together"

    def test_keeps_currencies_apart(self) -> None:
        text = MAILS["two_currencies"].text

        assert "2 of your bills are unpaid, £1,240.00 and €860.50 together." in text
        assert "Amount due: £1,240.00\nWas due 16 November 2026\n" in text
        assert "Amount due: €860.50\nWas due 20 November 2026\n" in text
        assert "Total due: £1,240.00\n" in text
        assert "Total due: €860.50\n" in text

    def test_speaks_of_its_own_bills_and_of_no_other(self) -> None:
        context = of_some(reminder(*twelve()), "bill_2", "bill_5")

        mail = render(context)

        for text in (mail.text, read_html(mail.html).text):
            assert "96102" in text
            assert "96105" in text
            assert "£1,920.75" in text
            assert not [
                bill.number
                for bill in twelve()
                if bill.number not in {"96102", "96105"} and bill.number in text
            ]

    def test_names_no_bill_of_a_matter_that_is_not_its_readers(self) -> None:
        context = reminder(owed(1, due_in=-7), owed(2, due_in=-9, matter_id=SECOND_MATTER.id))
        hers = replace(context, delivery=replace(context.delivery, visibility=Visibility((MATTER.id,))))

        text = render(hers).text

        assert "96101" in text
        assert "96102" not in text
        assert "Avonmouth" not in text

    def test_of_a_firms_own_words_is_about_its_own_bills_too(self) -> None:
        wording = Wording(
            "{{ reminder.subject }}",
            "{{ balance.total }}, {{ balance.overdue }}, {{ balance.bill_count }}, {{ reminder.days }}"
            "\n\n{{ balance.table }}",
        )
        context = replace(of_some(reminder(*twelve()), "bill_2"), wording=wording)

        mail = render(context)

        assert mail.text.startswith("£754.50, £754.50, 1, 63\n")
        assert mail.text.count("- Bill 96") == 1

    def test_without_online_payment_says_how_to_pay(self) -> None:
        context = reminder(owed(1, due_in=-7))
        text = render(replace(context, firm=replace(context.firm, payment_account=PaymentAccount.NONE))).text

        assert "How to pay" in text
        assert "Sort code: 18-00-02" in text

    def test_of_nothing_any_more_says_so(self) -> None:
        mail = render(of_some(reminder(owed(1, due_in=-7)), "bill_9"))

        assert "Nothing is due at the moment." in mail.text
        assert "£" not in mail.text


class TestTheToneOfAReminder:
    @pytest.mark.parametrize(
        ("days", "stage", "tone"),
        [
            (3, "due-3", Tone.SOON),
            (0, "", Tone.SOON),
            (-1, "due+1", Tone.LATE),
            (-29, "due+15", Tone.LATE),
            (-30, "due+30", Tone.LONG),
            (-45, "repeat", Tone.LONG),
            (-8, "repeat", Tone.LONG),
            (-40, "", Tone.LONG),
        ],
    )
    def test_follows_how_late_it_is(self, days: int, stage: str, tone: Tone) -> None:
        assert tone_of(reminder(owed(1, due_in=days), stage=stage)) is tone

    def test_is_that_of_the_oldest_bill(self) -> None:
        assert tone_of(reminder(owed(1, due_in=4), owed(2, due_in=-2))) is Tone.LATE

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_has_words_of_its_own_in_every_language(self, language: str) -> None:
        said = {
            (render(reminder(owed(1, due_in=days), language=language)).text.split("\n\n"))[4]
            for days in (3, -7, -45)
        }

        assert len(said) == 3

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_leaves_no_field_and_no_brace_open(self, language: str) -> None:
        for days in (3, -7, -45):
            for bills in ((owed(1, due_in=days),), (owed(1, due_in=days), owed(2, due_in=days))):
                mail = render(reminder(*bills, language=language))
                assert not {"{", "}"} & set(mail.subject + mail.text)
                assert "  " not in mail.text


class TestCreditInAReminder:
    def with_credit(self, context: MailContext, **minor: int) -> MailContext:
        return replace(context, account=replace(context.account, credit_minor=minor))

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_named_to_whom_the_whole_account_is_shown(self, language: str) -> None:
        context = self.with_credit(reminder(owed(1, due_in=-7), language=language), GBP=99_00)
        said = CATALOGUE[language].reminder_credit.split("{amount}")[1]

        assert said in render(context).text
        assert "99" in render(context).text

    def test_is_not_told_to_whom_a_part_is_shown(self) -> None:
        context = self.with_credit(
            reminder(owed(1, due_in=-7), owed(2, due_in=-7, matter_id="mat_9")), GBP=99_00
        )

        assert "99.00" not in render(context).text

    @pytest.mark.parametrize("credit", [{}, {"GBP": 0}, {"EUR": 99_00}])
    def test_of_nothing_or_another_currency_is_not_spoken_of(self, credit: dict[str, int]) -> None:
        assert "credit" not in render(self.with_credit(reminder(owed(1, due_in=-7)), **credit)).text


class TestStoppingReminders:
    @pytest.mark.parametrize("name", sorted(MAILS))
    def test_is_a_link_in_the_foot_of_both_texts(self, name: str) -> None:
        mail = MAILS[name]
        foot = mail.text.split("\n-- \n")[1]

        assert read_html(mail.html).values("a", "href").count(STOP_URL) == 1
        assert f":\n{STOP_URL}\n" in foot

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_says_that_what_is_owed_stays_owed(self, language: str) -> None:
        words = CATALOGUE[language]
        mail = render(reminder(owed(1, due_in=-7), language=language))

        assert f"{words.stop_reminders} {words.stop_here}" in mail.text
        assert words.stop_reminders in read_html(mail.html).text

    @pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind is not MessageKind.REMINDER])
    def test_is_offered_in_no_other_mail(self, kind: MessageKind) -> None:
        mail = render(every_context()[kind.value])

        assert "/stop" not in mail.html + mail.text

    def test_is_there_in_a_firms_own_words(self) -> None:
        context = replace(reminder(owed(1, due_in=-7)), wording=Wording("Hello", "Please pay."))

        assert STOP_URL in render(context).text

    def test_breaks_no_word_as_an_address_is_broken(self) -> None:
        wording = Wording("Hello", "Please pay: {{ link.url }}")
        html = render(replace(reminder(owed(1, due_in=-7)), wording=wording)).html

        links = {href: tag for tag, href in re.findall(r'(<a [^>]*href="([^"]+)"[^>]*>)', html)}
        assert "break-all" in links[LINK_URL]
        assert "break-all" not in links[STOP_URL]


def test_the_reader_is_greeted_by_name() -> None:
    assert render(reminder(owed(1, due_in=3))).text.startswith(f"Dear {CONTACT.display_name},")
