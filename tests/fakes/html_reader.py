"""Read HTML back: its elements in order, and the text that a person sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_NOT_READ = frozenset({"style", "script", "title"})


@dataclass
class Seen:
    """What stands in a document: tags with the names of their attributes, text, and raw elements."""

    tags: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    raw: dict[str, list[str]] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return all text, as one string."""
        return "".join(self.texts)

    def values(self, tag: str, name: str) -> list[str]:
        """Return an attribute's values, in order."""
        return [value for own, key, value in self.attributes if (own, key) == (tag, name)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = Seen()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.tags.append((tag, tuple(name for name, _ in attrs)))
        self.seen.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag in _NOT_READ:
            self._inside = tag
            self.seen.raw.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.seen.raw[self._inside][-1] += data
        else:
            self.seen.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.seen.comments.append(data)


def read_html(html: str) -> Seen:
    """Return what stands in an HTML document."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.seen
