"""What can go wrong when another service is called? The words name the service, never the dossier."""

from app.domain.errors import Refusal


class CallRefused(Refusal):
    """This call is not allowed here: trying again will not help."""

    sentence = "L’appel de {host} n’est pas permis : {why}."


class ServerSilent(Refusal):
    """Nobody answers, or too late."""

    sentence = "Le serveur {host} ne répond pas."


class ServerFails(Refusal):
    """The server says that it cannot answer now."""

    sentence = "Le serveur {host} est en panne ou surchargé (réponse {status})."


class HttpRefused(Refusal):
    """The server refuses what it is asked."""

    sentence = "Le serveur {host} refuse la demande (réponse {status})."


class AnswerUnreadable(Refusal):
    """What came back is not what was expected."""

    sentence = "La réponse du serveur {host} n’est pas utilisable : {why}."
