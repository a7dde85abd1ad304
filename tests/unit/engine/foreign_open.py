"""Which habits of other tools leave something to decide, or nothing to follow? Drawn here, as in `foreign`.

`OPEN`: what somebody must decide, with words of the to-do item. `HOPELESS`: what is refused, with
words of the reason.
"""

from tests.unit.engine import drawing as d
from tests.unit.engine.foreign import (
    LINE,
    catch,
    chosen_between,
    chosen_by,
    ext,
    mapping,
    started,
    task,
    zeebe,
)

OPEN: dict[str, tuple[bytes, str, str]] = {
    # name: (diagram, element of a to-do item, words of its sentence)
    "conditions missing": (
        started(
            d.choice("g"), d.user("a", "b"), d.path("s", "g", "a", "e"), d.path("g", "b", "e")
        ),
        "g",
        "aucun de ses chemins n’a de condition",
    ),
    "every way has a condition": (
        chosen_between("x > 100", "x < 9"),
        "g",
        "n’a pas de chemin par défaut",
    ),
    "neither yes nor no": (
        chosen_between("${kind == 'yes'}", "${kind == 'no'}"),
        "g",
        "n’a pas de chemin par défaut",
    ),
    "an opposite that does not read": (
        chosen_between("${kind.open()}", "${!kind.open()}"),
        "g",
        "n’a pas de chemin par défaut",
    ),
    "condition in words": (chosen_by("Montant élevé ?"), "fa", "ne se lit pas"),
    "timer without a date": (
        started(
            catch("c", d.el("timerEventDefinition"), name="Un mois"), d.path("s", "c", "e")
        ),
        "c",
        "doit avoir une date",
    ),
    "cron": (
        started(catch("c", d.cycle("0 0 9 * * MON-FRI")), d.path("s", "c", "e")),
        "c",
        "ne se lit pas",
    ),
    "message without a label": (
        started(catch("c", d.el("messageEventDefinition")), d.path("s", "c", "e")),
        "c",
        "de quel message il s’agit",
    ),
    "program behind a service task": (
        started(
            d.el("serviceTask", "a", camunda__class="org.example.Pay"), d.path("s", "a", "e")
        ),
        "a",
        "(topic)",
    ),
    "script of another language": (
        started(
            d.el("scriptTask", "a", d.el("script", "", "x++"), scriptFormat="javascript"),
            d.path("s", "a", "e"),
        ),
        "a",
        "dans un autre langage",
    ),
    "table not named": (
        started(d.el("businessRuleTask", "a"), d.path("s", "a", "e")),
        "a",
        "(decisionRef)",
    ),
    "repetition of nothing": (
        started(
            d.user("a", inner=d.el("multiInstanceLoopCharacteristics")), d.path("s", "a", "e")
        ),
        "a",
        "pour une liste",
    ),
    "compensation": (
        started(
            d.user("a"),
            d.attached("b", "a", d.el("compensateEventDefinition")),
            d.path("s", "a", "e"),
        ),
        "b",
        "compensation",
    ),
    "complex gateway": (
        started(d.el("complexGateway", "g"), task("a"), d.path("s", "g", "a", "e")),
        "g",
        "passerelle complexe",
    ),
    "ad hoc sub-process": (
        started(d.el("adHocSubProcess", "h", task("in")), d.path("s", "h", "e")),
        "h",
        "ad hoc",
    ),
    "event without a type": (
        started(d.user("a"), d.attached("b", "a", ""), d.path("s", "a", "e"), d.path("b", "e")),
        "b",
        "n’attend rien",
    ),
    "flow to nowhere": (
        started(LINE, d.flow("a", "gone", named="f9")),
        "f9",
        "mène à « gone »",
    ),
    "lost step": (started(LINE, task("lost"), d.flow("lost", "e")), "lost", "aucun chemin"),
    "two beginnings": (
        started(LINE, d.start("s2"), d.flow("s2", "a")),
        "p",
        "plusieurs événements de début",
    ),
    "call of an unknown process": (
        started(d.el("callActivity", "a", calledElement="q"), d.path("s", "a", "e")),
        "a",
        "qui n’est pas fourni",
    ),
    "data computed on its way out of a step": (
        started(
            '<bpmn:dataObject id="do"/>',
            d.user(
                "a",
                inner=d.el(
                    "dataOutputAssociation",
                    "o",
                    d.el("targetRef", "", "do") + d.el("transformation", "", "x + 1"),
                ),
            ),
            d.path("s", "a", "e"),
        ),
        "a",
        "calcule une donnée",
    ),
    "zeebe mapping out of a step": (
        started(
            d.user("a", inner=ext(mapping("output", "= answer.total", "total"))),
            d.path("s", "a", "e"),
        ),
        "a",
        "renomme des variables",
    ),
    "zeebe mapping into a call": (
        started(
            d.el("callActivity", "a", ext(mapping("input", "= x", "y")), calledElement="q"),
            d.path("s", "a", "e"),
        ),
        "a",
        "renomme des variables",
    ),
    "zeebe listener": (
        started(
            d.user("a", inner=ext(zeebe("executionListeners"))),
            d.path("s", "a", "e"),
        ),
        "a",
        "listener",
    ),
    "data that only exists, in XPath": (
        chosen_by("bpmn:getDataObject('kind')"),
        "fa",
        "ne se lit pas",
    ),
    "a step of a path in XPath": (
        chosen_by("bpmn:getDataObject('kind')/size > 2"),
        "fa",
        "ne se lit pas",
    ),
    "error that says nothing, caught by one that does": (
        d.diagram(
            d.el("error", "E", errorCode="E"),
            d.process(
                d.start(),
                d.end(),
                d.sub(
                    "sp",
                    d.start("s1")
                    + d.el("endEvent", "e1", d.el("errorEventDefinition"))
                    + d.path("s1", "e1"),
                ),
                d.attached("b", "sp", d.error("E")),
                d.user("c"),
                d.path("s", "sp", "c", "e"),
                d.path("b", "e"),
                executable=False,
            ),
        ),
        "e1",
        "de quelle erreur il s’agit",
    ),
    "empty sub-process of a process meant to be run": (
        d.simple(d.sub("sp"), d.user("a"), d.path("s", "sp", "a", "e")),
        "sp",
        "ne contient aucune étape",
    ),
    "condition to wait for, not written": (
        started(
            catch("c", d.el("conditionalEventDefinition", "", d.el("condition"))),
            d.path("s", "c", "e"),
        ),
        "c",
        "n’a pas de condition",
    ),
    "name with a space": (
        chosen_by("Service Level == 'Premium'"),
        "fa",
        "elle est mal écrite.",
    ),
    "variables under other names": (
        started(
            d.user("a", inner=ext("<camunda:inputOutput/>")),
            d.path("s", "a", "e"),
        ),
        "a",
        "renomme des variables",
    ),
}
HOPELESS: dict[str, tuple[bytes, str]] = {
    "not xml": (b"PK", "n’est pas du XML"),
    "an attribute twice, on the second line": (
        b"<a>\n<b c='1' c='1'/></a>",
        "un attribut s’y trouve deux fois (ligne 2",
    ),
    "another language": (
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "n’est pas un diagramme",
    ),
    "an old BPMN": (
        b"<d:definitions xmlns:d='http://schema.omg.org/spec/BPMN/2.0'/>",
        "n’est pas un diagramme",
    ),
    "nothing in it": (d.diagram(), "aucun processus"),
    "empty pools": (d.diagram(d.process(executable=False)), "vides"),
    "choreography": (d.diagram(d.el("choreography", "c")), "une chorégraphie"),
    "conversation": (
        d.diagram(d.el("collaboration", "c", d.el("conversation", "v"))),
        "une conversation",
    ),
}
