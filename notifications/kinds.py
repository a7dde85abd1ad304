"""Which kinds of mails are there, and what may a reader choose for each?

What announces a decision, a delay or a risk for the aid cannot be turned off, and the page says why.
"""

from dataclasses import dataclass

from app.domain.mailing import Choice

N_ = str  #: marks a text for translation; the page translates where it shows it
#: Made for those who supervise.
WEEKLY = "digest_weekly"
#: Made for those whose opinion is asked.
OPINIONS = "opinions"
_ALWAYS = (Choice.NOW,)
_STAFF = (Choice.NOW, Choice.DIGEST)
_OPTIONAL = (Choice.NOW, Choice.NEVER)


@dataclass(frozen=True)
class Kind:
    """Mails a reader chooses together."""

    key: str
    title: str
    #: What they tell, or why they always leave.
    words: str
    templates: tuple[str, ...]
    choices: tuple[Choice, ...]
    for_staff: bool

    @property
    def is_fixed(self) -> bool:
        """There is nothing to choose."""
        return len(self.choices) == 1

    @property
    def is_digest(self) -> bool:
        """A mail that gathers others: « at once » means nothing for it."""
        return self.key.startswith("digest")

    @property
    def is_optional(self) -> bool:
        """May it be turned off?"""
        return Choice.NEVER in self.choices


KINDS = (
    Kind(
        "decisions",
        N_("Accusés de réception, demandes de pièces et décisions"),
        N_(
            "Ils font courir un délai ou prouvent ce qui vous a été dit : ils ne peuvent pas être arrêtés."
        ),
        (
            "receipt",
            "missing_pieces",
            "complete",
            "adjourned",
            "award",
            "refusal",
            "convention",
            "claim_sent_back",
            "recovery",
            "extension_answer",
            "lapsed",
            "dropped",
            "withdrawal_ack",
        ),
        _ALWAYS,
        for_staff=False,
    ),
    Kind(
        "applicant_reminders",
        N_("Rappels d’échéance"),
        N_(
            "Une échéance manquée peut faire perdre l’aide : ces rappels ne peuvent pas être arrêtés."
        ),
        ("reminder_applicant_pieces", "reminder_works", "reminder_completion"),
        _ALWAYS,
        for_staff=False,
    ),
    Kind(
        "progress",
        N_("Étapes de votre dossier"),
        N_("Inscription à une séance, versement en route, versement fait, dossier clos."),
        ("scheduled", "claim_received", "payment_ordered", "payment_paid", "closed"),
        _OPTIONAL,
        for_staff=False,
    ),
    Kind(
        OPINIONS,
        N_("Demandes d’avis"),
        N_("C’est par ce courriel que vous êtes saisi : il part toujours."),
        ("opinion_request",),
        _ALWAYS,
        for_staff=True,
    ),
    Kind(
        "task_reminders",
        N_("Relances de vos tâches"),
        N_("Avant l’échéance, le jour même, puis en cas de retard."),
        ("reminder_task", "reminder_expert"),
        _STAFF,
        for_staff=True,
    ),
    Kind(
        "escalations",
        N_("Retards de votre équipe"),
        N_("Une tâche reste en retard malgré ses relances."),
        ("escalation",),
        _STAFF,
        for_staff=True,
    ),
    Kind(
        "arrivals",
        N_("Ce qui arrive dans vos dossiers"),
        N_("Pièces reçues, délai demandé par un bénéficiaire."),
        ("pieces_received", "extension_asked"),
        (*_STAFF, Choice.NEVER),
        for_staff=True,
    ),
    # The key of a digest is its mail's: the digests read their preference by it.
    Kind(
        "digest_daily",
        N_("Récapitulatif du matin"),
        N_(
            "En retard, à faire, nouveau, et ce que d’autres font attendre ; rien quand il n’y a rien."
        ),
        ("digest_daily",),
        _OPTIONAL,
        for_staff=True,
    ),
    Kind(
        WEEKLY,
        N_("Récapitulatif de la semaine"),
        N_("Pour qui supervise : les retards, les charges et les séances à venir."),
        (WEEKLY,),
        _OPTIONAL,
        for_staff=True,
    ),
)
#: A mail of a dossier type that is in no list above: it always leaves.
OTHER = Kind("other", N_("Autres courriels"), "", (), _ALWAYS, for_staff=True)
_OF = {template: kind for kind in KINDS for template in kind.templates}


def kind_of(template: str) -> Kind:
    """The kind of a mail."""
    return _OF.get(template, OTHER)


def kind(key: str) -> Kind | None:
    """The kind of that key."""
    return next((one for one in KINDS if one.key == key), None)
