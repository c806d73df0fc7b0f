"""What a browser sends when somebody presses a page's button and has typed nothing."""

from __future__ import annotations

from html.parser import HTMLParser


def fields_of(html: str, form_id: str) -> list[tuple[str, str]]:
    """Return the fields that a form of a page sends, wherever on the page they stand."""
    reader = _Reader(form_id)
    reader.feed(html)
    return reader.fields


class _Reader(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: list[tuple[str, str]] = []
        self._form_id = form_id
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = found.get("id") == self._form_id
        is_its_own = self._is_inside or found.get("form") == self._form_id
        is_sent = found.get("type") != "checkbox" or "checked" in found
        if tag in {"input", "button"} and "name" in found and is_its_own and is_sent:
            self.fields.append((found["name"], found.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
