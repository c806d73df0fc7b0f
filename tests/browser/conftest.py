"""A running machine, a browser, and visits of clients to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from local.demo.story import set_up_firm
from local.testing import running_machine
from tests.browser.walk import Visit, Watch, World, start_chromium


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    for machine in running_machine():
        world = World(machine)
        set_up_firm(world.place)
        yield world


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = start_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(world: World, chromium: Browser) -> Visit:
    """Open a browser of its own for a client; at its end nothing may have complained or called elsewhere."""

    @contextmanager
    def opened(*, width: int = 1440, scripts: bool = True) -> Iterator[Page]:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts, accept_downloads=True
        )
        context.set_default_timeout(15_000)
        watch = Watch(context, world.url, world.machine.endpoints.guard)
        yield context.new_page()
        context.close()
        assert watch.complaints == []
        assert watch.strangers == []

    return opened
