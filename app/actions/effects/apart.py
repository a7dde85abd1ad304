"""What do services need the world for? Letters written to the storage, other dossiers, other servers.

Each has two halves: `act` runs outside any transaction on the dossier and may be run again, under
the key of its job; `settle` writes what came of it, in one transaction that holds the dossier.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.movement import JobEffect, Move, Variables
from app.actions.opening import Wanted, open_child
from app.catalogue.document_text import Known, filled
from app.catalogue.published import DossierType
from app.catalogue.service_inputs import Inputs, family, read_inputs, text_input
from app.catalogue.service_tasks import SERVICES
from app.catalogue.values import calendar_functions, json_of
from app.database import Database
from app.domain.civil import civil_day
from app.domain.events import EventKind
from app.domain.files import FileVanished
from app.domain.status import PieceStatus, ScanStatus
from app.engine.run import OpenJob
from app.engine.values import Value, admit
from app.models.document import Document
from app.models.dossier import Dossier
from app.models.people import Organisation, Person
from app.outbound.client import Call, Client, value_at
from app.storage.files import Files
from app.storage.intake import Kept, take_in
from app.storage.opendocument import Head, write_odt

_LARGEST = 20_000_000


@dataclass(frozen=True)
class Tools:
    """What the clock hands to a service that needs the world."""

    database: Database
    console: Console
    client: Client
    files: Files
    authority: str
    #: The services a new dossier may call in its first transaction.
    effects: Mapping[str, JobEffect]


@dataclass(frozen=True)
class Brief:
    """What a service works from: the dossier as it stood when the attempt began."""

    dossier: Dossier
    type: DossierType
    inputs: Inputs
    names: dict[str, Value]
    step: str
    key: str
    now: datetime


@dataclass(frozen=True)
class Apart:
    """A service in two halves, and the kind of the journal entry it leaves."""

    act: Callable[[Tools, Brief], Any]
    settle: Callable[[Move, OpenJob, Any], Variables]
    kind: EventKind = EventKind.MOVED


def brief_of(move: Move, job: OpenJob, key: str) -> Brief:
    """What the service of a job works from. Refuses BadInput."""
    evaluate: Callable[[str], Value] = lambda source: move.run.evaluate(job.token, source)  # noqa: E731
    return Brief(
        dossier=move.dossier,
        type=move.type,
        inputs=read_inputs(SERVICES[job.topic], job.inputs, evaluate),
        names={**move.facts(), **move.run.snapshot().variables},
        step=job.step,
        key=key,
        now=move.now,
    )


# -- letters


def _write(tools: Tools, brief: Brief) -> tuple[Kept, Files]:
    """The letter, durable in the storage; the same content gives the same file."""
    pack, dossier = brief.type.pack, brief.dossier
    template, piece = text_input(brief.inputs, "template"), text_input(brief.inputs, "piece")
    title = text_input(brief.inputs, "title", str(pack.document(piece).title))
    day = civil_day(brief.now)
    with tools.database.reading() as session:
        names = {**brief.names, **_people_of(session, dossier), "authority": tools.authority}
    known = Known(names, calendar_functions(day), pack.known_facts)
    blocks = filled(template, pack.files[template], known)
    head = Head(title, tools.authority, str(dossier.reference), day, brief.now)
    data = io.BytesIO(write_odt(head, blocks))
    name = f"{piece}-{dossier.reference}.odt"
    kept = take_in(tools.files.store, data, name, formats=("odt",), limit=_LARGEST)
    return kept, tools.files


def _people_of(session: Session, dossier: Dossier) -> dict[str, Value]:
    organisation = session.get(Organisation, dossier.organisation_id)
    officer = session.get(Person, dossier.officer_id) if dossier.officer_id else None
    return {
        "reference": dossier.reference,
        "title": dossier.title,
        "applicant": organisation.name if organisation else None,
        "officer": officer.name if officer else None,
    }


def _file(move: Move, job: OpenJob, done: tuple[Kept, Files]) -> Variables:
    """The letter becomes a piece of the dossier, in the place of the version before."""
    kept, files = done
    kind = job.inputs["piece"]
    last = move.session.scalar(
        select(func.max(Document.version)).where(
            Document.dossier_id == move.dossier.id, Document.kind == kind
        )
    )
    if not move.type.pack.document(kind).multiple:
        move.session.execute(
            update(Document)
            .where(
                Document.dossier_id == move.dossier.id,
                Document.kind == kind,
                Document.superseded_at.is_(None),
            )
            .values(superseded_at=move.now)
        )
    document = Document(
        dossier_id=move.dossier.id,
        kind=kind,
        claim_number=None,
        version=(last or 0) + 1,
        filename=kept.filename,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        scan=ScanStatus.CLEAN,
        status=PieceStatus.ACCEPTED,
        reason="",
        deposited_by_id=None,
        deposited_at=move.now,
    )
    move.session.add(document)
    move.session.flush()
    move.notes["document"] = {"id": str(document.id), "kind": kind, "sha256": kept.sha256}
    # The sweep of orphans may have passed between the writing and this row.
    if not files.store.has(kept.sha256):
        raise FileVanished
    return {}


# -- other dossiers


def _open(tools: Tools, brief: Brief) -> str:
    """The reference of the child, opened now or by an attempt before."""
    told, dossier = brief.inputs, brief.dossier
    wanted = Wanted(
        type_key=text_input(told, "type"),
        scheme=text_input(told, "scheme"),
        title=text_input(told, "title", dossier.title)[:200],
        facts=family(told, "fact."),
        step=brief.step,
        key=brief.key,
    )
    return tools.database.run_tx(
        lambda session, _: open_child(
            session, tools.console, dossier.id, wanted, tools.effects, now=brief.now
        )
    )


def _opened(move: Move, _job: OpenJob, reference: str) -> Variables:
    move.notes["reference"] = reference
    return {"child_reference": reference}


# -- other servers


def _call(tools: Tools, brief: Brief) -> Any:  # noqa: ANN401 - JSON
    method = text_input(brief.inputs, "method", "GET")
    body = {name: json_of("text", one) for name, one in family(brief.inputs, "body.").items()}
    call = Call(
        url=text_input(brief.inputs, "url"),
        key=brief.key,
        method=method,
        body=body if method != "GET" else None,
    )
    return tools.client.json(call)


def _called(_move: Move, job: OpenJob, answer: Any) -> Variables:  # noqa: ANN401 - JSON
    return {
        name.removeprefix("set."): admit(_plain(value_at(answer, path)))
        for name, path in job.inputs.items()
        if name.startswith("set.")
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """What a variable can hold: no nested object, texts that are not endless."""
    if isinstance(value, str):
        return value[:2_000]
    if isinstance(value, list):
        return [_plain(one) for one in value[:200] if not isinstance(one, dict | list)]
    return None if isinstance(value, dict) else value


GENERATE_DOCUMENT = Apart(_write, _file, EventKind.DOCUMENT_ADDED)
OPEN_CHILD = Apart(_open, _opened, EventKind.CHILD_OPENED)
HTTP_REQUEST = Apart(_call, _called)
