"""Who meets around a dossier in tests? A commune, its neighbour, the staff, and their browsers."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.database import Database
from app.domain.actor import Actor
from app.domain.permissions import Role
from app.factory import create_app
from app.models.people import MemberRole
from app.settings import Settings
from app.web.errors import Application
from tests.builders import PASSWORD, Service, a_service
from tests.integration.web.browser import Browser

KEY = "0123456789abcdef0123456789abcdef"


@dataclass
class Town:
    """A service, and the people who meet around its dossiers."""

    service: Service
    commune: UUID
    mayor: Actor
    reader: Actor
    neighbour: Actor
    officer: Actor
    expert: Actor
    elected: Actor


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Town:
    """The usual people, on each database."""
    service = a_service(database, tmp_path)
    commune = service.organisation("Commercy", insee_code="55122", siret="21550122500019")
    other = service.organisation("Verdun", insee_code="55545")
    return Town(
        service,
        commune,
        mayor=service.person("mairie@commercy.fr", Role.APPLICANT, of=commune),
        reader=service.person(
            "lecteur@commercy.fr", Role.APPLICANT, of=commune, member=MemberRole.READER
        ),
        neighbour=service.person("mairie@verdun.fr", Role.APPLICANT, of=other),
        officer=service.person("agent@dept.fr", Role.OFFICER),
        expert=service.person("expert@drac.fr", Role.EXPERT),
        elected=service.person("elu@dept.fr", Role.ELECTED),
    )


@dataclass
class Site:
    """The town's service seen through a browser; its clock is the machine's."""

    town: Town
    app: Application
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self, email: str) -> Browser:
        """The browser of somebody signed in."""
        if email not in self._browsers:
            browser = Browser(self.app.test_client())
            assert browser.sign_in(email, PASSWORD).status_code == 303
            browser.get("/mon-compte")
            self._browsers[email] = browser
        return self._browsers[email]

    @property
    def mayor(self) -> Browser:
        """The commune's browser."""
        return self.browser("mairie@commercy.fr")

    @property
    def officer(self) -> Browser:
        """The officer's browser."""
        return self.browser("agent@dept.fr")

    def upload(
        self,
        browser: Browser,
        dossier_id: UUID,
        kind: str,
        data: bytes,
        *,
        name: str = "note.pdf",
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """A file sent to one piece."""
        return upload(browser, dossier_id, kind, data, name=name, headers=headers)


def upload(
    browser: Browser,
    dossier_id: UUID,
    kind: str,
    data: bytes,
    *,
    name: str = "note.pdf",
    headers: Mapping[str, str] | None = None,
) -> TestResponse:
    """A file sent to one piece, as the drop zone of a page does."""
    fields = {"csrf_token": browser.token, "file": FileStorage(io.BytesIO(data), name)}
    boundary, body = encode_multipart(fields)  # in memory: the client leaves its files open
    return browser.client.post(
        f"/pieces/{dossier_id}/{kind}",
        base_url=browser.origin,
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Origin": browser.origin, **(headers or {})},
    )


@pytest.fixture
def site(town: Town, tmp_path: Path, database_url: str) -> Site:
    """The town's service on the web."""
    town.service.now = datetime.now(UTC)  # noqa: TID251 - a test of the doors reads the clock as they do
    settings = Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key=KEY,
        base_url="http://localhost",
        authority_name="Département d’essai",
        storage_url=f"file:{tmp_path / 'documents'}",
    )
    app = create_app(settings, database=town.service.database, console=town.service.console)
    return Site(town, app)
