"""Do the pages of documentation hold together: links, settings, decisions, the two commands?"""

import re
from pathlib import Path

from app.settings import SETTING_NAMES
from tests.house.tree import ROOT, ours, read

PAGES = ours(".md")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def anchor(title: str) -> str:
    """The name a heading gets on a page."""
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).strip().lower())
    return kept.replace(" ", "-")


def broken(page: Path, text: str) -> list[str]:
    """The links of this page that lead nowhere in the checkout."""
    found = []
    for link in LINK.findall(text):
        target, _, name = link.partition("#")
        if re.match(r"https?:|mailto:", link):
            continue
        path = (ROOT / page).parent / target if target else ROOT / page
        if not path.exists() or (
            name
            and name
            not in {anchor(t) for t in re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)}
        ):
            found.append(link)
    return found


def test_every_link_leads_somewhere() -> None:
    found = {str(page): broken(page, read(page)) for page in PAGES}
    assert {name: links for name, links in found.items() if links} == {}


def test_a_dead_link_is_seen() -> None:
    text = "[a](nowhere.md) [b](CONTRIBUTING.md#nothing) [c](LICENSE) [d](https://example.org)"
    assert broken(Path("README.md"), text) == ["nowhere.md", "CONTRIBUTING.md#nothing"]


def test_every_setting_is_documented_and_no_other() -> None:
    documented = re.findall(
        r"^\| `(LIASSE_\w+)` \|", read(Path("docs/operations.md")), re.MULTILINE
    )
    assert sorted(documented) == sorted(SETTING_NAMES)


def test_decisions_are_numbered_without_a_hole_and_listed() -> None:
    folder = ROOT / "docs/decisions"
    names = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name[:4] for name in names] == [f"{n:04d}" for n in range(1, len(names) + 1)]
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in names if f"]({name})" not in listed] == []
    for name in names:
        title = (folder / name).read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {name[:4]} · "), name


def test_the_front_page_gives_the_two_commands_and_the_password_of_the_demo() -> None:
    front = read(Path("README.md"))
    for words in ("python3 run.py demo", "python3 run.py test", "demo-liasse-2026"):
        assert words in front


def test_the_whole_licence_is_here() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert "Appendix" in text
    assert len(text.split()) > 2000
