"""Every fixed word of a statement of account and of a receipt, as page and as PDF.

`{names}` in braces stand for values.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatementWords:
    """The words in one language."""

    language: str
    # The statement
    statement: str
    statement_from: str
    period: str
    period_range: str
    made_on: str
    date: str
    event: str
    entries: str
    charge: str
    credit: str
    balance: str
    opening: str
    carried: str
    closing: str
    in_favour: str
    owed: str
    held: str
    overdue: str
    pending: str
    summary: str
    nothing: str
    # What happened
    bill_issued: str
    bill_changed: str
    bill_voided: str
    payment_received: str
    payment_moved: str
    credit_applied: str
    payment_reversed: str
    refunded: str
    refund_failed: str
    dispute_withdrawn: str
    dispute_reinstated: str
    due_on: str
    receipt_number: str
    for_bill: str
    for_bills: str
    and_more: str
    # How money came
    card: str
    bank_debit: str
    other_online: str
    cheque: str
    cash: str
    wire: str
    # The page
    first_day: str
    last_day: str
    show: str
    download: str
    to_payment: str
    wrong_days: str
    # The receipt
    receipt: str
    received: str
    received_on: str
    method: str
    reference: str
    bill: str
    applied: str
    left: str
    total_received: str
    returned: str
    withdrawn: str
    on_bills: str
    kept_as_credit: str
    mark_refunded: str
    mark_partly_refunded: str
    mark_disputed: str
    mark_reversed: str


ENGLISH = StatementWords(
    language="en",
    statement="Statement of account",
    statement_from="Statement of account from {firm}",
    period="Period",
    period_range="{start} to {end}",
    made_on="Date",
    date="Date",
    event="Description",
    entries="Bills and payments",
    charge="Charges ({currency})",
    credit="Credits ({currency})",
    balance="Balance ({currency})",
    opening="Opening balance",
    carried="Brought forward",
    closing="Balance due on {date}",
    in_favour="In your favor on {date}",
    owed="Unpaid bills",
    held="Credit we hold for you",
    overdue="Of that overdue",
    pending="Payment on its way",
    summary="Summary",
    nothing="Nothing was charged or paid in these days.",
    bill_issued="Bill {number}",
    bill_changed="Bill {number} changed",
    bill_voided="Bill {number} withdrawn",
    payment_received="Payment received",
    payment_moved="Payment moved to other bills",
    credit_applied="Credit applied",
    payment_reversed="Payment entry reversed",
    refunded="Refund",
    refund_failed="Refund that did not reach you",
    dispute_withdrawn="Payment taken back by the bank",
    dispute_reinstated="Payment returned by the bank",
    due_on="due {date}",
    receipt_number="receipt {number}",
    for_bill="for bill {numbers}",
    for_bills="for bills {numbers}",
    and_more="{numbers} and {count} more",
    card="card",
    bank_debit="bank debit",
    other_online="online",
    cheque="check",
    cash="cash",
    wire="bank transfer",
    first_day="From",
    last_day="To",
    show="Show",
    download="Download PDF",
    to_payment="To the payment page",
    wrong_days="These days make no statement: the first must come before the last, ten years apart at most.",
    receipt="Receipt {number}",
    received="Amount received",
    received_on="Received on",
    method="Method",
    reference="Reference",
    bill="Bill",
    applied="Paid ({currency})",
    left="Still due ({currency})",
    total_received="Total received",
    returned="Refunded",
    withdrawn="Taken back by the bank",
    on_bills="Paid on bills",
    kept_as_credit="Kept as your credit",
    mark_refunded="Refunded",
    mark_partly_refunded="Partly refunded",
    mark_disputed="Disputed",
    mark_reversed="Reversed",
)

FRENCH = StatementWords(
    language="fr",
    statement="Relevé de compte",
    statement_from="Relevé de compte de {firm}",
    period="Période",
    period_range="du {start} au {end}",
    made_on="Date",
    date="Date",
    event="Description",
    entries="Notes d’honoraires et paiements",
    charge="Débit ({currency})",
    credit="Crédit ({currency})",
    balance="Solde ({currency})",
    opening="Solde initial",
    carried="Report",
    closing="Solde dû au {date}",
    in_favour="En votre faveur au {date}",
    owed="Notes d’honoraires impayées",
    held="Avoir détenu pour vous",
    overdue="Dont échu",
    pending="Paiement en cours",
    summary="Récapitulatif",
    nothing="Rien n’a été facturé ni payé à ces dates.",
    bill_issued="Note d’honoraires {number}",
    bill_changed="Note d’honoraires {number} modifiée",
    bill_voided="Note d’honoraires {number} annulée",
    payment_received="Paiement reçu",
    payment_moved="Paiement imputé sur d’autres notes",
    credit_applied="Avoir imputé",
    payment_reversed="Paiement enregistré par erreur, annulé",
    refunded="Remboursement",
    refund_failed="Remboursement non abouti",
    dispute_withdrawn="Paiement repris par la banque",
    dispute_reinstated="Paiement restitué par la banque",
    due_on="échéance le {date}",
    receipt_number="reçu {number}",
    for_bill="pour la note {numbers}",
    for_bills="pour les notes {numbers}",
    and_more="{numbers} et {count} autres",
    card="carte",
    bank_debit="prélèvement",
    other_online="en ligne",
    cheque="chèque",
    cash="espèces",
    wire="virement",
    first_day="Du",
    last_day="Au",
    show="Afficher",
    download="Télécharger le PDF",
    to_payment="Vers la page de paiement",
    wrong_days="Ces dates ne forment pas un relevé : la première doit précéder la dernière, "
    "de dix ans au plus.",
    receipt="Reçu {number}",
    received="Montant reçu",
    received_on="Reçu le",
    method="Mode de paiement",
    reference="Référence",
    bill="Note d’honoraires",
    applied="Payé ({currency})",
    left="Reste dû ({currency})",
    total_received="Total reçu",
    returned="Remboursé",
    withdrawn="Repris par la banque",
    on_bills="Imputé sur les notes",
    kept_as_credit="Conservé comme avoir",
    mark_refunded="Remboursé",
    mark_partly_refunded="Remboursé en partie",
    mark_disputed="Contesté",
    mark_reversed="Annulé",
)

GERMAN = StatementWords(
    language="de",
    statement="Kontoauszug",
    statement_from="Kontoauszug von {firm}",
    period="Zeitraum",
    period_range="{start} bis {end}",
    made_on="Datum",
    date="Datum",
    event="Vorgang",
    entries="Rechnungen und Zahlungen",
    charge="Soll ({currency})",
    credit="Haben ({currency})",
    balance="Saldo ({currency})",
    opening="Anfangssaldo",
    carried="Übertrag",
    closing="Offener Saldo am {date}",
    in_favour="Guthaben am {date}",
    owed="Unbezahlte Rechnungen",
    held="Ihr Guthaben bei uns",
    overdue="Davon überfällig",
    pending="Zahlung unterwegs",
    summary="Zusammenfassung",
    nothing="In diesem Zeitraum wurde nichts berechnet und nichts bezahlt.",
    bill_issued="Rechnung {number}",
    bill_changed="Rechnung {number} geändert",
    bill_voided="Rechnung {number} storniert",
    payment_received="Zahlungseingang",
    payment_moved="Zahlung auf andere Rechnungen umgebucht",
    credit_applied="Guthaben verrechnet",
    payment_reversed="Zahlungsbuchung storniert",
    refunded="Erstattung",
    refund_failed="Erstattung nicht angekommen",
    dispute_withdrawn="Zahlung von der Bank zurückgeholt",
    dispute_reinstated="Zahlung von der Bank zurückgegeben",
    due_on="fällig am {date}",
    receipt_number="Beleg {number}",
    for_bill="für Rechnung {numbers}",
    for_bills="für Rechnungen {numbers}",
    and_more="{numbers} und {count} weitere",
    card="Karte",
    bank_debit="Lastschrift",
    other_online="online",
    cheque="Scheck",
    cash="bar",
    wire="Überweisung",
    first_day="Von",
    last_day="Bis",
    show="Anzeigen",
    download="PDF herunterladen",
    to_payment="Zur Zahlungsseite",
    wrong_days="Diese Tage ergeben keinen Auszug: Der erste muss vor dem letzten liegen, "
    "höchstens zehn Jahre auseinander.",
    receipt="Zahlungsbeleg {number}",
    received="Erhaltener Betrag",
    received_on="Eingegangen am",
    method="Zahlungsart",
    reference="Referenz",
    bill="Rechnung",
    applied="Bezahlt ({currency})",
    left="Noch offen ({currency})",
    total_received="Insgesamt erhalten",
    returned="Erstattet",
    withdrawn="Von der Bank zurückgeholt",
    on_bills="Auf Rechnungen verbucht",
    kept_as_credit="Ihr Guthaben daraus",
    mark_refunded="Erstattet",
    mark_partly_refunded="Teilweise erstattet",
    mark_disputed="Angefochten",
    mark_reversed="Storniert",
)

SPANISH = StatementWords(
    language="es",
    statement="Estado de cuenta",
    statement_from="Estado de cuenta de {firm}",
    period="Periodo",
    period_range="del {start} al {end}",
    made_on="Fecha",
    date="Fecha",
    event="Concepto",
    entries="Minutas y pagos",
    charge="Cargos ({currency})",
    credit="Abonos ({currency})",
    balance="Saldo ({currency})",
    opening="Saldo inicial",
    carried="Suma anterior",
    closing="Saldo pendiente a {date}",
    in_favour="A su favor a {date}",
    owed="Minutas sin pagar",
    held="Crédito a su favor",
    overdue="De ello vencido",
    pending="Pago en curso",
    summary="Resumen",
    nothing="En estas fechas no se cobró ni se pagó nada.",
    bill_issued="Minuta {number}",
    bill_changed="Minuta {number} modificada",
    bill_voided="Minuta {number} anulada",
    payment_received="Pago recibido",
    payment_moved="Pago aplicado a otras minutas",
    credit_applied="Crédito aplicado",
    payment_reversed="Pago registrado por error, anulado",
    refunded="Reembolso",
    refund_failed="Reembolso que no llegó",
    dispute_withdrawn="Pago retirado por el banco",
    dispute_reinstated="Pago devuelto por el banco",
    due_on="vence el {date}",
    receipt_number="recibo {number}",
    for_bill="por la minuta {numbers}",
    for_bills="por las minutas {numbers}",
    and_more="{numbers} y {count} más",
    card="tarjeta",
    bank_debit="domiciliación",
    other_online="en línea",
    cheque="cheque",
    cash="efectivo",
    wire="transferencia",
    first_day="Desde",
    last_day="Hasta",
    show="Mostrar",
    download="Descargar el PDF",
    to_payment="Ir a la página de pago",
    wrong_days="Estas fechas no forman un estado de cuenta: la primera debe preceder a la última, "
    "con diez años entre ambas como máximo.",
    receipt="Recibo {number}",
    received="Importe recibido",
    received_on="Recibido el",
    method="Forma de pago",
    reference="Referencia",
    bill="Minuta",
    applied="Pagado ({currency})",
    left="Pendiente ({currency})",
    total_received="Total recibido",
    returned="Reembolsado",
    withdrawn="Retirado por el banco",
    on_bills="Aplicado a minutas",
    kept_as_credit="Queda como crédito suyo",
    mark_refunded="Reembolsado",
    mark_partly_refunded="Reembolsado en parte",
    mark_disputed="En disputa",
    mark_reversed="Anulado",
)

CATALOGUE = {words.language: words for words in (ENGLISH, FRENCH, GERMAN, SPANISH)}


def words_for(language: str) -> StatementWords:
    """Return the words in a language, in English where there are none for it."""
    return CATALOGUE.get(language, ENGLISH)
