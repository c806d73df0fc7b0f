"""The mails that clients get."""

from __future__ import annotations

from feenote.adapters.messages.renderer import JinjaMessageRenderer

__all__ = ["JinjaMessageRenderer"]
