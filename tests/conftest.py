"""What every test runs under."""

from __future__ import annotations

import gc
from functools import cache

import botocore.loaders
import botocore.session
import botocore.useragent
import pytest
from hypothesis import HealthCheck, settings

# A law either holds or not; how long a machine took to see it says nothing.
settings.register_profile("feenote", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("feenote")

# What botocore reads from its own files is the same for every session: read it once for all of them, as one
# process of the product does. Tests make many sessions, and reading takes each a tenth of a second.
botocore.session.create_loader = cache(botocore.loaders.create_loader)
# A pure function that botocore calls eighty times for each request.
botocore.useragent.sanitize_user_agent_string_component = cache(
    botocore.useragent.sanitize_user_agent_string_component
)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for circular garbage among what tests make, seldom, and not in what was imported for them.

    Thousands of collected tests would be looked through again and again: a fifth of the suite's time. What a
    test leaves open is still found when garbage is looked for, at the latest at the end of the session.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
