"""Each test has an office of its own, reached through the functions."""

from __future__ import annotations

import pytest

from feenote import bootstrap
from tests.integration.api.office import Office, Staff, app
from tests.integration.api.samples import Engagement, engage


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office()
    monkeypatch.setattr(bootstrap, "system", lambda: made.ports)
    monkeypatch.setattr(bootstrap, "clock", lambda: made.clock)
    app("secure_link").pages.guesses.forget()
    return made


@pytest.fixture
def staff(office: Office) -> Staff:
    return Staff()


@pytest.fixture
def engagement(staff: Staff) -> Engagement:
    return engage(staff)
