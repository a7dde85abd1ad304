"""Builds the smallest packs a test needs, from a few lines of TOML."""

from datetime import date

from app.catalogue.contract import Manifest
from app.catalogue.forms import Lookups, Posted, Setting, StepForm, form_class
from app.catalogue.pack import Pack, load_pack
from app.domain.lookups import Person, Place

TODAY = date(2026, 3, 20)
HEAD = """
format = 1
key = "toy"
title = "Jouet"
process = "toy"
reference = "{year}-TOY-{number:05d}"
filing_step = "Ask"
[lanes]
Clerk = "officer"
[[phases]]
key = "start"
title = "Début"
"""
NO_DIAGRAM = b"<definitions/>"
PLACES = [
    Place("55029", "Bar-le-Duc"),
    Place("55101", "Saint-Martin"),
    Place("55102", "Saint-Martin"),
]
PEOPLE = [Person("p1", "Ada Martin", "DRAC"), Person("p2", "Luc Petit")]


def toy_pack(body: str) -> Pack:
    """A pack of that manifest, its diagram never read."""
    return load_pack({"manifest.toml": (HEAD + body).encode(), "process.bpmn": NO_DIAGRAM})


def manifest_of(body: str) -> Manifest:
    """The manifest alone."""
    return toy_pack(body)


def communes(text: str) -> list[Place]:
    """The places of that name or code."""
    return [place for place in PLACES if text in (place.code, place.name)]


LOOKUPS = Lookups(communes=communes, persons=lambda role: PEOPLE if role == "expert" else [])


def a_form(
    body: str,
    sent: dict[str, str | list[str]] | None = None,
    *,
    stored: dict[str, object] | None = None,
    facts: dict[str, object] | None = None,
) -> StepForm:
    """The form of the step `Ask` of a toy pack, as sent by a browser or as stored."""
    setting = Setting(today=TODAY, facts=facts or {})
    cls = form_class(toy_pack(body), "Ask", lookups=LOOKUPS, setting=setting)
    if sent is None:
        return cls(data=stored)
    items = {key: [value] if isinstance(value, str) else value for key, value in sent.items()}
    return cls(Posted(items), data=stored)


def field(name: str, kind: str, more: str = "") -> str:
    """One question of the step `Ask`."""
    return (
        f'[[steps.Ask.fields]]\nname = "{name}"\nlabel = "Question {name}"\n'
        f'type = "{kind}"\n{more}\n'
    )


def first_error(form: StepForm, name: str) -> str:
    """The sentence under a question, once the form is found wrong."""
    assert not form.validate()
    return str(form.errors[name][0])
