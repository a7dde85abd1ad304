"""How is a dossier tried in a sandbox? As a scenario being written, played again from its beginning."""

from app.catalogue.trial.playing import Moment, TrialPlayer, played
from app.catalogue.trial.script import new_script, script_from, script_to_json
from app.catalogue.trial.writing import scenario_text

__all__ = [
    "Moment",
    "TrialPlayer",
    "new_script",
    "played",
    "scenario_text",
    "script_from",
    "script_to_json",
]
