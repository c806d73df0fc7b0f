"""The mails in German."""

from __future__ import annotations

from feenote.adapters.messages.words.vocabulary import MailWords

GERMAN = MailWords(
    language="de",
    dear="Guten Tag {name},",
    dear_too="guten Tag {name}",
    hello="Guten Tag,",
    list_end="{first} und {last}",
    label="{label}:",
    bill_subject="Rechnung {number} von {firm}: {amount}, fällig am {date}",
    late_subject="Rechnung {number} von {firm}: {amount}, fällig seit dem {date}",
    copy_subject="Rechnung {number} von {firm}",
    reminder_subject_soon="Erinnerung: {amount}, fällig am {date}",
    reminder_subject_late="Erinnerung: {amount}, fällig seit dem {date}",
    reminder_subject_many="Erinnerung: {count} offene Rechnungen, zusammen {amount}",
    reminder_subject_long="Noch offen: {amount}, fällig seit dem {date}",
    reminder_subject_long_many="Noch offen: {count} Rechnungen, zusammen {amount}",
    reminder_subject_none="Erinnerung von {firm}",
    bill_ready="Ihre Rechnung {number} von {firm} ist da. {amount} sind fällig am {date}.",
    bill_late="Dies ist Ihre Rechnung {number} von {firm}. {amount} waren fällig am {date}.",
    bill_paid=(
        "Hier ist eine Kopie Ihrer Rechnung {number} von {firm}. Sie ist bezahlt, es ist nichts "
        "mehr zu zahlen."
    ),
    bill_pending=(
        "Dies ist Ihre Rechnung {number} von {firm}. Ihre Zahlung ist unterwegs, Sie müssen "
        "nichts weiter tun."
    ),
    bill_revised=(
        "Die Rechnung wurde seit ihrer Ausstellung geändert. Dies ist die gültige Fassung, Nummer {revision}."
    ),
    failed_now="Sie gilt nicht als bezahlt, es sind also {amount} fällig.",
    failed_again=(
        "Sie können es auf der sicheren Seite noch einmal versuchen, auf demselben Weg oder einem anderen."
    ),
    online=(
        "Sie können sie auf einer sicheren Seite lesen, herunterladen und bezahlen, ohne Konto "
        "und ohne Passwort."
    ),
    online_view=(
        "Sie können sie auf einer sicheren Seite lesen und herunterladen, ohne Konto und ohne Passwort."
    ),
    all_online=(
        "Sie können jede Rechnung auf einer sicheren Seite lesen, herunterladen und bezahlen, "
        "ohne Konto und ohne Passwort."
    ),
    all_online_view=(
        "Sie können jede Rechnung auf einer sicheren Seite lesen und herunterladen, ohne Konto "
        "und ohne Passwort."
    ),
    attached="Das PDF hängt an dieser E-Mail.",
    others_one=(
        "Eine weitere Rechnung über {amount} ist offen. Sie können sie auf derselben Seite bezahlen."
    ),
    others_many=(
        "{count} weitere Rechnungen sind offen, zusammen {amount}. Sie können alle auf derselben "
        "Seite bezahlen."
    ),
    reminder_soon_one="Ihre Rechnung {number} über {amount} ist am {date} fällig.",
    reminder_soon_many=(
        "{count} Ihrer Rechnungen sind bald fällig, zusammen {amount}. Die erste ist am {date} fällig."
    ),
    reminder_late_one="Ihre Rechnung {number} über {amount} war am {date} fällig.",
    reminder_late_many=(
        "{count} Ihrer Rechnungen sind offen, zusammen {amount}. Die älteste war am {date} fällig."
    ),
    reminder_long_one=(
        "Ihre Rechnung {number} über {amount} ist noch nicht bezahlt. Sie war am {date} fällig."
    ),
    reminder_long_many=(
        "{count} Ihrer Rechnungen sind noch nicht bezahlt, zusammen {amount}. Die älteste war am "
        "{date} fällig."
    ),
    reminder_request_soon=(
        "Dies ist nur ein Hinweis vorab: Ist die Zahlung schon eingeplant, müssen Sie nichts tun."
    ),
    reminder_request_late="Vielleicht ist es nur untergegangen. Bitte zahlen Sie in den nächsten Tagen.",
    reminder_request_long=(
        "Bitte zahlen Sie in den nächsten Tagen, oder antworten Sie auf diese E-Mail und teilen "
        "Sie uns mit, bis wann wir mit Ihrer Zahlung rechnen können."
    ),
    reminder_credit="Wir verwahren {amount} als Ihr Guthaben; es ist hier noch nicht abgezogen.",
    reminder_none="Zurzeit ist nichts zu zahlen.",
    period="{start} bis {end}",
    amount_due="Zu zahlen",
    amount_paid="Erhaltener Betrag",
    amount_refunded="Erstatteter Betrag",
    total="Gesamtbetrag",
    due_by="Fällig am {date}",
    was_due="War fällig am {date}",
    oldest_due="Älteste fällig am {date}",
    bill="Rechnung",
    issued="Ausgestellt {date}",
    paid_of="{paid} von {total} bezahlt",
    on_its_way="{amount} unterwegs",
    disputed="eine Zahlung wird geprüft",
    other_bills="Weitere Rechnungen",
    billed="In Rechnung gestellt",
    less_paid="Bezahlt",
    less_on_its_way="Unterwegs",
    less_disputed="In Prüfung",
    balance_due="Zu zahlen",
    more_bills="und {count} weitere auf der sicheren Seite",
    matter="Angelegenheit",
    matters="Angelegenheiten",
    receipt="Quittung",
    received_on="Eingegangen",
    method="Bezahlt mit",
    spread="Verwendung",
    refund_spread="Damit war bezahlt",
    bill_row="Rechnung {number}",
    another_bill="Eine weitere Rechnung",
    left="Noch {amount} zu zahlen",
    settled="Vollständig bezahlt",
    client_credit="Als Ihr Guthaben verwahrt",
    card="Karte",
    bank_debit="Lastschrift",
    other_online="Online-Zahlung",
    cheque="Scheck",
    cash="Bar",
    wire="Überweisung",
    view_and_pay="Ansehen und bezahlen",
    view="Rechnung ansehen",
    view_bills="Rechnungen ansehen",
    try_again="Erneut versuchen",
    begin_portal="Passwort wählen",
    open_portal="Im Mandantenportal öffnen",
    address="Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:",
    how_to_pay="So zahlen Sie",
    name_the_bill="Bitte nennen Sie bei der Zahlung die Rechnung {number}.",
    name_the_bills="Bitte nennen Sie bei der Zahlung die Rechnungsnummern.",
    ask_how_to_pay="Antworten Sie auf diese E-Mail, dann teilen wir Ihnen mit, wie Sie zahlen können.",
    stop_reminders=(
        "Sie möchten diese Erinnerungen nicht mehr erhalten? Sie können sie abbestellen; was "
        "offen ist, bleibt zu zahlen."
    ),
    stop_here="Erinnerungen abbestellen",
    personal=("Der Link ist nur für Sie: Wer ihn hat, kann die Rechnung öffnen. Er gilt {days} Tage."),
    personal_all="Der Link ist nur für Sie: Wer ihn hat, kann Ihre Rechnungen öffnen. Er gilt {days} Tage.",
    personal_portal="Dieser Link ist für Sie bestimmt. Bitte geben Sie ihn nicht weiter.",
    shared=(
        "Der Link ist für die Empfänger dieser E-Mail: Wer ihn hat, kann die "
        "Rechnung öffnen. Er gilt {days} Tage."
    ),
    shared_all=(
        "Der Link ist für die Empfänger dieser E-Mail: Wer ihn hat, kann Ihre "
        "Rechnungen öffnen. Er gilt {days} Tage."
    ),
    shared_portal=(
        "Dieser Link ist für die Empfänger dieser E-Mail bestimmt. Bitte geben Sie ihn nicht weiter."
    ),
)
