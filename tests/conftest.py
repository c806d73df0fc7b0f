"""What every test runs under."""

from hypothesis import HealthCheck, settings

# A law either holds or not; how long a machine took to see it says nothing.
settings.register_profile("feenote", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("feenote")
