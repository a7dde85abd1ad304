"""Why is a repair refused? Each reason is a sentence for the person who asked."""

from app.domain.errors import Refusal


class RepairRefused(Refusal):
    """The repair is not possible as asked."""

    sentence = "Cette réparation n’est pas possible sur ce dossier."


class WouldBeStuck(RepairRefused):
    """A join would wait for ever, whatever happens next."""

    sentence = "Le dossier resterait bloqué : « {place} » attendrait sans fin. Annulez aussi les autres étapes en cours, ou choisissez une autre étape."


class WouldBeDoubled(RepairRefused):
    """Two steps would be open together that never are."""

    sentence = "« {place} » et « {other} » ne peuvent pas être en cours en même temps dans cette procédure. Annulez aussi l’étape en trop, ou choisissez une autre étape."


class NothingLeft(RepairRefused):
    """The dossier would end without having reached an end."""

    sentence = "Le dossier n’aurait plus rien à faire et se terminerait sans décision. Déplacez-le plutôt vers une étape ou une fin de la procédure."


class NoSuchPlace(RepairRefused):
    """Nothing can be opened there."""

    sentence = "On ne peut pas ouvrir « {place} » : choisissez une étape, une attente ou une fin de la procédure."


class EntersRepetition(RepairRefused):
    """The middle of a repetition that has not begun."""

    sentence = "« {place} » fait partie d’une étape répétée qui n’est pas en cours. Déplacez le dossier vers l’étape répétée elle-même."


class SeveralInstances(RepairRefused):
    """The target is open several times."""

    sentence = "« {place} » est ouverte plusieurs fois : partez de l’étape en cours dans la répétition voulue."


class NotThere(RepairRefused):
    """The token is no longer where the person saw it, or cannot bear this repair."""

    sentence = "Cette étape n’est plus en cours, ou ne se prête pas à cette réparation. Revenez à la page de réparation pour voir où en est le dossier."


class AlreadyDue(RepairRefused):
    """A date may be put off to a day to come only."""

    sentence = "La nouvelle date doit être à venir."


class CannotGoOn(RepairRefused):
    """The procedure itself fails once repaired: a variable is missing, an expression has no result."""

    sentence = "La procédure ne peut pas continuer depuis cette étape : {reason}"
