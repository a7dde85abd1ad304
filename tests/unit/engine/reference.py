"""What should a random process do? A reference that knows its blocks, and nothing of BPMN."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.unit.engine.randomly import AFTERWARDS, BESIDE, MESSAGE, Block


@dataclass
class Oracle:
    """Answers every question of the diagram, the same way for the same seed."""

    seed: int
    asked: Counter[str] = field(default_factory=Counter)

    def __call__(self, question: str) -> bool:
        self.asked[question] += 1
        number = self.asked[question]
        if number > 3:
            return False
        return random.Random(f"{self.seed}/{question}/{number}").random() < 0.45


@dataclass(eq=False)
class Leaf:
    """An open step; `opened` is its rank among all the steps ever opened."""

    opened: int
    name: str
    kind: str


@dataclass(eq=False)
class Part:
    """Something begun that is made of others; `after` gives what follows a part, or None."""

    parts: list["State"]
    after: Callable[[], "State | None"]
    is_scope: bool = False


State: TypeAlias = Leaf | Part


class Reference:
    """The state of one process."""

    def __init__(self, block: Block, decide: Oracle) -> None:
        self.decide = decide
        self.opened = 0
        self.top = Part([], lambda: None, is_scope=True)
        self.top.parts = [self._enter(block)]

    # ---------------------------------------------------------------- what is seen

    @property
    def steps(self) -> list[str]:
        return sorted(leaf.name for leaf in self._leaves(self.top))

    @property
    def messages(self) -> list[str]:
        waiting = {
            leaf.name for leaf in self._leaves(self.top) if leaf.kind in {"stop", "more"}
        }
        return sorted(MESSAGE.format(name) for name in waiting)

    @property
    def has_deadline(self) -> bool:
        return any(leaf.kind == "late" for leaf in self._leaves(self.top))

    @property
    def done(self) -> bool:
        return not self.top.parts

    # ---------------------------------------------------------------- what happens

    def complete(self, name: str) -> None:
        """The step of that name opened first is completed."""
        first = next(leaf for leaf in self._leaves(self.top) if leaf.name == name)
        self._replace(self.top, first, None)

    def receive(self, message: str) -> None:
        """Every step that waits for the message gets it."""
        for leaf in self._leaves(self.top):
            if MESSAGE.format(leaf.name) == message and leaf.kind == "stop":
                self._replace(self.top, leaf, None)
            elif MESSAGE.format(leaf.name) == message and leaf.kind == "more":
                self._scope_of(leaf).parts.append(self._leaf(BESIDE.format(leaf.name)))

    def a_day_passes(self) -> None:
        """The steps with a deadline become the ones that follow it."""
        for leaf in self._leaves(self.top):
            if leaf.kind == "late":
                self._replace(self.top, leaf, self._leaf(AFTERWARDS.format(leaf.name)))

    # ---------------------------------------------------------------- how

    def _leaf(self, name: str, kind: str = "task") -> Leaf:
        self.opened += 1
        return Leaf(self.opened, name, kind)

    def _all(self, blocks: list[Block]) -> Part:
        return Part([self._enter(block) for block in blocks], lambda: None)

    def _enter(self, block: Block) -> State:
        kind = block[0]
        if kind in {"task", "stop", "more", "late"}:
            return self._leaf(block[1], kind)
        enter: dict[str, Callable[[Block], State]] = {
            "seq": lambda b: self._in_turn(b[1]),
            "par": lambda b: self._all(b[2]),
            "or": self._some,
            "xor": lambda b: self._enter(b[2] if self.decide(f"{b[1]}.0") else b[3]),
            "loop": self._loop,
            "sub": lambda b: self._scope(b[2]),
            "each": self._each,
            "group": lambda b: Part([self._scope(b[3]) for _ in range(b[2])], lambda: None),
        }
        return enter[kind](block)

    def _scope(self, block: Block) -> Part:
        return Part([self._enter(block)], lambda: None, is_scope=True)

    def _in_turn(self, blocks: list[Block]) -> Part:
        rest = iter(blocks[1:])

        def following() -> State | None:
            block = next(rest, None)
            return None if block is None else self._enter(block)

        return Part([self._enter(blocks[0])], following)

    def _loop(self, block: Block) -> Part:
        def again() -> State | None:
            return self._enter(block[2]) if self.decide(block[1]) else None

        return Part([self._enter(block[2])], again)

    def _each(self, block: Block) -> Part:
        tasks: list[Block] = [("task", block[1])] * block[2]
        return self._in_turn(tasks) if block[3] else self._all(tasks)

    def _some(self, block: Block) -> Part:
        *others, last = block[2]
        taken = [b for number, b in enumerate(others) if self.decide(f"{block[1]}.{number}")]
        return self._all(taken or [last])

    def _leaves(self, state: State) -> list[Leaf]:
        if isinstance(state, Leaf):
            return [state]
        found = [leaf for part in state.parts for leaf in self._leaves(part)]
        return sorted(found, key=lambda leaf: leaf.opened)

    def _scope_of(self, leaf: Leaf) -> Part:
        current: Part = self.top
        innermost = current
        while True:
            inside = next(part for part in current.parts if leaf in self._leaves(part))
            if isinstance(inside, Leaf):
                return innermost
            current = inside
            innermost = current if current.is_scope else innermost

    def _replace(self, state: Part, leaf: Leaf, by: State | None) -> None:
        """Puts something in the place of a step, and goes on when nothing is left there."""
        number = next(i for i, part in enumerate(state.parts) if leaf in self._leaves(part))
        part = state.parts[number]
        if isinstance(part, Part):
            self._replace(part, leaf, by)
            if part.parts:
                return
            by = None
        if by is not None:
            state.parts[number] = by
            return
        del state.parts[number]
        following = state.after() if not state.parts else None
        if following is not None:
            state.parts.append(following)
