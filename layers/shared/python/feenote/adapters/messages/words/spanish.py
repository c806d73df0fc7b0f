"""The mails in Spanish."""

from __future__ import annotations

from feenote.adapters.messages.words.vocabulary import MailWords

SPANISH = MailWords(
    language="es",
    dear="Buenos días, {name}:",
    hello="Buenos días:",
    bill_subject="Minuta {number} de {firm}: {amount}, vence el {date}",
    copy_subject="Minuta {number} de {firm}",
    receipt_subject="Recibo {number} de {firm}: {amount}",
    failed_subject="Su pago de la minuta {number} no se ha realizado",
    renewed_subject="Su nuevo enlace a la minuta {number} de {firm}",
    bill_ready="Su minuta {number} de {firm} está lista. {amount} vence el {date}.",
    bill_late="Esta es su minuta {number} de {firm}. {amount} venció el {date}.",
    bill_paid=(
        "Aquí tiene una copia de su minuta {number} de {firm}. Está pagada y no queda nada por pagar."
    ),
    bill_pending=(
        "Esta es su minuta {number} de {firm}. Su pago está en camino y no tiene que hacer nada más."
    ),
    bill_revised=("La minuta ha cambiado desde que se emitió. Esta es la versión actual, número {revision}."),
    online="Puede leerla, descargarla y pagarla en una página segura, sin cuenta ni contraseña.",
    online_view="Puede leerla y descargarla en una página segura, sin cuenta ni contraseña.",
    attached="El PDF va adjunto a este correo.",
    others_one="Hay otra minuta pendiente, de {amount}. Puede pagarla en la misma página.",
    others_many=(
        "Hay otras {count} minutas pendientes, {amount} en total. Puede pagarlas todas en la misma página."
    ),
    received="Gracias. Hemos recibido su pago de {amount}.",
    failed=(
        "Su pago de la minuta {number} no se ha realizado. Con los adeudos bancarios puede ocurrir, "
        "por ejemplo cuando un dato de la cuenta no es correcto."
    ),
    failed_now="No cuenta como pagada, así que quedan {amount} por pagar.",
    failed_again="Puede intentarlo de nuevo en la página segura, de la misma forma o de otra.",
    renewed="Aquí tiene el nuevo enlace que pidió a su minuta {number} de {firm}.",
    renewed_unasked="Si no lo ha pedido, no tiene que hacer nada.",
    amount_due="Importe a pagar",
    amount_paid="Importe recibido",
    total="Total",
    due_by="Vence el {date}",
    was_due="Venció el {date}",
    bill="Minuta",
    matter="Asunto",
    matters="Asuntos",
    receipt="Recibo",
    received_on="Recibido",
    method="Pagado con",
    spread="A qué se ha destinado",
    bill_row="Minuta {number}",
    another_bill="Otra minuta",
    left="Quedan {amount} por pagar",
    settled="Pagada por completo",
    client_credit="Guardado como saldo a su favor",
    card="Tarjeta",
    bank_debit="Adeudo bancario",
    other_online="Pago en línea",
    cheque="Cheque",
    cash="Efectivo",
    wire="Transferencia",
    view_and_pay="Ver y pagar",
    view="Ver la minuta",
    try_again="Intentarlo de nuevo",
    address="Si el botón no funciona, abra esta dirección:",
    how_to_pay="Cómo pagar",
    name_the_bill="Indique la minuta {number} en su pago.",
    ask_how_to_pay="Responda a este correo y le diremos cómo pagar.",
    questions="¿Tiene alguna pregunta? Responda a este correo.",
    personal=(
        "El enlace es solo para usted: quien lo tenga puede abrir la minuta. Funciona durante {days} días."
    ),
    regards="Un saludo cordial,",
)
