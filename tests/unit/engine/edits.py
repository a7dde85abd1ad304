"""How does a test change a process as an author would? One random edit of a process made of blocks.

Steps are inserted, removed, renamed, moved into a sub-process or out of it; branches are added and
dropped; choices become parallel; activities get attached events, repetitions, other delays; a called
process is exchanged; the whole gets an event sub-process.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.unit.engine import drawing as d
from tests.unit.engine.randomly import Block, draw_block, to_diagram

WITHDRAWAL = "withdrawal"
_LEAVES = {"task", "stop", "more", "late", "each"}
_CALLED = "called_{}"


@dataclass(frozen=True)
class Model:
    """A process: its blocks, and what blocks do not say."""

    block: Block
    delay: str = "P1D"
    #: Ids of tasks that are calls, with the process they call.
    calls: dict[str, str] = field(default_factory=dict)
    #: None, or whether the withdrawal interrupts the process.
    withdrawal: bool | None = None
    #: Old id → new id, for the steps this edit renamed.
    renamed: dict[str, str] = field(default_factory=dict)
    lanes: int = 0

    def xml(self) -> bytes:
        """The file of the process."""
        text = to_diagram(self.block).decode().replace(">P1D<", f">{self.delay}<")
        for name, process in self.calls.items():
            task, call = d.user(name), d.el("callActivity", name, calledElement=process)
            text = text.replace(task, call)
        extra = ""
        if self.withdrawal is not None:
            inner = d.user("W") + d.end("We") + d.path("Ws_start", "W", "We")
            extra = d.on_event("Ws", d.message(WITHDRAWAL), inner, stops=self.withdrawal)
            text = text.replace(
                "<bpmn:process", d.named("message", WITHDRAWAL) + "<bpmn:process", 1
            )
        others = "".join(
            d.process(
                d.start(f"{name}_s") + d.user(f"{name}_a") + d.end(f"{name}_e"),
                d.path(f"{name}_s", f"{name}_a", f"{name}_e"),
                name=name,
            )
            for name in sorted(set(self.calls.values()))
        )
        return text.replace("</bpmn:process>", f"{extra}</bpmn:process>{others}", 1).encode()


def draw_model(chance: random.Random, depth: int = 3) -> Model:
    """A random process."""
    names: list[str] = []
    block: Block = ("seq", [draw_block(chance, depth, names) for _ in range(3)])
    tasks = [leaf[1] for leaf in blocks(block) if leaf[0] == "task"]
    calls = {name: "called_1" for name in tasks if chance.random() < 0.15}
    return Model(block, calls=calls, withdrawal=chance.choice([None, None, True, False]))


def blocks(block: Block) -> Iterator[Block]:
    """The block and all those inside it."""
    yield block
    for part in block:
        for inner in part if isinstance(part, list) else [part]:
            if isinstance(inner, tuple):
                yield from blocks(inner)


def swap(block: Block, old: Block, new: Block) -> Block:
    """The same process with another block at one place."""
    if block is old:
        return new

    def part(one: Any) -> Any:
        if isinstance(one, list):
            return [part(inner) for inner in one]
        return swap(one, old, new) if isinstance(one, tuple) else one

    return tuple(part(one) for one in block)


def edited(model: Model, chance: random.Random, number: int) -> tuple[str, Model]:
    """The name of a random edit, and the process after it."""
    while True:
        name = chance.choice([*EDITS])
        found = EDITS[name](replace(model, renamed={}), chance, f"X{number}")
        if found is not None:
            return name, found


def _pick(model: Model, chance: random.Random, *kinds: str) -> Block | None:
    found = [
        one for one in blocks(model.block) if one[0] in kinds and one[1] not in [*model.calls]
    ]
    return chance.choice(found) if found else None


def _on(*kinds: str) -> Callable[[Callable[..., Block | None]], Callable[..., Model | None]]:
    def wrap(change: Callable[..., Block | None]) -> Callable[..., Model | None]:
        def edit(model: Model, chance: random.Random, new: str) -> Model | None:
            block = _pick(model, chance, *kinds)
            after = change(block, chance, new) if block is not None else None
            return (
                replace(model, block=swap(model.block, block, after))
                if after and block
                else None
            )

        return edit

    return wrap


_ANY = (*_LEAVES, "par", "or", "xor", "loop", "sub", "group")


@_on(*_ANY)
def _insert_before(block: Block, _chance: random.Random, new: str) -> Block:
    return ("seq", [("task", new), block])


@_on(*_ANY)
def _insert_after(block: Block, _chance: random.Random, new: str) -> Block:
    return ("seq", [block, ("task", new)])


@_on("seq")
def _remove(block: Block, chance: random.Random, _new: str) -> Block | None:
    rest = list(block[1])
    if len(rest) < 2:
        return None
    rest.pop(chance.randrange(len(rest)))
    return ("seq", rest)


@_on("seq")
def _reorder(block: Block, chance: random.Random, _new: str) -> Block:
    return ("seq", chance.sample(block[1], len(block[1])))


@_on(*_ANY)
def _add_parallel(block: Block, chance: random.Random, new: str) -> Block:
    return (chance.choice(["par", "or"]), f"{new}g", [block, ("task", new)])


@_on(*_ANY)
def _add_choice(block: Block, _chance: random.Random, new: str) -> Block:
    return ("xor", f"{new}g", block, ("task", new))


@_on(*_ANY)
def _add_loop(block: Block, _chance: random.Random, new: str) -> Block:
    return ("loop", f"{new}g", block)


@_on(*_ANY)
def _into_sub(block: Block, _chance: random.Random, new: str) -> Block:
    return ("sub", f"{new}g", block)


@_on(*_ANY)
def _into_group(block: Block, _chance: random.Random, new: str) -> Block:
    return ("group", f"{new}g", 2, block)


@_on("sub", "loop", "group")
def _out_of(block: Block, _chance: random.Random, _new: str) -> Block:
    inner: Block = block[-1]
    return inner


@_on("par", "or")
def _keep_one_branch(block: Block, chance: random.Random, _new: str) -> Block:
    kept: Block = chance.choice(block[2])
    return kept


@_on("par", "or")
def _drop_branch(block: Block, chance: random.Random, _new: str) -> Block | None:
    branches = list(block[2])
    branches.pop(chance.randrange(len(branches)))
    return (block[0], block[1], branches) if len(branches) > 1 else None


@_on("par", "or")
def _add_branch(block: Block, _chance: random.Random, new: str) -> Block:
    return (block[0], block[1], [*block[2], ("task", new)])


@_on("par", "or")
def _change_gateway(block: Block, _chance: random.Random, _new: str) -> Block:
    return ({"par": "or", "or": "par"}[block[0]], block[1], block[2])


@_on("xor")
def _choice_to_parallel(block: Block, _chance: random.Random, _new: str) -> Block:
    return ("par", block[1], list(block[2:]))


@_on("par")
def _parallel_to_choice(block: Block, _chance: random.Random, _new: str) -> Block | None:
    return ("xor", block[1], *block[2]) if len(block[2]) == 2 else None


@_on("par")
def _parallel_to_sequence(block: Block, _chance: random.Random, _new: str) -> Block:
    return ("seq", list(block[2]))


@_on(*_LEAVES)
def _change_leaf(block: Block, chance: random.Random, _new: str) -> Block:
    kind = chance.choice(sorted(_LEAVES - {block[0]}))
    more = (chance.randint(2, 3), chance.random() < 0.5) if kind == "each" else ()
    return (kind, block[1], *more)


@_on("each")
def _change_repetition(block: Block, _chance: random.Random, _new: str) -> Block:
    return ("each", block[1], 5 - block[2], not block[3])


def _rename(model: Model, chance: random.Random, new: str) -> Model | None:
    block = _pick(model, chance, *_LEAVES)
    if block is None:
        return None
    after = (block[0], new, *block[2:])
    return replace(model, block=swap(model.block, block, after), renamed={block[1]: new})


def _change_delay(model: Model, chance: random.Random, _new: str) -> Model:
    return replace(model, delay=chance.choice(["P2D", "P3D", "PT1H"]))


def _change_called(model: Model, chance: random.Random, _new: str) -> Model | None:
    if not model.calls:
        return None
    name = chance.choice(sorted(model.calls))
    return replace(model, calls={**model.calls, name: "called_2"})


def _change_withdrawal(model: Model, chance: random.Random, _new: str) -> Model:
    others = [one for one in (None, True, False) if one is not model.withdrawal]
    return replace(model, withdrawal=chance.choice(others))


EDITS: dict[str, Callable[[Model, random.Random, str], Model | None]] = {
    "insert before": _insert_before,
    "insert after": _insert_after,
    "remove": _remove,
    "reorder": _reorder,
    "add parallel": _add_parallel,
    "add choice": _add_choice,
    "add loop": _add_loop,
    "into a sub-process": _into_sub,
    "into a repetition": _into_group,
    "out of": _out_of,
    "keep one branch": _keep_one_branch,
    "drop a branch": _drop_branch,
    "add a branch": _add_branch,
    "change gateway": _change_gateway,
    "choice to parallel": _choice_to_parallel,
    "parallel to choice": _parallel_to_choice,
    "parallel to sequence": _parallel_to_sequence,
    "change an activity": _change_leaf,
    "change a repetition": _change_repetition,
    "rename": _rename,
    "change a delay": _change_delay,
    "call another process": _change_called,
    "change the withdrawal": _change_withdrawal,
}
