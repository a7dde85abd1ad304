"""How is a random process drawn? Sound by construction, from blocks put inside one another."""

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

from tests.unit.engine import drawing as d

#: Blocks. Leaves: ("task", id); ("stop", id) may be cut short by a message; ("more", id) opens a
#: step beside itself at each message; ("late", id) becomes another step after a day;
#: ("each", id, size, one by one) is done for each element of a list.
#: Others: ("seq", [blocks]), ("par", id, [blocks]), ("or", id, [blocks]), ("xor", id, a, b),
#: ("loop", id, block), ("sub", id, block), ("group", id, size, block).
Block: TypeAlias = tuple[Any, ...]

_WEIGHTS = {
    "task": 18,
    "stop": 5,
    "more": 5,
    "late": 5,
    "each": 8,
    "seq": 18,
    "par": 14,
    "or": 6,
    "xor": 7,
    "loop": 9,
    "group": 4,
    "sub": 5,
}
#: Every leaf that waits for a message has its own.
MESSAGE = "m_{}"
#: The step opened beside a ("more", id), and the one that follows a ("late", id).
BESIDE, AFTERWARDS = "{}x", "{}l"


def draw_block(chance: random.Random, depth: int, names: list[str]) -> Block:
    """A random block, at most that deep."""
    kind = chance.choices([*_WEIGHTS], [*_WEIGHTS.values()])[0] if depth > 0 else "task"
    name = f"N{len(names)}"
    names.append(name)

    def inner() -> Block:
        return draw_block(chance, depth - 1, names)

    def several() -> list[Block]:
        return [inner() for _ in range(chance.randint(2, 3))]

    draw: dict[str, Callable[[], Block]] = {
        "each": lambda: (kind, name, chance.randint(2, 3), chance.random() < 0.3),
        "seq": lambda: (kind, several()),
        "par": lambda: (kind, name, several()),
        "or": lambda: (kind, name, several()),
        "xor": lambda: (kind, name, inner(), inner()),
        "loop": lambda: (kind, name, inner()),
        "sub": lambda: (kind, name, inner()),
        "group": lambda: (kind, name, chance.randint(2, 3), inner()),
    }
    return draw.get(kind, lambda: (kind, name))()


def to_diagram(block: Block) -> bytes:
    """The file of a process made of that block."""
    out = [d.start(), d.end()]
    first, last = _emit(block, out)
    out.append(d.flow("s", first) + d.flow(last, "e"))
    messages = "".join(d.named("message", name) for name in _messages(block))
    return d.diagram(messages, d.process("".join(out)))


def _messages(block: Block) -> list[str]:
    if block[0] in {"stop", "more"}:
        return [MESSAGE.format(block[1])]
    parts = [part for item in block for part in (item if isinstance(item, list) else [item])]
    return [name for part in parts if isinstance(part, tuple) for name in _messages(part)]


def _emit(block: Block, out: list[str]) -> tuple[str, str]:
    """Adds the block's XML; gives its first and last node."""
    kind, name = block[0], block[1]
    if kind == "seq":
        ends = [_emit(part, out) for part in block[1]]
        out.extend(d.flow(before, after) for (_, before), (after, _) in pairwise(ends))
        return ends[0][0], ends[-1][1]
    if kind in {"sub", "group"}:
        inner = [d.start(f"{name}s"), d.end(f"{name}e")]
        first, last = _emit(block[-1], inner)
        inner.append(d.flow(f"{name}s", first) + d.flow(last, f"{name}e"))
        inner.append(d.each(f"xs{block[2]}", f"x_{name}") if kind == "group" else "")
        out.append(d.sub(name, *inner))
        return name, name
    if kind in {"par", "or", "xor", "loop"}:
        return _emit_gateways(block, out)
    return _emit_leaf(block, out)


def _emit_leaf(block: Block, out: list[str]) -> tuple[str, str]:
    kind, name = block[0], block[1]
    if kind == "each":
        out.append(
            d.user(name, inner=d.each(f"xs{block[2]}", f"x_{name}", one_by_one=block[3]))
        )
        return name, name
    out.append(d.user(name))
    event, message = f"{name}b", d.message(MESSAGE.format(name))
    if kind == "more":
        beside = BESIDE.format(name)
        out.append(d.attached(event, name, message, stops=False) + d.user(beside))
        out.append(d.end(f"{name}be") + d.path(event, beside, f"{name}be"))
    if kind not in {"stop", "late"}:
        return name, name
    merge = f"{name}m"
    out.append(d.choice(merge) + d.flow(name, merge))
    if kind == "stop":
        out.append(d.attached(event, name, message) + d.flow(event, merge))
    else:
        afterwards = AFTERWARDS.format(name)
        out.append(d.attached(event, name, d.lasting("P1D")) + d.user(afterwards))
        out.append(d.path(event, afterwards, merge))
    return name, merge


def _emit_gateways(block: Block, out: list[str]) -> tuple[str, str]:
    kind, name = block[0], block[1]
    split, join = f"{name}s", f"{name}j"
    if kind == "loop":
        first, last = _emit(block[2], out)
        out.append(d.choice(split) + d.choice(f"{name}x", f"{name}d") + d.choice(join))
        out.append(d.flow(split, first) + d.flow(last, f"{name}x"))
        out.append(d.flow(f"{name}x", split, f"decide('{name}')"))
        out.append(d.flow(f"{name}x", join, named=f"{name}d"))
        return split, join
    branches = list(block[2:]) if kind == "xor" else block[2]
    gateway = {"par": "parallelGateway", "or": "inclusiveGateway", "xor": "exclusiveGateway"}[
        kind
    ]
    default = None if kind == "par" else f"{name}d"
    out.append(d.el(gateway, split, default=default) + d.el(gateway, join))
    for number, branch in enumerate(branches):
        first, last = _emit(branch, out)
        is_default = kind != "par" and number == len(branches) - 1
        when = None if kind == "par" or is_default else f"decide('{name}.{number}')"
        out.append(d.flow(split, first, when, named=f"{name}d" if is_default else None))
        out.append(d.flow(last, join))
    return split, join
