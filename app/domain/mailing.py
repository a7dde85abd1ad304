"""Which words does mail have? What a reader may choose, what a returned message means."""

from enum import StrEnum


class Choice(StrEnum):
    """How somebody wants a kind of mail."""

    NOW = "now"  #: At once, one mail each
    DIGEST = "digest"  #: In the next digest
    NEVER = "never"  #: Not at all


class ReturnKind(StrEnum):
    """What a message that came back to the return address says."""

    PERMANENT = "permanent"  #: The address takes no mail: somebody must correct it
    TEMPORARY = "temporary"  #: The relay is still trying, or gave up on a full box
    AUTOMATIC = "automatic"  #: An absence notice or another automatic answer: nothing to do
    UNREAD = "unread"  #: Not understood, or of none of our mails
