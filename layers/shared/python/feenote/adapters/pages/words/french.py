"""The pages in French."""

from __future__ import annotations

from feenote.adapters.pages.words.paying_french import FRENCH_PAYING
from feenote.adapters.pages.words.reminders import FRENCH_REMINDERS
from feenote.adapters.pages.words.vocabulary import Notice, PageWords

FRENCH = PageWords(
    language="fr",
    bill="Note d’honoraires {number}",
    bill_number="Numéro",
    bill_from="Note d’honoraires {number} de {firm}",
    issued="Émise le",
    due="Échéance",
    period="Période",
    period_range="du {start} au {end}",
    matter="Dossier",
    matters="Dossiers",
    your_reference="Votre référence : {number}",
    billed_to="Destinataire",
    tax_number="Numéro fiscal {number}",
    note="Remarque",
    revised=("Cette note a été modifiée depuis son émission. Voici la version actuelle, numéro {revision}."),
    lines_heading="Ce que comprend cette note",
    totals_heading="Récapitulatif",
    details="Détail de la note",
    all_lines_in_pdf="Toutes les lignes figurent dans le PDF.",
    fees="Honoraires",
    expenses="Débours et frais",
    adjustments="Ajustements",
    general="Divers",
    entry_one="1 ligne",
    entry_many="{count} lignes",
    date="Date",
    description="Description",
    hours="Heures",
    quantity="Quantité",
    rate="Taux",
    price="Prix",
    amount="Montant",
    adjustment="ajustement {amount}",
    subtotal="Sous-total",
    discount="Remise",
    total="Total",
    paid="Payé",
    pending="En cours",
    due_now="À payer",
    amount_due="Montant à payer",
    due_by="À payer au plus tard le {date}",
    was_due="Échéance le {date}",
    overdue="En retard",
    pay_amount="Payer {amount}",
    pay_note="Vous payez sur une page sécurisée de Stripe, notre prestataire de paiement.",
    download="Télécharger le PDF",
    payments="Paiements",
    receipt="Reçu {number}",
    card="Carte",
    bank_debit="Prélèvement bancaire",
    other_online="En ligne",
    cheque="Chèque",
    cash="Espèces",
    wire="Virement",
    questions="Une question sur cette note ? Écrivez à",
    questions_reply="Une question ? Répondez à l’e-mail qui vous a conduit ici.",
    phone="ou appelez le {number}",
    personal="Ce lien est personnel : toute personne qui l’a peut ouvrir cette page.",
    paid_page=Notice(
        "Cette note est payée",
        "Merci. Vous n’avez plus rien à payer.",
    ),
    paid_copy="Payée intégralement",
    pending_page=Notice(
        "Votre paiement est en cours",
        "Un paiement de {amount} est en cours de traitement. Un prélèvement bancaire prend quelques "
        "jours ouvrables. Vous n’avez rien d’autre à faire.",
    ),
    otherwise_page=Notice(
        "Comment payer",
        "Merci de payer comme suit, en indiquant la note {number}.",
    ),
    otherwise_contact="Écrivez-nous et nous vous dirons comment payer.",
    disputed_page=Notice(
        "Un paiement est à l’examen",
        "Un paiement de cette note est examiné avec la banque. Rien ne peut être payé ici d’ici là. "
        "Écrivez-nous pour toute question.",
    ),
    void_page=Notice(
        "Cette note a été annulée",
        "Plus rien n’est demandé et il n’y a rien à payer.",
    ),
    expired_page=Notice(
        "Ce lien n’est plus valable",
        "Les liens ont une durée limitée, pour protéger vos documents. Nous pouvons vous en envoyer "
        "un nouveau, à l’adresse e-mail que nous connaissons.",
    ),
    send_new_link="M’envoyer un nouveau lien",
    renewed_page=Notice(
        "Consultez votre messagerie",
        "Si un nouveau lien peut être envoyé, il est en route vers l’adresse e-mail que nous "
        "connaissons. Cela peut prendre quelques minutes. Si rien n’arrive, écrivez-nous.",
    ),
    not_found_page=Notice(
        "Il n’y a rien ici",
        "Cette adresse n’ouvre rien. Vérifiez qu’il s’agit du lien complet reçu par e-mail.",
    ),
    slow_down_page=Notice(
        "Un instant, s’il vous plaît",
        "Il y a eu trop de demandes en peu de temps. Attendez quelques minutes, puis réessayez.",
    ),
    unavailable_page=Notice(
        "Cette page est indisponible pour le moment",
        "Un service dont elle dépend ne répond pas. Rien n’est perdu. Réessayez dans quelques minutes.",
    ),
    thanks="Merci",
    thanks_paid="Votre paiement est arrivé. Un reçu vous est envoyé par e-mail.",
    thanks_pending=(
        "Votre paiement de {amount} est en cours. Un prélèvement bancaire prend quelques jours "
        "ouvrables. Vous recevrez un reçu par e-mail dès son arrivée."
    ),
    thanks_waiting=Notice(
        "En attente de confirmation",
        "Nous n’avons pas encore connaissance de votre paiement. Si vous avez payé, ne recommencez "
        "pas : la confirmation arrive en général en moins d’une minute, puis un reçu suit par e-mail.",
    ),
    check_again="Vérifier à nouveau",
    to_the_bill="Retour à la note",
    refused_paid=Notice(
        "Un paiement vient d’arriver",
        "Cette note vient d’être payée ; rien d’autre n’a été débité.",
    ),
    refused_pending=Notice(
        "Un paiement est déjà en cours",
        "Pour que rien ne soit payé deux fois, un autre paiement ne peut pas commencer avant l’issue "
        "du premier.",
    ),
    refused_not_payable=Notice(
        "Le paiement n’est plus possible ici",
        "Cette note ne peut plus être payée en ligne. Rien n’a été débité.",
    ),
    refused_not_taken=Notice(
        "Ce montant ne peut pas être payé en ligne",
        "Notre prestataire de paiement n’accepte pas ce montant dans cette devise. Rien n’a été débité. "
        "Choisissez un autre montant, ou demandez-nous comment payer autrement.",
    ),
    refused_unavailable=Notice(
        "Le paiement est momentanément impossible",
        "Notre prestataire de paiement ne répond pas. Rien n’a été débité. Réessayez dans quelques minutes.",
    ),
    no_document=Notice(
        "Le PDF n’est pas prêt",
        "Nous ne pouvons pas ouvrir le PDF. Réessayez dans quelques minutes.",
    ),
    paying=FRENCH_PAYING,
    reminders=FRENCH_REMINDERS,
)
