"""The bill as an HTML page for weasyprint: the same strings, columns, fonts and page furniture."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING, Any

from feenote.adapters.pdf.fonts import Coverage
from feenote.adapters.pdf.prepare import prepare
from feenote.adapters.pdf.renderer import qr_svg
from feenote.adapters.pdf.text import Cleaner
from tests.unit.pdf.samples import FONTS

if TYPE_CHECKING:
    from feenote.domain.documents import BillDocument

_STYLE = """
@font-face {{ font-family: Sans; src: url("{fonts}/FeenoteSans-Regular.ttf") }}
@font-face {{ font-family: Sans; font-weight: 600; src: url("{fonts}/FeenoteSans-SemiBold.ttf") }}
@font-face {{ font-family: Serif; font-weight: 600; src: url("{fonts}/FeenoteSerif-SemiBold.ttf") }}
@page {{ size: letter; margin: 18mm 24mm 23mm;
  @bottom-left {{ content: "{footer}"; font: 8pt Sans }}
  @bottom-right {{ content: "Page " counter(page) " of " counter(pages); font: 8pt Sans }} }}
body {{ font: 9.5pt/1.25 Sans; color: #1c1c1c }}
h1 {{ font: 600 23pt Serif; color: {accent}; border-bottom: 0.9pt solid {accent} }}
h2 {{ font: 600 13pt Serif; color: {accent}; break-after: avoid }}
table {{ width: 100%; border-collapse: collapse; font-size: 9pt }}
td, th {{ padding: 4pt; vertical-align: top; text-align: left }}
th {{ font-size: 8pt; color: {accent}; border-bottom: 0.9pt solid {accent} }}
tr {{ break-inside: avoid }} td {{ border-bottom: 0.35pt solid #c7c7c7 }}
.right {{ text-align: right }} small {{ font-size: 7.5pt; color: #5c5c5c }} .kept {{ break-inside: avoid }}
.two {{ display: flex; justify-content: space-between; min-height: 40mm }}
"""


def html_of(document: BillDocument) -> str:
    """Return the page that shows the same bill."""
    data = prepare(document, Cleaner(Coverage(FONTS)))
    parts = [
        "<div class=two>",
        f"<h2>{escape(data['firm']['name'])}</h2>",
        _lines([*data["firm"]["address"], *(shown for shown, _ in data["firm"]["contact"])]),
        "</div><div class=two>",
        _lines([data["client"]["name"], *data["client"]["address"]]),
        _rows(data["facts"]),
        f"</div><h1>{escape(data['heading'])}</h1>",
        *(f"<p>{escape(text)}</p>" for text in data["memo"]),
    ]
    for group in data["groups"]:
        if group["heading"]:
            parts.append(f"<h2>{escape(group['heading'])}</h2>")
        parts.extend(_table(table) for table in group["tables"])
    if data["timekeepers"]:
        parts.append(_table(data["timekeepers"]))
    parts += ["<div class=kept>", _rows([row[:2] for row in data["totals"]]), _rows([data["due"]]), "</div>"]
    parts += [f"<p>{escape(text)}</p>" for text in data["pay"]["instructions"]]
    if data["pay"]["url"]:
        code = base64.b64encode(qr_svg(data["pay"]["url"]).encode()).decode()
        parts.append(f'<p><a href="{escape(data["pay"]["url"])}">{escape(data["pay"]["url"])}</a></p>')
        parts.append(f'<img alt="QR" width=100 src="data:image/svg+xml;base64,{code}">')
    style = _STYLE.format(fonts=FONTS.as_uri(), accent=data["accent"], footer=data["footer"]["left"])
    head = f"<title>{escape(data['title'])}</title><style>{style}</style>"
    return f"<!doctype html><html lang=en>{head}{''.join(parts)}"


def _lines(texts: list[str]) -> str:
    return f"<div>{'<br>'.join(map(escape, texts))}</div>"


def _rows(rows: list[list[str]]) -> str:
    cells = "".join(f"<tr><td>{escape(label)}<td class=right>{escape(value)}" for label, value in rows)
    return f"<table>{cells}</table>"


def _table(table: dict[str, Any]) -> str:
    sides = [f"class={column['align']}" for column in table["columns"]]
    head = "".join(
        f"<th {side}>{escape(column['label'])}" for side, column in zip(sides, table["columns"], strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f"<td {side}>{_cell(value)}" for side, value in zip(sides, row, strict=True))
        for row in table["rows"]
    )
    return f"<h2>{escape(table['heading'])}</h2><table><thead><tr>{head}</thead><tbody>{body}</tbody></table>"


def _cell(value: str | dict[str, str]) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{escape(value['text'])} <small>{escape(value['small'])}</small>"
