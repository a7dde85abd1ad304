"""What do machines learn of the service? Whether it lives, whether it is ready, how it fares."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from app.domain.permissions import Role
from app.jobs.lateness import Delays
from app.models.outbox import Heartbeat
from tests.integration.web.conftest import KEY, Site


def test_alive_is_one_word(site: Site) -> None:
    assert site.browser().get("/sante").get_json() == {"status": "ok"}


def test_ready_tells_each_check(site: Site, now: datetime) -> None:
    beat(site, now)
    answer = site.browser().get("/sante/pret")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "storage": "ok"},
        "warnings": [],
    }


def test_a_stalled_clock_is_a_warning_not_an_outage(site: Site, now: datetime) -> None:
    beat(site, now - timedelta(minutes=10))
    answer = site.browser().get("/sante/pret")
    assert answer.status_code == 200
    assert answer.get_json()["warnings"] == ["clock stalled: mail"]


def test_a_schema_that_is_behind_is_not_ready(site: Site) -> None:
    with site.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = site.browser().get("/sante/pret")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["migrations"] == "behind"


def test_a_storage_that_cannot_be_used_is_not_ready(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    (tmp_path / "fichier").write_text("pas un dossier")
    site = make_site(storage_url=f"file:{tmp_path / 'fichier' / 'pieces'}")
    answer = site.browser().get("/sante/pret")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["storage"] == "unusable"


def test_figures_are_for_this_machine(site: Site, now: datetime) -> None:
    beat(site, now - timedelta(seconds=42))
    page = site.browser().get("/metrics")
    assert "liasse_tasks_late 0" in page.text
    assert 'liasse_clock_age_seconds{sweep="mail"} 4' in page.text
    away = {"REMOTE_ADDR": "10.1.2.3"}
    assert site.app.test_client().get("/metrics", environ_overrides=away).status_code == 404


def test_a_silent_sweep_is_an_alarm_in_the_figures_and_on_the_steering_page(
    site: Site, now: datetime
) -> None:
    beat(site, now - timedelta(minutes=10))
    assert 'liasse_clock_stalled{sweep="mail"} 1' in site.browser().get("/metrics").text
    page = site.signed_in(Role.SUPERVISOR).get("/pilotage").text
    assert "L’horloge est arrêtée" in page
    assert "l’envoi des courriels" in page


def test_how_late_things_were_done_is_a_histogram(site: Site, now: datetime) -> None:
    delays = Delays()
    for late in (0.2, 1.5, 90_000):
        delays.saw("timers", now - timedelta(seconds=late), now)
    delays.write(site.database, now=now)
    delays.saw("timers", now, now)
    delays.write(site.database, now=now)

    lines = site.browser().get("/metrics").text.splitlines()

    assert 'liasse_lateness_seconds_bucket{kind="timers",le="1"} 2' in lines
    assert 'liasse_lateness_seconds_bucket{kind="timers",le="2"} 3' in lines
    assert 'liasse_lateness_seconds_bucket{kind="timers",le="+Inf"} 4' in lines
    assert 'liasse_lateness_seconds_sum{kind="timers"} 90001.7' in lines


def test_figures_are_for_who_has_the_token(make_site: Callable[..., Site]) -> None:
    site = make_site(metrics_token=KEY)
    browser = site.browser()
    assert browser.get("/metrics").status_code == 404
    assert browser.get("/metrics", headers={"Authorization": "Bearer faux"}).status_code == 404
    assert (
        browser.get("/metrics", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
    )


def beat(site: Site, at: datetime) -> None:
    site.database.run_tx(
        lambda tx, _at: tx.add(Heartbeat(name="mail", at=at, detail="")), now=at
    )
