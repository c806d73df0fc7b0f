"""What a function is told by its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_PREFIX = "FEENOTE_"


class SettingError(Exception):
    """A variable of the environment that is missing or malformed; the message names it."""


class Settings(BaseModel):
    """Hold what the environment tells; a function is told only what it needs, so all may be empty."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    table: str = ""
    documents_bucket: str = ""
    mail_queue_url: str = Field(default="", pattern=r"^$|^https?://")
    bulk_mail_queue_url: str = Field(default="", pattern=r"^$|^https?://")
    send_queue_url: str = Field(default="", pattern=r"^$|^https?://")
    reconcile_queue_url: str = Field(default="", pattern=r"^$|^https?://")
    reminder_queue_url: str = Field(default="", pattern=r"^$|^https?://")
    mail_configuration_set: str = ""
    mail_from: str = Field(default="", pattern=r"^$|^[^@\s]+@[^@\s]+$")
    public_base_url: str = Field(default="", pattern=r"^$|^https?://[^/]+(/.*[^/])?$")
    stripe_secret_arn: str = ""
    stripe_api_base: str = Field(default="", pattern=r"^$|^https?://")
    stripe_livemode: bool | None = None

    def required(self, name: str) -> str:
        """Return a setting of text.

        Raises:
            SettingError: when it is not set.
        """
        value: str = getattr(self, name)
        if not value:
            raise SettingError(f"Set {variable(name)}: this function needs it.")
        return value

    def required_livemode(self) -> bool:
        """Return whether real money moves; nothing stands in for an answer.

        Raises:
            SettingError: when it is not set.
        """
        if self.stripe_livemode is None:
            raise SettingError(f"Set {variable('stripe_livemode')} to true or false: this function needs it.")
        return self.stripe_livemode


def variable(name: str) -> str:
    """Return the variable of the environment that holds a setting: `table` is `FEENOTE_TABLE`."""
    return f"{_PREFIX}{name.upper()}"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; an empty variable counts as not set.

    Raises:
        SettingError: naming each variable that is malformed.
    """
    source = os.environ if environment is None else environment
    found = {name: source.get(variable(name), "").strip() for name in Settings.model_fields}
    try:
        return Settings.model_validate({name: value for name, value in found.items() if value})
    except ValidationError as error:
        names = sorted({variable(str(item["loc"][0])) for item in error.errors()})
        raise SettingError(f"Malformed: {', '.join(names)}.") from error
