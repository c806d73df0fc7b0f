"""The environment tells each function only what it needs; what is missing is named."""

from __future__ import annotations

import pytest

from feenote.settings import SettingError, load


class TestSettings:
    def test_are_read_from_the_environment(self) -> None:
        settings = load({"FEENOTE_TABLE": "feenote", "FEENOTE_STRIPE_LIVEMODE": "false", "PATH": "/bin"})

        assert settings.required("table") == "feenote"
        assert settings.required_livemode() is False

    def test_may_all_be_missing(self) -> None:
        assert load({}).table == ""

    def test_that_are_empty_count_as_missing(self) -> None:
        assert load({"FEENOTE_STRIPE_LIVEMODE": "", "FEENOTE_MAIL_FROM": " "}).stripe_livemode is None

    def test_name_the_variable_that_a_function_misses(self) -> None:
        with pytest.raises(SettingError, match="FEENOTE_MAIL_QUEUE_URL"):
            load({}).required("mail_queue_url")

    def test_never_guess_whether_real_money_moves(self) -> None:
        with pytest.raises(SettingError, match="FEENOTE_STRIPE_LIVEMODE"):
            load({}).required_livemode()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("FEENOTE_PUBLIC_BASE_URL", "https://bills.example/"),
            ("FEENOTE_PUBLIC_BASE_URL", "bills.example"),
            ("FEENOTE_MAIL_FROM", "bills"),
            ("FEENOTE_STRIPE_LIVEMODE", "maybe"),
            ("FEENOTE_STRIPE_API_BASE", "stripe"),
        ],
    )
    def test_name_the_variable_that_is_malformed_and_not_its_value(self, name: str, value: str) -> None:
        with pytest.raises(SettingError, match=name) as error:
            load({name: value})
        assert value not in str(error.value)
