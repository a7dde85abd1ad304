"""Which diagrams do other tools export? One small equivalent of each habit met, drawn here.

`CLEAR`: what has one meaning and is ready once read. What is left to somebody, or refused, stands in
`foreign_open`.
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


def chosen_between(when: str, otherwise: str) -> bytes:
    """Both ways have a condition, and none is the default one."""
    way = b'sourceRef="g" targetRef="b">'
    condition = d.el("conditionExpression", "", d._escaped(otherwise))
    return chosen_by(when).replace(way, way + condition.encode())


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
    "a condition and its denial": (chosen_between("${!(x gt 100)}", "${x gt 100}"), ["b"]),
    "a value and any other": (chosen_between("${kind == 'old'}", "${kind != 'old'}"), ["b"]),
    "below and not below": (chosen_between("= x >= 100", "= x < 100"), ["a"]),
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
