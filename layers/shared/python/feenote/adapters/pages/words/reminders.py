"""Stopping reminders, in each language."""

from __future__ import annotations

from feenote.adapters.pages.words.vocabulary import Notice, ReminderWords

ENGLISH_REMINDERS = ReminderWords(
    stop_these="Stop these reminders",
    going=Notice(
        "Reminders of unpaid bills",
        "{firm} sends reminders of unpaid bills by email to {address}.",
    ),
    if_stopped=(
        "If you stop them, bills, balances, receipts and notes about refunds still come. What is owed "
        "stays owed."
    ),
    stop="Stop reminders",
    stopped=Notice(
        "Reminders are stopped",
        "{firm} sends no more reminders by email to {address}. One that is already on its way may still "
        "arrive.",
    ),
    still_comes=(
        "Bills, balances, receipts and notes about refunds still come. What is owed stays owed, and the "
        "links in your emails work as before."
    ),
    start_again="Start reminders again",
)

FRENCH_REMINDERS = ReminderWords(
    stop_these="Ne plus recevoir ces rappels",
    going=Notice(
        "Rappels de notes impayées",
        "{firm} envoie par e-mail des rappels de notes impayées à {address}.",
    ),
    if_stopped=(
        "Si vous les arrêtez, les notes, les relevés, les reçus et les avis de remboursement vous "
        "parviendront toujours. Ce qui est dû reste dû."
    ),
    stop="Arrêter les rappels",
    stopped=Notice(
        "Les rappels sont arrêtés",
        "{firm} n’envoie plus de rappels par e-mail à {address}. Un rappel déjà en route peut encore "
        "arriver.",
    ),
    still_comes=(
        "Les notes, les relevés, les reçus et les avis de remboursement vous parviendront toujours. Ce qui "
        "est dû reste dû, et les liens de vos e-mails fonctionnent comme avant."
    ),
    start_again="Recevoir à nouveau les rappels",
)

GERMAN_REMINDERS = ReminderWords(
    stop_these="Diese Erinnerungen beenden",
    going=Notice(
        "Erinnerungen an offene Rechnungen",
        "{firm} sendet Erinnerungen an offene Rechnungen per E-Mail an {address}.",
    ),
    if_stopped=(
        "Wenn Sie sie beenden, erhalten Sie weiterhin Rechnungen, Kontostände, Quittungen und Mitteilungen "
        "über Erstattungen. Was geschuldet ist, bleibt geschuldet."
    ),
    stop="Erinnerungen beenden",
    stopped=Notice(
        "Die Erinnerungen sind beendet",
        "{firm} sendet keine Erinnerungen mehr per E-Mail an {address}. Eine, die schon unterwegs ist, kann "
        "noch ankommen.",
    ),
    still_comes=(
        "Rechnungen, Kontostände, Quittungen und Mitteilungen über Erstattungen erhalten Sie weiterhin. Was "
        "geschuldet ist, bleibt geschuldet, und die Links in Ihren E-Mails funktionieren wie bisher."
    ),
    start_again="Erinnerungen wieder erhalten",
)

SPANISH_REMINDERS = ReminderWords(
    stop_these="No recibir más estos recordatorios",
    going=Notice(
        "Recordatorios de minutas pendientes",
        "{firm} envía por correo recordatorios de minutas pendientes a {address}.",
    ),
    if_stopped=(
        "Si los detiene, seguirá recibiendo minutas, saldos, recibos y avisos de reembolso. Lo que se debe "
        "se sigue debiendo."
    ),
    stop="Detener los recordatorios",
    stopped=Notice(
        "Los recordatorios se han detenido",
        "{firm} ya no envía recordatorios por correo a {address}. Uno que ya esté en camino aún puede "
        "llegar.",
    ),
    still_comes=(
        "Seguirá recibiendo minutas, saldos, recibos y avisos de reembolso. Lo que se debe se sigue "
        "debiendo, y los enlaces de sus correos funcionan como antes."
    ),
    start_again="Volver a recibir los recordatorios",
)
