"""Which words does mail have? What a reader may choose, what comes back, what a digest is."""

from enum import StrEnum


class Choice(StrEnum):
    """How somebody wants a kind of mail."""

    NOW = "now"  #: At once, one mail each
    DIGEST = "digest"  #: In the next digest
    NEVER = "never"  #: Not at all


class ReturnKind(StrEnum):
    """What a message that came back to the return address says."""

    PERMANENT = "permanent"  #: The address takes no mail: somebody must correct it
    REFUSED = (
        "refused"  #: The message was refused, not the address: a setting of ours to look at
    )
    TEMPORARY = "temporary"  #: The relay is late and still trying
    AUTOMATIC = "automatic"  #: An absence notice or another automatic answer: nothing to do
    UNREAD = "unread"  #: Not understood, or of none of our mails


class DigestKind(StrEnum):
    """Which digest."""

    DAILY = "daily"  #: Each worked morning, for who has tasks
    WEEKLY = "weekly"  #: On the first worked morning of the week, for who supervises


class DigestOutcome(StrEnum):
    """What became of a digest."""

    PLANNED = "planned"  #: A mail was put in the outbox
    JOINED = "joined"  #: Told in the digest of the week that left the same morning
    EMPTY = "empty"  #: There was nothing to tell
    DECLINED = "declined"  #: The person wants none
    ABSENT = "absent"  #: The person is away: their substitute is told
    SUPERSEDED = "superseded"  #: Its day passed while no clock ran; a later one tells it all
