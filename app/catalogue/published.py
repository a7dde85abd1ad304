"""Which versions are published? Rows of the database, each parsed once per process."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.aid_rules import AidRules, load_aid_rules
from app.catalogue.archive import read_archive
from app.catalogue.pack import Pack, load_pack
from app.domain.errors import Refusal
from app.engine.parse import Definition, parse_diagram
from app.models.process import ProcessDefinition


class TypeUnknown(Refusal):
    """No published dossier type has that key."""

    sentence = "Aucun type de dossier publié ne s’appelle « {key} »."


@dataclass(frozen=True)
class DossierType:
    """A published version, ready to run: its pack, its diagram and its aid rules."""

    definition_id: UUID
    version: int
    pack: Pack
    definition: Definition
    rules: AidRules


class PublishedTypes:
    """The published types of one database, kept in memory once parsed; safe between threads.

    A version is immutable, so what is kept never grows stale; only `latest` asks each time.
    """

    def __init__(self) -> None:
        self._types: dict[UUID, DossierType] = {}
        self._lock = Lock()

    def get(self, session: Session, definition_id: UUID) -> DossierType:
        """The version of that id."""
        found = self._types.get(definition_id)
        if found is None:
            row = session.get_one(ProcessDefinition, definition_id)
            loaded = _load(row)
            with self._lock:
                found = self._types.setdefault(definition_id, loaded)
        return found

    def latest(self, session: Session, key: str) -> DossierType:
        """The version new dossiers are filed under. Refuses TypeUnknown."""
        found = session.scalar(
            select(ProcessDefinition.id)
            .where(ProcessDefinition.key == key, ProcessDefinition.retired_at.is_(None))
            .order_by(ProcessDefinition.version.desc())
            .limit(1)
        )
        if found is None:
            raise TypeUnknown(key=key)
        return self.get(session, found)

    def open_types(self, session: Session) -> Sequence[DossierType]:
        """The latest version of every type that is not retired, by key."""
        keys = session.scalars(
            select(ProcessDefinition.key)
            .where(ProcessDefinition.retired_at.is_(None))
            .distinct()
            .order_by(ProcessDefinition.key)
        )
        return [self.latest(session, key) for key in keys]


_UNPUBLISHED = UUID(int=0)


def type_of_pack(
    pack: Pack, *, definition_id: UUID = _UNPUBLISHED, version: int = 0
) -> DossierType:
    """The dossier type of a pack, published or not. Refuses DiagramRefused."""
    return DossierType(
        definition_id=definition_id,
        version=version,
        pack=pack,
        definition=parse_diagram(pack.diagram, process_id=pack.process, called=pack.called),
        rules=load_aid_rules(pack.files),
    )


def _load(row: ProcessDefinition) -> DossierType:
    pack = load_pack(read_archive(row.archive))
    return type_of_pack(pack, definition_id=row.id, version=row.version)
