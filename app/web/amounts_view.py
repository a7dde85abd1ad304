"""How is told what other aid rules would do to the amounts of dossiers in flight?"""

from collections.abc import Iterator

from app.actions.migrations.amounts import Amounts
from app.domain.money import Money
from app.web.words import _, ngettext


def amounts_told(found: Amounts) -> list[str]:
    """What is true of them, a sentence each; the amounts that move first."""
    return list(_told(found))


def _told(found: Amounts) -> Iterator[str]:
    computed = found.moved - found.proposed
    if computed:
        yield ngettext(
            "L’aide calculée de %(num)s dossier change : elle sera recalculée avec les nouvelles règles quand son instruction sera envoyée.",
            "L’aide calculée de %(num)s dossiers change : elle sera recalculée avec les nouvelles règles quand leur instruction sera envoyée.",
            computed,
        )
    if found.proposed:
        yield ngettext(
            "Les règles donneraient un autre montant à %(num)s dossier déjà proposé : le montant proposé reste écrit ; il ne sera recalculé que si la proposition est renvoyée à l’instruction.",
            "Les règles donneraient un autre montant à %(num)s dossiers déjà proposés : les montants proposés restent écrits ; ils ne seront recalculés que si la proposition est renvoyée à l’instruction.",
            found.proposed,
        )
    if found.same:
        yield ngettext(
            "L’aide calculée de %(num)s dossier pas encore voté ne change pas : les nouvelles règles donnent le même montant.",
            "L’aide calculée de %(num)s dossiers pas encore votés ne change pas : les nouvelles règles donnent les mêmes montants.",
            found.same,
        )
    if found.to_come:
        yield ngettext(
            "L’aide de %(num)s dossier n’est pas encore calculée : elle le sera avec les règles de la version qu’il suivra ce jour-là.",
            "L’aide de %(num)s dossiers n’est pas encore calculée : elle le sera avec les règles de la version qu’ils suivront ce jour-là.",
            found.to_come,
        )
    if found.voted:
        yield ngettext(
            "%(num)s dossier est déjà voté : son montant voté n’est jamais recalculé.",
            "%(num)s dossiers sont déjà votés : leurs montants votés ne sont jamais recalculés.",
            found.voted,
        )
    if found.voted and found.payments_change:
        yield _(
            "Les règles des versements changent : les avances, acomptes et soldes à venir des dossiers votés qui changent de version se calculeront avec les nouvelles."
        )
    yield from _unsaid(found)


def _unsaid(found: Amounts) -> Iterator[str]:
    """Those nothing can be said of."""
    if found.unknown:
        yield ngettext(
            "Pour %(num)s dossier, les règles ne savent pas répondre : ses informations sont incomplètes.",
            "Pour %(num)s dossiers, les règles ne savent pas répondre : leurs informations sont incomplètes.",
            found.unknown,
        )
    if found.left_out:
        yield ngettext(
            "%(num)s autre dossier calculé n’a pas été regardé.",
            "%(num)s autres dossiers calculés n’ont pas été regardés.",
            found.left_out,
        )


def amount_of(text: str) -> str:
    """« 12 600,00 € », or that nothing may be given."""
    return Money.parse(text).french() if text else _("aucune aide")
