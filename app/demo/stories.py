"""Which dossiers does the demonstration show? Invented projects of real communes, at every stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, auto

from app.domain.money import Money


class Stage(IntEnum):
    """How far a dossier of the demonstration has come."""

    DRAFT = auto()
    FILED = auto()
    INCOMPLETE = auto()
    OVERDUE = auto()  #: The pieces never came; the officer decides
    DROPPED = auto()
    WITHDRAWN = auto()
    CONSULT = auto()
    OPINIONS = auto()
    EXAMINE = auto()
    HEAD = auto()
    FINANCE = auto()
    DIRECTION = auto()
    READY = auto()
    SCHEDULED = auto()  #: On the agenda of the session being prepared
    VOTED = auto()
    REFUSED = auto()
    COMMIT = auto()
    NOTIFY = auto()
    CONVENTION = auto()
    GRANTED = auto()
    LAPSE = auto()  #: Works never started; the officer decides
    LAPSED = auto()
    STARTED = auto()
    EXTENSION = auto()  #: More time asked for
    CLAIMED = auto()
    CERTIFY = auto()
    ORDER = auto()
    PAYER = auto()
    CLOSING = auto()
    CLOSED = auto()


@dataclass(frozen=True)
class Story:
    """One project: whose, what, for how much, and how far it has come."""

    place: str
    scheme: str
    title: str
    cost: int
    stage: Stage
    #: Days since the last thing that happened: what makes a task late.
    age: int = 2
    other_public: int = 0
    private: int = 0
    officer: str = "agent"

    @property
    def own(self) -> Money:
        """What the owner brings, once half of the rest is asked for."""
        return Money.euros(self.cost - self.other_public - self.private) - self.requested

    @property
    def requested(self) -> Money:
        """The aid asked for: two fifths of what others do not bring."""
        rest = self.cost - self.other_public - self.private
        return Money.euros(rest * 2 // 5)


def _story(
    place: str, scheme: str, title: str, cost: int, stage: Stage, **more: object
) -> Story:
    return Story(place, f"LP-{scheme}", title, cost, stage, **more)  # type: ignore[arg-type]  # by name


_S = Stage
STORIES: Sequence[Story] = (
    _story("Commercy", "MOB", "Mobilier de l’espace jeunesse", 24_500, _S.DRAFT, age=3),
    _story("Bar-le-Duc", "NUM", "Automates de prêt de la médiathèque", 46_000, _S.DRAFT, age=1),
    _story(
        "CC des Portes de Meuse", "NUM", "Portail du réseau intercommunal", 38_000, _S.DRAFT
    ),
    _story(
        "Bar-le-Duc",
        "BAT",
        "Rénovation de la médiathèque Jean-Jeukens",
        310_000,
        _S.FILED,
        age=4,
        other_public=120_000,
    ),
    _story(
        "Ligny-en-Barrois", "MOB", "Réaménagement de la bibliothèque", 31_800, _S.FILED, age=30
    ),
    _story(
        "Étain",
        "NUM",
        "Informatisation de la bibliothèque",
        12_400,
        _S.FILED,
        age=9,
        officer="agent2",
    ),
    _story(
        "Montmédy", "MOB", "Rayonnages et assises", 18_900, _S.FILED, age=26, officer="agent2"
    ),
    _story(
        "Vaucouleurs",
        "BAT",
        "Extension de la bibliothèque",
        186_000,
        _S.FILED,
        age=1,
        other_public=74_000,
    ),
    _story("Commercy", "NUM", "Tablettes et liseuses", 9_600, _S.INCOMPLETE, age=12),
    _story(
        "Stenay",
        "MOB",
        "Mobilier de la salle de lecture",
        22_700,
        _S.INCOMPLETE,
        age=36,
        officer="agent2",
    ),
    _story(
        "Revigny-sur-Ornain",
        "BAT",
        "Mise en accessibilité",
        97_000,
        _S.INCOMPLETE,
        age=24,
        other_public=38_000,
    ),
    _story("Dun-sur-Meuse", "NUM", "Postes publics et Wi-Fi", 7_200, _S.OVERDUE, age=55),
    _story("Fains-Véel", "MOB", "Coin des tout-petits", 8_400, _S.DROPPED, age=70),
    _story("Clermont-en-Argonne", "NUM", "Logiciel de gestion", 6_900, _S.WITHDRAWN, age=44),
    _story("Gondrecourt-le-Château", "MOB", "Aménagement intérieur", 27_300, _S.CONSULT, age=3),
    _story(
        "Tronville-en-Barrois",
        "NUM",
        "Portail et adhésions en ligne",
        10_800,
        _S.CONSULT,
        age=19,
        officer="agent2",
    ),
    _story(
        "CC des Portes de Meuse",
        "BAT",
        "Médiathèque tête de réseau",
        640_000,
        _S.OPINIONS,
        age=10,
        other_public=290_000,
    ),
    _story(
        "Verdun",
        "MOB",
        "Salle de travail et fablab",
        58_000,
        _S.OPINIONS,
        age=6,
        other_public=12_000,
    ),
    _story(
        "Belleville-sur-Meuse",
        "BAT",
        "Création d’une bibliothèque",
        245_000,
        _S.OPINIONS,
        age=17,
        other_public=98_000,
        officer="agent2",
    ),
    _story(
        "Saint-Mihiel",
        "MOB",
        "Mobilier de la bibliothèque bénédictine",
        43_600,
        _S.EXAMINE,
        age=7,
        private=6_000,
    ),
    _story("Bouligny", "NUM", "Réseau informatique", 14_500, _S.EXAMINE, age=33),
    _story(
        "Spincourt",
        "BAT",
        "Transformation de l’ancienne poste",
        158_000,
        _S.EXAMINE,
        age=12,
        other_public=63_000,
        officer="agent2",
    ),
    _story("Ancerville", "MOB", "Grainothèque et espace presse", 16_200, _S.HEAD, age=3),
    _story("Cousances-les-Forges", "NUM", "Ordinateurs publics", 5_900, _S.HEAD, age=11),
    _story("Pagny-sur-Meuse", "MOB", "Étagères et bacs", 9_100, _S.FINANCE, age=2),
    _story(
        "Void-Vacon",
        "BAT",
        "Isolation et chauffage",
        124_000,
        _S.FINANCE,
        age=9,
        other_public=49_000,
        officer="agent2",
    ),
    _story("Euville", "NUM", "Liseuses", 4_300, _S.DIRECTION, age=1),
    _story("Lérouville", "MOB", "Ludothèque", 19_400, _S.DIRECTION, age=8),
    _story("Sampigny", "MOB", "Salle du conte", 11_700, _S.READY, age=5),
    _story(
        "Vigneulles-lès-Hattonchâtel",
        "BAT",
        "Rénovation énergétique",
        142_000,
        _S.READY,
        age=6,
        other_public=57_000,
    ),
    _story(
        "Fresnes-en-Woëvre",
        "NUM",
        "Logiciel et portail",
        13_300,
        _S.READY,
        age=4,
        officer="agent2",
    ),
    _story(
        "Varennes-en-Argonne", "MOB", "Mobilier de la médiathèque", 25_600, _S.SCHEDULED, age=9
    ),
    _story("Thierville-sur-Meuse", "NUM", "Automate de prêt", 21_000, _S.SCHEDULED, age=10),
    _story(
        "Contrisson",
        "BAT",
        "Création d’une salle d’étude",
        88_000,
        _S.SCHEDULED,
        age=12,
        other_public=30_000,
        officer="agent2",
    ),
    _story("Longeville-en-Barrois", "MOB", "Réaménagement", 17_800, _S.VOTED, age=6),
    _story("Haironville", "NUM", "Équipement numérique", 8_800, _S.VOTED, age=6),
    _story("Robert-Espagne", "MOB", "Mobilier mobile", 2_900, _S.REFUSED, age=14),
    _story(
        "Beurey-sur-Saulx",
        "BAT",
        "Toiture de la bibliothèque",
        54_000,
        _S.REFUSED,
        age=30,
        other_public=40_000,
    ),
    _story("Savonnières-devant-Bar", "MOB", "Banque d’accueil", 14_900, _S.COMMIT, age=3),
    _story("Velaines", "NUM", "Postes de consultation", 6_100, _S.COMMIT, age=9),
    _story("Naives-Rosières", "MOB", "Espace jeunesse", 12_600, _S.NOTIFY, age=4),
    _story("Behonne", "BAT", "Extension", 167_000, _S.NOTIFY, age=5, other_public=60_000),
    _story(
        "Commercy",
        "BAT",
        "Médiathèque du château",
        520_000,
        _S.CONVENTION,
        age=20,
        other_public=230_000,
    ),
    _story("Sorcy-Saint-Martin", "MOB", "Aménagement", 21_400, _S.GRANTED, age=40),
    _story("Dieue-sur-Meuse", "NUM", "Portail", 9_900, _S.GRANTED, age=65, officer="agent2"),
    _story("Sommedieue", "MOB", "Mobilier", 15_200, _S.LAPSE, age=10),
    _story("Tilly-sur-Meuse", "NUM", "Informatisation", 5_400, _S.LAPSED, age=30),
    _story(
        "Bar-le-Duc",
        "MOB",
        "Mobilier de la médiathèque",
        28_000,
        _S.STARTED,
        age=25,
        other_public=5_600,
    ),
    _story("Haudainville", "NUM", "Réseau", 11_900, _S.STARTED, age=90),
    _story(
        "CC des Portes de Meuse",
        "MOB",
        "Mobilier des points lecture",
        74_000,
        _S.EXTENSION,
        age=5,
        other_public=20_000,
    ),
    _story("Commercy", "MOB", "Rayonnages du fonds local", 19_700, _S.CLAIMED, age=6),
    _story("Souilly", "NUM", "Équipement", 8_200, _S.CLAIMED, age=27, officer="agent2"),
    _story("Damvillers", "MOB", "Mobilier", 13_900, _S.CERTIFY, age=3),
    _story("Consenvoye", "NUM", "Postes publics", 6_700, _S.ORDER, age=2),
    _story("Bar-le-Duc", "NUM", "Tablettes pour les ateliers", 7_800, _S.ORDER, age=8),
    _story("Ancemont", "MOB", "Assises et tables", 9_300, _S.PAYER, age=5),
    _story("Étain", "MOB", "Mobilier de la section adulte", 26_100, _S.PAYER, age=14),
    _story("Loisey", "NUM", "Logiciel", 4_800, _S.CLOSING, age=12),
    _story("Commercy", "NUM", "Postes multimédias", 15_600, _S.CLOSED, age=40),
    _story("Bar-le-Duc", "MOB", "Salle d’exposition", 33_000, _S.CLOSED, age=75),
    _story("Laheycourt", "MOB", "Première bibliothèque", 18_200, _S.CLOSED, age=120),
)
