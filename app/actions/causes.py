"""Why does something keep failing, in words an administrator understands? And for the technician?

The words name no dossier: what fails alike is told alike, so that incidents are grouped by them.
"""

import traceback

from app.domain.errors import EnvelopeExhausted, Refusal
from app.domain.files import DiskFull, FileVanished
from app.engine.errors import EngineFault
from app.outbound.errors import AnswerUnreadable, HttpRefused, ServerFails, ServerSilent

_LONGEST = 8_000
#: The BPMN error each refusal is, for an event of the diagram to catch.
_CODES: dict[type[Refusal], str] = {
    EnvelopeExhausted: "ENVELOPE_EXHAUSTED",
    HttpRefused: "HTTP_REFUSED",
}

#: Refusals that time may cure.
_PASSING = (ServerSilent, ServerFails, AnswerUnreadable, FileVanished, DiskFull)


def code_of(refusal: Refusal) -> str:
    """The BPMN error of a refusal; empty when it is none."""
    return _CODES.get(type(refusal), "")


def is_final(error: BaseException) -> bool:
    """Will trying again by itself be of no use? What is refused stays refused; the rest may pass."""
    return isinstance(error, Refusal) and not isinstance(error, _PASSING)


def cause_of(error: BaseException) -> str:
    """What went wrong, in one French sentence."""
    if isinstance(error, Refusal):
        return error.message
    if isinstance(error, EngineFault):
        return error.sentence
    return f"Erreur imprévue de Liasse ({type(error).__name__})."


def detail_of(error: BaseException) -> str:
    """The error as it was raised, and where: for the technician."""
    where = "".join(traceback.format_tb(error.__traceback__)[-8:])
    return f"{type(error).__name__}: {error}\n{where}"[:_LONGEST]
