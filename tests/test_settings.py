"""Settings: defaults that work, and errors that help."""

from pathlib import Path

import msgspec
import pytest

from purveyor.settings import Settings, SettingsError


def test_nothing_has_to_be_set() -> None:
    settings = Settings.from_environment({"HOME": "/home/ada", "PATH": "/bin"})

    assert settings == Settings()
    assert settings.database_url is None
    assert settings.fake_dir == settings.data_dir / "fakes"


def test_variables_are_read_in_their_types() -> None:
    settings = Settings.from_environment(
        {
            "PURVEYOR_DATABASE_URL": "postgresql://db/purveyor",
            "PURVEYOR_DATA_DIR": "/srv/purveyor",
            "PURVEYOR_PORT": " 80 ",
            "PURVEYOR_LOG_LEVEL": "debug",
            "PURVEYOR_SMTP_URL": "",
        }
    )

    assert settings.database_url == "postgresql://db/purveyor"
    assert settings.data_dir == Path("/srv/purveyor")
    assert settings.fake_dir == Path("/srv/purveyor/fakes")
    assert settings.port == 80
    assert settings.log_level == "debug"
    assert settings.smtp_url is None, "an empty variable is one that is not set"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PURVEYOR_PORT", "web", "PURVEYOR_PORT is 'web', but must be a whole number from 1 to 65535."),
        ("PURVEYOR_PORT", "65536", "PURVEYOR_PORT is '65536', but must be a whole number from 1 to 65535."),
        ("PURVEYOR_MAX_WAITING", "0", "PURVEYOR_MAX_WAITING is '0', but must be a whole number of at least 1."),
        ("PURVEYOR_LOG_LEVEL", "loud", "PURVEYOR_LOG_LEVEL is 'loud', but must be one of debug, info, warning, error."),
        ("PURVEYOR_CURRENCY", "euro", "PURVEYOR_CURRENCY is 'euro', but must be something like EUR."),
        ("PURVEYOR_PUBLIC_URL", "shop", "PURVEYOR_PUBLIC_URL is 'shop', but must be a URL that starts with https://."),
        ("PURVEYOR_DATABSE_URL", "x", "PURVEYOR_DATABSE_URL is not a setting. Is PURVEYOR_DATABASE_URL meant?"),
        ("PURVEYOR_PROT", "8421", "PURVEYOR_PROT is not a setting. Is PURVEYOR_PORT meant?"),
        (
            "PURVEYOR_THEME",
            "dark",
            "PURVEYOR_THEME is not a setting. The nearest is PURVEYOR_TIMEZONE; docs/operating.md has them all.",
        ),
    ],
)
def test_a_bad_value_is_named_with_what_would_be_right(variable: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({variable: value})

    assert str(error.value) == message


def test_an_error_does_not_tell_a_password() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({"PURVEYOR_DATABASE_URL": "mysql://root:hunter2@db/shop"})

    assert "hunter2" not in str(error.value)
    assert "PURVEYOR_DATABASE_URL" in str(error.value)


@pytest.mark.parametrize("service", ["PURVEYOR", "PURVEYOR_DB", "PURVEYOR_WEB_DEMO"])
def test_what_kubernetes_tells_of_services_is_left_alone(service: str) -> None:
    told = {
        f"{service}_SERVICE_HOST": "10.0.0.1",
        f"{service}_SERVICE_PORT": "5432",
        f"{service}_SERVICE_PORT_HTTP": "80",
        f"{service}_PORT": "tcp://10.0.0.1:5432",
        f"{service}_PORT_5432_TCP": "tcp://10.0.0.1:5432",
        f"{service}_PORT_5432_TCP_PROTO": "tcp",
        f"{service}_PORT_5432_TCP_PORT": "5432",
        f"{service}_PORT_5432_TCP_ADDR": "10.0.0.1",
    }

    assert Settings.from_environment(told) == Settings()


@pytest.mark.parametrize("name", ["PURVEYOR_DB_PORT", "PURVEYOR_TEST_PORT", "PURVEYOR_TEST_SEED"])
def test_what_only_looks_like_a_service_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="is not a setting"):
        Settings.from_environment({name: "5432"})


def test_every_setting_is_described() -> None:
    for field in msgspec.structs.fields(Settings):
        (meta,) = field.type.__metadata__
        assert meta.description.endswith("."), field.name


@pytest.mark.parametrize("text", ["secret", "whsec_!", "whsec_c2hvcnQ="])
def test_a_webhook_secret_that_is_none_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(SettingsError, match=r"PURVEYOR_CARRIER_WEBHOOK_SECRET .* must be whsec_") as refused:
        Settings.from_environment({"PURVEYOR_CARRIER_WEBHOOK_SECRET": text})
    assert f"'{text}'" not in str(refused.value)
