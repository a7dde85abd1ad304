"""Where does a dossier stand? The states of dossiers, tasks, documents, sessions and payments."""

from enum import StrEnum


class DossierStatus(StrEnum):
    """Where a dossier stands, for the lists; the engine's tokens say it in detail."""

    DRAFT = "draft"  #: Being written by the applicant
    FILED = "filed"  #: Received, completeness not yet checked
    INCOMPLETE = "incomplete"  #: Pieces asked for: the applicant must act
    UNDER_REVIEW = "under_review"  #: Complete; an officer is at work
    OPINIONS = "opinions"  #: Services consulted
    PROPOSED = "proposed"  #: Proposal written, visas under way
    READY = "ready"  #: Waits for a committee session
    SCHEDULED = "scheduled"  #: On the agenda of a session
    VOTED = "voted"  #: Decided; the act is being made executory
    GRANTED = "granted"  #: Aid notified, works not started
    IN_PROGRESS = "in_progress"  #: Works under way
    PAYMENT = "payment"  #: A payment claim is being examined
    SETTLED = "settled"  #: Last payment made, closing under way
    CLOSED = "closed"  #: Finished
    REFUSED = "refused"  #: Aid refused
    DROPPED = "dropped"  #: Closed without follow-up (pieces never came)
    WITHDRAWN = "withdrawn"  #: Withdrawn by the applicant
    LAPSED = "lapsed"  #: Aid lapsed (caducité)

    @property
    def is_final(self) -> bool:
        """Nothing more will happen to the dossier."""
        return self in FINAL

    @property
    def is_before_vote(self) -> bool:
        """The applicant may still withdraw."""
        return self in BEFORE_VOTE


FINAL = frozenset(
    {
        DossierStatus.CLOSED,
        DossierStatus.REFUSED,
        DossierStatus.DROPPED,
        DossierStatus.WITHDRAWN,
        DossierStatus.LAPSED,
    }
)
BEFORE_VOTE = frozenset(
    {
        DossierStatus.FILED,
        DossierStatus.INCOMPLETE,
        DossierStatus.UNDER_REVIEW,
        DossierStatus.OPINIONS,
        DossierStatus.PROPOSED,
        DossierStatus.READY,
        DossierStatus.SCHEDULED,
    }
)
AFTER_AWARD = frozenset(
    {
        DossierStatus.GRANTED,
        DossierStatus.IN_PROGRESS,
        DossierStatus.PAYMENT,
    }
)


class TaskStatus(StrEnum):
    """Where a task stands; being claimed is having an assignee."""

    OPEN = "open"  #: To be done
    DONE = "done"  #: Completed
    CANCELLED = "cancelled"  #: No longer to be done: the dossier went another way


class PieceStatus(StrEnum):
    """What the officer said of a document."""

    TO_CHECK = "to_check"  #: Deposited, not yet checked
    ACCEPTED = "accepted"  #: Good
    REFUSED = "refused"  #: To be replaced, with a reason


class ScanStatus(StrEnum):
    """What the virus scanner said of a document."""

    PENDING = "pending"  #: Not scanned yet: only its depositor may download it
    CLEAN = "clean"  #: Scanned, nothing found
    INFECTED = "infected"  #: Never served again
    NOT_SCANNED = "not_scanned"  #: No scanner is configured


class OpinionValue(StrEnum):
    """What a consulted service thinks."""

    FAVOURABLE = "favourable"  #: Yes
    WITH_RESERVATIONS = "with_reservations"  #: Yes, if…
    UNFAVOURABLE = "unfavourable"  #: No
    NO_OBSERVATION = "no_observation"  #: Nothing to say
    DEEMED = "deemed"  #: Did not answer in time: deemed without observation


class SessionStatus(StrEnum):
    """Where a committee session stands."""

    PREPARATION = "preparation"  #: The agenda is open
    CONVENED = "convened"  #: The agenda is frozen and sent
    HELD = "held"  #: Votes are recorded and applied


class Vote(StrEnum):
    """What the committee decided on one line."""

    GRANTED = "granted"  #: As proposed
    GRANTED_OTHER = "granted_other"  #: With another amount
    ADJOURNED = "adjourned"  #: To the next session
    REFUSED = "refused"  #: No aid


class ClaimKind(StrEnum):
    """Which payment is claimed."""

    ADVANCE = "advance"  #: Avance, at the start of works
    INTERIM = "interim"  #: Acompte, on spending
    FINAL = "final"  #: Solde


class ClaimStatus(StrEnum):
    """Where a payment claim stands."""

    FILED = "filed"  #: Sent by the beneficiary
    SENT_BACK = "sent_back"  #: To be corrected by the beneficiary
    SETTLED = "settled"  #: Computed and accepted by the officer
    CERTIFIED = "certified"  #: Service done certified by a second person
    ORDERED = "ordered"  #: Payment order issued
    PAID = "paid"  #: Accepted by the payer, date known
    RECOVERED = "recovered"  #: Overpayment recovered
    NOTHING_DUE = "nothing_due"  #: Computed to zero


class OrderStatus(StrEnum):
    """What the payer answered to an order."""

    ISSUED = "issued"  #: Sent to the payer
    REJECTED = "rejected"  #: Refused by the payer, with a reason
    PAID = "paid"  #: Accepted and paid


class MailStatus(StrEnum):
    """Where an outgoing mail stands."""

    PENDING = "pending"  #: To be sent
    SENDING = "sending"  #: Claimed by a sender, under lease
    SENT = "sent"  #: Accepted by the relay
    FAILED = "failed"  #: Set aside: a person must look
    CANCELLED = "cancelled"  #: Its reason vanished before it left
    HELD = "held"  #: Waits for its reader's next digest; leaves alone when none took it
    DIGESTED = "digested"  #: Told in a digest
    BOUNCED = "bounced"  #: The relay took it, and the address sent it back


class JobStatus(StrEnum):
    """Where the work a clock does for a dossier stands."""

    WAITING = "waiting"  #: To be done when its time comes
    RUNNING = "running"  #: A clock is at it, under lease
    DONE = "done"  #: Done, or passed by hand
    CANCELLED = "cancelled"  #: No longer to be done: the dossier went another way


class ProposalStatus(StrEnum):
    """What became of a repair that two persons must agree on."""

    OPEN = "open"  #: Waits for a second person; expired once the dossier has moved
    APPLIED = "applied"  #: Confirmed and done
    DROPPED = "dropped"  #: Set aside, by its author, by the second person or by a newer one
