"""Draw what lists cost by the size of the firm, as an SVG written by hand: a row for each list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import log10
from typing import Protocol

WIDTH, ROW = 860, 30
_LEFT, _TOP, _CELL = 330, 86, 120
_SHADES = ("#dbe7f3", "#b7cfe6", "#86add3", "#4f84b8", "#1f3a5f")
_INK, _SOFT = "#1b2430", "#5b6673"
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
    'height="{height}" font-family="system-ui, sans-serif" font-size="13" role="img" '
    'aria-label="Read units of one page of each list, by the number of bills of the firm">'
)


class Cost(Protocol):
    """What one reading cost."""

    @property
    def calls(self) -> int:
        """Return the calls to the table."""
        ...

    @property
    def units(self) -> float:
        """Return the read units."""
        ...


def draw(costs: Mapping[str, Sequence[Cost]], sizes: Sequence[int], *, bounds: Mapping[str, float]) -> str:
    """Return the picture: a row for each list, a column for each size, a darker cell for a dearer reading.

    Args:
        costs: of each list, in the order of the sizes.
        sizes: bills of the firm.
        bounds: the most units of the lists that cost more while there is more to look at.
    """
    height = _TOP + ROW * len(costs) + 46
    parts = [
        _HEAD.format(width=WIDTH, height=height),
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(24, 34, "Read units for one page, by bills of the firm", size=18, weight=600),
        _text(24, 56, "A row of one shade costs the same in every firm.", fill=_SOFT),
        *(
            _text(_LEFT + _CELL * column + _CELL / 2, _TOP - 8, f"{size:,}", anchor="middle", weight=600)
            for column, size in enumerate(sizes)
        ),
    ]
    for row, (name, found) in enumerate(costs.items()):
        top = _TOP + ROW * row
        parts.append(_text(_LEFT - 12, top + 19, name, anchor="end"))
        parts += [_cell(_LEFT + _CELL * column, top, cost) for column, cost in enumerate(found)]
        if name in bounds:
            parts.append(_text(_LEFT + _CELL * len(sizes) + 6, top + 19, f"≤ {bounds[name]:g}", fill=_SOFT))
    note = "≤: it looks at more while there is more to look at, up to this bound."
    parts += [_text(24, height - 18, note, fill=_SOFT, size=12), "</svg>"]
    return "\n".join(parts) + "\n"


def _cell(left: float, top: float, cost: Cost) -> str:
    shade = min(len(_SHADES) - 1, int(2 * log10(max(1.0, cost.units))))
    ink = "#ffffff" if shade >= 3 else _INK
    return (
        f'<rect x="{left + 2:g}" y="{top + 2:g}" width="{_CELL - 4}" height="{ROW - 4}" rx="3" '
        f'fill="{_SHADES[shade]}"/>'
        + _text(left + _CELL / 2, top + 19, f"{cost.units:g}", anchor="middle", fill=ink)
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    fill: str = _INK,
    size: int = 13,
    weight: int = 400,
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}" font-size="{size}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )
