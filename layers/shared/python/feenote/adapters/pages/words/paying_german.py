"""Choosing and paying bills in German."""

from __future__ import annotations

from feenote.adapters.pages.words.vocabulary import Notice, PayingWords

GERMAN_PAYING = PayingWords(
    your_bills="Ihre offenen Rechnungen",
    your_bills_from="Ihre offenen Rechnungen von {firm}",
    count_one="1 Rechnung",
    count_many="{count} Rechnungen",
    overdue_part="davon {amount} überfällig",
    owed="Insgesamt offen",
    under_review="In Prüfung",
    row="Rechnung {number}",
    row_pending="{amount} unterwegs",
    row_disputed="Eine Zahlung wird geprüft",
    row_pays="Sie zahlen {amount}",
    row_nothing="Nichts von dieser Zahlung",
    row_left_out="Ausgelassen",
    pdf="PDF",
    pdf_of="zu Rechnung {number}",
    too_many=(
        "Eine Zahlung umfasst die {most} ältesten Rechnungen. Die übrigen {count}, zusammen "
        "{amount}, können danach bezahlt werden."
    ),
    other_currencies="Nach Währung",
    statement="Kontoauszug",
    to_own_bill="Zurück zu Rechnung {number}",
    to_your_bills="Zurück zu Ihren Rechnungen",
    questions="Fragen zu diesen Rechnungen? Schreiben Sie an",
    others_due="Weitere offene Rechnungen",
    all_with_others="Alle {count} Rechnungen: {amount}",
    choose_bills="Wählen Sie, was Sie zahlen",
    pay_part="Einen Teil zahlen",
    untick="Entfernen Sie das Häkchen bei Rechnungen, die Sie jetzt nicht zahlen möchten.",
    amount_to_pay="Zu zahlender Betrag",
    amount_hint=("Leer lassen, um alles Gewählte zu zahlen. Die ältesten Rechnungen werden zuerst bezahlt."),
    amount_hint_bill="Leer lassen, um die ganze Rechnung zu zahlen.",
    amount_least="Mindestens {amount}.",
    show_split="Neue Summe anzeigen",
    chosen_of="Gewählt: {chosen} von {count} Rechnungen",
    due_on_bill="Offen auf dieser Rechnung",
    you_pay="Sie zahlen jetzt",
    due_after="Danach noch offen",
    your_choice="Ihre Zahlung",
    check=Notice(
        "Bitte prüfen Sie, was Sie zahlen",
        "Dies ist nicht mehr, was die Seite vorher zeigte. Es wurde nichts abgebucht. Bitte "
        "sehen Sie es sich jetzt an und zahlen Sie dann.",
    ),
    cannot="So kann nicht bezahlt werden",
    not_a_number="Diesen Betrag können wir nicht lesen. Bitte schreiben Sie ihn so: {example}.",
    too_many_digits=(
        "Das sind mehr Nachkommastellen, als die Währung hat. Bitte schreiben Sie den Betrag so: {example}."
    ),
    too_little="Das ist zu wenig: Mindestens {amount}.",
    too_much="Das ist mehr als die gewählten {amount}.",
    whole_only="Hier kann nur der ganze Betrag von {amount} bezahlt werden.",
    nothing_chosen="Bitte wählen Sie mindestens eine Rechnung.",
    may_not_leave_out="Diese Rechnungen können nur zusammen bezahlt werden.",
    nothing_due_page=Notice(
        "Es ist nichts offen",
        "Sie haben nichts zu zahlen. Vielen Dank.",
    ),
    pending_page=Notice(
        "Ihre Zahlung ist unterwegs",
        "Eine Zahlung über {amount} wird bearbeitet. Eine Lastschrift dauert einige Werktage. "
        "Sie müssen nichts weiter tun.",
    ),
    rest_after_pending="Der Rest kann bezahlt werden, sobald sie eingegangen ist.",
    otherwise_page=Notice(
        "So zahlen Sie",
        "Bitte zahlen Sie wie folgt und nennen Sie die Nummern der Rechnungen.",
    ),
    disputed_page=Notice(
        "Eine Zahlung wird geprüft",
        "Eine Zahlung zu diesen Rechnungen wird mit der Bank geklärt. Bis dahin kann hier "
        "nichts bezahlt werden. Bei Fragen schreiben Sie uns bitte.",
    ),
    thanks_failed=Notice(
        "Die Zahlung ist gescheitert",
        "Es ist kein Geld eingegangen und nichts bezahlt. Bitte versuchen Sie es erneut oder "
        "schreiben Sie uns.",
    ),
    settled="Vollständig bezahlt",
    elsewhere="Ihre anderen Rechnungen oder Ihr Guthaben",
    still_due="{amount} noch offen",
)
