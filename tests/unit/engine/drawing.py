"""How does a test draw a small diagram? One function per kind of element, giving its XML."""

from itertools import count, pairwise

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
)
_numbers = count(1)


def el(kind: str, name: str = "", inner: str = "", /, **attributes: object) -> str:
    """Any element; `camunda__topic="x"` writes `camunda:topic`, `True` writes `true`, None nothing."""
    written = "".join(
        f' {key.replace("__", ":")}="{_text(value)}"'
        for key, value in {"id": name or None, **attributes}.items()
        if value is not None
    )
    return f"<bpmn:{kind}{written}>{inner}</bpmn:{kind}>"


def _text(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _escaped(text).replace('"', "&quot;")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def diagram(*parts: str) -> bytes:
    """A whole file: processes, messages, signals…"""
    body = "".join(parts)
    return f'<bpmn:definitions {NAMESPACES} id="file" targetNamespace="t">{body}</bpmn:definitions>'.encode()


def process(*parts: str, name: str = "p", executable: bool = True) -> str:
    return el("process", name, "".join(parts), isExecutable=executable)


def simple(*parts: str) -> bytes:
    """A file with one process that begins on `s` and has an end `e`."""
    return diagram(process(start(), end(), *parts))


def flow(
    source: str,
    target: str,
    when: str | None = None,
    *,
    named: str | None = None,
) -> str:
    inner = "" if when is None else el("conditionExpression", "", _escaped(when))
    name = named or f"flow{next(_numbers)}"
    return el("sequenceFlow", name, inner, sourceRef=source, targetRef=target)


def path(*nodes: str) -> str:
    """Flows from each node to the next."""
    return "".join(flow(a, b) for a, b in pairwise(nodes))


def start(name: str = "s", inner: str = "", **attributes: object) -> str:
    return el("startEvent", name, inner, **attributes)


def end(name: str = "e", inner: str = "", **attributes: object) -> str:
    return el("endEvent", name, inner, **attributes)


def user(*names: str, inner: str = "", **attributes: object) -> str:
    return "".join(el("userTask", name, inner, **attributes) for name in names)


def job(name: str, topic: str = "work", **attributes: object) -> str:
    return el("serviceTask", name, camunda__type="external", camunda__topic=topic, **attributes)


def script(name: str, code: str, inner: str = "") -> str:
    return el("scriptTask", name, el("script", "", _escaped(code)) + inner)


def choice(name: str, default: str | None = None) -> str:
    """An exclusive gateway."""
    return el("exclusiveGateway", name, default=default)


def fork(*names: str) -> str:
    """Parallel gateways."""
    return "".join(el("parallelGateway", name) for name in names)


def some(name: str, default: str | None = None) -> str:
    """An inclusive gateway."""
    return el("inclusiveGateway", name, default=default)


def catch(name: str, inner: str, **attributes: object) -> str:
    return el("intermediateCatchEvent", name, inner, **attributes)


def throw(name: str, inner: str = "", **attributes: object) -> str:
    return el("intermediateThrowEvent", name, inner, **attributes)


def attached(
    name: str, host: str, inner: str, *, stops: bool = True, **attributes: object
) -> str:
    """A boundary event."""
    return el(
        "boundaryEvent", name, inner, attachedToRef=host, cancelActivity=stops, **attributes
    )


def sub(name: str, *parts: str, **attributes: object) -> str:
    return el("subProcess", name, "".join(parts), **attributes)


def on_event(name: str, trigger: str, *parts: str, stops: bool = True) -> str:
    """An event sub-process; its start event is `<id>_start`."""
    begin = start(f"{name}_start", trigger, isInterrupting=stops)
    return sub(name, begin, *parts, triggeredByEvent=True)


# -------------------------------------------------------------------- what events wait for


def named(kind: str, *names: str) -> str:
    """Messages, signals, errors or escalations of the file, named like their id."""
    coded = kind in {"error", "escalation"}
    return "".join(
        el(kind, name, name=name, **{f"{kind}Code": name if coded else None}) for name in names
    )


def message(ref: str) -> str:
    return el("messageEventDefinition", messageRef=ref)


def signal(ref: str) -> str:
    return el("signalEventDefinition", signalRef=ref)


def error(ref: str | None = None) -> str:
    return el("errorEventDefinition", errorRef=ref)


def escalation(ref: str | None = None) -> str:
    return el("escalationEventDefinition", escalationRef=ref)


def terminate() -> str:
    return el("terminateEventDefinition")


def cancel() -> str:
    return el("cancelEventDefinition")


def link(name: str) -> str:
    return el("linkEventDefinition", name=name)


def condition(expression: str) -> str:
    return el("conditionalEventDefinition", "", el("condition", "", _escaped(expression)))


def lasting(text: str) -> str:
    """A timer that lasts."""
    return el("timerEventDefinition", "", el("timeDuration", "", _escaped(text)))


def dated(text: str) -> str:
    return el("timerEventDefinition", "", el("timeDate", "", _escaped(text)))


def cycle(text: str) -> str:
    return el("timerEventDefinition", "", el("timeCycle", "", _escaped(text)))


# -------------------------------------------------------------------- repetitions


def each(
    collection: str = "xs",
    element: str = "x",
    *,
    one_by_one: bool = False,
    until: str | None = None,
    results: str | None = None,
) -> str:
    """A multi-instance as Camunda's modeler writes it; `results` collects `result`."""
    inner = "" if until is None else el("completionCondition", "", _escaped(until))
    if results is not None:
        inner += el("loopDataOutputRef", "", results) + el("outputDataItem", "result")
    return el(
        "multiInstanceLoopCharacteristics",
        "",
        inner,
        isSequential=one_by_one,
        camunda__collection=f"${{{collection}}}",
        camunda__elementVariable=element,
    )


def times(number: str, *, results: str | None = None) -> str:
    """A multi-instance with a number of repetitions."""
    inner = el("loopCardinality", "", number)
    if results is not None:
        inner += el("loopDataOutputRef", "", results) + el("outputDataItem", "result")
    return el("multiInstanceLoopCharacteristics", "", inner)


def again(
    *, most: int | None = None, while_: str | None = None, test_first: bool = False
) -> str:
    """A standard loop."""
    inner = "" if while_ is None else el("loopCondition", "", _escaped(while_))
    return el("standardLoopCharacteristics", "", inner, testBefore=test_first, loopMaximum=most)
