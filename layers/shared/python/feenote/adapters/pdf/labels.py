"""The words printed on a bill, in the languages it can be written in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """Every fixed word of the bill in one language. `%1`, `%2` stand for values."""

    language: str
    bill: str
    bill_number: str
    issue_date: str
    due_date: str
    period: str
    period_range: str
    client_number: str
    client_matter: str
    matter: str
    matters: str
    attorney: str
    general: str
    fees: str
    expenses: str
    adjustments: str
    date: str
    timekeeper: str
    description: str
    hours: str
    quantity: str
    rate: str
    price: str
    amount_in: str
    subtotal_fees: str
    subtotal_expenses: str
    subtotal_adjustments: str
    total_matter: str
    line_adjustment: str
    timekeepers: str
    totals: str
    subtotal: str
    discount: str
    total: str
    paid: str
    pending: str
    amount_due: str
    amount_due_by: str
    nothing_due: str
    payment: str
    pay_online: str
    pay_code: str
    tax_number: str
    page_of: str
    logo: str
    draft: str
    void: str


ENGLISH = Labels(
    language="en",
    bill="Bill",
    bill_number="Bill number",
    issue_date="Issue date",
    due_date="Due date",
    period="Period",
    period_range="%1 to %2",
    client_number="Client number",
    client_matter="Your reference",
    matter="Matter",
    matters="Matters",
    attorney="Responsible attorney",
    general="General",
    fees="Professional services",
    expenses="Expenses",
    adjustments="Adjustments",
    date="Date",
    timekeeper="Timekeeper",
    description="Description",
    hours="Hours",
    quantity="Quantity",
    rate="Rate",
    price="Price",
    amount_in="Amount (%1)",
    subtotal_fees="Total professional services",
    subtotal_expenses="Total expenses",
    subtotal_adjustments="Total adjustments",
    total_matter="Total for this matter",
    line_adjustment="Adjustment %1",
    timekeepers="Summary by timekeeper",
    totals="Summary",
    subtotal="Subtotal",
    discount="Discount",
    total="Total",
    paid="Payments and credits",
    pending="Payment on its way",
    amount_due="Amount due",
    amount_due_by="Amount due by %1",
    nothing_due="Nothing is due",
    payment="How to pay",
    pay_online="Pay online, or scan the code:",
    pay_code="QR code that opens the page to pay: %1",
    tax_number="Tax number %1",
    page_of="Page %1 of %2",
    logo="Logo of %1",
    draft="Draft",
    void="Void",
)

FRENCH = Labels(
    language="fr",
    bill="Note d’honoraires",
    bill_number="Numéro",
    issue_date="Date d’émission",
    due_date="Échéance",
    period="Période",
    period_range="du %1 au %2",
    client_number="Numéro de client",
    client_matter="Votre référence",
    matter="Dossier",
    matters="Dossiers",
    attorney="Avocat responsable",
    general="Divers",
    fees="Honoraires",
    expenses="Débours et frais",
    adjustments="Ajustements",
    date="Date",
    timekeeper="Intervenant",
    description="Description",
    hours="Heures",
    quantity="Quantité",
    rate="Taux",
    price="Prix",
    amount_in="Montant (%1)",
    subtotal_fees="Total des honoraires",
    subtotal_expenses="Total des débours et frais",
    subtotal_adjustments="Total des ajustements",
    total_matter="Total du dossier",
    line_adjustment="Ajustement %1",
    timekeepers="Récapitulatif par intervenant",
    totals="Récapitulatif",
    subtotal="Sous-total",
    discount="Remise",
    total="Total",
    paid="Paiements et crédits",
    pending="Paiement en cours",
    amount_due="Montant dû",
    amount_due_by="Montant dû au %1",
    nothing_due="Aucun montant dû",
    payment="Règlement",
    pay_online="Payez en ligne ou scannez le code :",
    pay_code="Code QR qui ouvre la page de paiement : %1",
    tax_number="Numéro fiscal %1",
    page_of="Page %1 sur %2",
    logo="Logo de %1",
    draft="Projet",
    void="Annulée",
)

GERMAN = Labels(
    language="de",
    bill="Honorarrechnung",
    bill_number="Rechnungsnummer",
    issue_date="Rechnungsdatum",
    due_date="Fällig am",
    period="Zeitraum",
    period_range="%1 bis %2",
    client_number="Mandantennummer",
    client_matter="Ihr Zeichen",
    matter="Angelegenheit",
    matters="Angelegenheiten",
    attorney="Verantwortlich",
    general="Allgemeines",
    fees="Leistungen",
    expenses="Auslagen",
    adjustments="Anpassungen",
    date="Datum",
    timekeeper="Bearbeitung",
    description="Beschreibung",
    hours="Stunden",
    quantity="Menge",
    rate="Satz",
    price="Preis",
    amount_in="Betrag (%1)",
    subtotal_fees="Summe Leistungen",
    subtotal_expenses="Summe Auslagen",
    subtotal_adjustments="Summe Anpassungen",
    total_matter="Summe der Angelegenheit",
    line_adjustment="Anpassung %1",
    timekeepers="Übersicht nach Bearbeitung",
    totals="Zusammenfassung",
    subtotal="Zwischensumme",
    discount="Nachlass",
    total="Gesamtbetrag",
    paid="Zahlungen und Gutschriften",
    pending="Zahlung unterwegs",
    amount_due="Zu zahlen",
    amount_due_by="Zu zahlen bis %1",
    nothing_due="Nichts zu zahlen",
    payment="Zahlung",
    pay_online="Online bezahlen oder Code scannen:",
    pay_code="QR-Code, der die Seite zum Bezahlen öffnet: %1",
    tax_number="Steuernummer %1",
    page_of="Seite %1 von %2",
    logo="Logo von %1",
    draft="Entwurf",
    void="Storniert",
)

SPANISH = Labels(
    language="es",
    bill="Minuta de honorarios",
    bill_number="Número",
    issue_date="Fecha de emisión",
    due_date="Vencimiento",
    period="Periodo",
    period_range="del %1 al %2",
    client_number="Número de cliente",
    client_matter="Su referencia",
    matter="Asunto",
    matters="Asuntos",
    attorney="Abogado responsable",
    general="General",
    fees="Servicios profesionales",
    expenses="Gastos y suplidos",
    adjustments="Ajustes",
    date="Fecha",
    timekeeper="Profesional",
    description="Descripción",
    hours="Horas",
    quantity="Cantidad",
    rate="Tarifa",
    price="Precio",
    amount_in="Importe (%1)",
    subtotal_fees="Total de servicios profesionales",
    subtotal_expenses="Total de gastos y suplidos",
    subtotal_adjustments="Total de ajustes",
    total_matter="Total del asunto",
    line_adjustment="Ajuste %1",
    timekeepers="Resumen por profesional",
    totals="Resumen",
    subtotal="Subtotal",
    discount="Descuento",
    total="Total",
    paid="Pagos y créditos",
    pending="Pago en curso",
    amount_due="Importe a pagar",
    amount_due_by="Importe a pagar antes del %1",
    nothing_due="Nada que pagar",
    payment="Forma de pago",
    pay_online="Pague en línea o escanee el código:",
    pay_code="Código QR que abre la página de pago: %1",
    tax_number="Número fiscal %1",
    page_of="Página %1 de %2",
    logo="Logotipo de %1",
    draft="Borrador",
    void="Anulada",
)

CATALOGUE = {labels.language: labels for labels in (ENGLISH, FRENCH, GERMAN, SPANISH)}


def labels_for(language: str) -> Labels:
    """Return the words in a language, in English where the catalogue has none for it."""
    return CATALOGUE.get(language, ENGLISH)


def fill(label: str, *values: str) -> str:
    """Put values where a label has `%1`, `%2`; a value's own signs stay as they are."""
    first, *parts = label.split("%")
    return first + "".join(values[int(part[0]) - 1] + part[1:] for part in parts)
