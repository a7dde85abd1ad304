"""What do the tests of the aid rules share? The tables of the example, and its worked projects."""

from functools import cache
from pathlib import Path

import processes
from app.catalogue.aid_rules import AidRules, load_aid_rules

FOLDER = Path(processes.__file__).parent / "investment_grant"
Facts = dict[str, object]


@cache
def files() -> dict[str, bytes]:
    """The tables of the example, by name."""
    return {path.name: path.read_bytes() for path in FOLDER.glob("*.dmn")}


@cache
def rules() -> AidRules:
    """The aid rules of the example."""
    return load_aid_rules(files())


def rules_with(old: str, new: str) -> AidRules:
    """The same rules once somebody changed a text in the tables."""
    changed = {name: data.decode().replace(old, new).encode() for name, data in files().items()}
    assert changed != files(), old
    return load_aid_rules(changed)


def text(value: object) -> str:
    """A sentence, or sentences, with plain spaces."""
    joined = " ".join(value) if isinstance(value, list) else str(value)
    return joined.replace("\u00a0", " ")


def said(result: Facts) -> str:
    """The whole explanation, with plain spaces."""
    return text(result["explanation"])


#: A furniture project of a commune, on which nothing special happens.
E1: Facts = {
    "scheme": "LP-MOB",
    "applicant_type": "commune",
    "population": 820,
    "fiscal_potential_ratio": "0.70",
    "qualified_staff": True,
    "eligible_cost": "28000.00",
    "total_cost": "28000.00",
    "other_public_funding": "5600.00",
}
E2: Facts = {
    "scheme": "LP-BAT",
    "applicant_type": "epci",
    "library_network": True,
    "fiscal_potential_ratio": "1.10",
    "qualified_staff": True,
    "contract_or_label": True,
    "eligible_cost": "1250000",
    "total_cost": "1250000",
    "other_public_funding": "550000",
}
E3: Facts = {
    "scheme": "LP-BAT",
    "applicant_type": "commune",
    "population": 380,
    "fiscal_potential_ratio": "0.60",
    "eligible_cost": "120000",
    "total_cost": "120000",
    "other_public_funding": "72000",
}
E4: Facts = {
    "scheme": "LP-NUM",
    "applicant_type": "commune",
    "population": 1500,
    "eligible_cost": "850",
    "total_cost": "850",
}
E5: Facts = {
    "scheme": "LP-MOB",
    "applicant_type": "commune",
    "population": 2600,
    "fiscal_potential_ratio": "1.02",
    "qualified_staff": True,
    "eligible_cost": "50000",
    "total_cost": "50000",
    "private_funding": "10000",
    "other_public_funding": "20000",
}
#: The last claim of E1, whose library cost less than planned.
E6: Facts = {
    "scheme": "LP-MOB",
    "kind": "final",
    "voted_aid": "12600.00",
    "base": "28000.00",
    "justified": "22345.67",
    "real_cost": "22345.67",
    "real_other_public": "4469.13",
    "already_paid": "6300.00",
}
