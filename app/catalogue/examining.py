"""How is a stranger's draft examined without risk? In a child process, on a short leash, one at a time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from app.catalogue.examination import Report, report_from
from app.catalogue.house import Offer
from app.domain.errors import Refusal

_CHILD = Path(__file__).with_name("examine_child.py")
#: Wall clock of one examination; the child's processor time is bounded besides.
SECONDS = 90
#: One draft at a time in this process: the machine belongs to the people who work.
_PLACE = BoundedSemaphore(1)
_PATIENCE = 5

TOO_LONG = (
    "La vérification a été arrêtée\u00a0: les scénarios ne finissent pas en {seconds}\u00a0secondes. "
    "Un chemin tourne peut-être en rond."
)
BROKEN = (
    "La vérification n’a pas pu aller au bout\u00a0: ce type demande trop de temps ou de mémoire, "
    "ou contient quelque chose que Liasse ne sait pas lire."
)


class ExaminerBusy(Refusal):
    """Another draft is being examined."""

    sentence = (
        "Un autre brouillon est en cours de vérification. Le vôtre est enregistré\u00a0: "
        "attendez un instant, puis choisissez « Vérifier »."
    )


def examine_apart(archive: bytes, offer: Offer, *, seconds: int = SECONDS) -> Report:
    """The report on these canonical bytes, whatever they hold. Refuses ExaminerBusy."""
    if not _PLACE.acquire(timeout=_PATIENCE):
        raise ExaminerBusy
    try:
        return _ask(archive, offer, seconds)
    finally:
        _PLACE.release()


def _ask(archive: bytes, offer: Offer, seconds: int) -> Report:
    # The parent's import path and nothing else of its environment: no secret reaches the child.
    environment = {
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no argument of anybody's
            [sys.executable, "-P", str(_CHILD)],
            env=environment,
            input=json.dumps(offer).encode() + b"\n" + archive,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Report(stopped=TOO_LONG.format(seconds=seconds))
    if done.returncode:
        return Report(stopped=BROKEN)  # it crashed, or its time or memory ran out
    return report_from(json.loads(done.stdout))
