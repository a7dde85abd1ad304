"""Tables: columns and relations, no behaviour. Importing this room registers every table."""

from app.models import (
    budget,
    calendar,
    clock,
    committee,
    digest,
    document,
    dossier,
    job,
    journal,
    mailing,
    outbox,
    payment,
    people,
    process,
    repair,
    task,
    versions,
)
from app.models.base import Base

__all__ = [
    "Base",
    "budget",
    "calendar",
    "clock",
    "committee",
    "digest",
    "document",
    "dossier",
    "job",
    "journal",
    "mailing",
    "outbox",
    "payment",
    "people",
    "process",
    "repair",
    "task",
    "versions",
]
