"""The strips of `local.demo.strip` as an SVG written by hand, for the documentation."""

from __future__ import annotations

from html import escape

from local.demo.strip import Mark, Strip, Strips, label_of

_LEFT, _TOP, _DAY, _ROW, _RIGHT, _FOOT = 236, 84, 13, 27, 240, 52
_INK, _SOFT, _TRACK, _OFF = "#1b2430", "#5b6673", "#c9d3de", "#f1f3f6"
_LEGEND_STEP = 200
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
    'height="{height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="{title}">'
)


def svg_of(strips: Strips, *, title: str, subtitle: str) -> str:
    """Return the same as an SVG for the documentation."""
    width = _LEFT + _DAY * strips.days + _RIGHT
    per_line = (width - 48) // _LEGEND_STEP
    legend_lines = -(-len(strips.used) // per_line)
    bottom = _TOP + _ROW * len(strips.strips)
    height = bottom + _FOOT + 22 * (legend_lines - 1)
    parts = [
        _HEAD.format(width=width, height=height, title=escape(title)),
        _rect(0, 0, width, height, "#ffffff"),
        _text(24, 30, title, size=18, weight=600),
        _text(24, 52, subtitle, fill=_SOFT),
    ]
    for at, day in enumerate(strips.calendar):
        if strips.is_off(day):
            left = _LEFT + _DAY * at
            parts.append(_rect(left, _TOP, _DAY, bottom - _TOP, _OFF))
        if day.weekday() == 0:
            parts.append(_text(_LEFT + _DAY * at, _TOP - 8, label_of(day), fill=_SOFT, size=11))
    for row, strip in enumerate(strips.strips):
        parts += _row(strips, strip, _TOP + _ROW * row + _ROW / 2)
    for at, mark in enumerate(strips.used):
        left, top = 24 + _LEGEND_STEP * (at % per_line), bottom + 32 + 22 * (at // per_line)
        parts += [_sign(mark, left + 6, top - 4), _text(left + 20, top, mark.words, size=12)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(strips: Strips, strip: Strip, middle: float) -> list[str]:
    owed = [day for day in strips.calendar if strip.owed_until is None or day <= strip.owed_until]
    right = _LEFT + _DAY * len(owed)
    parts = [
        _text(_LEFT - 14, middle + 4, strip.client, anchor="end"),
        _line(_LEFT, right, middle),
        _text(_LEFT + _DAY * strips.days + 14, middle + 4, strip.note, fill=_SOFT, size=12),
    ]
    for at, day in enumerate(strips.calendar):
        for number, mark in enumerate(strip.marks.get(day, ())):
            parts.append(_sign(mark, _LEFT + _DAY * (at + number) + _DAY / 2, middle))
    return parts


def _rect(left: float, top: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'


def _line(left: float, right: float, y: float) -> str:
    return f'<path d="M{left:g} {y:g}H{right:g}" stroke="{_TRACK}" stroke-width="2"/>'


def _sign(mark: Mark, x: float, y: float) -> str:
    if mark is Mark.WROTE:
        return f'<circle cx="{x:g}" cy="{y:g}" r="5" fill="{mark.colour}"/>'
    back = f'<circle cx="{x:g}" cy="{y:g}" r="7" fill="#ffffff" stroke="{mark.colour}" stroke-width="1.5"/>'
    return back + _text(x, y + 4, mark.sign, anchor="middle", fill=mark.colour, size=11, weight=700)


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
