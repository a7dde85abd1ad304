"""Which refusals may a person meet? Each is a class whose sentence is written once, in French.

A refusal carries its subject and knows no HTTP: the doors map classes to pages. A bug is any
other exception, and nobody catches it.
"""

from typing import ClassVar


class Refusal(Exception):
    """Something asked for is refused; `sentence` says so to the person who asked."""

    sentence: ClassVar[str] = "Cette opération n’est pas possible."

    def __init__(self, **subject: object) -> None:
        self.subject = subject
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The French sentence, completed with the subject of the refusal."""
        return self.sentence.format(**self.subject)


class BadAmount(Refusal):
    """The text is not an amount in euros."""

    sentence = "« {text} » n’est pas un montant : écrivez par exemple 12 600,50."


class AmountTooLarge(BadAmount):
    """More digits than any amount of a budget has."""

    sentence = "Ce montant est trop grand : treize chiffres au plus avant la virgule."


class NegativeAmount(Refusal):
    """An amount below zero where only zero or more makes sense."""

    sentence = "Le montant doit être positif ou nul."


class NotAllowed(Refusal):
    """The actor has no right to do this."""

    sentence = "Vous n’avez pas le droit de faire cette opération."


class NotFound(Refusal):
    """The object does not exist, or the actor may not know that it does."""

    sentence = "Cette page n’existe pas, ou vous n’y avez pas accès."


class TaskAlreadyDone(Refusal):
    """Somebody completed the task first."""

    sentence = "{by} a déjà terminé cette tâche {at}. Votre saisie n’a pas été enregistrée."


class TaskCancelled(Refusal):
    """The task is no longer to be done."""

    sentence = "Cette tâche n’est plus à faire : le dossier a avancé entre-temps."


class TaskHeldByOther(Refusal):
    """The task is assigned to another person."""

    sentence = "{by} s’occupe de cette tâche. Demandez-lui de la libérer."


class FourEyes(Refusal):
    """The same person may not do both steps."""

    sentence = (
        "Cette étape doit être faite par une autre personne que celle qui a fait « {step} »."
    )


class KeyReused(Refusal):
    """The same submission key came back with other content."""

    sentence = (
        "Ce formulaire a déjà été envoyé avec un contenu différent. Rechargez la page "
        "et recommencez."
    )


class DossierChanged(Refusal):
    """The dossier moved while the person was reading it."""

    sentence = (
        "Le dossier a changé pendant votre lecture. Rechargez la page pour voir où il en est."
    )


class DossierSuspended(Refusal):
    """An incident stops the dossier until an administrator deals with it."""

    sentence = "Ce dossier est bloqué par un incident ; l’administrateur en est prévenu."


class WithdrawalTooLate(Refusal):
    """The applicant may withdraw until the vote only."""

    sentence = "La décision est déjà prise : la demande ne peut plus être retirée."


class AlreadyFiled(Refusal):
    """The draft was filed meanwhile."""

    sentence = "Cette demande est déjà déposée sous le numéro {reference}."


class ExtensionTooLate(Refusal):
    """More time may be asked between the award and the lapse only."""

    sentence = "Une prorogation ne peut plus être demandée pour ce dossier."


class ExtensionPending(Refusal):
    """One request for more time at a time: the first is answered before a second is sent."""

    sentence = (
        "Une prorogation jusqu’au {until} est déjà demandée et en cours d’examen : "
        "attendez la réponse."
    )


class MissingPieces(Refusal):
    """Required pieces were not deposited; `titles` names them."""

    sentence = "Il manque des pièces obligatoires : {titles}."


class EnvelopeExhausted(Refusal):
    """Less is left on the envelope than the commitment needs."""

    sentence = (
        "Il reste {left} sur l’enveloppe {code} : {wanted} ne peuvent pas y être engagés."
    )


class SessionExists(Refusal):
    """The body already sits that day."""

    sentence = "Une séance de cette assemblée est déjà prévue ce jour-là."


class SessionHeld(Refusal):
    """The decisions of the session were applied."""

    sentence = "Cette séance est close : ses décisions sont appliquées."


class DossierNotReady(Refusal):
    """The dossier does not wait for a session."""

    sentence = "Le dossier {reference} n’attend pas de séance."


class VoteIncomplete(Refusal):
    """Every line of the agenda must have its vote before the decisions are applied."""

    sentence = "Indiquez le vote de chaque dossier avant d’appliquer les décisions (manquent : {lines})."


class EnvelopeExists(Refusal):
    """An envelope has this code already."""

    sentence = "L’enveloppe {code} existe déjà."


class PiecesNotAccepted(Refusal):
    """A request is complete once each required piece was read and accepted; `titles` names the others."""

    sentence = "Acceptez d’abord chaque pièce obligatoire, ou redemandez-la : {titles}."


class AgendaNotEmpty(Refusal):
    """A session is given up only once its agenda is empty."""

    sentence = "Retirez d’abord les dossiers de l’ordre du jour."


class AdvanceNotDue(Refusal):
    """The aid rules give no advance on this aid; `sentence` is theirs when they say why."""

    sentence = "Le règlement des aides ne prévoit pas d’avance pour cette aide : demandez un acompte ou le solde."


class RepairOutdated(Refusal):
    """The dossier, or what the repair would change, is not what the person saw any more."""

    sentence = "Le dossier a changé depuis que ce plan a été établi : rien n’a été fait. Revoyez le plan."


class ReasonMissing(Refusal):
    """A repair is never done without saying why."""

    sentence = "Dites pourquoi vous faites cette réparation : le motif est écrit dans l’historique du dossier."


class SecondPersonNeeded(Refusal):
    """The repair touches money or a decision: one person plans it, another one confirms it."""

    sentence = "Cette réparation touche à de l’argent ou à une décision : une autre personne doit la confirmer."


class OwnProposal(Refusal):
    """Who proposed a repair may not be the one who confirms it."""

    sentence = "Vous avez proposé cette réparation : une autre personne doit la confirmer."


class ProposalClosed(Refusal):
    """The proposal was confirmed or set aside meanwhile."""

    sentence = "Cette réparation a déjà été confirmée ou écartée."
