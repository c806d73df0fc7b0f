"""The pages in German."""

from __future__ import annotations

from feenote.adapters.pages.words.paying_german import GERMAN_PAYING
from feenote.adapters.pages.words.reminders import GERMAN_REMINDERS
from feenote.adapters.pages.words.vocabulary import Notice, PageWords

GERMAN = PageWords(
    language="de",
    bill="Rechnung {number}",
    bill_number="Rechnungsnummer",
    bill_from="Rechnung {number} von {firm}",
    issued="Rechnungsdatum",
    due="Fällig am",
    period="Zeitraum",
    period_range="{start} bis {end}",
    matter="Angelegenheit",
    matters="Angelegenheiten",
    your_reference="Ihr Zeichen: {number}",
    billed_to="Empfänger",
    tax_number="Steuernummer {number}",
    note="Anmerkung",
    revised=(
        "Diese Rechnung wurde seit ihrer Ausstellung geändert. Sie sehen die gültige Fassung, Nummer "
        "{revision}."
    ),
    lines_heading="Wofür diese Rechnung ist",
    totals_heading="So setzt sie sich zusammen",
    details="Einzelheiten der Rechnung",
    all_lines_in_pdf="Alle Positionen stehen im PDF.",
    fees="Leistungen",
    expenses="Auslagen",
    adjustments="Anpassungen",
    general="Allgemeines",
    entry_one="1 Position",
    entry_many="{count} Positionen",
    date="Datum",
    description="Beschreibung",
    hours="Stunden",
    quantity="Menge",
    rate="Satz",
    price="Preis",
    amount="Betrag",
    adjustment="Anpassung {amount}",
    subtotal="Zwischensumme",
    discount="Nachlass",
    total="Gesamtbetrag",
    paid="Bezahlt",
    pending="Unterwegs",
    due_now="Jetzt fällig",
    amount_due="Zu zahlen",
    due_by="Fällig am {date}",
    was_due="War fällig am {date}",
    overdue="Überfällig",
    pay_amount="{amount} bezahlen",
    pay_note="Sie zahlen auf einer sicheren Seite unseres Zahlungsdienstleisters Stripe.",
    download="PDF herunterladen",
    payments="Zahlungen",
    receipt="Quittung {number}",
    card="Karte",
    bank_debit="Lastschrift",
    other_online="Online",
    cheque="Scheck",
    cash="Bar",
    wire="Überweisung",
    questions="Fragen zu dieser Rechnung? Schreiben Sie an",
    questions_reply="Fragen? Antworten Sie auf die E-Mail, die Sie hierher geführt hat.",
    phone="oder rufen Sie an: {number}",
    personal="Dieser Link ist persönlich: Wer ihn hat, kann diese Seite öffnen.",
    paid_page=Notice(
        "Diese Rechnung ist bezahlt",
        "Vielen Dank. Es ist nichts mehr zu zahlen.",
    ),
    paid_copy="Vollständig bezahlt",
    pending_page=Notice(
        "Ihre Zahlung ist unterwegs",
        "Eine Zahlung über {amount} wird bearbeitet. Eine Lastschrift dauert einige Werktage. Sie "
        "müssen nichts weiter tun.",
    ),
    otherwise_page=Notice(
        "So zahlen Sie",
        "Bitte zahlen Sie wie folgt und nennen Sie Rechnung {number}.",
    ),
    otherwise_contact="Schreiben Sie uns, dann teilen wir Ihnen mit, wie Sie zahlen können.",
    disputed_page=Notice(
        "Eine Zahlung wird geprüft",
        "Eine Zahlung zu dieser Rechnung wird mit der Bank geklärt. Bis dahin kann hier nichts "
        "bezahlt werden. Bei Fragen schreiben Sie uns bitte.",
    ),
    void_page=Notice(
        "Diese Rechnung wurde storniert",
        "Sie fordert nichts mehr, und es ist nichts zu zahlen.",
    ),
    expired_page=Notice(
        "Dieser Link ist abgelaufen",
        "Links gelten nur begrenzte Zeit, damit Ihre Rechnungen vertraulich bleiben. Wir können Ihnen"
        " einen neuen senden, an die E-Mail-Adresse, die wir von Ihnen haben.",
    ),
    send_new_link="Neuen Link senden",
    renewed_page=Notice(
        "Bitte sehen Sie in Ihr Postfach",
        "Wenn ein neuer Link gesendet werden kann, ist er an die E-Mail-Adresse unterwegs, die wir "
        "von Ihnen haben. Das kann einige Minuten dauern. Kommt nichts an, schreiben Sie uns bitte.",
    ),
    not_found_page=Notice(
        "Hier ist nichts",
        "Unter dieser Adresse gibt es nichts. Bitte prüfen Sie, ob es der ganze Link aus der E-Mail ist.",
    ),
    slow_down_page=Notice(
        "Einen Moment, bitte",
        "Das war etwas zu oft in kurzer Zeit. Bitte warten Sie einige Minuten und versuchen Sie es erneut.",
    ),
    unavailable_page=Notice(
        "Diese Seite ist gerade nicht erreichbar",
        "Ein Dienst dahinter antwortet nicht. "
        "Es ist nichts verloren. Bitte versuchen Sie es in einigen Minuten erneut.",
    ),
    thanks="Vielen Dank",
    thanks_paid="Ihre Zahlung ist eingegangen. Eine Quittung ist per E-Mail unterwegs.",
    thanks_pending=(
        "Ihre Zahlung über {amount} ist unterwegs. Eine Lastschrift dauert einige Werktage. Sobald "
        "sie eingegangen ist, erhalten Sie eine Quittung per E-Mail."
    ),
    thanks_waiting=Notice(
        "Wir warten auf die Bestätigung",
        "Wir haben von Ihrer Zahlung noch nichts erfahren. Wenn Sie bezahlt haben, zahlen Sie bitte "
        "nicht noch einmal: Die Bestätigung kommt meist innerhalb einer Minute, eine Quittung folgt "
        "per E-Mail.",
    ),
    check_again="Erneut nachsehen",
    to_the_bill="Zurück zur Rechnung",
    refused_paid=Notice(
        "Soeben bezahlt",
        "Gerade ist eine Zahlung eingegangen. Es wurde nichts weiter abgebucht.",
    ),
    refused_pending=Notice(
        "Eine Zahlung ist schon unterwegs",
        "Damit nichts doppelt bezahlt wird, kann keine weitere Zahlung beginnen, bevor wir von der "
        "ersten wissen.",
    ),
    refused_not_payable=Notice(
        "Hier kann nicht bezahlt werden",
        "Diese Rechnung kann nicht mehr online bezahlt werden. Es wurde nichts abgebucht.",
    ),
    refused_not_taken=Notice(
        "Dieser Betrag kann nicht online bezahlt werden",
        "Unser Zahlungsdienst nimmt diesen Betrag in dieser Währung nicht an. Es wurde nichts abgebucht. "
        "Wählen Sie einen anderen Betrag oder fragen Sie uns, wie Sie sonst bezahlen können.",
    ),
    refused_unavailable=Notice(
        "Zahlung gerade nicht möglich",
        "Unser Zahlungsdienstleister antwortet nicht. Es wurde nichts abgebucht. Bitte versuchen Sie "
        "es in einigen Minuten erneut.",
    ),
    no_document=Notice(
        "Das PDF ist nicht bereit",
        "Wir können das PDF gerade nicht öffnen. Bitte versuchen Sie es in einigen Minuten erneut.",
    ),
    paying=GERMAN_PAYING,
    reminders=GERMAN_REMINDERS,
)
