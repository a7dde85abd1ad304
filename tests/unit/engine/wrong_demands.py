"""Which diagrams ask for something the engine would leave undone without a word? They are refused."""

from tests.unit.engine import drawing as d
from tests.unit.engine.wrong_diagrams import simple, with_task


def extended(*items: str) -> bytes:
    return with_task(task=d.user("x", inner=d.el("extensionElements", "", "".join(items))))


DEMANDS: dict[str, tuple[bytes, str, str]] = {
    # name: (diagram, element, words of the sentence)
    "shared event definition": (
        simple(d.catch("c", d.el("eventDefinitionRef", "", "T")), d.path("s", "c", "e")),
        "c",
        "renvoie à une définition d’événement partagée",
    ),
    "data computed in an association": (
        with_task(
            task=d.user("x", inner=d.el("dataInputAssociation", "o", d.el("assignment")))
        ),
        "x",
        "calcule une donnée dans une association",
    ),
    "several tokens at once": (
        with_task(task=d.user("x", startQuantity="2")),
        "x",
        "compte plusieurs jetons à la fois",
    ),
    "an event at each repetition": (
        with_task(
            task=d.user(
                "x",
                inner=d.el(
                    "multiInstanceLoopCharacteristics",
                    "",
                    d.el("loopCardinality", "", "2"),
                    behavior="One",
                ),
            )
        ),
        "x",
        "déclenche un événement à chaque répétition",
    ),
    "inputs and outputs": (
        extended("<camunda:inputOutput/>"),
        "x",
        "renomme des variables (inputOutput)",
    ),
    "variables renamed for a call": (
        extended('<camunda:in source="a" target="b"/>'),
        "x",
        "renomme des variables (in, out)",
    ),
    "a program that listens": (
        extended('<camunda:executionListener class="x.Y" event="start"/>'),
        "x",
        "rien ne s’exécute",
    ),
    "too many elements": (
        simple(*(d.user(f"u{number}") for number in range(2_100))),
        "",
        "plus de 2000 éléments",
    ),
    "too many beginnings of a join": (
        d.diagram(
            d.process(
                *(d.start(f"s{n}", d.lasting("P1D")) + d.flow(f"s{n}", "f") for n in range(17)),
                d.end(),
                d.fork("f", "j"),
                d.user("a", "b"),
                d.path("f", "a", "j", "e"),
                d.path("f", "b", "j"),
            )
        ),
        "p",
        "trop enchevêtré",
    ),
    "too many joins": (
        simple(
            d.fork("f", "j"),
            d.flow("s", "f"),
            *(d.user(f"u{n}") + d.path("f", f"u{n}", "j") for n in range(1_900)),
            d.flow("j", "e"),
        ),
        "p",
        "trop enchevêtré",
    ),
    "only conditional ways out of a task": (
        simple(d.user("b"), d.flow("a", "b", "n == 1"), d.flow("b", "e")).replace(
            b'sourceRef="a" targetRef="e">',
            b'sourceRef="a" targetRef="e"><bpmn:conditionExpression>n == 2'
            b"</bpmn:conditionExpression>",
        ),
        "a",
        "n’a que des chemins conditionnels, sans chemin par défaut",
    ),
    "a join that waits for a reminder": (
        simple(
            d.fork("j"),
            d.attached("b", "a", d.lasting("P1D"), stops=False),
            d.user("c"),
            d.path("b", "c", "j"),
            d.path("a", "j", "e"),
        ),
        "j",
        "attend un événement qui n’interrompt pas",
    ),
    "a reserved end of id": (
        simple(d.user("a.BoundaryEventSplit"), d.path("s", "a.BoundaryEventSplit", "e")),
        "a.BoundaryEventSplit",
        "réservé au moteur",
    ),
}
