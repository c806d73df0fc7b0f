"""The mails in French."""

from __future__ import annotations

from feenote.adapters.messages.words.vocabulary import MailWords

FRENCH = MailWords(
    language="fr",
    dear="Bonjour {name},",
    dear_too="bonjour {name}",
    hello="Bonjour,",
    list_end="{first} et {last}",
    label="{label}\u202f:",
    bill_subject=(
        "Note d’honoraires {number} du cabinet {firm}\u202f: {amount} à payer au plus tard le {date}"
    ),
    late_subject="Note d’honoraires {number} du cabinet {firm}\u202f: {amount} à payer depuis le {date}",
    copy_subject="Note d’honoraires {number} du cabinet {firm}",
    reminder_subject_soon="Rappel\u202f: {amount} à payer au plus tard le {date}",
    reminder_subject_late="Rappel\u202f: {amount} à payer depuis le {date}",
    reminder_subject_many="Rappel\u202f: {count} notes d’honoraires à payer, {amount} au total",
    reminder_subject_long="Toujours impayé\u202f: {amount} à payer depuis le {date}",
    reminder_subject_long_many="Toujours impayées\u202f: {count} notes d’honoraires, {amount} au total",
    reminder_subject_none="Rappel du cabinet {firm}",
    bill_ready=(
        "Votre note d’honoraires {number} du cabinet {firm} est prête. "
        "{amount} à payer au plus tard le {date}."
    ),
    bill_late=(
        "Voici votre note d’honoraires {number} du cabinet {firm}. "
        "Elle était à payer au plus tard le {date}\u202f; reste à payer\u202f: {amount}."
    ),
    bill_paid=(
        "Voici une copie de votre note d’honoraires {number} du cabinet {firm}. "
        "Elle est payée\u202f; vous ne devez rien."
    ),
    bill_pending=(
        "Voici votre note d’honoraires {number} du cabinet {firm}. Votre paiement est en cours et vous "
        "n’avez rien d’autre à faire."
    ),
    bill_revised=(
        "La note a été modifiée depuis son émission. Voici la version actuelle, numéro {revision}."
    ),
    failed_now="Il ne compte pas comme payé. Reste à payer\u202f: {amount}.",
    failed_again="Vous pouvez réessayer sur la page sécurisée, de la même façon ou autrement.",
    online=(
        "Vous pouvez la lire, la télécharger et la payer sur une page sécurisée, sans compte ni mot de passe."
    ),
    online_view=(
        "Vous pouvez la lire et la télécharger sur une page sécurisée, sans compte ni mot de passe."
    ),
    all_online=(
        "Vous pouvez lire chaque note, la télécharger et payer sur une page sécurisée, sans "
        "compte ni mot de passe."
    ),
    all_online_view=(
        "Vous pouvez lire et télécharger chaque note sur une page sécurisée, sans compte ni mot de passe."
    ),
    attached="Le PDF est joint à cet e-mail.",
    others_one="Une autre note, de {amount}, est impayée. Vous pouvez la payer sur la même page.",
    others_many=(
        "{count} autres notes sont impayées, pour {amount} au total. Vous pouvez tout payer sur la même page."
    ),
    reminder_soon_one="Votre note d’honoraires {number} de {amount} est à payer au plus tard le {date}.",
    reminder_soon_many=(
        "{count} de vos notes d’honoraires arrivent à échéance, pour {amount} au total. La "
        "première est à payer au plus tard le {date}."
    ),
    reminder_late_one="Votre note d’honoraires {number} de {amount} était à payer au plus tard le {date}.",
    reminder_late_many=(
        "{count} de vos notes d’honoraires sont impayées, pour {amount} au total. La plus "
        "ancienne était à payer au plus tard le {date}."
    ),
    reminder_long_one=(
        "Votre note d’honoraires {number} de {amount} reste impayée. "
        "Elle était à payer au plus tard le {date}."
    ),
    reminder_long_many=(
        "{count} de vos notes d’honoraires restent impayées, pour {amount} au total. La plus "
        "ancienne était à payer au plus tard le {date}."
    ),
    reminder_request_soon=(
        "Ce n’est qu’un mot avant l’échéance\u202f: si le paiement est déjà prévu, vous n’avez rien à faire."
    ),
    reminder_request_late="Cela vous a peut-être échappé. Merci de régler dans les prochains jours.",
    reminder_request_long=(
        "Merci de régler dans les prochains jours, ou de répondre à cet e-mail en nous disant "
        "quand nous pouvons attendre votre paiement."
    ),
    reminder_credit=(
        "Nous conservons {amount} à votre crédit\u202f; cette somme n’est pas encore déduite ici."
    ),
    reminder_none="Vous n’avez rien à payer pour le moment.",
    period="{start} au {end}",
    amount_due="Montant à payer",
    amount_paid="Montant reçu",
    amount_refunded="Montant remboursé",
    total="Total",
    due_by="À payer au plus tard le {date}",
    was_due="Échéance le {date}",
    oldest_due="Échéance la plus ancienne\u202f: {date}",
    bill="Note",
    issued="Émise le {date}",
    paid_of="{paid} réglés sur {total}",
    on_its_way="{amount} en cours de paiement",
    disputed="un paiement est à l’examen",
    other_bills="Autres notes",
    billed="Facturé",
    less_paid="Réglé",
    less_on_its_way="En cours de paiement",
    less_disputed="À l’examen",
    balance_due="Total à régler",
    more_bills="et {count} autres, sur la page sécurisée",
    matter="Dossier",
    matters="Dossiers",
    receipt="Reçu",
    received_on="Reçu le",
    method="Payé par",
    spread="Répartition",
    refund_spread="Ce que ce paiement avait réglé",
    bill_row="Note {number}",
    another_bill="Une autre note",
    left="Reste à payer\u202f: {amount}",
    settled="Payée intégralement",
    client_credit="Conservé à votre crédit",
    card="Carte",
    bank_debit="Prélèvement bancaire",
    other_online="Paiement en ligne",
    cheque="Chèque",
    cash="Espèces",
    wire="Virement",
    view_and_pay="Voir et payer",
    view="Voir la note",
    view_bills="Voir vos notes",
    try_again="Réessayer",
    begin_portal="Choisir votre mot de passe",
    open_portal="Ouvrir dans l’espace client",
    address="Si le bouton ne fonctionne pas, ouvrez cette adresse\u202f:",
    how_to_pay="Comment payer",
    name_the_bill="Merci d’indiquer la note {number} avec votre paiement.",
    name_the_bills="Merci d’indiquer les numéros des notes avec votre paiement.",
    ask_how_to_pay="Répondez à cet e-mail et nous vous dirons comment payer.",
    stop_reminders=(
        "Vous ne souhaitez plus recevoir ces rappels\u202f? Vous pouvez les arrêter\u202f; ce qui "
        "est dû reste dû."
    ),
    stop_here="Arrêter ces rappels",
    personal=(
        "Ce lien est personnel\u202f: toute personne qui l’a peut ouvrir la note. "
        "Il est valable {days} jours."
    ),
    personal_all=(
        "Ce lien est personnel\u202f: toute personne qui l’a peut ouvrir vos notes. "
        "Il est valable {days} jours."
    ),
    personal_portal="Ce lien vous est destiné. Merci de ne pas le transmettre.",
    shared=(
        "Ce lien est réservé aux destinataires de cet e-mail\u202f: toute personne qui "
        "l’a peut ouvrir la note. Il est valable {days} jours."
    ),
    shared_all=(
        "Ce lien est réservé aux destinataires de cet e-mail\u202f: toute personne qui "
        "l’a peut ouvrir vos notes. Il est valable {days} jours."
    ),
    shared_portal="Ce lien est réservé aux destinataires de cet e-mail. Merci de ne pas le transmettre.",
)
