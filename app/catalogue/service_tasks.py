"""What may an automatic step of a diagram ask of Liasse? Every service, by name, with what it is told.

A pack names a service in `camunda:topic` and tells it what it needs in properties
(`camunda:properties`) or input parameters. A text is taken as it is; `${…}` is an expression,
read where the step stands. How each is done: `app/actions/effects/registry.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What a parameter may be."""

    TEXT = "text"  #: A text, or an expression that gives one
    VALUE = "value"  #: Anything a variable may hold
    AMOUNT = "amount"  #: Euros
    TEMPLATE = "template"  #: A file of the pack's `documents/`
    PIECE = "piece"  #: A kind of piece of the manifest
    MAIL = "mail"  #: A mail of the manifest
    STATUS = "status"  #: A status of dossiers
    FACT = "fact"  #: A fact of the manifest
    CHOICE = "choice"  #: One word of a list
    PATH = "path"  #: Where a value stands in an answer: `company.siret`

    @property
    def is_name(self) -> bool:
        """It is written, never computed."""
        return self not in {Kind.TEXT, Kind.VALUE, Kind.AMOUNT}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a service is told; a name that ends with `.*` stands for a whole family."""

    name: str
    kind: Kind
    says: str
    is_required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """`fact.` for `fact.*`, empty for a single parameter."""
        return self.name.removesuffix("*") if self.name.endswith(".*") else ""


@dataclass(frozen=True, slots=True)
class Service:
    """One service: what it does, what it is told, what it writes, when, and what may go wrong."""

    name: str
    does: str
    parameters: tuple[Parameter, ...] = ()
    sets: tuple[str, ...] = ()
    #: Done by the clock, after the person's transaction; otherwise within it.
    is_apart: bool = False
    touches_money: bool = False
    #: BPMN errors it may throw, for an attached event to catch.
    errors: tuple[str, ...] = ()
    #: A rehearsal waits until the scenario says what the world answered.
    asks_the_world: bool = False

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or of its family."""
        for one in self.parameters:
            if one.name == name or (one.family and name.startswith(one.family)):
                return one
        return None

    def written(self, inputs: Mapping[str, str]) -> frozenset[str]:
        """The variables it writes, those the step names itself included."""
        named = {name[4:] for name in inputs if name.startswith("set.")}
        return frozenset(self.sets) | (named if self.parameter("set.*") else frozenset())


def _trade(name: str, does: str, *sets: str) -> Service:
    return Service(name, does, sets=sets)


_BODY = Parameter("body.*", Kind.VALUE, "une valeur envoyée, sous ce nom")
_FACTS = Parameter("fact.*", Kind.VALUE, "un fait du nouveau dossier")

_GENERAL = (
    Service(
        "generate_document",
        "écrit un document (ODT) d’après un modèle du type et le verse au dossier",
        (
            Parameter(
                "template", Kind.TEMPLATE, "le modèle, dans documents/", is_required=True
            ),
            Parameter("piece", Kind.PIECE, "la pièce qu’il devient", is_required=True),
            Parameter("title", Kind.TEXT, "le titre ; celui de la pièce, sinon"),
        ),
        is_apart=True,
    ),
    Service(
        "send_mail",
        "envoie un courriel du manifeste, déclaré « on = service:Étape »",
        (Parameter("mail", Kind.MAIL, "le courriel", is_required=True),),
    ),
    Service(
        "set_status",
        "change le statut du dossier",
        (Parameter("status", Kind.STATUS, "le statut", is_required=True),),
    ),
    Service(
        "set_fact",
        "range une valeur parmi les faits du dossier",
        (
            Parameter("fact", Kind.FACT, "le fait, déclaré au manifeste", is_required=True),
            Parameter("value", Kind.VALUE, "la valeur", is_required=True),
        ),
    ),
    Service(
        "reserve_budget",
        "engage une somme sur une enveloppe, jamais plus que ce qui y reste",
        (
            Parameter("envelope", Kind.TEXT, "le code de l’enveloppe", is_required=True),
            Parameter("amount", Kind.AMOUNT, "la somme ; le montant voté, sinon"),
            Parameter("number", Kind.TEXT, "le numéro d’engagement ; la référence, sinon"),
        ),
        touches_money=True,
        errors=("ENVELOPE_EXHAUSTED",),
    ),
    Service(
        "open_child_dossier",
        "ouvre un dossier lié, déposé aussitôt, du même organisme",
        (
            Parameter("type", Kind.TEXT, "le type du nouveau dossier", is_required=True),
            Parameter("scheme", Kind.TEXT, "son dispositif", is_required=True),
            Parameter("title", Kind.TEXT, "son intitulé ; celui de ce dossier, sinon"),
            _FACTS,
        ),
        sets=("child_reference",),
        is_apart=True,
    ),
    Service(
        "wait_for_children",
        "attend que les dossiers liés soient terminés, ou à un statut",
        (
            Parameter(
                "which", Kind.CHOICE, "tous (all), ou un seul (any)", choices=("all", "any")
            ),
            Parameter("status", Kind.STATUS, "le statut attendu ; la fin, sinon"),
        ),
        sets=("children_total", "children_reached"),
        asks_the_world=True,
    ),
    Service(
        "send_message",
        "envoie un message à un autre dossier, qui le reçoit dès qu’il l’attend",
        (
            Parameter("message", Kind.TEXT, "le nom du message", is_required=True),
            Parameter(
                "to",
                Kind.TEXT,
                "parent, children, une référence ; rien si une clé est donnée",
            ),
            Parameter(
                "key", Kind.TEXT, "la clé que le manifeste donne au message (correlation)"
            ),
            _BODY,
        ),
        sets=("message_sent_to",),
    ),
    Service(
        "http_request",
        "appelle un service web que l’installation autorise, et lit sa réponse JSON",
        (
            Parameter("url", Kind.TEXT, "l’adresse, en https", is_required=True),
            Parameter(
                "method", Kind.CHOICE, "GET, sinon", choices=("GET", "POST", "PUT", "PATCH")
            ),
            _BODY,
            Parameter("set.*", Kind.PATH, "la variable qui reçoit cette valeur de la réponse"),
        ),
        is_apart=True,
        errors=("HTTP_REFUSED",),
        asks_the_world=True,
    ),
)

_OF_THE_GRANT = (
    _trade("record_receipt", "date la réception ; l’accusé part par courriel"),
    _trade("request_pieces", "demande les pièces que l’instructeur a nommées", "pieces_limit"),
    _trade("acknowledge_complete", "le dossier est complet aujourd’hui"),
    _trade("deem_no_observation", "les avis en retard sont réputés sans observation"),
    _trade("compute_aid", "applique les tables d’aide aux faits du jour", "aid_decision"),
    _trade("record_ready", "le dossier est prêt pour une séance"),
    replace(
        _trade("record_status", "prend le statut de l’étape ; à la fin, libère l’engagement"),
        touches_money=True,
    ),
    replace(
        _trade("record_lapse", "constate la caducité et libère l’engagement"),
        touches_money=True,
    ),
    _trade("record_extension", "garde la nouvelle date d’achèvement"),
)

#: Those any type may use, then those of the grant's trade.
GENERAL: Mapping[str, Service] = {one.name: one for one in _GENERAL}
SERVICES: Mapping[str, Service] = {**GENERAL, **{one.name: one for one in _OF_THE_GRANT}}
