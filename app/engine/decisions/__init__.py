"""What do the decision tables of a dossier type say? DMN, all seven hit policies, exact numbers."""

from app.engine.decisions.model import Decision, DecisionModel, DecisionResult
from app.engine.decisions.reading import read_model
from app.engine.decisions.table import DecisionRefused, HitPolicy, MatchedRule

__all__ = [
    "Decision",
    "DecisionModel",
    "DecisionRefused",
    "DecisionResult",
    "HitPolicy",
    "MatchedRule",
    "read_model",
]
