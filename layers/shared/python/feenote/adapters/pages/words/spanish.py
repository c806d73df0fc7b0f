"""The pages in Spanish."""

from __future__ import annotations

from feenote.adapters.pages.words.paying_spanish import SPANISH_PAYING
from feenote.adapters.pages.words.reminders import SPANISH_REMINDERS
from feenote.adapters.pages.words.vocabulary import Notice, PageWords

SPANISH = PageWords(
    language="es",
    bill="Minuta {number}",
    bill_number="Número",
    bill_from="Minuta {number} de {firm}",
    issued="Fecha de emisión",
    due="Vencimiento",
    period="Periodo",
    period_range="del {start} al {end}",
    matter="Asunto",
    matters="Asuntos",
    your_reference="Su referencia: {number}",
    billed_to="Destinatario",
    tax_number="Número fiscal {number}",
    note="Nota",
    revised=("Esta minuta ha cambiado desde que se emitió. Esta es la versión actual, número {revision}."),
    lines_heading="Qué incluye esta minuta",
    totals_heading="Cómo se suma",
    details="Detalle de la minuta",
    all_lines_in_pdf="Todas las líneas están en el PDF.",
    fees="Servicios profesionales",
    expenses="Gastos y suplidos",
    adjustments="Ajustes",
    general="General",
    entry_one="1 línea",
    entry_many="{count} líneas",
    date="Fecha",
    description="Descripción",
    hours="Horas",
    quantity="Cantidad",
    rate="Tarifa",
    price="Precio",
    amount="Importe",
    adjustment="ajuste {amount}",
    subtotal="Subtotal",
    discount="Descuento",
    total="Total",
    paid="Pagado",
    pending="En camino",
    due_now="A pagar ahora",
    amount_due="Importe a pagar",
    due_by="Vence el {date}",
    was_due="Venció el {date}",
    overdue="Vencida",
    pay_amount="Pagar {amount}",
    pay_note="Paga en una página segura de Stripe, nuestro proveedor de pagos.",
    download="Descargar PDF",
    payments="Pagos",
    receipt="Recibo {number}",
    card="Tarjeta",
    bank_debit="Adeudo bancario",
    other_online="En línea",
    cheque="Cheque",
    cash="Efectivo",
    wire="Transferencia",
    questions="¿Preguntas sobre esta minuta? Escriba a",
    questions_reply="¿Preguntas? Responda al correo que le trajo aquí.",
    phone="o llame al {number}",
    personal="Este enlace es personal: quien lo tenga puede abrir esta página.",
    paid_page=Notice(
        "Esta minuta está pagada",
        "Gracias. No queda nada por pagar.",
    ),
    paid_copy="Pagada por completo",
    pending_page=Notice(
        "Su pago está en camino",
        "Se está procesando un pago de {amount}. Un adeudo bancario tarda unos días hábiles. No tiene"
        " que hacer nada más.",
    ),
    otherwise_page=Notice(
        "Cómo pagar",
        "Pague como sigue e indique la minuta {number}.",
    ),
    otherwise_contact="Escríbanos y le diremos cómo pagar.",
    disputed_page=Notice(
        "Un pago está en revisión",
        "Se está aclarando con el banco un pago de esta minuta. Mientras tanto no se puede pagar nada"
        " aquí. Escríbanos si tiene alguna pregunta.",
    ),
    void_page=Notice(
        "Esta minuta se ha anulado",
        "Ya no pide nada y no hay nada que pagar.",
    ),
    expired_page=Notice(
        "Este enlace ha caducado",
        "Los enlaces funcionan un tiempo limitado para proteger sus documentos. Podemos enviarle uno "
        "nuevo a la dirección de correo que tenemos registrada.",
    ),
    send_new_link="Enviarme un enlace nuevo",
    renewed_page=Notice(
        "Mire su correo",
        "Si se puede enviar un enlace nuevo, está en camino a la dirección de correo que tenemos "
        "registrada. Puede tardar unos minutos. Si no llega nada, escríbanos.",
    ),
    not_found_page=Notice(
        "Aquí no hay nada",
        "Esta dirección no abre nada. Compruebe que sea el enlace completo del correo.",
    ),
    slow_down_page=Notice(
        "Un momento, por favor",
        "Ha habido demasiados intentos en poco tiempo. Espere unos minutos y vuelva a intentarlo.",
    ),
    unavailable_page=Notice(
        "Esta página no está disponible ahora",
        "Un servicio del que depende no responde. "
        "No se ha perdido nada. Vuelva a intentarlo en unos minutos.",
    ),
    thanks="Gracias",
    thanks_paid="Su pago ha llegado. Le enviamos un recibo por correo.",
    thanks_pending=(
        "Su pago de {amount} está en camino. Un adeudo bancario tarda unos días hábiles. Recibirá un "
        "recibo por correo cuando haya llegado."
    ),
    thanks_waiting=Notice(
        "Esperando la confirmación",
        "Todavía no tenemos noticia de su pago. Si ya ha pagado, no lo repita: la confirmación suele "
        "llegar en menos de un minuto y después recibirá un recibo por correo.",
    ),
    check_again="Comprobar de nuevo",
    to_the_bill="Volver a la minuta",
    refused_paid=Notice(
        "Se acaba de pagar",
        "Acaba de llegar un pago, así que no se ha cobrado nada más.",
    ),
    refused_pending=Notice(
        "Ya hay un pago en camino",
        "Para que nada se pague dos veces, no se puede empezar otro pago hasta saber del primero.",
    ),
    refused_not_payable=Notice(
        "Aquí no se puede pagar",
        "Esta minuta ya no se puede pagar en línea. No se ha cobrado nada.",
    ),
    refused_not_taken=Notice(
        "Este importe no se puede pagar en línea",
        "Nuestro proveedor de pagos no acepta este importe en esta moneda. No se ha cobrado nada. "
        "Elija otro importe o pregúntenos de qué otra forma puede pagar.",
    ),
    refused_unavailable=Notice(
        "Ahora no es posible pagar",
        "Nuestro proveedor de pagos no responde. No se ha cobrado nada. Inténtelo de nuevo en unos minutos.",
    ),
    no_document=Notice(
        "El PDF no está listo",
        "No podemos abrir el PDF ahora. Inténtelo de nuevo en unos minutos.",
    ),
    paying=SPANISH_PAYING,
    reminders=SPANISH_REMINDERS,
)
