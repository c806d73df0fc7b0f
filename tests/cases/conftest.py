"""Each case has a stage of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import boto3
import pytest

from feenote import bootstrap
from tests.cases.stage import ENVIRONMENT, Stage
from tests.integration.api.office import app


@cache
def _session() -> boto3.Session:
    """Return one session for all cases, as a process has: each stage makes clients of its own from it."""
    return boto3.Session(
        aws_access_key_id=ENVIRONMENT["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
        region_name=ENVIRONMENT["AWS_DEFAULT_REGION"],
    )


@pytest.fixture
def make_stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stage]]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    # boto3 remembers the credentials of whoever asked it first: here they are always the stage's.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", _session())
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
