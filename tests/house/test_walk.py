"""Can every person of the demo open every page they are shown, and does reading change nothing?"""

import hashlib
import re
import shutil
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import text

from app.cli.demo import demo_settings, prepare
from app.database import Database
from app.demo.people import PASSWORD
from app.factory import create_app
from app.models import Base
from app.queries.people import demo_people
from app.web.errors import Application
from tests.integration.web.browser import Browser

LINK = re.compile(r'<a\b[^>]*\shref="([^"]+)"')
#: How many pages of one kind each person opens: of sixty dossiers, a few show how all are.
OF_A_KIND = 4
IDENTIFIER = re.compile(r"/(?=[^/]*\d)[^/]+")


@dataclass
class Site:
    """The demonstration, filled."""

    app: Application
    database: Database
    people: list[str]

    def digest(self) -> dict[str, str]:
        """What each table holds, in short."""
        found = {}
        with self.database.reader.connect() as connection:
            for name in Base.metadata.tables:
                rows = connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1, 2')).all()
                found[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
        return found


@dataclass
class Walk:
    """What one person met: the faults, and every page opened."""

    faults: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A copy of the filled demonstration, served."""
    folder = tmp_path_factory.mktemp("walk") / "demo"
    shutil.copytree(demo_folder, folder)
    settings = demo_settings(folder, 8000)
    database, console = prepare(settings)
    app = create_app(settings, database=database, console=console, demo=True)
    with database.reading() as session:
        people = [person.email for person in demo_people(session)]
    yield Site(app, database, people)
    database.engine.dispose()


def kind_of(url: str) -> str:
    """The page without the dossier it is about, and without the values of its filters."""
    parts = urlsplit(url)
    names = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    return f"{IDENTIFIER.sub('/…', parts.path)}?{','.join(names)}"


def faults_of(html: str) -> list[str]:
    """What no page may lack or show."""
    found = []
    if len(re.findall(r"<h1\b", html)) != 1:
        found.append("not exactly one h1")
    if not re.search(r"<title>[^<]{5,}</title>", html):
        found.append("no title")
    if re.search(
        r">\s*(None|True|False)\s*<|<bound method|object at 0x|\{\{|\{%|%\(\w+\)s", html
    ):
        found.append("code shows through")
    return found


def walk(browser: Browser, start: str) -> Walk:
    """Open every page that can be reached by links, some of each kind."""
    done, seen = Walk(), Counter[str]()
    queue, known = deque([(start, "—")]), {start}
    while queue:
        url, from_page = queue.popleft()
        answer = browser.get(url)
        answer.close()
        done.opened.append(url)
        if answer.status_code in {301, 302, 303}:
            links = [answer.headers["Location"]]
        elif answer.status_code != 200:
            done.faults.append(f"{answer.status_code} {url} (from {from_page})")
            continue
        elif answer.mimetype != "text/html":
            continue
        else:
            done.faults += [f"{fault}: {url}" for fault in faults_of(answer.text)]
            links = [unescape(link) for link in LINK.findall(answer.text)]
        for link in links:
            target = urljoin(url, link).partition("#")[0]
            is_ours = target.startswith("/") and not target.startswith("//")
            if is_ours and target not in known and seen[kind_of(target)] < OF_A_KIND:
                known.add(target)
                seen[kind_of(target)] += 1
                queue.append((target, url))
    return done


def test_everybody_can_open_what_they_are_shown_and_nothing_changes(site: Site) -> None:
    browsers = {email: Browser(site.app.test_client()) for email in site.people}
    for email, browser in browsers.items():
        assert browser.sign_in(email, PASSWORD).status_code == 303
    before = site.digest()

    walks = {email: walk(browser, "/accueil") for email, browser in browsers.items()}
    walks["—"] = walk(Browser(site.app.test_client()), "/")

    faults = {email: found.faults for email, found in walks.items() if found.faults}
    assert faults == {}
    assert all(len(found.opened) >= 5 for found in walks.values())
    assert site.digest() == before


def test_a_page_with_a_fault_is_seen() -> None:
    assert faults_of("<title>Dossier – Liasse</title><h1>A</h1><td>None</td>")
    assert faults_of("<title>Dossier – Liasse</title><h1>A</h1><h1>B</h1>")
    assert faults_of("<title>Dossier – Liasse</title><h1>A</h1><p>Bonjour</p>") == []
