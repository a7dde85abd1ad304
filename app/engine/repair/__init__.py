"""How is a running dossier put right? Six repairs, each proven to leave it able to reach its end."""

from app.engine.repair.jumps import Jumped, jumped, still_ahead
from app.engine.repair.operations import OPENS, Repair, RepairKind
from app.engine.repair.plan import carry_out, targets, ways
from app.engine.repair.refusals import RepairRefused

__all__ = [
    "OPENS",
    "Jumped",
    "Repair",
    "RepairKind",
    "RepairRefused",
    "carry_out",
    "jumped",
    "still_ahead",
    "targets",
    "ways",
]
