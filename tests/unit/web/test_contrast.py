"""Can everybody read the colours? Contrasts of both themes, measured on the tokens of the style sheet."""

import re
from pathlib import Path

import pytest

import app

CSS = (Path(app.__file__).parent / "web/static/ui.css").read_text(encoding="utf-8")
TONES = ("info", "ok", "warn", "danger", "wait", "idle")
TEXT, LARGE, STRONG = 4.5, 3.0, 7.0


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme, by name."""
    light, dark = CSS.split("@media screen and (prefers-color-scheme:dark)", 1)
    part = light if theme == "light" else dark.split("}}", 1)[0]
    return dict(re.findall(r"--([\w-]+):(#[0-9A-Fa-f]{6})", part))


def luminance(colour: str) -> float:
    """How bright a colour is, as WCAG counts it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


PAIRS = [
    *(("ink", ground, STRONG) for ground in ("paper", "surface", "sunken", "accent-tint")),
    *(("ink", f"{tone}-tint", STRONG) for tone in TONES),
    ("ink-2", "surface", STRONG),
    ("ink-2", "paper", STRONG),
    ("ink-2", "sunken", TEXT),
    ("ink-2", "accent-tint", TEXT),
    *(("ink-3", ground, TEXT) for ground in ("surface", "paper", "sunken")),
    *(("accent", ground, TEXT) for ground in ("surface", "paper", "accent-tint")),
    ("accent-hover", "sunken", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    *((tone, f"{tone}-tint", TEXT) for tone in TONES),
    *((tone, "surface", TEXT) for tone in TONES),
    ("surface", "danger", TEXT),
    ("paper", "ink", STRONG),
    *(("line-strong", ground, LARGE) for ground in ("surface", "paper")),
    *(("ink", f"heat-{level}", TEXT) for level in (1, 2, 3, 4)),
    ("on-heat-5", "heat-5", TEXT),
    ("focus", "focus-ring", LARGE),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS, ids=str)
def test_what_is_written_can_be_read(theme: str, text: str, ground: str, least: float) -> None:
    colours = tokens(theme)
    assert contrast(colours[text], colours[ground]) >= least


def test_both_themes_name_the_same_colours() -> None:
    assert tokens("light").keys() == tokens("dark").keys()


def test_black_on_white_is_the_strongest_contrast() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("ui.css", 30_000),
        ("forms.css", 30_000),
        ("ui.js", 8_192),
        ("forms.js", 8_192),
        ("uploads.js", 8_192),
    ],
)
def test_the_files_of_the_browser_stay_small(name: str, limit: int) -> None:
    assert (Path(app.__file__).parent / "web/static" / name).stat().st_size < limit
