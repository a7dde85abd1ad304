"""May a running dossier go on in another version of its diagram, and where does it stand then?"""

from app.domain.migrations import VerdictKind
from app.engine.migration.proposals import same_steps
from app.engine.migration.prove import Verdict, prove, signature_of
from app.engine.migration.sentences import Proposal, Reason
from app.engine.migration.version import Change, Version

__all__ = [
    "Change",
    "Proposal",
    "Reason",
    "Verdict",
    "VerdictKind",
    "Version",
    "prove",
    "same_steps",
    "signature_of",
]
