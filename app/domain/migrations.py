"""What can be said of a dossier that might change version, and where does a migration stand?"""

from enum import StrEnum


class VerdictKind(StrEnum):
    """What the dry run says of a dossier."""

    SAFE = "safe"  #: Goes on in the new version as it is
    MAPPING = "mapping"  #: Goes on once it is said which step stands for one that is gone
    STAYS = "stays"  #: Stays on its version


class MigrationStatus(StrEnum):
    """Where a migration stands."""

    PLANNED = "planned"  #: A dry run: nothing has moved
    RUNNING = "running"  #: Dossiers are moving, in batches
    DONE = "done"  #: Every dossier that was chosen has moved, or was left with a reason
    UNDOING = "undoing"  #: Dossiers are brought back, in batches
    UNDONE = "undone"  #: Every dossier that had not moved since is back


class PassageStatus(StrEnum):
    """What became of one dossier in a migration."""

    PLANNED = "planned"  #: Looked at, not chosen
    WAITING = "waiting"  #: Chosen: it will move
    MOVED = "moved"  #: Follows the new version
    LEFT = "left"  #: Stayed on its version after all, with the reason
    RETURNING = "returning"  #: It is to be brought back
    RETURNED = "returned"  #: Back on its version, exactly as it was
    KEPT = "kept"  #: Not brought back: it has moved since
