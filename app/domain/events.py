"""What can happen to a dossier? The kinds of journal entries."""

from enum import StrEnum


class EventKind(StrEnum):
    """What a journal entry tells; mails are derived from these and from the steps they name."""

    FILED = "filed"  #: The request was filed; `body.reference`
    COMPLETED = "completed"  #: A task was completed; `step`, `body.answers`, `body.passed`
    MOVED = "moved"  #: The process moved without a person (timer, message); `body.cause`
    CLAIMED = "claimed"  #: A person took a task
    RELEASED = "released"  #: A task was given back to its group
    ASSIGNED = "assigned"  #: A task was given to a person
    DOCUMENT_ADDED = "document_added"  #: A piece was deposited
    DOCUMENT_REVIEWED = "document_reviewed"  #: A piece was accepted or refused
    DOCUMENT_REMOVED = "document_removed"  #: A piece was taken back from a draft
    SCHEDULED = "scheduled"  #: Put on the agenda of a session
    UNSCHEDULED = "unscheduled"  #: Taken off an agenda
    VOTED = "voted"  #: The committee decided
    WITHDRAWN = "withdrawn"  #: The applicant withdrew
    EXTENSION_ASKED = "extension_asked"  #: The beneficiary asked for more time
    ASKED = "asked"  #: Something the type lets people ask at any time; `body.message`
    CONTACT_CHANGED = "contact_changed"  #: Another person is to be called
    CHILD_OPENED = "child_opened"  #: A dossier opened another; `body.reference`, `body.parent`
    SKIPPED = "skipped"  #: An automatic step was passed by hand, with a reason
    MESSAGE = "message"  #: A message was written in the dossier
    REMINDED = "reminded"  #: A reminder was planned for somebody
    CLOCK_CHANGED = "clock_changed"  #: A person entered or corrected a fact of a delay
    RESENT = "resent"  #: Somebody of the service sent a mail again
    INCIDENT = "incident"  #: The process stopped on an error
    RESUMED = "resumed"  #: An incident was resolved
    REPAIR_PROPOSED = (
        "repair_proposed"  #: A repair that touches money waits for a second person
    )
    REPAIR_DROPPED = "repair_dropped"  #: That repair was set aside
    REPAIRED = (
        "repaired"  #: A person moved, cancelled, redid or skipped a step, or changed a date
    )
    MIGRATED = "migrated"  #: The dossier follows another version; `body.source`, `body.target`
