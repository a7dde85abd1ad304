"""Which settings are accepted? Those that are known and can be; the others say so in one sentence."""

from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest

from app.settings import (
    SETTING_NAMES,
    SettingRefused,
    Settings,
    load_settings,
    read_toml,
    secret_key_of,
)

KEY = "0123456789abcdef0123456789abcdef"


def test_nothing_set_means_an_embedded_database_on_this_machine(tmp_path: Path) -> None:
    chosen = Settings.load({"LIASSE_DATA_DIR": str(tmp_path)})
    assert chosen.database_url == f"sqlite:///{tmp_path}/liasse.db"
    assert chosen.storage_url == f"file:{tmp_path}/documents"
    assert chosen.host == "127.0.0.1"
    assert not chosen.is_https


def test_every_setting_can_be_set_and_read_back(tmp_path: Path) -> None:
    given = {
        "LIASSE_AUTHORITY_NAME": "Département de la Meuse",
        "LIASSE_BASE_URL": "https://aides.exemple.fr/",
        "LIASSE_BOUNCE_ADDRESS": "retours@exemple.fr",
        "LIASSE_BOUNCE_URL": "imaps://retours:secret@courrier.exemple.fr/INBOX",
        "LIASSE_CLAMAV": "/run/clamd.sock",
        "LIASSE_CONTACT": "aides@exemple.fr",
        "LIASSE_DATA_OFFICER": "dpd@exemple.fr",
        "LIASSE_DATABASE_URL": "postgresql+psycopg://liasse@base/liasse",
        "LIASSE_DATA_DIR": str(tmp_path),
        "LIASSE_DOSSIER_TYPES": "processes, /srv/types",
        "LIASSE_HOST": "0.0.0.0",
        "LIASSE_HOSTING": "Département de la Meuse, Bar-le-Duc",
        "LIASSE_KEPT_YEARS": "15",
        "LIASSE_ALSACE_MOSELLE": "oui",
        "LIASSE_CLOSURES": "2026-12-28/2026-12-31 fermeture",
        "LIASSE_HTTP_REQUEST_HOSTS": "api.exemple.fr",
        "LIASSE_MAIL_FROM": "Aides <aides@exemple.fr>",
        "LIASSE_MAIL_JOURNAL": "/var/log/mail.log",
        "LIASSE_MAIL_LEASE": "180",
        "LIASSE_MAIL_PER_HOUR": "3000",
        "LIASSE_MAIL_PER_HOUR_EACH": "80",
        "LIASSE_MAIL_PER_MINUTE": "200",
        "LIASSE_MAX_UPLOAD_MB": "50",
        "LIASSE_METRICS_TOKEN": KEY,
        "LIASSE_MIGRATION_DATABASE_URL": "postgresql+psycopg://owner@base/liasse",
        "LIASSE_PORT": "9000",
        "LIASSE_PUBLISHER": "Ada Martin, présidente",
        "LIASSE_SECRET_KEY": KEY,
        "LIASSE_SMTP_URL": "smtp+starttls://relais:587",
        "LIASSE_STORAGE_URL": f"file:{tmp_path}/pieces",
        "LIASSE_TIMEZONE": "Europe/Paris",
        "LIASSE_TRUSTED_PROXIES": "1",
    }
    assert set(given) == set(SETTING_NAMES)
    chosen = Settings.load(given)
    assert chosen.base_url == "https://aides.exemple.fr"
    assert chosen.is_https
    assert chosen.hostname == "aides.exemple.fr"
    assert chosen.dossier_types == ("processes", "/srv/types")
    assert (chosen.port, chosen.trusted_proxies, chosen.max_upload_mb) == (9000, 1, 50)


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("LIASSE_SECRETKEY", KEY, "n’est pas un réglage connu"),
        ("LIASSE_SECRET_KEY", "court", "au moins 32"),
        ("LIASSE_SECRET_KEY", "a" * 40, "variés"),
        ("LIASSE_PORT", "0", "de 1 à 65535"),
        ("LIASSE_PORT", "8 000", "nombre entier"),
        ("LIASSE_BASE_URL", "aides.exemple.fr", "https://"),
        ("LIASSE_BASE_URL", "https://exemple.fr/aides", "https://"),
        ("LIASSE_DATABASE_URL", "mysql://base", "sqlite:///"),
        ("LIASSE_MAIL_LEASE", "60", "de 61 à"),
        ("LIASSE_BOUNCE_ADDRESS", "Retours <retours@exemple.fr>", "seule, en minuscules"),
        ("LIASSE_BOUNCE_URL", "imap://compte@courrier", "imaps://"),
        ("LIASSE_MAIL_FROM", "a@b.fr\r\nBcc: c@d.fr", "courriel"),
        ("LIASSE_SMTP_URL", "http://relais", "smtp://"),
        ("LIASSE_STORAGE_URL", "s3://pieces", "file:"),
        ("LIASSE_TIMEZONE", "America/Cayenne", "Europe/Paris"),
        ("LIASSE_OIDC_ISSUER", "https://proconnect.example", "n’existe pas dans cette version"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name: str, value: str, word: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        Settings.load({name: value})
    assert str(refused.value).startswith(name)
    assert word in str(refused.value)


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    place = tmp_path / "liasse.toml"
    place.write_text('port = 9000\nhost = "0.0.0.0"\ndossier_types = ["processes", "autres"]\n')
    chosen = Settings.load({"LIASSE_PORT": "9001"}, read_toml(place))
    assert (chosen.port, chosen.host) == (9001, "0.0.0.0")
    assert chosen.dossier_types == ("processes", "autres")


@pytest.mark.parametrize(
    "text", ["port = ", "[port]\nnumber = 1\n", "prot = 1\n", "port = 1.5"]
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str) -> None:
    place = tmp_path / "liasse.toml"
    place.write_text(text)
    with pytest.raises(SettingRefused):
        load_settings({"LIASSE_CONFIG": str(place)})


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingRefused, match="ne peut pas être lu"):
        load_settings({"LIASSE_CONFIG": str(tmp_path / "absent.toml")})


