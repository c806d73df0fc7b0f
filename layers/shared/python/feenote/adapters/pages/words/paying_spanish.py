"""Choosing and paying bills in Spanish."""

from __future__ import annotations

from feenote.adapters.pages.words.vocabulary import Notice, PayingWords

SPANISH_PAYING = PayingWords(
    your_bills="Sus minutas pendientes",
    your_bills_from="Sus minutas pendientes de {firm}",
    count_one="1 minuta",
    count_many="{count} minutas",
    overdue_part="de ello, {amount} vencido",
    owed="Total adeudado",
    under_review="En revisión",
    row="Minuta {number}",
    row_pending="{amount} en camino",
    row_disputed="Un pago está en revisión",
    row_pays="Usted paga {amount}",
    row_nothing="Nada de este pago",
    row_left_out="Excluida",
    pdf="PDF",
    pdf_of="de la minuta {number}",
    too_many=(
        "Un pago incluye las {most} minutas más antiguas. Las otras {count}, {amount} en total,"
        " se pueden pagar después."
    ),
    other_currencies="Por moneda",
    statement="Estado de cuenta",
    to_own_bill="Volver a la minuta {number}",
    to_your_bills="Volver a sus minutas",
    questions="¿Preguntas sobre estas minutas? Escriba a",
    others_due="Otras minutas pendientes",
    all_with_others="Las {count} minutas: {amount}",
    choose_bills="Elija lo que paga",
    pay_part="Pagar una parte",
    untick="Desmarque las minutas que no desea pagar ahora.",
    amount_to_pay="Importe a pagar",
    amount_hint=("Déjelo vacío para pagar todo lo elegido. Las minutas más antiguas se pagan primero."),
    amount_hint_bill="Déjelo vacío para pagar toda la minuta.",
    amount_least="El mínimo es {amount}.",
    show_split="Ver el nuevo total",
    chosen_of="Elegidas: {chosen} de {count} minutas",
    due_on_bill="Pendiente en esta minuta",
    you_pay="Paga ahora",
    due_after="Quedará pendiente",
    your_choice="Su pago",
    check=Notice(
        "Compruebe lo que paga",
        "Esto ya no es lo que mostraba la página, así que no se ha cobrado nada. Revíselo tal "
        "como está ahora y pague después.",
    ),
    cannot="Así no se puede pagar",
    not_a_number="No podemos leer este importe. Escríbalo así: {example}.",
    too_many_digits="Hay más decimales de los que tiene la moneda. Escriba el importe así: {example}.",
    too_little="Es demasiado poco: el mínimo es {amount}.",
    too_much="Es más que los {amount} que ha elegido pagar.",
    whole_only="Aquí solo se puede pagar el importe completo, {amount}.",
    nothing_chosen="Elija al menos una minuta.",
    may_not_leave_out="Estas minutas solo se pueden pagar juntas.",
    nothing_due_page=Notice(
        "No hay nada pendiente",
        "No tiene nada que pagar. Gracias.",
    ),
    pending_page=Notice(
        "Su pago está en camino",
        "Se está procesando un pago de {amount}. Un adeudo bancario tarda unos días hábiles. No"
        " tiene que hacer nada más.",
    ),
    rest_after_pending="El resto se podrá pagar cuando haya llegado.",
    otherwise_page=Notice(
        "Cómo pagar",
        "Pague como sigue e indique los números de las minutas.",
    ),
    disputed_page=Notice(
        "Un pago está en revisión",
        "Se está aclarando con el banco un pago de estas minutas. Mientras tanto no se puede "
        "pagar nada aquí. Escríbanos si tiene alguna pregunta.",
    ),
    thanks_failed=Notice(
        "El pago no se ha completado",
        "No ha llegado ningún importe y no hay nada pagado. Inténtelo de nuevo o escríbanos.",
    ),
    settled="Pagada por completo",
    elsewhere="Sus otras minutas o su saldo a favor",
    still_due="{amount} pendiente",
)
