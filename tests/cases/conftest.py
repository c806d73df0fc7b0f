"""Each case has a stage of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import boto3
import pytest

from feenote import bootstrap
from tests.cases.stage import ENVIRONMENT, Stage
from tests.integration.api.office import app


@pytest.fixture
def make_stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stage]]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    # boto3 remembers the credentials of whoever asked it first.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    made: list[Stage] = []
    app("secure_link").pages.guesses.forget()

    def make(*, livemode: bool = False) -> Stage:
        stage = Stage(livemode=livemode)
        made.append(stage)
        return stage

    # The latest stage is the one that handlers see.
    monkeypatch.setattr(bootstrap, "system", lambda: made[-1].system)
    monkeypatch.setattr(bootstrap, "clock", lambda: made[-1].clock)
    yield make
    for stage in made:
        stage.close()


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    return make_stage()
