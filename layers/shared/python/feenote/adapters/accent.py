"""Use a firm's own colour where it can be read, and come near it where it cannot.

Ratios are WCAG 2.2's: 4.5 for text, 3 for a button against what lies around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

DEFAULT = "#1f3a5f"
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
_HEX = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
_STEPS = 40

Rgb = tuple[int, int, int]
_BLACK: Rgb = (0, 0, 0)
_WHITE: Rgb = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Accent:
    """The colours of one scheme, as `#rrggbb`: of a button, of the words on it, of links and lines."""

    button: str
    on_button: str
    text: str


@lru_cache(maxsize=256)
def accent_on(colour: str, paper: str) -> Accent:
    """Return a firm's colour as it can be used on `paper` (`#rrggbb`); the default for what is no colour."""
    ground = _parse(paper)
    wanted = _parse(colour if _HEX.fullmatch(colour) else DEFAULT)
    toward = _BLACK if _luminance(ground) > _luminance((128, 128, 128)) else _WHITE
    button = _moved(wanted, toward, ground, SHAPE_CONTRAST)
    on_button = max((_WHITE, _BLACK), key=lambda ink: _ratio(ink, button))
    return Accent(_format(button), _format(on_button), _format(_moved(wanted, toward, ground, TEXT_CONTRAST)))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (`#rrggbb`), from 1 to 21."""
    return _ratio(_parse(one), _parse(other))


def _moved(colour: Rgb, toward: Rgb, ground: Rgb, ratio: float) -> Rgb:
    """Mix a colour with black or white, as little as it takes to stand out from the ground."""
    for step in range(_STEPS + 1):
        mixed = _mixed(colour, toward, step)
        if _ratio(mixed, ground) >= ratio:
            return mixed
    return toward


def _mixed(colour: Rgb, toward: Rgb, step: int) -> Rgb:
    red, green, blue = (
        (own * (_STEPS - step) + other * step) // _STEPS for own, other in zip(colour, toward, strict=True)
    )
    return red, green, blue


def _ratio(one: Rgb, other: Rgb) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    linear: float = part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
    return linear


def _parse(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _format(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
