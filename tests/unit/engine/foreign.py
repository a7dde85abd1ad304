"""Which diagrams do other tools export? One small equivalent of each habit met, drawn here.

`CLEAR`: what has one meaning and is ready once read. `OPEN`: what somebody must decide, with words
of the to-do item. `HOPELESS`: what is refused, with words of the reason.
"""

from tests.unit.engine import drawing as d

ZEEBE = "http://camunda.org/schema/zeebe/1.0"


def drawn_only(*parts: str, before: str = "") -> bytes:
    """A process nobody meant to run, as most editors save it."""
    return d.diagram(before, d.process(*parts, executable=False))


def task(identifier: str, inner: str = "", **attributes: object) -> str:
    return d.el("task", identifier, inner, **attributes)


def catch(identifier: str, inner: str, **attributes: object) -> str:
    return d.el("intermediateCatchEvent", identifier, inner, **attributes)


def ext(*items: str) -> str:
    return d.el("extensionElements", "", "".join(items))


def zeebe(name: str, **attributes: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<zeebe:{name} xmlns:zeebe="{ZEEBE}"{written}/>'


def mapping(way: str, source: str, target: str) -> str:
    item = zeebe(way, source=source, target=target)
    return f'<zeebe:ioMapping xmlns:zeebe="{ZEEBE}">{item}</zeebe:ioMapping>'


def foreign_prefix(drawn: bytes, namespace: str) -> bytes:
    """The same file with Camunda's words under another namespace."""
    return drawn.replace(b"http://camunda.org/schema/1.0/bpmn", namespace.encode())


LINE = task("a", name="Instruire") + d.path("s", "a", "e")
CHOICE = (
    d.user("a", "b")
    + d.path("s", "g")
    + d.flow("g", "a", "{when}", named="fa")
    + d.flow("g", "b", named="fb")
    + d.path("a", "e")
    + d.path("b", "e")
)


def chosen_by(when: str) -> bytes:
    return drawn_only(
        d.start(), d.end(), d.choice("g"), CHOICE.replace("{when}", d._escaped(when))
    )


def started(*parts: str) -> bytes:
    return drawn_only(d.start(), d.end(), *parts)


CLEAR: dict[str, tuple[bytes, list[str]]] = {
    # name: (diagram, steps open once it has begun with the variables of the test)
    "not executable, tasks without a type": (started(LINE), ["a"]),
    "collapsed sub-process": (started(d.sub("a"), d.path("s", "a", "e")), ["a"]),
    "no start event": (drawn_only(task("a", "") + task("b", "") + d.path("a", "b")), ["a"]),
    "no start event, two beginnings": (drawn_only(task("a"), task("b")), ["a", "b"]),
    "no start in a sub-process": (
        started(d.sub("sp", task("in")), d.path("s", "sp", "e")),
        ["in"],
    ),
    "one way without a condition": (chosen_by("x > 100"), ["a"]),
    "condition in FEEL": (chosen_by('= x > 100 and kind = "new"'), ["a"]),
    "condition in FEEL without its sign": (chosen_by("x = 250"), ["a"]),
    "condition of Java": (chosen_by("${x gt 100 && !(kind == 'old')}"), ["a"]),
    "condition of Java with words": (chosen_by("#{x le 100 || kind ne 'new'}"), ["b"]),
    "message named by its label": (
        started(
            catch("c", d.el("messageEventDefinition"), name="Accord reçu"),
            task("a"),
            d.path("s", "a", "c", "e"),
        ),
        ["a"],
    ),
    "message that is not defined": (
        started(
            catch("c", d.message("Lost"), name="Accord reçu"),
            task("a"),
            d.path("s", "a", "c", "e"),
        ),
        ["a"],
    ),
    "error without a code": (
        d.diagram(
            d.el("error", "E"),
            d.process(
                d.start(),
                d.end(),
                d.user("a"),
                d.attached("b", "a", d.error("E")),
                d.path("s", "a", "e"),
                d.path("b", "e"),
            ),
        ),
        ["a"],
    ),
    "data drawn with its lines": (
        started(
            '<bpmn:dataStoreReference id="ds"/>',
            d.user(
                "a",
                inner=d.el("ioSpecification")
                + d.el("dataOutputAssociation", "o", d.el("targetRef", "", "ds")),
            ),
            d.path("s", "a", "e"),
        ),
        ["a"],
    ),
    "pools": (
        d.diagram(
            d.el(
                "collaboration",
                "c",
                d.el("participant", "P1", processRef="p", name="Service")
                + d.el("participant", "P2", processRef="q")
                + d.el("participant", "P3"),
            ),
            d.process(d.start(), task("a"), task("b"), d.path("s", "a", "b"), executable=False),
            d.process(d.el("task", "z"), name="q", executable=False),
        ),
        ["a"],
    ),
    "references with a prefix": (
        started(LINE).replace(b'targetRef="a"', b'targetRef="own:a"'),
        ["a"],
    ),
    "elements without an id": (
        started(LINE).replace(b'<bpmn:sequenceFlow id="', b'<bpmn:sequenceFlow old="'),
        ["a"],
    ),
    "a file with the id of its process": (
        started(LINE).replace(b'id="file"', b'id="p"'),
        ["a"],
    ),
    "event definition shared by several events": (
        drawn_only(
            d.start(),
            d.end(),
            catch("c", d.el("eventDefinitionRef", "", "T")),
            d.path("s", "c", "e"),
            before=d.el("timerEventDefinition", "T", d.el("timeDuration", "", "P1D")),
        ),
        [],
    ),
    "zeebe service task": (
        started(
            d.el("serviceTask", "a", ext(zeebe("taskDefinition", type="record_status"))),
            d.path("s", "a", "e"),
        ),
        [],
    ),
    "zeebe repetition": (
        started(
            d.user(
                "a",
                inner=d.el(
                    "multiInstanceLoopCharacteristics",
                    "",
                    ext(
                        zeebe("loopCharacteristics", inputCollection="= xs", inputElement="one")
                    ),
                ),
            ),
            d.path("s", "a", "e"),
        ),
        ["a", "a"],
    ),
    "zeebe timer": (
        started(catch("c", d.lasting('= "PT15M"')), d.path("s", "c", "e")),
        [],
    ),
    "activiti": (
        foreign_prefix(
            started(
                d.user("a", inner=d.each()),
                d.job("j", "record_status"),
                d.path("s", "a", "j", "e"),
            ),
            "http://activiti.org/bpmn",
        ),
        ["a", "a"],
    ),
    "global task": (
        drawn_only(
            d.start(),
            d.end(),
            d.el("callActivity", "a", calledElement="G"),
            d.path("s", "a", "e"),
            before=d.el("globalUserTask", "G", name="Partagée"),
        ),
        ["a"],
    ),
    "one node of data compared in XPath": (
        chosen_by("bpmn:getDataObject('kind') = 'new' and getDataObject('x') > 100"),
        ["a"],
    ),
    "condition that says it is FEEL": (
        chosen_by('x > 100 and kind = "new"').replace(
            b"<bpmn:conditionExpression>",
            b'<bpmn:conditionExpression language="http://www.omg.org/spec/FEEL/20140401">',
        ),
        ["a"],
    ),
    "zeebe mapping into a step, and out under the same name": (
        started(
            d.user("a", inner=ext(mapping("input", "= x + 1", "y"))),
            d.user("b", inner=ext(mapping("output", "= x", "x"))),
            d.path("s", "a", "b", "e"),
        ),
        ["a"],
    ),
    "zeebe job behind a send task": (
        started(
            task("a"),
            d.el("sendTask", "t", ext(zeebe("taskDefinition", type="mail"))),
            d.path("s", "a", "t", "e"),
        ),
        ["a"],
    ),
    "error that says nothing, caught by anything": (
        started(
            d.sub(
                "sp",
                d.start("s1")
                + d.user("a")
                + d.el("endEvent", "e1", d.el("errorEventDefinition"))
                + d.path("s1", "a", "e1"),
            ),
            d.attached("b", "sp", d.el("errorEventDefinition")),
            d.user("c"),
            d.path("s", "sp", "e"),
            d.path("b", "c", "e"),
        ),
        ["a"],
    ),
    "correlation": (
        drawn_only(d.start(), d.end(), LINE, before=d.el("correlationProperty", "cp")),
        ["a"],
    ),
}
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
        chosen_by("x > 100")
        .replace(b'id="fb"', b'id="fb" name="sinon"')
        .replace(
            b'sourceRef="g" targetRef="b">',
            b'sourceRef="g" targetRef="b"><bpmn:conditionExpression>x &lt; 9'
            b"</bpmn:conditionExpression>",
        ),
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
