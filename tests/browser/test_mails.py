"""Does every mail read well in a browser: narrow and wide, light and dark, without asking anything outside?"""

from collections.abc import Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from notifications.render import mail_names, render
from tests.unit.notifications.samples import BARE, FULL, LATE

WIDTHS = (390, 800)
SCHEMES = ("light", "dark")
CASES = {"full": FULL, "bare": BARE, "late": LATE}
#: What a message alone in a browser has no reason to hold.
_RULES = {"rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}}


@pytest.fixture(scope="module", params=list(product(WIDTHS, SCHEMES)), ids=str)
def reader(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A reader's window, which may ask nothing of the network."""
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=True
    )
    page = context.new_page()
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("**/*", refuse)
    page.asked = asked  # type: ignore[attr-defined]  # for the tests below
    yield page
    context.close()


def luminance(colour: str) -> float:
    red, green, blue = (int(part) for part in colour[4:-1].split(",")[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


@pytest.mark.parametrize("name", mail_names())
def test_a_mail_fits_its_window_asks_nothing_and_has_the_colours_of_the_reader(
    reader: Page, name: str
) -> None:
    for values in CASES.values():
        if values.task is None and "task" in name:
            continue
        reader.set_content(render(name, values).html)

        size = reader.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert size[0] <= size[1], f"{name} is wider than its window"
        ground = reader.evaluate(
            "getComputedStyle(document.querySelector('.card')).backgroundColor"
        )
        is_dark = reader.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        assert (luminance(ground) < 0.2) is is_dark
        assert reader.locator(".button a").count() == 1
    assert reader.asked == []  # type: ignore[attr-defined]


def test_every_mail_is_accessible(reader: Page) -> None:
    found = {}
    for name in mail_names():
        reader.set_content(render(name, FULL).html)
        results = Axe().run(reader, options=_RULES)
        if results.violations_count:
            found[name] = results.generate_report()
    assert found == {}
