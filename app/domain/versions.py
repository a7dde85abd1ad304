"""What can become of a draft of a dossier type, and of its published versions?"""

from enum import StrEnum


class DraftKind(StrEnum):
    """What was uploaded."""

    PACK = "pack"  #: A whole dossier type
    DRAWING = "drawing"  #: A lone diagram, perhaps of another editor: never published as it is


class DraftStatus(StrEnum):
    """Where a draft stands."""

    WAITING = "waiting"  #: Stored, not examined yet
    EXAMINED = "examined"  #: Checked and rehearsed; its report is kept
    PUBLISHED = "published"  #: It became a version
    DISCARDED = "discarded"  #: Set aside by somebody


class TypeEventKind(StrEnum):
    """What happened to a dossier type; the journal of types tells it."""

    UPLOADED = "uploaded"  #: A draft came in
    DISCARDED = "discarded"  #: A draft was set aside
    PUBLISHED = "published"  #: A version was published
    RETIRED = "retired"  #: A version serves no new dossier any more
    RESTORED = "restored"  #: A retired version serves new dossiers again
    MIGRATED = "migrated"  #: Dossiers in flight go over to this version
    BROUGHT_BACK = "brought_back"  #: Those that had not moved since come back from it
