"""What may mails be about? Values for every mail: full, bare, late, an association, a commune."""

from dataclasses import replace
from datetime import date

from app.domain.money import Money
from notifications.digest_view import DigestView, Line, Section
from notifications.values import ClaimView, DossierView, Piece, TaskView, Values

DOSSIER = DossierView(
    reference="2026-LPINV-00042",
    title="Rénovation et mobilier de la médiathèque Jean-Jeukens",
    organisation="Commune de Bar-le-Duc",
    scheme="Mobilier et équipement des bibliothèques",
    is_association=False,
    filed_on=date(2026, 3, 20),
    complete_on=date(2026, 4, 2),
    voted=Money.euros(12_600),
    voted_on=date(2026, 7, 9),
    start_deadline=date(2027, 7, 20),
    completion_deadline=date(2028, 7, 20),
    officer="Lucie Marchand",
)
FULL = Values(
    authority="Département de la Meuse",
    contact="aides.lecture@meuse.example",
    name="Claire Aubry",
    url="https://aides.meuse.example/portail/dossiers/2026-LPINV-00042",
    today=date(2026, 5, 1),
    happened_on=date(2026, 4, 2),
    due_on=date(2026, 5, 11),
    dossier=DOSSIER,
    task=TaskView("Vérifier la complétude", date(2026, 5, 11), 0),
    claim=ClaimView(
        1,
        "avance",
        Money(252_050),
        "Il manque la facture du 12 mai.",
        "2026-118",
        date(2026, 6, 1),
    ),
    pieces=(
        Piece("Délibération du conseil municipal", "La page 2 est illisible."),
        Piece("Devis détaillés"),
    ),
    outcome={"extension": "granted"},
    message="Appelez-nous si la préfecture tarde.",
    held_on=date(2026, 7, 9),
    until=date(2029, 1, 31),
    digest=DigestView(
        "2 en retard, 14 à faire d’ici lundi",
        (
            Section(
                "En retard",
                (
                    Line(
                        "Vérifier la complétude : Commercy, Mobilier",
                        "en retard de 3 jours · 2026-LPINV-00042",
                        "https://aides.meuse.example/taches/1",
                    ),
                ),
                13,
            ),
        ),
    ),
    why="Vous recevez ce message parce que vous suivez les demandes de l’organisme « Commune de Bar-le-Duc ».",
    choices_url="https://aides.meuse.example/compte/notifications",
)
BARE = replace(
    FULL,
    contact="",
    name="",
    claim=None,
    pieces=(),
    outcome={},
    message="",
    choices_url="",
    held_on=None,
    until=None,
    dossier=DossierView(
        reference="2026-LPINV-00043",
        title="Un projet",
        organisation="Association Lire en Meuse",
        scheme="",
        is_association=True,
        filed_on=date(2026, 3, 20),
        complete_on=None,
        voted=None,
        voted_on=None,
        start_deadline=None,
        completion_deadline=None,
        officer="",
    ),
)
LATE = replace(FULL, today=date(2026, 5, 15))
LAST_DAY = replace(FULL, today=date(2026, 5, 11))
ALL = {"full": FULL, "bare": BARE, "late": LATE, "last day": LAST_DAY}
