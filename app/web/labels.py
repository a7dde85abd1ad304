"""Which French word and which colour does each state get? One table per state, for the staff and for applicants.

The six tones each have a colour and a shape of their own, so that colour is never the only sign.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.legal_clock.reckoning import ClockState
from app.domain.legal_clock.rule import Basis
from app.domain.mailing import Choice, ReturnKind
from app.domain.migrations import MigrationStatus, PassageStatus, VerdictKind
from app.domain.permissions import Role
from app.domain.status import (
    ClaimKind,
    ClaimStatus,
    DossierStatus,
    JobStatus,
    MailStatus,
    OpinionValue,
    OrderStatus,
    PieceStatus,
    ProposalStatus,
    ScanStatus,
    SessionStatus,
    TaskStatus,
    Vote,
)
from app.web.words import _

N_ = str  #: marks a text for translation; templates translate where they show it
SOON = 3  #: days before the deadline from which an open task is shown as nearly late


@dataclass(frozen=True, slots=True)
class Tag:
    """The word and the tone of a state; tones: info, ok, warn, danger, wait, idle."""

    label: str
    tone: str = "idle"


Table = Mapping[StrEnum, Tag]


DOSSIER_STAFF: Table = {
    DossierStatus.DRAFT: Tag(N_("Brouillon"), "idle"),
    DossierStatus.FILED: Tag(N_("Complétude à vérifier"), "info"),
    DossierStatus.INCOMPLETE: Tag(N_("En attente de pièces"), "wait"),
    DossierStatus.UNDER_REVIEW: Tag(N_("En instruction"), "info"),
    DossierStatus.OPINIONS: Tag(N_("Avis demandés"), "wait"),
    DossierStatus.PROPOSED: Tag(N_("Visas en cours"), "info"),
    DossierStatus.READY: Tag(N_("Prêt pour une séance"), "wait"),
    DossierStatus.SCHEDULED: Tag(N_("À l’ordre du jour"), "wait"),
    DossierStatus.VOTED: Tag(N_("Voté"), "info"),
    DossierStatus.GRANTED: Tag(N_("Aide notifiée"), "ok"),
    DossierStatus.IN_PROGRESS: Tag(N_("Opération en cours"), "ok"),
    DossierStatus.PAYMENT: Tag(N_("Versement en cours"), "info"),
    DossierStatus.SETTLED: Tag(N_("Soldé"), "ok"),
    DossierStatus.CLOSED: Tag(N_("Clos"), "idle"),
    DossierStatus.REFUSED: Tag(N_("Refusé"), "danger"),
    DossierStatus.DROPPED: Tag(N_("Sans suite"), "idle"),
    DossierStatus.WITHDRAWN: Tag(N_("Retiré"), "idle"),
    DossierStatus.LAPSED: Tag(N_("Caduc"), "danger"),
}
DOSSIER_PUBLIC: Table = {
    DossierStatus.FILED: Tag(N_("Demande reçue"), "info"),
    DossierStatus.INCOMPLETE: Tag(N_("Pièces à fournir"), "warn"),
    DossierStatus.UNDER_REVIEW: Tag(N_("En cours d’examen"), "info"),
    DossierStatus.OPINIONS: Tag(N_("En cours d’examen"), "info"),
    DossierStatus.PROPOSED: Tag(N_("En cours d’examen"), "info"),
    DossierStatus.READY: Tag(N_("En attente de la décision"), "wait"),
    DossierStatus.SCHEDULED: Tag(N_("En attente de la décision"), "wait"),
    DossierStatus.VOTED: Tag(N_("Décision prise"), "info"),
    DossierStatus.GRANTED: Tag(N_("Aide accordée"), "ok"),
    DossierStatus.CLOSED: Tag(N_("Terminé"), "idle"),
    DossierStatus.REFUSED: Tag(N_("Aide refusée"), "danger"),
    DossierStatus.WITHDRAWN: Tag(N_("Demande retirée"), "idle"),
    DossierStatus.LAPSED: Tag(N_("Aide caduque"), "danger"),
}
TASK: Table = {
    TaskStatus.OPEN: Tag(N_("À traiter"), "info"),
    TaskStatus.DONE: Tag(N_("Terminée"), "ok"),
    TaskStatus.CANCELLED: Tag(N_("Sans objet"), "idle"),
}
TASK_LATE = Tag(N_("En retard"), "danger")
TASK_SOON = Tag(N_("Bientôt en retard"), "warn")
PIECE: Table = {
    PieceStatus.TO_CHECK: Tag(N_("À contrôler"), "info"),
    PieceStatus.ACCEPTED: Tag(N_("Acceptée"), "ok"),
    PieceStatus.REFUSED: Tag(N_("Refusée"), "danger"),
}
PIECE_PUBLIC: Table = {
    PieceStatus.TO_CHECK: Tag(N_("Reçue"), "info"),
    PieceStatus.REFUSED: Tag(N_("À remplacer"), "danger"),
}
PIECE_MISSING = Tag(N_("À déposer"), "idle")
SCAN: Table = {
    ScanStatus.PENDING: Tag(N_("Analyse en cours"), "wait"),
    ScanStatus.CLEAN: Tag(N_("Analysé, sain"), "ok"),
    ScanStatus.INFECTED: Tag(N_("Bloqué : virus détecté"), "danger"),
    ScanStatus.NOT_SCANNED: Tag(N_("Non analysé"), "idle"),
}
OPINION: Table = {
    OpinionValue.FAVOURABLE: Tag(N_("Favorable"), "ok"),
    OpinionValue.WITH_RESERVATIONS: Tag(N_("Favorable avec réserves"), "warn"),
    OpinionValue.UNFAVOURABLE: Tag(N_("Défavorable"), "danger"),
    OpinionValue.NO_OBSERVATION: Tag(N_("Sans observation"), "idle"),
    OpinionValue.DEEMED: Tag(N_("Réputé sans observation"), "idle"),
}
SESSION: Table = {
    SessionStatus.PREPARATION: Tag(N_("En préparation"), "info"),
    SessionStatus.CONVENED: Tag(N_("Convoquée"), "wait"),
    SessionStatus.HELD: Tag(N_("Tenue"), "ok"),
}
VOTE: Table = {
    Vote.GRANTED: Tag(N_("Accordé"), "ok"),
    Vote.GRANTED_OTHER: Tag(N_("Accordé, autre montant"), "warn"),
    Vote.ADJOURNED: Tag(N_("Ajourné"), "wait"),
    Vote.REFUSED: Tag(N_("Refusé"), "danger"),
}
CLAIM_KIND: Table = {
    ClaimKind.ADVANCE: Tag(N_("Avance")),
    ClaimKind.INTERIM: Tag(N_("Acompte")),
    ClaimKind.FINAL: Tag(N_("Solde")),
}
CLAIM: Table = {
    ClaimStatus.FILED: Tag(N_("Reçue"), "info"),
    ClaimStatus.SENT_BACK: Tag(N_("À corriger"), "warn"),
    ClaimStatus.SETTLED: Tag(N_("Calculée"), "info"),
    ClaimStatus.CERTIFIED: Tag(N_("Service fait certifié"), "info"),
    ClaimStatus.ORDERED: Tag(N_("Mandat émis"), "wait"),
    ClaimStatus.PAID: Tag(N_("Payée"), "ok"),
    ClaimStatus.RECOVERED: Tag(N_("Trop-perçu remboursé"), "ok"),
    ClaimStatus.NOTHING_DUE: Tag(N_("Rien à verser"), "idle"),
}
ORDER: Table = {
    OrderStatus.ISSUED: Tag(N_("Chez le payeur"), "wait"),
    OrderStatus.REJECTED: Tag(N_("Rejeté par le payeur"), "danger"),
    OrderStatus.PAID: Tag(N_("Payé"), "ok"),
}
MAIL: Table = {
    MailStatus.PENDING: Tag(N_("À envoyer"), "info"),
    MailStatus.SENDING: Tag(N_("Envoi en cours"), "info"),
    MailStatus.SENT: Tag(N_("Envoyé"), "ok"),
    MailStatus.FAILED: Tag(N_("En échec"), "danger"),
    MailStatus.CANCELLED: Tag(N_("Annulé"), "idle"),
    MailStatus.HELD: Tag(N_("Au prochain récapitulatif"), "wait"),
    MailStatus.DIGESTED: Tag(N_("Dans un récapitulatif"), "ok"),
    MailStatus.BOUNCED: Tag(N_("Revenu"), "danger"),
}
CHOICE: Table = {
    Choice.NOW: Tag(N_("Tout de suite")),
    Choice.DIGEST: Tag(N_("Dans le récapitulatif")),
    Choice.NEVER: Tag(N_("Jamais")),
}
RETURN: Table = {
    ReturnKind.PERMANENT: Tag(N_("Adresse en échec"), "danger"),
    ReturnKind.REFUSED: Tag(N_("Message refusé"), "danger"),
    ReturnKind.TEMPORARY: Tag(N_("Retard d’acheminement"), "warn"),
    ReturnKind.AUTOMATIC: Tag(N_("Réponse automatique"), "idle"),
    ReturnKind.UNREAD: Tag(N_("Retour non reconnu"), "wait"),
}
JOB: Table = {
    JobStatus.WAITING: Tag(N_("En attente"), "wait"),
    JobStatus.RUNNING: Tag(N_("En cours"), "info"),
    JobStatus.DONE: Tag(N_("Fait"), "ok"),
    JobStatus.CANCELLED: Tag(N_("Sans objet"), "idle"),
}
ROLE: Table = {
    Role.APPLICANT: Tag(N_("Demandeur")),
    Role.OFFICER: Tag(N_("Instruction")),
    Role.EXPERT: Tag(N_("Service consulté")),
    Role.HEAD: Tag(N_("Chef de service")),
    Role.FINANCE: Tag(N_("Finances")),
    Role.DIRECTION: Tag(N_("Direction")),
    Role.COMMITTEE_OFFICE: Tag(N_("Service des assemblées")),
    Role.SIGNATORY: Tag(N_("Signature")),
    Role.ELECTED: Tag(N_("Élu")),
    Role.SUPERVISOR: Tag(N_("Supervision")),
    Role.ADMIN: Tag(N_("Administration")),
}
CLOCK: Table = {
    ClockState.WAITING: Tag(N_("À venir"), "idle"),
    ClockState.RUNNING: Tag(N_("En cours"), "info"),
    ClockState.SUSPENDED: Tag(N_("Suspendu"), "wait"),
    ClockState.EXPIRED: Tag(N_("Dépassé"), "danger"),
    ClockState.MET: Tag(N_("Respecté"), "ok"),
    ClockState.LATE: Tag(N_("Terminé en retard"), "warn"),
    ClockState.VOID: Tag(N_("Sans objet"), "idle"),
}
BASIS: Table = {
    Basis.LEGAL: Tag(N_("Délai légal"), "info"),
    Basis.AID_RULES: Tag(N_("Délai du règlement des aides"), "idle"),
}
PROPOSAL: Table = {
    ProposalStatus.OPEN: Tag(N_("À confirmer"), "wait"),
    ProposalStatus.APPLIED: Tag(N_("Appliquée"), "ok"),
    ProposalStatus.DROPPED: Tag(N_("Écartée"), "idle"),
}
VERDICT: Table = {
    VerdictKind.SAFE: Tag(N_("Passe tel quel"), "ok"),
    VerdictKind.MAPPING: Tag(N_("Étape à désigner"), "warn"),
    VerdictKind.STAYS: Tag(N_("Reste sur sa version"), "idle"),
}
MIGRATION: Table = {
    MigrationStatus.PLANNED: Tag(N_("Essai à blanc"), "idle"),
    MigrationStatus.RUNNING: Tag(N_("En cours"), "info"),
    MigrationStatus.DONE: Tag(N_("Terminé"), "ok"),
    MigrationStatus.UNDOING: Tag(N_("Retour en cours"), "wait"),
    MigrationStatus.UNDONE: Tag(N_("Annulé"), "idle"),
}
PASSAGE: Table = {
    PassageStatus.PLANNED: Tag(N_("Pas choisi"), "idle"),
    PassageStatus.WAITING: Tag(N_("En attente"), "wait"),
    PassageStatus.MOVED: Tag(N_("Passé"), "ok"),
    PassageStatus.LEFT: Tag(N_("Laissé"), "warn"),
    PassageStatus.RETURNING: Tag(N_("Retour en attente"), "wait"),
    PassageStatus.RETURNED: Tag(N_("Revenu"), "idle"),
    PassageStatus.KEPT: Tag(N_("Gardé"), "warn"),
}
#: What stops when a sweep of the clock is silent.
SWEEPS: Mapping[str, str] = {
    "timers": N_("les dates des procédures"),
    "jobs": N_("les étapes automatiques"),
    "dispatch": N_("la préparation des courriels"),
    "reminders": N_("les relances"),
    "digests": N_("les récapitulatifs"),
    "mail": N_("l’envoi des courriels"),
    "returns": N_("la lecture des courriels revenus"),
    "files": N_("l’analyse des pièces"),
    "migrations": N_("les changements de version"),
    "usual_delays": N_("la mesure des délais habituels"),
    "reconciliation": N_("la vérification de la nuit"),
}
STAFF: Mapping[type[StrEnum], Table] = {
    DossierStatus: DOSSIER_STAFF,
    TaskStatus: TASK,
    PieceStatus: PIECE,
    ScanStatus: SCAN,
    OpinionValue: OPINION,
    SessionStatus: SESSION,
    Vote: VOTE,
    ClaimKind: CLAIM_KIND,
    ClaimStatus: CLAIM,
    OrderStatus: ORDER,
    ProposalStatus: PROPOSAL,
    ClockState: CLOCK,
    Basis: BASIS,
    MailStatus: MAIL,
    Choice: CHOICE,
    ReturnKind: RETURN,
    JobStatus: JOB,
    Role: ROLE,
    VerdictKind: VERDICT,
    MigrationStatus: MIGRATION,
    PassageStatus: PASSAGE,
}
PUBLIC: Mapping[type[StrEnum], Table] = {
    DossierStatus: {**DOSSIER_STAFF, **DOSSIER_PUBLIC},
    PieceStatus: {**PIECE, **PIECE_PUBLIC},
}


def tag_of(status: StrEnum | None, *, public: bool = False) -> Tag:
    """The word and tone of a state; a piece that was never deposited (None) is « À déposer »."""
    if status is None:
        return PIECE_MISSING
    kind = type(status)
    table = PUBLIC[kind] if public and kind in PUBLIC else STAFF[kind]
    return table[status]


def label_of(status: StrEnum, *, public: bool = False) -> str:
    """The word alone, in the reader's language."""
    return _(tag_of(status, public=public).label)


def task_tag(status: TaskStatus, due: date | None, today: date) -> Tag:
    """The tag of a task as seen today: an open one tells whether it is late or nearly."""
    if status is not TaskStatus.OPEN or due is None:
        return TASK[status]
    left = (due - today).days
    return TASK_LATE if left < 0 else TASK_SOON if left <= SOON else TASK[status]
