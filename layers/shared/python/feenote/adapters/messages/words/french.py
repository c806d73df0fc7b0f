"""The mails in French."""

from __future__ import annotations

from feenote.adapters.messages.words.vocabulary import MailWords

FRENCH = MailWords(
    language="fr",
    dear="Bonjour {name},",
    hello="Bonjour,",
    bill_subject="Note d’honoraires {number} de {firm} : {amount} à payer avant le {date}",
    copy_subject="Note d’honoraires {number} de {firm}",
    receipt_subject="Reçu {number} de {firm} : {amount}",
    failed_subject="Votre paiement de la note {number} n’a pas abouti",
    renewed_subject="Votre nouveau lien vers la note {number} de {firm}",
    bill_ready=("Votre note d’honoraires {number} de {firm} est prête. {amount} à payer avant le {date}."),
    bill_late=("Voici votre note d’honoraires {number} de {firm}. {amount} était à payer avant le {date}."),
    bill_paid=(
        "Voici une copie de votre note d’honoraires {number} de {firm}. Elle est payée ; vous ne devez rien."
    ),
    bill_pending=(
        "Voici votre note d’honoraires {number} de {firm}. Votre paiement est en cours et vous n’avez"
        " rien d’autre à faire."
    ),
    bill_revised=(
        "La note a été modifiée depuis son émission. Voici la version actuelle, numéro {revision}."
    ),
    online=(
        "Vous pouvez la lire, la télécharger et la payer sur une page sécurisée, sans compte ni mot de passe."
    ),
    online_view=(
        "Vous pouvez la lire et la télécharger sur une page sécurisée, sans compte ni mot de passe."
    ),
    attached="Le PDF est joint à cet e-mail.",
    others_one="Une autre note, de {amount}, est impayée. Vous pouvez la payer sur la même page.",
    others_many=(
        "{count} autres notes sont impayées, pour {amount} au total. Vous pouvez tout payer sur la même page."
    ),
    received="Merci. Nous avons reçu votre paiement de {amount}.",
    failed=(
        "Votre paiement de la note {number} n’a pas abouti. Cela peut arriver avec un prélèvement "
        "bancaire, par exemple quand une coordonnée du compte n’est pas exacte."
    ),
    failed_now="Il ne compte pas comme payé : {amount} reste à payer.",
    failed_again="Vous pouvez réessayer sur la page sécurisée, de la même façon ou autrement.",
    renewed=("Voici le nouveau lien que vous avez demandé vers votre note d’honoraires {number} de {firm}."),
    renewed_unasked="Si vous ne l’avez pas demandé, vous n’avez rien à faire.",
    amount_due="Montant à payer",
    amount_paid="Montant reçu",
    total="Total",
    due_by="À payer avant le {date}",
    was_due="Échéance le {date}",
    bill="Note",
    matter="Dossier",
    matters="Dossiers",
    receipt="Reçu",
    received_on="Reçu le",
    method="Payé par",
    spread="Répartition",
    bill_row="Note {number}",
    another_bill="Une autre note",
    left="Reste {amount} à payer",
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
    try_again="Réessayer",
    address="Si le bouton ne fonctionne pas, ouvrez cette adresse :",
    how_to_pay="Comment payer",
    name_the_bill="Merci d’indiquer la note {number} avec votre paiement.",
    ask_how_to_pay="Répondez à cet e-mail et nous vous dirons comment payer.",
    questions="Une question ? Répondez simplement à cet e-mail.",
    personal=(
        "Ce lien est personnel : toute personne qui l’a peut ouvrir la note. Il est valable {days} jours."
    ),
    regards="Cordialement,",
)
