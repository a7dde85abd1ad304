"""Can every person of the demo open every page they are shown, and does reading change nothing?"""

import hashlib
import re
import shutil
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select, text

from app.cli.demo import demo_settings
from app.cli.start import console, opened
from app.database import Database, clock
from app.demo.people import PASSWORD
from app.factory import create_app
from app.models import Base
from app.models.journal import PendingDispatch
from app.queries.people import demo_people
from app.web.errors import Application
from tests.integration.web.browser import Browser

LINK = re.compile(r'<a\b[^>]*\shref="([^"]+)"')
VISITOR = "—"
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
    with opened(settings.database_url) as database:
        app = create_app(settings, database=database, console=console(), demo=True)
        with database.reading() as session:
            people = [person.email for person in demo_people(session)]
        yield Site(app, database, people)


def kind_of(url: str) -> str:
    """The page without the dossier it is about, and without the values of its filters."""
    parts = urlsplit(url)
    names = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    return f"{IDENTIFIER.sub('/…', parts.path)}?{','.join(names)}"


#: Where a page shows what somebody writes: the words of a mail hold tags on purpose.
_WRITTEN = re.compile(r"<textarea\b.*?</textarea>|<pre\b.*?</pre>|value=\"[^\"]*\"", re.DOTALL)


def faults_of(html: str) -> list[str]:
    """What no page may lack or show."""
    found = []
    if len(re.findall(r"<h1\b", html)) != 1:
        found.append("not exactly one h1")
    if not re.search(r"<title>[^<]{5,}</title>", html):
        found.append("no title")
    if re.search(
        r">\s*(None|True|False)\s*<|<bound method|object at 0x|\{\{|\{%|%\(\w+\)s",
        _WRITTEN.sub("", html),
    ):
        found.append("code shows through")
    return found


def walk(browser: Browser, start: str) -> Walk:
    """Open every page that can be reached by links, some of each kind."""
    done, seen = Walk(), Counter[str]()
    queue, known = deque([(start, VISITOR)]), {start}
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


@pytest.fixture(scope="module")
def browsers(site: Site) -> dict[str, Browser]:
    """Everybody signed in, and a visitor."""
    found = {email: Browser(site.app.test_client()) for email in site.people}
    for email, browser in found.items():
        assert browser.sign_in(email, PASSWORD).status_code == 303
    return found | {VISITOR: Browser(site.app.test_client())}


@pytest.fixture(scope="module")
def walks(site: Site, browsers: dict[str, Browser]) -> dict[str, Walk]:
    """What everybody met; the database must be as it was before."""
    before = site.digest()
    found = {
        who: walk(browser, "/" if who == VISITOR else "/accueil")
        for who, browser in browsers.items()
    }
    assert site.digest() == before, "opening a page changed something"
    return found


def test_everybody_can_open_what_they_are_shown_and_nothing_changes(
    walks: dict[str, Walk],
) -> None:
    assert {who: found.faults for who, found in walks.items() if found.faults} == {}
    assert all(len(found.opened) >= 15 for found in walks.values())


def test_an_applicant_cannot_open_what_only_another_one_is_shown(
    browsers: dict[str, Browser], walks: dict[str, Walk]
) -> None:
    applicants = [who for who in walks if who.startswith(("mairie.", "cc.", "asso."))]
    assert len(applicants) >= 3
    shown = {who: {u for u in walks[who].opened if IDENTIFIER.search(u)} for who in applicants}
    for who in applicants:
        others = set().union(*(shown[one] for one in applicants if one != who)) - shown[who]
        private = [url for url in sorted(others) if url.startswith("/portail")]
        assert private, "no page of another applicant to try"
        opened = [url for url in private if browsers[who].get(url).status_code != 404]
        assert opened == [], f"{who} opened the pages of another"


def test_no_page_fails_whoever_asks_for_it(
    browsers: dict[str, Browser], walks: dict[str, Walk]
) -> None:
    one_of_a_kind = {kind_of(url): url for found in walks.values() for url in found.opened}
    wrong = []
    for who in (
        VISITOR,
        "elu@demo.example",
        "asso.lire@demo.example",
        "expert.bd@demo.example",
    ):
        for url in one_of_a_kind.values():
            answer = browsers[who].get(url)
            answer.close()
            if answer.status_code not in {200, 303, 403, 404}:
                wrong.append(f"{answer.status_code} {url} for {who}")
    assert wrong == []


def test_a_page_with_a_fault_is_seen() -> None:
    assert faults_of("<title>Dossier – Liasse</title><h1>A</h1><td>None</td>")
    assert faults_of("<title>Dossier – Liasse</title><h1>A</h1><h1>B</h1>")
    assert faults_of("<title>Dossier – Liasse</title><h1>A</h1><p>Bonjour</p>") == []


def test_a_fresh_demonstration_leaves_its_clock_nothing_late(site: Site) -> None:
    """Its invented entries are months old; the clock is not late for what it could not do."""
    with site.database.reading() as session:
        waiting, now = set(session.scalars(select(PendingDispatch.at))), clock(session)
    assert len(waiting) == 1, "all are due from the instant the demonstration was filled"
    assert now - max(waiting) < timedelta(hours=3)
