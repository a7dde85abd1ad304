"""How is a sentence that was made below the pages read in the reader's language? By its form, known here.

The engine and the actions write whole French sentences, and some of them are kept: the reasons of a
dry run, what is written in a journal. What is not recognised stays in French.
"""

import re
from functools import cache

from app.web.labels import N_
from app.web.words import _

#: The sentences, with the places of what they name. A test checks that none of the engine is missing.
SENTENCES = (
    N_("Un incident arrête ce dossier : réglez-le d’abord."),
    N_("Le dossier a changé de version entre-temps."),
    N_("Le dossier s’est terminé entre-temps."),
    N_("Le dossier a avancé depuis qu’il a changé de version."),
    N_("La nouvelle version n’a pas de mot pour l’état du dossier (%(state)s)."),
    N_("L’étape %(step)s n’existe plus dans la nouvelle version."),
    N_("L’étape %(step)s garde son nom mais change d’identifiant : désignez-la."),
    N_("L’étape %(step)s serait appelée de plusieurs endroits à la fois."),
    N_("L’étape %(step)s se fait plusieurs fois : on ne peut pas y entrer en cours."),
    N_("L’étape %(step)s se répète : on ne peut pas en sortir en cours."),
    N_("L’étape %(step)s est en cours, et ne se répéterait plus de la même façon."),
    N_("L’étape %(step)s est %(old)s, et deviendrait %(new)s."),
    N_(
        "Des réponses de l’étape %(step)s sont déjà données, et la nouvelle version veut en faire une liste où elles manqueraient."
    ),
    N_("Une partie seulement de ce qui est ouvert dans %(step)s y reste."),
    N_(
        "La branche finie qui attend à la jonction %(step)s compte comme finie : ce que la nouvelle version y ajoute n’est pas refait."
    ),
    N_("Une branche finie attend à la jonction %(step)s, et son chemin n’y mène plus."),
    N_(
        "Des branches ouvertes doivent se rejoindre à %(step)s, qui n’est plus une jonction de la nouvelle version."
    ),
    N_("Une branche ouverte ne mène plus à la jonction %(step)s, où une autre l’attend."),
    N_(
        "À la jonction %(step)s, le dossier attendrait pour toujours la branche de %(ways)s, que personne n’a ouverte."
    ),
    N_("Le dossier resterait bloqué à %(step)s dans la nouvelle version."),
    N_(
        "La nouvelle version lit « %(name)s », que personne n’a donné à ce dossier : indiquez une valeur."
    ),
    N_("L’événement %(name)s n’est plus attendu."),
    N_("L’événement %(name)s est attendu à partir du changement de version."),
    N_("L’échéance de %(name)s change : elle est recomptée %(since)s, d’après « %(rule)s »."),
    N_("De la version %(old)s à la version %(new)s, %(rest)s"),
    N_("mouvement %(rank)s"),
    N_("%(scenario)s, mouvement %(rank)s"),
    N_("le formulaire refuse les réponses. %(answers)s"),
    N_("de %(source)s vers %(target)s"),
)
#: What stands in their places and names something in its turn.
PLACES = (N_("la jonction avant %(step)s"), N_("la jonction après %(step)s"))
#: What stands in their places and is no name.
WORDS = (
    N_("Clos"),
    N_("une jonction sans nom"),
    N_("un début"),
    N_("une fin"),
    N_("une attente"),
    N_("un envoi"),
    N_("un événement attaché"),
    N_("une tâche confiée à une personne"),
    N_("une tâche faite hors de l’application"),
    N_("une étape sans action"),
    N_("un travail automatique"),
    N_("un calcul"),
    N_("une règle de décision"),
    N_("un envoi de message"),
    N_("une attente de message"),
    N_("un choix"),
    N_("un choix multiple"),
    N_("une passerelle parallèle"),
    N_("une attente du premier événement"),
    N_("un sous-processus"),
    N_("une transaction"),
    N_("un processus appelé"),
    N_("une étape"),
    N_("le processus"),
    N_("l’attente du début"),
    N_("depuis son début"),
    N_("depuis le changement de version"),
    N_("le demandeur"),
    N_("la personne qui a déposé la demande"),
    N_("la personne chargée de la tâche"),
    N_("l’instructeur"),
    N_("les instructeurs"),
    N_("les services consultés"),
    N_("le chef de service"),
    N_("le service financier"),
    N_("la direction"),
    N_("le service des assemblées"),
    N_("le signataire"),
    N_("les élus"),
    N_("la supervision"),
    N_("l’administration"),
    N_("les demandeurs"),
)
_PLACE = re.compile(r"%\\?\((\w+)\\?\)s")
_QUOTED = re.compile(r"«\s*([^«»]+?)\s*»")


def translated(text: str) -> str:
    """A text made below, line by line, in the reader's language."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    for sentence, form in _forms():
        found = form.fullmatch(line)
        if found is not None:
            return _(
                sentence, **{name: word_of(said) for name, said in found.groupdict().items()}
            )
    return line


def word_of(said: str) -> str:
    """What stands in the place of a sentence: a word known here, or a name with its quotation marks."""
    if said in WORDS:
        return _(said)
    for place in PLACES:
        found = form_of(place).fullmatch(said)
        if found is not None:
            return _(place, step=word_of(found["step"]))
    return _QUOTED.sub(lambda name: _("« %(name)s »", name=name[1]), said)


@cache
def _forms() -> list[tuple[str, re.Pattern[str]]]:
    """Each sentence with the form that recognises it, its spaces breaking or not."""
    return [(one, form_of(one)) for one in SENTENCES]


def form_of(sentence: str) -> re.Pattern[str]:
    """The regular expression of a sentence with places."""
    parts = _PLACE.split(sentence)
    # Every other part is the name of a place.
    texts = [
        f"(?P<{part}>.+?)" if rank % 2 else re.sub(r"(\\?\s)+", r"\\s", re.escape(part))
        for rank, part in enumerate(parts)
    ]
    return re.compile("".join(texts))
