"""Why may a fact of a delay not be entered? Each refusal with its French sentence."""

from app.domain.errors import Refusal


class FactNotAllowed(Refusal):
    """The rules of this delay give nobody the right to do that to it by hand."""

    sentence = "Les règles de ce délai ne permettent pas cette modification."


class FactInTheFuture(Refusal):
    """A fact is entered once it has happened."""

    sentence = "Ce fait n’a pas encore eu lieu\u00a0: choisissez un jour passé, ou aujourd’hui."


class FactTooEarly(Refusal):
    """The day is so far back that it must be a typing mistake."""

    sentence = "Ce jour précède de plus d’un an le dépôt du dossier\u00a0: vérifiez l’année."


class FactWithoutReason(Refusal):
    """Whoever changes a delay says why; it is shown with the date."""

    sentence = "Dites pourquoi\u00a0: ce motif sera lu avec la date."


class SuspensionWithoutEnd(Refusal):
    """A delay is suspended for a time given, never until further notice."""

    sentence = "Donnez le jour où le délai reprendra, même si rien n’arrive."


class ExtensionWithoutLength(Refusal):
    """An extension adds at least one unit."""

    sentence = "Dites de combien proroger ce délai."


class ExtensionRefused(Refusal):
    """The rules of this delay do not allow this extension; `why` says which one."""

    sentence = "Cette prorogation n’est pas possible\u00a0: {why}."


class FactChangesNothing(Refusal):
    """The delay would stand exactly where it stands."""

    sentence = "Ce fait ne change rien à ce délai\u00a0: il n’a pas été enregistré."
