"""Does the guide tell every service as the code knows it?

`python -m tests.house.test_service_docs --fix` writes the table again.
"""

import re
import sys

from app.catalogue.service_tasks import SERVICES, Parameter, Service
from tests.house.tree import ROOT

GUIDE = ROOT / "docs/new-dossier-type.md"
_TABLE = re.compile(r"(<!-- services -->\n).*?(<!-- /services -->)", re.DOTALL)


def table() -> str:
    """The table of the services, one line each."""
    lines = [
        "| Service | Ce qu’il fait | Ce qu’on lui dit | Ce qu’il écrit | Quand | Erreurs |",
        "|---|---|---|---|---|---|",
        *(_line(one) for one in SERVICES.values()),
    ]
    return "\n".join(lines) + "\n"


def _line(one: Service) -> str:
    told = " ; ".join(_told(parameter) for parameter in one.parameters) or "rien"
    sets = ", ".join(f"`{name}`" for name in one.sets) or "–"
    when = "ensuite" if one.is_apart else "avec l’étape"
    errors = ", ".join(f"`{code}`" for code in one.errors) or "–"
    money = " **(argent)**" if one.touches_money else ""
    return f"| `{one.name}` | {one.does}{money} | {told} | {sets} | {when} | {errors} |"


def _told(one: Parameter) -> str:
    name = f"**`{one.name}`**" if one.is_required else f"`{one.name}`"
    return f"{name} {one.says.replace(' ; ', ', ')}"


def written(page: str) -> str:
    """The page with the table as it should be."""
    return _TABLE.sub(lambda found: found[1] + table() + found[2], page)


def test_the_guide_tells_every_service_as_it_is() -> None:
    page = GUIDE.read_text(encoding="utf-8")

    assert _TABLE.search(page)
    assert written(page) == page


def test_a_service_told_otherwise_is_seen() -> None:
    page = GUIDE.read_text(encoding="utf-8")

    assert written(page.replace("`reserve_budget` |", "`reserve_money` |")) == written(page)
    assert written(page) != page.replace("`reserve_budget` |", "`reserve_money` |")


if __name__ == "__main__" and "--fix" in sys.argv:
    GUIDE.write_text(written(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
