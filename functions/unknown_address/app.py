"""What no other function answers: an address that there is not, or a method that it does not take."""

from __future__ import annotations

from feenote.api.resolver import Api

api = Api()
handler = api.resolve
