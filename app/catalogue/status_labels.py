"""How does each status read when a pack says nothing of its own?"""

from app.catalogue.contract import StatusLabel, Text
from app.domain.status import DossierStatus

_S = DossierStatus


def _label(staff: str, public: str, waiting_for: str = "administration") -> StatusLabel:
    return StatusLabel(Text(staff), Text(public), waiting_for)


STATUS_LABELS: dict[DossierStatus, StatusLabel] = {
    _S.DRAFT: _label("Brouillon", "Brouillon", "applicant"),
    _S.FILED: _label("Déposé", "Demande déposée"),
    _S.INCOMPLETE: _label("Pièces demandées", "Action attendue de vous", "applicant"),
    _S.UNDER_REVIEW: _label("En instruction", "En cours d’examen"),
    _S.OPINIONS: _label("Avis demandés", "En cours d’examen"),
    _S.PROPOSED: _label("Proposition et visas", "En cours d’examen"),
    _S.READY: _label("Prêt pour une séance", "En attente d’une séance"),
    _S.SCHEDULED: _label("Inscrit à l’ordre du jour", "Inscrit à une séance"),
    _S.VOTED: _label("Voté", "Décision en cours de formalisation"),
    _S.GRANTED: _label("Aide notifiée", "Aide accordée", "applicant"),
    _S.IN_PROGRESS: _label("En cours de réalisation", "En cours de réalisation", "applicant"),
    _S.PAYMENT: _label("Paiement à l’étude", "Demande de paiement à l’étude"),
    _S.SETTLED: _label("Soldé", "Aide soldée"),
    _S.CLOSED: _label("Clos", "Dossier clos", "nobody"),
    _S.REFUSED: _label("Refusé", "Aide refusée", "nobody"),
    _S.DROPPED: _label("Sans suite", "Demande classée sans suite", "nobody"),
    _S.WITHDRAWN: _label("Retiré", "Demande retirée", "nobody"),
    _S.LAPSED: _label("Caduc", "Aide caduque", "nobody"),
}
