"""Do the published schemas know exactly what the parsers read?"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.catalogue.contract import FACT_SOURCES, FACT_TYPES, FIELD_TYPES, Problem
from app.catalogue.manifest import read_manifest
from app.catalogue.scenario import read_scenario
from app.domain.permissions import Role
from app.domain.status import DossierStatus

#: A key nobody would write: the parser answers with all those it knows.
STRANGE = "zzzz9 = 1\n"
MANIFEST = {
    None: STRANGE,
    "scheme": f"[[schemes]]\ncode = 'A'\n{STRANGE}",
    "phase": f"[[phases]]\nkey = 'a'\n{STRANGE}",
    "status": f"[statuses.lapsed]\n{STRANGE}",
    "fact": f"[facts.a]\n{STRANGE}",
    "message": f"[messages.a]\n{STRANGE}",
    "step": f"[steps.A]\n{STRANGE}",
    "deadline": f"[steps.A.deadline]\ndays = 1\n{STRANGE}",
    "rule": f"[[steps.A.rules]]\n{STRANGE}",
    "field": f"[[steps.A.fields]]\nname = 'a'\n{STRANGE}",
    "choice": "[[steps.A.fields]]\nname = 'a'\ntype = 'choice'\n"
    "choices = [{ value = 'a', zzzz9 = 1 }]\n",
    "document": f"[[documents]]\nkey = 'a'\n{STRANGE}",
    "clock": f"[[clocks]]\nkey = 'a'\n{STRANGE}",
    "clock_duration": f"[[clocks]]\nkey = 'a'\n[clocks.duration]\n{STRANGE}",
    "clock_extension": f"[[clocks]]\nkey = 'a'\n[clocks.extension]\n{STRANGE}",
    "clock_event": "[[clocks]]\nkey = 'a'\n[[clocks.events]]\n"
    f"does = 'start'\non = 'event:filed'\ncause = 'a'\n{STRANGE}",
    "mail": f"[[mails]]\nkey = 'a'\non = 'passed:A'\nto = 'owner'\n{STRANGE}",
}
SCENARIO = {
    None: STRANGE,
    "move": f"[[moves]]\n{STRANGE}",
    "expect": f"[[moves]]\n[moves.expect]\n{STRANGE}",
}


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"docs/schemas/{name}.schema.json").read_text())
    return found


def keys_known_at(problems: list[Problem]) -> set[str]:
    """The keys the parser lists when it meets one it does not know."""
    sentence = next(one.sentence for one in problems if "zzzz9" in one.sentence)
    return set(sentence.partition("au lieu de\u00a0: ")[2].removesuffix(".").split(", "))


def described(name: str, definition: str | None) -> set[str]:
    whole = schema(name)
    return set((whole if definition is None else whole["$defs"][definition])["properties"])


@pytest.mark.parametrize("definition", list(MANIFEST))
def test_the_schema_of_manifests_knows_the_keys_the_parser_reads(
    definition: str | None,
) -> None:
    problems: list[Problem] = []
    read_manifest(f"format = 1\n{MANIFEST[definition]}".encode(), problems)

    assert described("manifest", definition) == keys_known_at(problems)


@pytest.mark.parametrize("definition", list(SCENARIO))
def test_the_schema_of_scenarios_knows_the_keys_the_parser_reads(
    definition: str | None,
) -> None:
    problems: list[Problem] = []
    read_scenario("scénario", f"format = 1\n{SCENARIO[definition]}".encode(), problems)

    assert described("scenario", definition) == keys_known_at(problems)


def test_the_closed_lists_are_those_of_the_code() -> None:
    manifest = schema("manifest")
    defs = manifest["$defs"]

    assert defs["field"]["properties"]["type"]["enum"] == list(FIELD_TYPES)
    assert defs["fact"]["properties"]["type"]["enum"] == list(FACT_TYPES)
    assert defs["fact"]["properties"]["source"]["enum"] == list(FACT_SOURCES)
    assert defs["step"]["properties"]["status"]["enum"] == [one.value for one in DossierStatus]
    assert manifest["properties"]["lanes"]["additionalProperties"]["enum"] == [
        role.value for role in Role
    ]
