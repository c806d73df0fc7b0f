"""The mails in Spanish."""

from __future__ import annotations

from feenote.adapters.messages.words.vocabulary import MailWords

SPANISH = MailWords(
    language="es",
    dear="Buenos días, {name}:",
    dear_too="{name}",
    hello="Buenos días:",
    list_end="{first} y {last}",
    label="{label}:",
    bill_subject="Minuta {number} de {firm}: {amount}, con vencimiento el {date}",
    late_subject="Minuta {number} de {firm}: {amount} por pagar desde el {date}",
    copy_subject="Minuta {number} de {firm}",
    reminder_subject_soon="Recordatorio: {amount}, con vencimiento el {date}",
    reminder_subject_late="Recordatorio: {amount} por pagar desde el {date}",
    reminder_subject_many="Recordatorio: {count} minutas pendientes, {amount} en total",
    reminder_subject_long="Aún pendiente: {amount} por pagar desde el {date}",
    reminder_subject_long_many="Aún pendientes: {count} minutas, {amount} en total",
    reminder_subject_none="Recordatorio de {firm}",
    bill_ready="Su minuta {number} de {firm} está lista. Vence el {date}; importe por pagar: {amount}.",
    bill_late="Esta es su minuta {number} de {firm}. Venció el {date}; importe por pagar: {amount}.",
    bill_paid=(
        "Aquí tiene una copia de su minuta {number} de {firm}. Está pagada y no queda nada por pagar."
    ),
    bill_pending=(
        "Esta es su minuta {number} de {firm}. Su pago está en camino y no tiene que hacer nada más."
    ),
    bill_revised=("La minuta ha cambiado desde que se emitió. Esta es la versión actual, número {revision}."),
    failed_now="No cuenta como pagada. Importe por pagar: {amount}.",
    failed_again="Puede intentarlo de nuevo en la página segura, de la misma forma o de otra.",
    online="Puede leerla, descargarla y pagarla en una página segura, sin cuenta ni contraseña.",
    online_view="Puede leerla y descargarla en una página segura, sin cuenta ni contraseña.",
    all_online=(
        "Puede leer cada minuta, descargarla y pagar en una página segura, sin cuenta ni contraseña."
    ),
    all_online_view="Puede leer y descargar cada minuta en una página segura, sin cuenta ni contraseña.",
    attached="El PDF va adjunto a este correo.",
    others_one="Hay otra minuta pendiente, de {amount}. Puede pagarla en la misma página.",
    others_many=(
        "Hay otras {count} minutas pendientes, {amount} en total. Puede pagarlas todas en la misma página."
    ),
    reminder_soon_one="Su minuta {number} de {amount} vence el {date}.",
    reminder_soon_many="{count} de sus minutas vencen pronto, {amount} en total. La primera vence el {date}.",
    reminder_late_one="Su minuta {number} de {amount} venció el {date}.",
    reminder_late_many=(
        "{count} de sus minutas están pendientes, {amount} en total. La más antigua venció el {date}."
    ),
    reminder_long_one="Su minuta {number} de {amount} sigue pendiente. Venció el {date}.",
    reminder_long_many=(
        "{count} de sus minutas siguen pendientes, {amount} en total. La más antigua venció el {date}."
    ),
    reminder_request_soon=(
        "Es solo un aviso con antelación: si el pago ya está previsto, no tiene que hacer nada."
    ),
    reminder_request_late="Quizá se le haya pasado. Le rogamos que pague en los próximos días.",
    reminder_request_long=(
        "Le rogamos que pague en los próximos días o que responda a este correo y nos diga cuándo "
        "podemos esperar su pago."
    ),
    reminder_credit="Guardamos {amount} como saldo a su favor; todavía no se ha descontado aquí.",
    reminder_none="En este momento no hay nada por pagar.",
    period="{start} al {end}",
    amount_due="Importe a pagar",
    amount_paid="Importe recibido",
    amount_refunded="Importe devuelto",
    total="Total",
    due_by="Vence el {date}",
    was_due="Venció el {date}",
    oldest_due="La más antigua venció el {date}",
    bill="Minuta",
    issued="Emitida el {date}",
    paid_of="{paid} pagados de {total}",
    on_its_way="{amount} en camino",
    disputed="un pago está en revisión",
    other_bills="Otras minutas",
    billed="Minutado",
    less_paid="Pagado",
    less_on_its_way="En camino",
    less_disputed="En revisión",
    balance_due="Total pendiente",
    more_bills="y {count} más, en la página segura",
    matter="Asunto",
    matters="Asuntos",
    receipt="Recibo",
    received_on="Recibido",
    method="Pagado con",
    spread="A qué se ha destinado",
    refund_spread="Lo que había pagado",
    bill_row="Minuta {number}",
    another_bill="Otra minuta",
    left="Por pagar: {amount}",
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
    view_bills="Ver sus minutas",
    try_again="Intentarlo de nuevo",
    begin_portal="Elegir su contraseña",
    open_portal="Abrir en el portal",
    address="Si el botón no funciona, abra esta dirección:",
    how_to_pay="Cómo pagar",
    name_the_bill="Indique la minuta {number} en su pago.",
    name_the_bills="Indique los números de las minutas en su pago.",
    ask_how_to_pay="Responda a este correo y le diremos cómo pagar.",
    stop_reminders=(
        "¿Prefiere no recibir estos recordatorios? Puede detenerlos; lo que debe se sigue debiendo."
    ),
    stop_here="Detener estos recordatorios",
    personal=(
        "El enlace es solo para usted: quien lo tenga puede abrir la minuta. Funciona durante {days} días."
    ),
    personal_all=(
        "El enlace es solo para usted: quien lo tenga puede abrir sus minutas. Funciona durante {days} días."
    ),
    personal_portal="Este enlace es para usted. No lo comparta, por favor.",
    shared=(
        "El enlace es para los destinatarios de este correo: quien lo tenga puede "
        "abrir la minuta. Funciona durante {days} días."
    ),
    shared_all=(
        "El enlace es para los destinatarios de este correo: quien lo tenga puede "
        "abrir sus minutas. Funciona durante {days} días."
    ),
    shared_portal="Este enlace es para los destinatarios de este correo. No lo compartan, por favor.",
)
