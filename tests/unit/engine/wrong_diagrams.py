"""Which diagrams must be refused? Each with the element named, and words of the sentence."""

from tests.unit.engine import drawing as d

WAIT = d.user("a")


def simple(*parts: str) -> bytes:
    """A sound process s → a → e, plus these parts."""
    return d.simple(WAIT, d.path("s", "a", "e"), *parts)


def with_task(*parts: str, task: str) -> bytes:
    """A process s → x → e around one task `x`."""
    return d.diagram(
        d.named("message", "m"),
        d.process(d.start(), d.end(), task, d.path("s", "x", "e"), *parts),
    )


REFUSED: dict[str, tuple[bytes, str, str]] = {
    # name: (diagram, element, words of the sentence)
    "not bpmn": (b"<a/>", "", "n’est pas un diagramme BPMN"),
    "no process": (d.diagram(), "", "aucun processus"),
    "not executable": (
        d.diagram(d.process(d.start(), d.end(), d.path("s", "e"), executable=False)),
        "p",
        "n’est pas marqué exécutable",
    ),
    "two processes": (
        d.diagram(
            d.process(d.start(), d.end(), d.path("s", "e")),
            d.process(d.start("s2"), d.end("e2"), d.path("s2", "e2"), name="q"),
        ),
        "",
        "un seul processus",
    ),
    "no start": (d.diagram(d.process(WAIT, d.end(), d.path("a", "e"))), "p", "de début"),
    "two plain starts": (
        simple(d.start("s2"), d.flow("s2", "a")),
        "p",
        "plusieurs événements de début",
    ),
    "unknown element": (
        simple(d.el("choreographyThing", "z")),
        "z",
        "n’est pas joué par le moteur",
    ),
    "complex gateway": (
        simple(d.el("complexGateway", "g", name="Compliqué")),
        "g",
        "L’élément complexGateway « Compliqué » (g) est une passerelle complexe",
    ),
    "ad hoc": (simple(d.el("adHocSubProcess", "h", d.user("y"))), "h", "ad hoc"),
    "compensation": (
        simple(d.attached("b", "a", d.el("compensateEventDefinition"))),
        "b",
        "compensation",
    ),
    "compensation task": (
        with_task(task=d.user("x", isForCompensation=True)),
        "x",
        "compensation",
    ),
    "duplicate id": (simple(d.user("a")), "a", "est donné 2 fois"),
    "reserved id": (
        simple(d.user("_l.x"), d.path("s", "_l.x", "e")),
        "_l.x",
        "réservé au moteur",
    ),
    "no id": (simple("<bpmn:userTask/>"), "", "n’a pas d’identifiant"),
    "dangling flow": (
        simple(d.flow("a", "nowhere", named="f1")),
        "f1",
        "mène à « nowhere »",
    ),
    "flow between scopes": (
        simple(
            d.sub("sp", d.start("ss"), d.user("in"), d.end("se"), d.path("ss", "in", "se")),
            d.path("s", "sp", "e"),
            d.flow("a", "in", named="f1"),
        ),
        "f1",
        "n’est pas dans le même",
    ),
    "flow into start": (simple(d.flow("a", "s", named="f1")), "f1", "l’on n’arrive pas"),
    "flow out of an end": (simple(d.flow("e", "a")), "e", "a un chemin sortant"),
    "no default": (
        simple(d.choice("g"), d.flow("s", "g"), d.flow("g", "a", "x"), d.flow("g", "e", "y")),
        "g",
        "La passerelle « g » n’a pas de chemin par défaut",
    ),
    "one conditional way": (
        simple(d.choice("g"), d.flow("s", "g"), d.flow("g", "a", "x")),
        "g",
        "n’a pas de chemin par défaut",
    ),
    "no condition": (
        simple(
            d.choice("g", "fd"),
            d.flow("s", "g"),
            d.flow("g", "a", named="f1"),
            d.flow("g", "e", named="fd"),
        ),
        "f1",
        "n’a pas de condition",
    ),
    "condition on the default": (
        simple(
            d.choice("g", "fd"),
            d.flow("s", "g"),
            d.flow("g", "a", "x"),
            d.flow("g", "e", "y", named="fd"),
        ),
        "fd",
        "c’est le chemin par défaut",
    ),
    "default from elsewhere": (
        simple(d.choice("g", "nope"), d.flow("s", "g"), d.flow("g", "a")),
        "g",
        "« nope », qui n’en part pas",
    ),
    "condition after a fork": (
        simple(d.fork("g"), d.flow("s", "g"), d.flow("g", "a", "x"), d.flow("g", "e")),
        "g",
        "que BPMN prend toujours",
    ),
    "gateway to nowhere": (simple(d.fork("g"), d.flow("a", "g")), "g", "de chemin sortant"),
    "join of a choice": (
        simple(
            d.choice("g", "fd"),
            d.fork("j"),
            d.user("b"),
            d.flow("s", "g"),
            d.flow("g", "b", "x"),
            d.flow("b", "j"),
            d.flow("g", "j", named="fd"),
            d.flow("j", "e"),
        ),
        "j",
        "ne peut jamais être franchie : ses chemins s’excluent",
    ),
    "join of two beginnings": (
        d.diagram(
            d.named("message", "m"),
            d.process(
                d.el("startEvent", "s1", d.message("m"), name="Demande"),
                d.start("s2", d.lasting("P1D")),
                d.end(),
                d.user("a", "b"),
                d.fork("j"),
                d.path("s1", "a", "j", "e"),
                d.path("s2", "b", "j"),
            ),
        ),
        "j",
        "ne peut pas être franchie par un dossier qui commence par « Demande »",
    ),
    "join of the plain beginning and another": (
        d.simple(
            d.start("s2", d.lasting("P1D")),
            d.user("a", "b"),
            d.fork("j"),
            d.path("s", "a", "j", "e"),
            d.path("s2", "b", "j"),
        ),
        "j",
        "ne peut pas être franchie par un dossier qui commence par « s »",
    ),
    "unreachable": (
        simple(d.user("lost"), d.flow("lost", "e")),
        "lost",
        "L’étape « lost » n’est sur aucun chemin depuis le début",
    ),
    "no way out": (
        simple(d.user("b", "c"), d.path("a", "b", "c", "b")),
        "b",
        "ne mène à aucune fin",
    ),
    "endless loop": (
        simple(
            d.choice("m"),
            d.script("z", "n = 1"),
            d.choice("x", "out"),
            d.path("s", "m", "z", "x"),
            d.flow("x", "m", "n < 9"),
            d.flow("x", "a", named="out"),
        ),
        "m",
        "n’attend jamais personne",
    ),
    "endless loop through a sub-process": (
        simple(
            d.choice("m"),
            d.sub("sp", d.start("ss"), d.end("se"), d.path("ss", "se")),
            d.choice("x", "out"),
            d.path("s", "m", "sp", "x"),
            d.flow("x", "m", "n < 9"),
            d.flow("x", "a", named="out"),
        ),
        "m",
        "n’attend jamais personne",
    ),
    "undefined message": (
        simple(d.catch("c", d.message("nope")), d.path("s", "c", "e")),
        "c",
        "« nope », qui n’est pas défini",
    ),
    "nameless message": (
        d.diagram(
            d.el("message", "m"),
            d.process(d.start(), d.end(), d.catch("c", d.message("m")), d.path("s", "c", "e")),
        ),
        "c",
        "qui n’a pas de nom",
    ),
    "no message": (
        with_task(task=d.el("receiveTask", "x")),
        "x",
        "ne dit pas de quel message",
    ),
    "undefined error": (
        simple(d.attached("b", "a", d.error("nope")), d.flow("b", "e")),
        "b",
        "« nope », qui n’est pas défini",
    ),
    "event without a type": (
        simple(d.catch("c", ""), d.path("s", "c", "e")),
        "c",
        "n’attend rien",
    ),
    "error awaited in the flow": (
        simple(d.catch("c", d.error()), d.path("s", "c", "e")),
        "c",
        "ne peut pas être de type « error »",
    ),
    "attached to nothing": (
        simple(d.attached("b", "nope", d.lasting("P1D")), d.flow("b", "e")),
        "b",
        "n’est attaché à rien",
    ),
    "attached to a gateway": (
        simple(
            d.fork("g"),
            d.path("s", "g", "e"),
            d.attached("b", "g", d.lasting("P1D")),
            d.flow("b", "e"),
        ),
        "b",
        "qui n’est pas une activité",
    ),
    "cancel without a transaction": (
        simple(d.attached("b", "a", d.cancel()), d.flow("b", "e")),
        "b",
        "une transaction",
    ),
    "cancel end outside": (
        simple(d.end("z", d.cancel()), d.flow("s", "z")),
        "z",
        "transaction",
    ),
    "error that does not interrupt": (
        simple(d.attached("b", "a", d.error(), stops=False), d.flow("b", "e")),
        "b",
        "doit interrompre",
    ),
    "link without arrival": (
        simple(d.throw("l", d.link("L")), d.flow("a", "l")),
        "l",
        "0 arrivée(s) du lien « L »",
    ),
    "link without departure": (
        simple(d.catch("l", d.link("L")), d.flow("l", "e")),
        "l",
        "dont rien ne part",
    ),
    "event gateway to a step": (
        simple(
            d.el("eventBasedGateway", "g"),
            d.catch("t", d.lasting("P1D")),
            d.flow("s", "g"),
            d.path("g", "t", "e"),
            d.flow("g", "a"),
        ),
        "g",
        "n’est pas un événement attendu",
    ),
    "event sub-process without a trigger": (
        simple(d.sub("es", d.start("t"), d.user("h"), d.path("t", "h"), triggeredByEvent=True)),
        "es",
        "un seul événement déclencheur",
    ),
    "flow into an event sub-process": (
        simple(
            d.on_event("es", d.lasting("P1D"), d.user("h"), d.path("es_start", "h")),
            d.flow("a", "es"),
        ),
        "es",
        "se déclenche tout seul",
    ),
    "sub-process with a trigger": (
        simple(
            d.sub("sp", d.start("ss", d.lasting("P1D")), d.user("in"), d.path("ss", "in")),
            d.path("s", "sp", "e"),
        ),
        "sp",
        "sans déclencheur",
    ),
    "recursion": (
        with_task(task=d.el("callActivity", "x", calledElement="p")),
        "p",
        "s’appelle lui-même",
    ),
    "unknown call": (
        with_task(task=d.el("callActivity", "x", calledElement="q")),
        "x",
        "« q », qui n’est pas fourni",
    ),
    "no call": (with_task(task=d.el("callActivity", "x")), "x", "quel processus appeler"),
    "service without a topic": (with_task(task=d.el("serviceTask", "x")), "x", "(topic)"),
    "rule without a table": (
        with_task(task=d.el("businessRuleTask", "x")),
        "x",
        "(decisionRef)",
    ),
    "repetition of nothing": (
        with_task(task=d.user("x", inner=d.el("multiInstanceLoopCharacteristics"))),
        "x",
        "pour une liste",
    ),
    "bad element variable": (
        with_task(task=d.user("x", inner=d.each("xs", "l'expert"))),
        "x",
        "n’est pas un nom de variable",
    ),
    "loop for ever": (
        with_task(task=d.user("x", inner=d.again())),
        "x",
        "sans maximum ni condition",
    ),
    "bad condition": (
        simple(
            d.choice("g", "fd"),
            d.flow("s", "g"),
            d.flow("g", "a", "x = 1", named="f1"),
            d.flow("g", "e", named="fd"),
        ),
        "f1",
        "l’égalité s’écrit « == »",
    ),
    "python in a script": (
        with_task(task=d.script("x", "import os")),
        "x",
        "« import » n’est pas de ce langage",
    ),
    "other language": (
        with_task(task=d.el("scriptTask", "x", d.el("script", "", "x"), scriptFormat="groovy")),
        "x",
        "dans un autre langage",
    ),
    "bad timer": (
        simple(d.catch("t", d.lasting("P15X")), d.path("s", "t", "e")),
        "t",
        "« P15X » n’est pas une durée",
    ),
    "cron": (
        simple(d.catch("t", d.cycle("0 0 9 * * MON-FRI")), d.path("s", "t", "e")),
        "t",
        "ne se lit pas",
    ),
    "timer without an instant": (
        simple(d.catch("t", d.el("timerEventDefinition")), d.path("s", "t", "e")),
        "t",
        "une date, une durée ou une répétition",
    ),
    "correlation": (
        d.diagram(
            d.el("correlationProperty", "cp"), d.process(d.start(), d.end(), d.path("s", "e"))
        ),
        "cp",
        "corrélation",
    ),
    "data store": (
        with_task(
            '<bpmn:dataStoreReference id="ds"/>',
            task=d.user(
                "x", inner=d.el("dataOutputAssociation", "o", d.el("targetRef", "", "ds"))
            ),
        ),
        "x",
        "magasin de données",
    ),
    "io specification": (
        with_task(task=d.user("x", inner=d.el("ioSpecification"))),
        "x",
        "restreint ses données",
    ),
}
