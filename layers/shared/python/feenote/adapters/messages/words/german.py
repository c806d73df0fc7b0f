"""The mails in German."""

from __future__ import annotations

from feenote.adapters.messages.words.vocabulary import MailWords

GERMAN = MailWords(
    language="de",
    dear="Guten Tag {name},",
    hello="Guten Tag,",
    bill_subject="Rechnung {number} von {firm}: {amount}, fällig am {date}",
    copy_subject="Rechnung {number} von {firm}",
    receipt_subject="Quittung {number} von {firm}: {amount}",
    failed_subject="Ihre Zahlung der Rechnung {number} ist nicht durchgegangen",
    renewed_subject="Ihr neuer Link zur Rechnung {number} von {firm}",
    bill_ready="Ihre Rechnung {number} von {firm} ist da. {amount} sind fällig am {date}.",
    bill_late="Dies ist Ihre Rechnung {number} von {firm}. {amount} waren fällig am {date}.",
    bill_paid=(
        "Hier ist eine Kopie Ihrer Rechnung {number} von {firm}. Sie ist bezahlt, es ist nichts mehr "
        "zu zahlen."
    ),
    bill_pending=(
        "Dies ist Ihre Rechnung {number} von {firm}. Ihre Zahlung ist unterwegs, Sie müssen nichts "
        "weiter tun."
    ),
    bill_revised=(
        "Die Rechnung wurde seit ihrer Ausstellung geändert. Dies ist die gültige Fassung, Nummer {revision}."
    ),
    online=(
        "Sie können sie auf einer sicheren Seite lesen, herunterladen und bezahlen, ohne Konto und "
        "ohne Passwort."
    ),
    online_view=(
        "Sie können sie auf einer sicheren Seite lesen und herunterladen, ohne Konto und ohne Passwort."
    ),
    attached="Das PDF hängt an dieser E-Mail.",
    others_one=(
        "Eine weitere Rechnung über {amount} ist offen. Sie können sie auf derselben Seite bezahlen."
    ),
    others_many=(
        "{count} weitere Rechnungen sind offen, zusammen {amount}. Sie können alle auf derselben "
        "Seite bezahlen."
    ),
    received="Vielen Dank. Wir haben Ihre Zahlung über {amount} erhalten.",
    failed=(
        "Ihre Zahlung der Rechnung {number} ist nicht durchgegangen. Bei Lastschriften kann das "
        "vorkommen, zum Beispiel wenn eine Angabe zum Konto nicht stimmt."
    ),
    failed_now="Sie gilt nicht als bezahlt, es sind also {amount} fällig.",
    failed_again=(
        "Sie können es auf der sicheren Seite noch einmal versuchen, auf demselben Weg oder einem anderen."
    ),
    renewed="Hier ist der neue Link zu Ihrer Rechnung {number} von {firm}, um den Sie gebeten haben.",
    renewed_unasked="Wenn Sie nicht darum gebeten haben, müssen Sie nichts tun.",
    amount_due="Zu zahlen",
    amount_paid="Erhaltener Betrag",
    total="Gesamtbetrag",
    due_by="Fällig am {date}",
    was_due="War fällig am {date}",
    bill="Rechnung",
    matter="Angelegenheit",
    matters="Angelegenheiten",
    receipt="Quittung",
    received_on="Eingegangen",
    method="Bezahlt mit",
    spread="Verwendung",
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
    try_again="Erneut versuchen",
    address="Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:",
    how_to_pay="So zahlen Sie",
    name_the_bill="Bitte nennen Sie bei der Zahlung die Rechnung {number}.",
    ask_how_to_pay=("Antworten Sie auf diese E-Mail, dann teilen wir Ihnen mit, wie Sie zahlen können."),
    questions="Haben Sie eine Frage? Antworten Sie einfach auf diese E-Mail.",
    personal="Der Link ist nur für Sie: Wer ihn hat, kann die Rechnung öffnen. Er gilt {days} Tage.",
    regards="Mit freundlichen Grüßen",
)
