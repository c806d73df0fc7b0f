"""Know which characters the fonts draw, from their own tables."""

from __future__ import annotations

import importlib
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BODY = "FeenoteSans-Regular.ttf"


class Coverage:
    """The code points that the fonts in a folder draw; most bills ask only the body's font.

    The tables are read on the first question and kept, as the folder is part of the release.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, point: object) -> bool:
        return point in self.body or point in self.union

    @cached_property
    def body(self) -> frozenset[int]:
        """Return what the font of the running text draws."""
        return self._points(self._folder / BODY)

    @cached_property
    def union(self) -> frozenset[int]:
        """Return what any of the fonts draws."""
        faces = [path for path in sorted(self._folder.iterdir()) if path.suffix in {".ttf", ".otf"}]
        return frozenset().union(*(self._points(path) for path in faces))

    @staticmethod
    def _points(path: Path) -> frozenset[int]:
        library = importlib.import_module("fontTools.ttLib")  # 20 ms: only when a bill has more than ASCII
        with library.TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap())
