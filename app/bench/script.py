"""What is done to the dossier that is measured? Every rival plays these steps, with these answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.catalogue.discover import read_pack_files
from app.catalogue.pack import Pack, load_pack
from app.engine.values import Value

EXPERTS = ["architecture", "collections", "digital", "heritage", "network"]
#: How many steps the long loop has: steps 5, 50 and 500 stand at the same place of it.
LAP = 15
_COMMENT = "Le projet est conforme au schéma départemental ; les devis sont joints au dossier."


@dataclass(frozen=True)
class Work:
    """One step done: the variables that choose the path, and the rest of what was typed."""

    step: str
    variables: dict[str, Value] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Any]:
        """What is kept of the form."""
        return {**self.variables, "comment": f"{self.step} : {_COMMENT}"}


def pack() -> Pack:
    """The type of the dossiers that are measured; its diagram is as large as those that are shipped."""
    return load_pack(read_pack_files(Path(__file__).parent / "process"))


def whole_dossier() -> Iterator[Work]:
    """From filing to archives: 33 steps."""
    yield from _until_decision()
    yield Work("Decide", {"decision": "adjourned"})
    yield Work("Adjourn")
    yield Work("PrepareSession")
    yield Work("Decide", {"decision": "granted"})
    yield Work("HeadVisa", {"headVisa": "given"})
    yield Work("FinanceVisa", {"financeVisa": "given"})
    yield Work("DirectionVisa", {"directionVisa": "given"})
    yield Work("MakeExecutory")
    yield Work("CommitFunds")
    yield Work("NotifyAward", {"convention": "yes"})
    yield Work("SignConvention")
    yield Work("DeclareStart", {"visit": "no"})
    yield Work("ClaimPayment")
    yield Work("CheckClaim", {"claim": "good"})
    yield Work("CertifyService", {"certified": "yes"})
    yield Work("OrderPayment")
    yield Work("PayerAnswer", {"payer": "paid", "recovery": "no"})
    yield Work("ReportProject")
    yield Work("Archive")


def lap() -> Iterator[Work]:
    """Once round the long loop: parallel advices and five opinions, then everything again."""
    yield from _until_decision()
    yield Work("Decide", {"decision": "again"})


def _until_decision() -> Iterator[Work]:
    yield Work("CheckFile", {"completeness": "missing"})
    yield Work("AskPieces")
    yield Work("CheckFile", {"completeness": "complete"})
    yield Work("LegalCheck")
    yield Work("FinanceCheck")
    yield Work("TechnicalCheck")
    yield Work("ChooseExperts", {"experts": list(EXPERTS)})
    for _ in EXPERTS:
        yield Work("GiveOpinion")
    yield Work("Summarise")
    yield Work("PrepareSession")
