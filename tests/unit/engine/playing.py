"""How does a test play a dossier? Saved and read back at every wait, on a clock it moves itself."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from app.engine.codec import dump, load
from app.engine.context import Context, Decide, refuse_decisions
from app.engine.parse import Definition, parse_diagram
from app.engine.run import OpenStep, Passed, Run, Snapshot
from app.engine.values import Function, Value

T = TypeVar("T")
NOON = datetime(2026, 3, 20, 11, 0, tzinfo=UTC)


class Played:
    """One dossier; every action resumes from the bytes the last one saved.

    With `interrupted=False` the same `Run` goes on, as if nothing were ever saved.
    """

    def __init__(
        self,
        drawn: bytes | Definition,
        *,
        facts: Mapping[str, Value] | None = None,
        functions: Mapping[str, Function] | None = None,
        decide: Decide = refuse_decisions,
        called: Sequence[bytes] = (),
        interrupted: bool = True,
        variables: Mapping[str, Value] | None = None,
    ) -> None:
        self.now = NOON
        self.facts, self.functions, self.decide = facts or {}, functions or {}, decide
        self.interrupted = interrupted
        self.definition = (
            drawn if isinstance(drawn, Definition) else parse_diagram(drawn, called=called)
        )
        self.trace: list[Passed] = []
        self._run = Run.start(self.definition, variables or {}, self.context())
        self.at: Snapshot
        self._save()

    def context(self) -> Context:
        return Context(self.now, self.facts, self.functions, self.decide)

    def _save(self) -> None:
        self.at = self._run.snapshot()
        if not self.interrupted:
            return
        self.trace.extend(self.at.trace)
        again = load(self.at.state, self.definition, self.context())
        assert dump(again, self.definition) == self.at.state, "what is read back differs"

    def _do(self, act: Callable[[Run], T]) -> T:
        if self.interrupted:
            self._run = Run.resume(self.definition, self.at.state, self.context())
        else:
            self._run.go_on(self.context())
        result = act(self._run)
        self._save()
        return result

    # ---------------------------------------------------------------- what is seen

    @property
    def steps(self) -> list[str]:
        """The ids of the open steps, sorted."""
        return sorted(step.step for step in self.at.open_steps)

    @property
    def jobs(self) -> list[str]:
        """The ids of the service tasks that wait, sorted."""
        return sorted(job.step for job in self.at.jobs)

    @property
    def done(self) -> bool:
        return self.at.completed

    @property
    def variables(self) -> Mapping[str, Value]:
        return self.at.variables

    def times(self, node: str) -> int:
        """How many times the node was passed."""
        return [passed.node for passed in self.trace].count(node)

    def flows(self) -> list[str]:
        """All the flows taken so far, in order."""
        return [flow for passed in self.trace for flow in passed.flow_ids]

    def step(self, name: str, number: int = 0) -> OpenStep:
        return [step for step in self.at.open_steps if step.step == name][number]

    def path(self, token: int) -> tuple[int, ...]:
        """The rank of the token in each repetition around it, from the inside out."""
        dossier = self._run._dossier
        found = dossier.token(token)
        assert found is not None
        return tuple(one.internal_data["i"] for _, one in dossier.instances(found))

    def places(self) -> list[tuple[str, tuple[int, ...]]]:
        """The open steps and jobs, each with its path, sorted."""
        return sorted((step, self.path(token)) for step, token in self._open())

    def _open(self) -> list[tuple[str, int]]:
        steps = [(one.step, one.token) for one in self.at.open_steps]
        return steps + [(one.step, one.token) for one in self.at.jobs]

    # ---------------------------------------------------------------- what is done

    def _token_at(self, name: str, path: tuple[int, ...]) -> int:
        return next(
            token for step, token in self._open() if step == name and self.path(token) == path
        )

    def complete_at(self, name: str, path: tuple[int, ...], **variables: Any) -> None:
        """The step or job that stands there is done."""
        token = self._token_at(name, path)
        if token in {job.token for job in self.at.jobs}:
            self._do(lambda run: run.finish_job(token, variables))
        else:
            self._do(lambda run: run.complete(token, variables))

    def fail_at(self, name: str, path: tuple[int, ...], code: str) -> bool:
        token = self._token_at(name, path)
        return self._do(lambda run: run.fail(token, code))

    def wait_until(self, now: datetime) -> None:
        self.now = now
        self._do(lambda run: run.tick())

    def complete(self, name: str, number: int = 0, **variables: Any) -> None:
        token = self.step(name, number).token
        self._do(lambda run: run.complete(token, variables))

    def finish(self, name: str, number: int = 0, **variables: Any) -> None:
        """The job is done."""
        token = [job for job in self.at.jobs if job.step == name][number].token
        self._do(lambda run: run.finish_job(token, variables))

    def receive(self, message: str, **payload: Any) -> bool:
        return self._do(lambda run: run.receive(message, payload))

    def fail(self, name: str, code: str) -> bool:
        tokens = {step.step: step.token for step in self.at.open_steps}
        tokens |= {job.step: job.token for job in self.at.jobs}
        return self._do(lambda run: run.fail(tokens[name], code))

    def wait(self, **length: float) -> None:
        """Time passes, then the clock ticks once."""
        self.now += timedelta(**length)
        self._do(lambda run: run.tick())
