"""What do the tests of the doors share? An application on each database, people, a browser."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Blueprint, request
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.people import hash_password
from app.catalogue.published import PublishedTypes
from app.database import Database
from app.domain.errors import DossierChanged, NotFound
from app.domain.permissions import Permission, Role
from app.factory import create_app
from app.models.people import Person, PersonRole
from app.settings import Settings
from app.web.access import me, public, requires, takes_files
from app.web.errors import Application
from tests.integration.web.browser import PASSWORD, Browser

KEY = "0123456789abcdef0123456789abcdef"


@dataclass
class Site:
    """An application, its database, and what its trial pages received."""

    app: Application
    database: Database
    received: list[dict[str, str]] = field(default_factory=list)

    def browser(self, origin: str = "http://localhost") -> Browser:
        """A browser without cookies."""
        return Browser(self.app.test_client(), origin)

    def person(self, email: str, *roles: Role, demo: bool = False) -> UUID:
        """Somebody with these roles and the usual password."""
        person_id = uuid4()

        def add(session: Session, now: datetime) -> None:
            session.add(
                Person(
                    id=person_id,
                    email=email,
                    name="Lucie Marchand",
                    password_hash=hashed_password(),
                    is_active=True,
                    is_demo=demo,
                    language="fr",
                    created_at=now,
                    roles=[PersonRole(role=role) for role in roles],
                )
            )

        self.database.run_tx(add)
        return person_id

    def signed_in(self, *roles: Role, email: str = "agent@exemple.fr") -> Browser:
        """The browser of somebody who has just signed in."""
        self.person(email, *roles)
        browser = self.browser()
        assert browser.sign_in(email).status_code == 303
        return browser


@cache
def hashed_password() -> str:
    """One hash for all: argon2 takes its time on purpose."""
    return hash_password(PASSWORD)


def trial_pages(received: list[dict[str, str]]) -> Blueprint:
    """Pages that do what the pages of the trade do: read, accept a form, take a file."""
    pages = Blueprint("trial", __name__)

    @pages.get("/essai")
    @requires(Permission.WORK_TASKS)
    def show() -> str:
        return f"Bonjour {me().name}"

    @pages.post("/essai")
    @requires(Permission.WORK_TASKS)
    def accept() -> str:
        received.append(request.form.to_dict())
        return "Enregistré"

    @pages.post("/essai/public")
    @public
    def accept_all() -> str:
        received.append(request.form.to_dict())
        return "Enregistré"

    @pages.post("/essai/fichier")
    @requires(Permission.WORK_TASKS)
    @takes_files
    def upload() -> str:
        return str(len(request.files["file"].read()))

    refusing_pages(pages)
    return pages


def refusing_pages(pages: Blueprint) -> None:
    """Pages that do not open, or not well."""

    @pages.get("/essai/admin")
    @requires(Permission.ADMINISTER)
    def admin() -> str:
        return "Administration"

    @pages.route("/essai/perdu", methods=["GET", "POST"])
    @requires()
    def lost() -> str:
        raise NotFound

    @pages.post("/essai/change")
    @requires()
    def changed() -> str:
        raise DossierChanged

    @pages.get("/essai/panne")
    @public
    def broken() -> str:
        raise RuntimeError("mot de passe de la base: hunter2")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of a service without HTTPS, on this machine."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key=KEY,
        base_url="http://localhost",
        authority_name="Département d’essai",
        storage_url=f"file:{tmp_path / 'documents'}",
    )


@pytest.fixture
def make_site(database: Database, settings: Settings) -> Callable[..., Site]:
    """Build an application with other settings."""

    def make(*, demo: bool = False, **changes: object) -> Site:
        received: list[dict[str, str]] = []
        app = create_app(
            replace(settings, **changes),  # type: ignore[arg-type]  # names of settings
            database=database,
            console=Console(types=PublishedTypes(), ladders={}),
            demo=demo,
            more=[trial_pages(received)],
        )
        return Site(app, database, received)

    return make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """An application with the trial pages; the test runs once on each database."""
    return make_site()


@pytest.fixture
def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)  # noqa: TID251 - a test of the doors reads the clock as they do
