"""Choosing and paying bills in French."""

from __future__ import annotations

from feenote.adapters.pages.words.vocabulary import Notice, PayingWords

FRENCH_PAYING = PayingWords(
    your_bills="Vos notes d’honoraires à payer",
    your_bills_from="Vos notes d’honoraires à payer – {firm}",
    count_one="1 note",
    count_many="{count} notes",
    overdue_part="dont {amount} en retard",
    owed="Total dû",
    under_review="À l’examen",
    row="Note {number}",
    row_pending="{amount} en cours de paiement",
    row_disputed="Un paiement est à l’examen",
    row_pays="Vous payez {amount}",
    row_nothing="Rien de ce paiement",
    row_left_out="Non incluse",
    pdf="PDF",
    pdf_of="de la note {number}",
    too_many=(
        "Un paiement couvre les {most} notes les plus anciennes. Les {count} autres, {amount} "
        "au total, pourront être payées ensuite."
    ),
    other_currencies="Par devise",
    statement="Relevé de compte",
    to_own_bill="Retour à la note {number}",
    to_your_bills="Retour à vos notes",
    questions="Une question sur ces notes ? Écrivez à",
    others_due="Autres notes à payer",
    all_with_others="Les {count} notes : {amount}",
    choose_bills="Choisissez ce que vous payez",
    pay_part="Payer une partie",
    untick="Décochez les notes que vous ne souhaitez pas payer maintenant.",
    amount_to_pay="Montant à payer",
    amount_hint=(
        "Laissez vide pour payer tout ce qui est choisi. Les notes les plus anciennes sont payées d’abord."
    ),
    amount_hint_bill="Laissez vide pour payer toute la note.",
    amount_least="Le minimum est de {amount}.",
    show_split="Afficher le nouveau total",
    chosen_of="Choisies : {chosen} notes sur {count}",
    due_on_bill="À payer sur cette note",
    you_pay="Vous payez maintenant",
    due_after="Restera à payer",
    your_choice="Votre paiement",
    check=Notice(
        "Vérifiez ce que vous payez",
        "Ce n’est plus ce que la page affichait, rien n’a donc été débité. Vérifiez le montant "
        "actuel, puis payez.",
    ),
    cannot="Ce paiement n’est pas possible ainsi",
    not_a_number="Nous ne pouvons pas lire ce montant. Écrivez-le ainsi : {example}.",
    too_many_digits=("Il y a plus de décimales que n’en a la devise. Écrivez le montant ainsi : {example}."),
    too_little="C’est trop peu : le minimum est de {amount}.",
    too_much="C’est plus que les {amount} que vous avez choisi de payer.",
    whole_only="Seul le montant total, {amount}, peut être payé ici.",
    nothing_chosen="Choisissez au moins une note.",
    may_not_leave_out="Ces notes ne peuvent être payées qu’ensemble.",
    nothing_due_page=Notice(
        "Rien à payer",
        "Vous n’avez rien à payer. Merci.",
    ),
    pending_page=Notice(
        "Votre paiement est en cours",
        "Un paiement de {amount} est en cours de traitement. Un prélèvement bancaire prend "
        "quelques jours ouvrables. Vous n’avez rien d’autre à faire.",
    ),
    rest_after_pending="Le reste pourra être payé une fois ce paiement reçu.",
    otherwise_page=Notice(
        "Comment payer",
        "Merci de payer comme suit, en indiquant les numéros des notes.",
    ),
    disputed_page=Notice(
        "Un paiement est à l’examen",
        "Un paiement de ces notes est examiné avec la banque. Rien ne peut être payé ici d’ici "
        "là. Écrivez-nous pour toute question.",
    ),
    thanks_failed=Notice(
        "Le paiement n’a pas abouti",
        "Aucun montant n’a été reçu et rien n’est payé. Réessayez ou écrivez-nous.",
    ),
    settled="Payée intégralement",
    elsewhere="Vos autres notes, ou votre crédit",
    still_due="{amount} restent à payer",
)
