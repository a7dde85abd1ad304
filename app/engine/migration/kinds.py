"""Is a step of the new version the same kind of step, so that somebody at work in it may go on?"""

from typing import Any

from app.engine.migration.sentences import kind_of, named
from app.engine.migration.version import Change
from app.engine.spiff.loops import Loop, _ForEach
from app.engine.spiff.task import Token


def difference(change: Change, old: Token, spec: Any, steps: tuple[str, str]) -> str | None:  # noqa: ANN401 - Spiff is untyped
    """The sentence that says what differs between the two steps (old, new); None when nothing."""
    before, after = change.old.definition, change.new.definition
    was, becomes = old.task_spec, spec
    if isinstance(was, Loop) or isinstance(becomes, Loop):
        if type(was) is not type(becomes):
            return (
                f"L’étape {named(before, steps[0])} est en cours, et ne se répéterait plus de "
                "la même façon."
            )
        if _loses_results(old, becomes):
            return (
                f"Des réponses de l’étape {named(before, steps[0])} sont déjà données, et la "
                "nouvelle version veut en faire une liste où elles manqueraient."
            )
        was = old.workflow.spec.task_specs[was.task_spec]
        becomes = becomes._wf_spec.task_specs[becomes.task_spec]
    if type(was) is not type(becomes):
        return (
            f"L’étape {named(before, steps[0])} est {kind_of(before, steps[0])}, et deviendrait "
            f"{kind_of(after, steps[1])}."
        )
    return None


def _loses_results(old: Token, becomes: Any) -> bool:  # noqa: ANN401 - the same
    """Answers already given would be missing from the list the new version makes of them."""
    return (
        isinstance(becomes, _ForEach)
        and bool(old.internal_data.get("done"))
        and becomes.repeat.results is not None
        and old.task_spec.repeat.results is None
    )