def test_names_of_the_tests_are_nobody_s_settings() -> None:
    assert Settings.load({"LIASSE_TEST_POSTGRES": "1", "LIASSE_LONG": "1"}).port == 8000


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.load({}).port = 1  # type: ignore[misc]  # that is the point


def test_the_secret_key_is_asked_for_in_one_sentence() -> None:
    with pytest.raises(SettingRefused, match="LIASSE_SECRET_KEY manque"):
        _ = Settings.load({}).key


def test_the_key_of_a_data_folder_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = secret_key_of(tmp_path / "neuf"), secret_key_of(tmp_path / "neuf")
    assert first == second
    assert len(first) == 64
    assert (tmp_path / "neuf" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_key_others_may_read_is_refused(tmp_path: Path) -> None:
    secret_key_of(tmp_path)
    (tmp_path / "secret-key").chmod(0o644)
    with pytest.raises(SettingRefused, match="chmod 600"):
        secret_key_of(tmp_path)


def test_closures_are_read_with_their_reason() -> None:
    told = "2026-12-28/2026-12-31 fermeture de fin d’année; 2027-05-07 pont"
    found = Settings.load({"LIASSE_CLOSURES": told, "LIASSE_ALSACE_MOSELLE": "oui"})

    assert found.alsace_moselle
    assert found.closures == (
        (date(2026, 12, 28), date(2026, 12, 31), "fermeture de fin d’année"),
        (date(2027, 5, 7), date(2027, 5, 7), "pont"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "demain",
        "2026-12-28",
        "2026-12-31/2026-12-28 à l’envers",
        "2026-02-30 jour",
        "2026-01-01/2029-01-01 x y",
    ],
)
def test_a_closure_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(SettingRefused, match="LIASSE_CLOSURES"):
        Settings.load({"LIASSE_CLOSURES": text})
