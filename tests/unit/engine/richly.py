"""How is any process drawn at random? Blocks inside one another, with every event BPMN attaches to them.

Sound by construction: what interrupts comes back to the course of its block, what does not ends by
itself, and an error is only thrown where somebody catches it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.unit.engine import drawing as d

Ends = tuple[str, str]
LISTS = {"xs2": [1, 2], "xs3": [1, 2, 3], "xs0": []}


@dataclass(frozen=True)
class Inside:
    """Where a block is drawn."""

    depth: int
    #: The element variables of the repetitions around it: a question is asked for each of them.
    items: tuple[str, ...] = ()
    #: Codes of errors and escalations that somebody around it catches.
    errors: tuple[str, ...] = ()
    escalations: tuple[str, ...] = ()
    in_sub: bool = False

    def deeper(self, **changes: object) -> "Inside":
        return replace(self, depth=self.depth - 1, **changes)  # type: ignore[arg-type]  # fields


@dataclass
class Sketch:
    """One diagram being drawn."""

    chance: random.Random
    number: int = 0
    declared: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)
    #: Signals thrown somewhere; any of them may be awaited anywhere.
    signals: tuple[str, ...] = ("g1", "g2")

    def name(self, kind: str = "N") -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def odds(self, share: float) -> bool:
        return self.chance.random() < share

    def message(self) -> str:
        name = self.name("m")
        self.declared.append(d.named("message", name))
        return name

    def code(self, kind: str) -> str:
        name = self.name("E")
        self.declared.append(d.named(kind, name))
        return name

    def minutes(self) -> str:
        """A duration of its own: two timers are never due together by accident."""
        return f"PT{self.chance.randint(30, 40_000)}M"

    def asks(self, question: str, where: Inside) -> str:
        return f"decide('{question}'{''.join(f', {item}' for item in where.items)})"


def draw_richly(seed: int, depth: int = 3) -> bytes:
    """The file of a random process."""
    chance = random.Random(seed)
    sketch = Sketch(chance)
    out: list[str] = []
    scope(sketch, out, Inside(depth), "", count=2)
    signals = d.named("signal", *sketch.signals)
    top = d.process("".join(out))
    return d.diagram(signals, *sketch.declared, top, *sketch.processes)


def scope(sketch: Sketch, out: list[str], where: Inside, name: str, *, count: int = 1) -> None:
    """The whole content of a process or sub-process, with what watches it."""
    errors: tuple[str, ...] = ()
    escalations: tuple[str, ...] = ()
    for _ in range(sketch.chance.choice([0, 0, 0, 1, 1, 2])):
        kind, code = watcher(sketch, out, where)
        errors += (code,) if kind == "error" else ()
        escalations += (code,) if kind == "escalation" else ()
    inner = replace(
        where,
        errors=where.errors + errors,
        escalations=where.escalations + escalations,
        in_sub=where.in_sub or bool(name),
    )
    start, end = f"{name}s", f"{name}e"
    out.append(d.start(start) + d.end(end))
    last = start
    for _ in range(count):
        first, next_last = block(sketch, out, inner)
        out.append(d.flow(last, first))
        last = next_last
    out.append(d.flow(last, end))


def watcher(sketch: Sketch, out: list[str], where: Inside) -> tuple[str, str]:
    """An event sub-process with a step or two."""
    name = sketch.name("W")
    kind = sketch.chance.choice(
        ["message", "message", "signal", "timer", "cycle", "condition", "error", "escalation"]
    )
    stops = kind == "error" or (kind != "cycle" and sketch.odds(0.4))
    trigger, code = event(sketch, kind)
    inner: list[str] = []
    first, last = block(
        sketch, inner, where.deeper(in_sub=True) if where.depth > 1 else Inside(0)
    )
    inner.append(d.end(f"{name}e") + d.flow(f"{name}_start", first) + d.flow(last, f"{name}e"))
    out.append(d.on_event(name, trigger, "".join(inner), stops=stops))
    return kind, code


def event(sketch: Sketch, kind: str) -> tuple[str, str]:
    """What is awaited, and the code of an error or an escalation."""
    if kind in {"error", "escalation"}:
        code = sketch.code(kind)
        return {"error": d.error, "escalation": d.escalation}[kind](code), code
    drawn: dict[str, Callable[[], str]] = {
        "message": lambda: d.message(sketch.message()),
        "signal": lambda: d.signal(sketch.chance.choice(sketch.signals)),
        "timer": lambda: d.lasting(sketch.minutes()),
        "cycle": lambda: d.cycle(f"R{sketch.chance.randint(2, 3)}/{sketch.minutes()}"),
        "condition": lambda: d.condition(f"v == {sketch.chance.randint(1, 3)}"),
        "several": lambda: d.message(sketch.message()) + d.lasting(sketch.minutes()),
    }
    return drawn[kind](), ""


# -------------------------------------------------------------------- blocks


def block(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    """A random block; gives its first and last node."""
    if where.depth <= 0:
        return hosted(sketch, out, where, step)
    kinds = [*_BLOCKS]
    chosen = sketch.chance.choices(kinds, [_BLOCKS[kind] for kind in kinds])[0]
    return chosen(sketch, out, where)


def step(sketch: Sketch, out: list[str], where: Inside, *, skipped: bool = True) -> Ends:
    """Something to do, once or several times; or never, when it may be skipped."""
    name = sketch.name()
    loop = repetition(sketch, name, skipped=skipped) if sketch.odds(0.25) else ""
    if sketch.odds(0.2):
        out.append(
            d.el("serviceTask", name, loop, camunda__type="external", camunda__topic="w")
        )
    else:
        out.append(d.user(name, inner=loop))
    return name, name


def repetition(sketch: Sketch, name: str, *, skipped: bool) -> str:
    if sketch.odds(0.2):
        if sketch.odds(0.5):
            return d.again(most=sketch.chance.randint(1, 3))
        return d.again(most=3, while_="v < 2", test_first=sketch.odds(0.5) and skipped)
    until = sketch.chance.choice(
        [None, "nrOfCompletedInstances >= 2", "v == 3", "nrOfActiveInstances <= 1"]
    )
    items = sketch.chance.choice(["xs2", "xs3", "xs3", "xs0"])
    results = f"all_{name}" if sketch.odds(0.4) else None
    drawn = d.each(
        items, f"x_{name}", one_by_one=sketch.odds(0.4), until=until, results=results
    )
    # An id is given once in a file; a name may be given again.
    return drawn.replace('outputDataItem id="result"', 'outputDataItem name="result"')


def quick(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    """Something that happens by itself, or is awaited."""
    name = sketch.name()
    kinds = ["pass", "script", "signal", "send", "message", "timer", "receive", "none"]
    kinds += ["escalate"] if where.escalations else []
    kind = sketch.chance.choice(kinds)
    if kind == "receive":
        out.append(d.el("receiveTask", name, messageRef=sketch.message()))
    elif kind in {"message", "timer"}:
        out.append(d.catch(name, event(sketch, kind)[0]))
    elif kind == "send":
        out.append(d.throw(name, d.message(sketch.message())))
    elif kind == "escalate":
        out.append(d.throw(name, d.escalation(sketch.chance.choice(where.escalations))))
    else:
        signal = d.signal(sketch.chance.choice(sketch.signals))
        out.append(
            {
                "pass": d.el("task", name),
                "script": d.script(name, f"v = {sketch.chance.randint(0, 3)}"),
                "signal": d.throw(name, signal),
                "none": d.throw(name),
            }[kind]
        )
    return name, name


def in_turn(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    first, last = block(sketch, out, where.deeper())
    for _ in range(sketch.chance.randint(1, 2)):
        if sketch.odds(0.1):
            last = linked(sketch, out, last)
        following, end = block(sketch, out, where.deeper())
        out.append(d.flow(last, following))
        last = end
    return first, last


def linked(sketch: Sketch, out: list[str], last: str) -> str:
    name = sketch.name("L")
    out.append(d.throw(f"{name}t", d.link(name)) + d.catch(f"{name}c", d.link(name)))
    out.append(d.flow(last, f"{name}t"))
    return f"{name}c"


def together(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    return branches(sketch, out, where, "parallelGateway")


def some(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    return branches(sketch, out, where, "inclusiveGateway")


def one_of(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    return branches(sketch, out, where, "exclusiveGateway")


def branches(sketch: Sketch, out: list[str], where: Inside, kind: str) -> Ends:
    name = sketch.name("G")
    parallel = kind == "parallelGateway"
    default = None if parallel else f"{name}d"
    out.append(d.el(kind, f"{name}s", default=default) + d.el(kind, f"{name}j"))
    number = sketch.chance.randint(2, 3)
    for rank in range(number):
        first, last = block(sketch, out, where.deeper())
        is_default = not parallel and rank == number - 1
        when = None if parallel or is_default else sketch.asks(f"{name}.{rank}", where)
        out.append(d.flow(f"{name}s", first, when, named=default if is_default else None))
        out.append(d.flow(last, f"{name}j"))
    return f"{name}s", f"{name}j"


def again(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    """A block, a step, and back while the answer says so: the step lets the dossier breathe."""
    name = sketch.name("R")
    first, last = block(sketch, out, where.deeper())
    wait, _ = (
        step(sketch, out, where, skipped=False) if sketch.odds(0.5) else plain(sketch, out)
    )
    out.append(d.choice(f"{name}s") + d.choice(f"{name}x", f"{name}d") + d.choice(f"{name}j"))
    out.append(d.flow(f"{name}s", first) + d.flow(last, wait) + d.flow(wait, f"{name}x"))
    out.append(d.flow(f"{name}x", f"{name}s", sketch.asks(name, where)))
    out.append(d.flow(f"{name}x", f"{name}j", named=f"{name}d"))
    return f"{name}s", f"{name}j"


def plain(sketch: Sketch, out: list[str]) -> Ends:
    name = sketch.name()
    out.append(d.user(name))
    return name, name


def first_event(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    """An event-based gateway and what follows each event."""
    name = sketch.name("V")
    out.append(d.el("eventBasedGateway", f"{name}s") + d.choice(f"{name}j"))
    for kind in sketch.chance.sample(["message", "timer", "signal", "receive"], 2):
        awaited = sketch.name()
        if kind == "receive":
            out.append(d.el("receiveTask", awaited, messageRef=sketch.message()))
        else:
            out.append(d.catch(awaited, event(sketch, kind)[0]))
        first, last = block(sketch, out, where.deeper())
        out.append(d.path(f"{name}s", awaited, first) + d.flow(last, f"{name}j"))
    return f"{name}s", f"{name}j"


def sub(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    """A sub-process, a called process or a transaction, once or for each element."""
    return hosted(sketch, out, where, boxed)


def boxed(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    name, inner = sketch.name("B"), []
    loop, items = "", where.items
    if sketch.odds(0.35):
        items = (*items, f"x_{name}")
        until = "nrOfCompletedInstances >= 2" if sketch.odds(0.3) else None
        size = sketch.chance.choice(["xs2", "xs3"])
        loop = d.each(size, f"x_{name}", one_by_one=sketch.odds(0.3), until=until)
    kind = sketch.chance.choice(["sub", "sub", "call", "transaction"])
    body: list[str] = []
    scope(sketch, body, where.deeper(items=items, in_sub=True), name)
    inner_last = tail(sketch, body, where, name)
    body.append(inner_last)
    if kind == "call":
        sketch.processes.append(d.process("".join(body), name=f"{name}p"))
        out.append(d.el("callActivity", name, loop, calledElement=f"{name}p"))
    elif kind == "transaction":
        out.append(d.el("transaction", name, loop + "".join(body)))
    else:
        inner.append(loop)
        out.append(d.sub(name, *inner, *body))
    return name, name


def tail(sketch: Sketch, body: list[str], where: Inside, name: str) -> str:
    """Now and then a second path: a step beside the course, then an end that says something."""
    if not sketch.odds(0.4):
        return ""
    beside, end = sketch.name(), sketch.name("Z")
    kinds = ["terminate", "none"]
    kinds += ["error"] if where.errors else []
    kinds += ["escalation"] if where.escalations else []
    kind = sketch.chance.choice(kinds)
    said: dict[str, Callable[[], str]] = {
        "terminate": d.terminate,
        "none": lambda: d.message(sketch.message()),
        "error": lambda: d.error(sketch.chance.choice(where.errors)),
        "escalation": lambda: d.escalation(sketch.chance.choice(where.escalations)),
    }
    return d.user(beside) + d.end(end, said[kind]()) + d.path(f"{name}s", beside, end)


def hosted(
    sketch: Sketch,
    out: list[str],
    where: Inside,
    host: Callable[[Sketch, list[str], Inside], Ends],
) -> Ends:
    """An activity with events attached to it."""
    kinds: list[str] = []
    while sketch.odds(0.45) and len(kinds) < 3:
        kinds.append(sketch.chance.choice([*_BESIDE, "error", "escalation"]))
    drawn = [(kind, *event(sketch, kind)) for kind in kinds]
    errors = tuple(code for kind, _, code in drawn if kind == "error")
    escalations = tuple(code for kind, _, code in drawn if kind == "escalation")
    around = replace(
        where, errors=where.errors + errors, escalations=where.escalations + escalations
    )
    name, _ = host(sketch, out, around)
    if not drawn:
        return name, name
    merge = f"{name}m"
    out.append(d.choice(merge) + d.flow(name, merge))
    for rank, (kind, trigger, _) in enumerate(drawn):
        stops = kind == "error" or (kind != "cycle" and sketch.odds(0.5))
        what = f"{name}b{rank}"
        out.append(d.attached(what, name, trigger, stops=stops))
        if stops and sketch.odds(0.5):
            out.append(d.flow(what, merge))
            continue
        after, _ = plain(sketch, out)
        out.append(d.flow(what, after))
        if stops:
            out.append(d.flow(after, merge))
        else:
            out.append(d.end(f"{what}e") + d.flow(after, f"{what}e"))
    return name, merge


def worked(sketch: Sketch, out: list[str], where: Inside) -> Ends:
    return hosted(sketch, out, where, step)


_BESIDE = ["message", "message", "signal", "timer", "cycle", "condition", "several"]
_BLOCKS: dict[Callable[[Sketch, list[str], Inside], Ends], int] = {
    worked: 22,
    quick: 12,
    in_turn: 18,
    together: 14,
    some: 8,
    one_of: 8,
    again: 9,
    first_event: 6,
    sub: 16,
}
