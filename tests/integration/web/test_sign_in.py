"""How does one come in? By the right password; the rest is slowed down and told nothing."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.domain.permissions import Role
from app.models.people import Person, SignInFailure, WebSession
from tests.integration.web.browser import PASSWORD
from tests.integration.web.conftest import Site

WRONG = "Adresse ou mot de passe incorrect"


def test_the_right_password_opens_the_inbox(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    response = browser.sign_in("agent@exemple.fr")
    assert response.status_code == 303
    assert response.location == "/a-traiter"
    assert browser.get("/essai").text == "Bonjour Lucie Marchand"


@pytest.mark.parametrize(
    ("roles", "place"),
    [
        ((Role.APPLICANT,), "/portail"),
        ((Role.HEAD, Role.SUPERVISOR), "/pilotage"),
        ((Role.EXPERT,), "/a-traiter"),
        ((Role.ELECTED,), "/dossiers"),
        ((Role.ADMIN,), "/administration"),
        ((), "/mon-compte"),
    ],
)
def test_each_role_lands_where_it_works(
    site: Site, roles: tuple[Role, ...], place: str
) -> None:
    site.person("une@exemple.fr", *roles)
    assert site.browser().sign_in("une@exemple.fr").location == place


def test_capitals_and_blanks_in_the_address_do_not_matter(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    assert site.browser().sign_in("  Agent@Exemple.FR ").status_code == 303


def test_an_unknown_account_and_a_wrong_password_read_the_same(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    wrong = browser.sign_in("agent@exemple.fr", "pas le bon mot")
    unknown = browser.sign_in("personne@exemple.fr", "pas le bon mot")
    assert wrong.status_code == unknown.status_code == 422
    assert WRONG in wrong.text
    assert WRONG in unknown.text


def test_an_unknown_account_takes_as_long_as_a_known_one(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    spent: dict[str, list[float]] = {"agent@exemple.fr": [], "personne@exemple.fr": []}
    browser = site.browser()
    for _turn in range(7):
        for email, times in spent.items():
            forget_failures(site)
            browser.get("/connexion")
            start = time.process_time()
            browser.post("/connexion", {"email": email, "password": "pas le bon mot"})
            times.append(time.process_time() - start)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert abs(known - unknown) < 0.5 * known


def test_a_disabled_account_reads_like_an_unknown_one(site: Site) -> None:
    person_id = site.person("agent@exemple.fr", Role.OFFICER)
    close = update(Person).where(Person.id == person_id).values(is_active=False)
    site.database.run_tx(lambda tx, _at: tx.execute(close))
    response = site.browser().sign_in("agent@exemple.fr")
    assert response.status_code == 422
    assert WRONG in response.text


def test_after_five_failures_even_the_right_password_waits(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    for _try in range(5):
        assert browser.sign_in("agent@exemple.fr", "faux").status_code == 422
    slowed = browser.sign_in("agent@exemple.fr")
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    forget_blocks(site)
    assert browser.sign_in("agent@exemple.fr").status_code == 303


def test_the_wait_doubles_and_is_never_for_ever(site: Site) -> None:
    waits = []
    for count in (4, 5, 6, 7, 40):
        start_again_with(site, count)
        site.browser().sign_in("personne@exemple.fr", "faux")
        row = failures(site)["account:personne@exemple.fr"]
        waits.append(
            (row.blocked_until - row.last_at).total_seconds() if row.blocked_until else 0
        )
    assert waits == [1, 2, 4, 8, 900]


def test_failures_on_many_accounts_slow_down_the_address(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    for number in range(5):
        browser.sign_in(f"personne{number}@exemple.fr", "faux")
    assert browser.sign_in("agent@exemple.fr").status_code == 429


def test_successes_are_never_counted(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    for _time in range(8):
        assert site.browser().sign_in("agent@exemple.fr").status_code == 303
    assert failures(site) == {}


def test_a_success_forgets_the_failures_of_its_account_not_of_its_address(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    browser.sign_in("agent@exemple.fr", "faux")
    browser.sign_in("agent@exemple.fr")
    assert list(failures(site)) == ["address:127.0.0.1"]


def test_a_megabyte_of_password_is_not_hashed(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    browser.get("/connexion")
    start = time.process_time()
    response = browser.post(
        "/connexion", {"email": "agent@exemple.fr", "password": "a" * 1_000_000}
    )
    assert response.status_code == 422
    assert time.process_time() - start < 0.5


def test_the_page_asked_for_comes_after_sign_in(site: Site) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    asked = browser.get("/essai?tri=date")
    assert asked.status_code == 303
    assert asked.location == "/connexion?next=/essai?tri%3Ddate"
    browser.get(asked.location)
    data = {"email": "agent@exemple.fr", "password": PASSWORD, "next": "/essai?tri=date"}
    assert browser.post("/connexion", data).location == "/essai?tri=date"


@pytest.mark.parametrize(
    "target",
    [
        "https://mechant.example/",
        "//mechant.example/",
        "///mechant.example/",
        "/\\mechant.example/",
        "\\\\mechant.example/",
        "/\t/mechant.example/",
        "javascript:alert(1)",
        "/%5cmechant.example",
        "/%2f/mechant.example",
        "http:///mechant.example",
        "/essai\r\nLocation: https://mechant.example",
        "/@mechant.example/../..//x",
        "/page-qui-n-existe-pas",
        "/connexion",
    ],
)
def test_no_page_but_ours_comes_after_sign_in(site: Site, target: str) -> None:
    site.person("agent@exemple.fr", Role.OFFICER)
    browser = site.browser()
    browser.get("/connexion")
    data = {"email": "agent@exemple.fr", "password": PASSWORD, "next": target}
    assert browser.post("/connexion", data).location == "/a-traiter"


def test_personas_are_there_in_the_demo_and_nowhere_else(
    make_site: Callable[..., Site],
) -> None:
    demo, real = make_site(demo=True), make_site()
    demo.person("agent@demo.example", Role.OFFICER, demo=True)
    assert "agent@demo.example" in demo.browser().get("/connexion").text
    assert "agent@demo.example" not in real.browser().get("/connexion").text
    for site, status in ((demo, 303), (real, 403)):
        browser = site.browser()
        browser.get("/connexion")
        response = browser.post("/connexion/demo", {"persona": "agent@demo.example"})
        assert response.status_code == status


def test_no_persona_is_given_to_another_machine(make_site: Callable[..., Site]) -> None:
    site = make_site(demo=True)
    site.person("agent@demo.example", Role.OFFICER, demo=True)
    page = site.app.test_client().get(
        "/connexion", environ_overrides={"REMOTE_ADDR": "10.1.2.3"}
    )
    assert "agent@demo.example" not in page.text


def test_a_person_who_is_not_of_the_demo_is_no_persona(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(demo=True)
    site.person("vrai@exemple.fr", Role.ADMIN)
    browser = site.browser()
    browser.get("/connexion")
    response = browser.post("/connexion/demo", {"persona": "vrai@exemple.fr"})
    assert response.status_code == 403


def test_sign_in_sweeps_sessions_that_are_over(site: Site) -> None:
    site.signed_in(Role.OFFICER)
    stale = update(WebSession).values(expires_at=WebSession.created_at)
    site.database.run_tx(lambda tx, _at: tx.execute(stale))
    site.browser().sign_in("agent@exemple.fr")
    with site.database.reading() as session:
        assert len(session.scalars(select(WebSession)).all()) == 1


def failures(site: Site) -> dict[str, SignInFailure]:
    with site.database.reading() as session:
        return {row.key: row for row in session.scalars(select(SignInFailure))}


def forget_blocks(site: Site) -> None:
    free = update(SignInFailure).values(blocked_until=None)
    site.database.run_tx(lambda tx, _at: tx.execute(free))


def forget_failures(site: Site) -> None:
    start_again_with(site, 0)


def start_again_with(site: Site, count: int) -> None:
    free = update(SignInFailure).values(blocked_until=None, failures=count)
    site.database.run_tx(lambda tx, _at: tx.execute(free))
    if count and "account:personne@exemple.fr" not in failures(site):
        site.database.run_tx(
            lambda tx, at: tx.add(
                SignInFailure(
                    key="account:personne@exemple.fr",
                    failures=count,
                    last_at=at - timedelta(minutes=1),
                    blocked_until=None,
                )
            )
        )
