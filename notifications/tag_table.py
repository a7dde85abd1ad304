"""Which tags may the words of a mail hold? One closed table: name, meaning, where the value comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notifications.values import Piece, Values

N_ = str  #: marks a text for translation; the page translates where it shows it
Read = Callable[[Values, Piece | None], Any]


@dataclass(frozen=True)
class Tag:
    """One tag: what the administrator writes, what it means, what it reads."""

    name: str
    meaning: str
    read: Read
    #: text, day, money, count, yesno (conditions only) or list (conditions only).
    kind: str = "text"
    #: « jour », « jours »: how a count is written.
    unit: tuple[str, str] | None = None
    #: The same value in the texts that are shipped.
    shipped: tuple[str, ...] = ()
    of_piece: bool = False


def _dossier(name: str) -> Read:
    return lambda values, _piece: getattr(values.dossier, name) if values.dossier else None


def _claim(name: str) -> Read:
    return lambda values, _piece: getattr(values.claim, name) if values.claim else None


def _own(name: str) -> Read:
    return lambda values, _piece: getattr(values, name)


def _task(name: str) -> Read:
    return lambda values, _piece: getattr(values.task, name) if values.task else None


def _piece_of(name: str) -> Read:
    return lambda _values, piece: getattr(piece, name) if piece else None


def _filed(values: Values, _piece: Piece | None) -> Any:  # noqa: ANN401 - a day
    return (values.dossier.filed_on if values.dossier else None) or values.happened_on


def _complete(values: Values, _piece: Piece | None) -> Any:  # noqa: ANN401 - a day
    return (values.dossier.complete_on if values.dossier else None) or values.happened_on


_TABLE = (
    Tag("reference", N_("numéro du dossier"), _dossier("reference"), shipped=("d.reference",)),
    Tag("titre", N_("objet du dossier"), _dossier("title"), shipped=("d.title",)),
    Tag(
        "demandeur",
        N_("commune ou association"),
        _dossier("organisation"),
        shipped=("d.organisation",),
    ),
    Tag("dispositif", N_("dispositif d’aide"), _dossier("scheme"), shipped=("d.scheme",)),
    Tag(
        "instructeur",
        N_("qui instruit le dossier"),
        _dossier("officer"),
        shipped=("d.officer",),
    ),
    Tag(
        "association",
        N_("vrai pour une association"),
        _dossier("is_association"),
        "yesno",
        shipped=("d.is_association",),
    ),
    Tag(
        "jour_depot",
        N_("jour du dépôt"),
        _filed,
        "day",
        shipped=("(d.filed_on or v.happened_on)",),
    ),
    Tag(
        "jour_complet",
        N_("jour où le dossier est complet"),
        _complete,
        "day",
        shipped=("(d.complete_on or v.happened_on)",),
    ),
    Tag("aide", N_("aide votée"), _dossier("voted"), "money", shipped=("d.voted",)),
    Tag("jour_vote", N_("jour du vote"), _dossier("voted_on"), "day", shipped=("d.voted_on",)),
    Tag(
        "limite_commencement",
        N_("date limite de commencement"),
        _dossier("start_deadline"),
        "day",
        shipped=("d.start_deadline",),
    ),
    Tag(
        "limite_fin",
        N_("date limite de fin de l’opération"),
        _dossier("completion_deadline"),
        "day",
        shipped=("d.completion_deadline",),
    ),
    Tag("tache", N_("nom de l’étape"), _task("title"), shipped=("v.task.title", "v.task")),
    Tag(
        "echeance_tache",
        N_("échéance de l’étape"),
        _task("due_on"),
        "day",
        shipped=("v.task.due_on", "v.task and v.task.due_on"),
    ),
    Tag(
        "echeance",
        N_("date limite dite par ce courriel"),
        _own("due_on"),
        "day",
        shipped=("v.due_on",),
    ),
    Tag(
        "retard",
        N_("jours de retard"),
        _own("late_days"),
        "count",
        ("jour", "jours"),
        shipped=("v.late_days",),
    ),
    Tag(
        "jour",
        N_("jour où cela est arrivé"),
        _own("happened_on"),
        "day",
        shipped=("v.happened_on",),
    ),
    Tag("aujourdhui", N_("jour d’envoi"), _own("today"), "day", shipped=("v.today",)),
    Tag(
        "pieces",
        N_("vrai s’il manque des pièces"),
        _own("pieces"),
        "list",
        shipped=("v.pieces",),
    ),
    Tag(
        "nombre_pieces",
        N_("nombre de pièces demandées"),
        lambda values, _piece: len(values.pieces),
        "count",
        ("pièce", "pièces"),
        shipped=("v.pieces | length",),
    ),
    Tag(
        "piece",
        N_("nom d’une pièce"),
        _piece_of("title"),
        shipped=("piece.title",),
        of_piece=True,
    ),
    Tag(
        "motif",
        N_("motif de la demande de cette pièce"),
        _piece_of("reason"),
        shipped=("piece.reason",),
        of_piece=True,
    ),
    Tag("message", N_("mots de l’instructeur"), _own("message"), shipped=("v.message",)),
    Tag(
        "versement",
        N_("avance, acompte ou solde"),
        _claim("kind"),
        shipped=("v.claim.kind", "v.claim"),
    ),
    Tag(
        "versement_numero",
        N_("numéro de la demande de versement"),
        _claim("number"),
        shipped=("v.claim.number",),
    ),
    Tag(
        "versement_montant",
        N_("montant du versement"),
        _claim("amount"),
        "money",
        shipped=("v.claim.amount", "v.claim and v.claim.amount"),
    ),
    Tag(
        "versement_motif",
        N_("motif d’un renvoi"),
        _claim("reason"),
        shipped=("v.claim.reason", "v.claim and v.claim.reason"),
    ),
    Tag("mandat", N_("numéro du mandat"), _claim("order"), shipped=("v.claim.order",)),
    Tag(
        "jour_paiement",
        N_("jour du paiement"),
        _claim("paid_on"),
        "day",
        shipped=("v.claim.paid_on",),
    ),
    Tag("jour_seance", N_("jour de la séance"), _own("held_on"), "day", shipped=("v.held_on",)),
    Tag(
        "nouveau_delai",
        N_("délai demandé ou accordé"),
        _own("until"),
        "day",
        shipped=("v.until",),
    ),
    Tag(
        "delai_accorde",
        N_("vrai si le délai est accordé"),
        lambda values, _piece: values.outcome.get("extension") == "granted",
        "yesno",
        shipped=('v.outcome.get("extension") == "granted"',),
    ),
    Tag(
        "collectivite",
        N_("nom de la collectivité"),
        _own("authority"),
        shipped=("v.authority",),
    ),
)
TAGS: Mapping[str, Tag] = {tag.name: tag for tag in _TABLE}
#: What the shipped texts call each value.
SHIPPED: Mapping[str, Tag] = {name: tag for tag in _TABLE for name in tag.shipped}
