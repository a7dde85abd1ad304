"""What does the proof say of one dossier and one edit? Each kind of change, at the positions that matter."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from app.engine.context import Context
from app.engine.migration import Change, Verdict, VerdictKind, Version, prove
from app.engine.parse import Definition, parse_diagram
from app.engine.run import Run
from app.engine.values import Value
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import NOON, Played


def block(*, b: tuple[str, ...] = ("b",), more: str = "", attached: str = "") -> bytes:
    """a, then b and c at the same time, then d."""
    parts = d.start() + d.end() + d.fork("g", "j") + d.user("a", *b, "c", "d")
    flows = d.path("s", "a", "g", *b, "j", "d", "e") + d.path("g", "c", "j")
    if more:
        parts, flows = parts + d.user(more), flows + d.path("g", more, "j")
    if attached:
        parts += d.attached("late", "c", d.lasting(attached)) + d.end("late_end")
        flows += d.path("late", "late_end")
    return d.diagram(d.process(parts + flows))


def line(*steps: str) -> bytes:
    """One step after the other."""
    return d.simple(d.user(*steps), d.path("s", *steps, "e"))


def proved(
    played: Played,
    new: bytes | Definition,
    mapping: Mapping[str, str] | None = None,
    *,
    old: Version | None = None,
    version: Version | None = None,
    values: Mapping[str, Value] | None = None,
) -> Verdict:
    """The verdict for a dossier that was played in the old version."""
    after = version or Version(new if isinstance(new, Definition) else parse_diagram(new))
    change = Change(old or Version(played.definition), after, mapping or {}, values or {})
    return prove(
        change,
        played.at.state,
        lambda at: Context(at, played.facts, played.functions, played.decide),
        now=played.now,
    )


def go_on(played: Played, new: bytes, verdict: Verdict) -> Played:
    """The same dossier, in the new version."""
    assert verdict.kind is VerdictKind.SAFE, verdict.reasons
    assert verdict.snapshot is not None
    played.definition = parse_diagram(new)
    played._run = Run.resume(played.definition, verdict.snapshot.state, played.context())
    played._save()
    return played


def at(xml: bytes, *done: str) -> Played:
    """A dossier where these steps are done."""
    played = Played(xml)
    for step in done:
        played.complete(step)
    return played


def finished(played: Played) -> list[str]:
    """The steps done until the end, the first open one each time."""
    seen: list[str] = []
    while not played.done:
        seen.append(played.steps[0])
        played.complete(played.steps[0])
    return seen


def test_a_step_added_ahead_is_done_and_one_added_behind_is_not() -> None:
    new = line("z", "a", "b", "y")
    played = at(line("a", "b"), "a")
    assert finished(go_on(played, new, proved(played, new))) == ["b", "y"]


def test_the_numbers_of_open_tokens_do_not_change() -> None:
    new = block(b=("b", "b2"), attached="P5D")
    played = at(block(), "a")
    before = {step.step: step.token for step in played.at.open_steps}
    after = go_on(played, new, proved(played, new)).at.open_steps
    assert {step.step: step.token for step in after} == before


def test_a_step_that_is_gone_needs_a_mapping_and_the_likeliest_comes_first() -> None:
    renamed = block(b=("b_bis",))
    played = at(block(), "a")
    verdict = proved(played, renamed)
    assert verdict.kind is VerdictKind.MAPPING
    assert verdict.reasons[0].sentence == (
        "L’étape «\u00a0b\u00a0» n’existe plus dans la nouvelle version."
    )
    assert verdict.proposals["b"][0].step == "b_bis"
    after = go_on(played, renamed, proved(played, renamed, {"b": "b_bis"}))
    assert after.steps == ["b_bis", "c"]
    assert finished(after) == ["b_bis", "c", "d"]


def test_a_step_of_another_kind_stays() -> None:
    played = at(line("a"))
    job = d.simple(d.job("a"), d.path("s", "a", "e"))
    verdict = proved(played, job)
    assert verdict.kind is VerdictKind.STAYS
    assert "deviendrait un travail automatique" in verdict.reasons[0].sentence


def test_a_branch_that_nobody_opened_would_be_awaited_for_ever() -> None:
    new = block(more="n")
    played = at(block(), "a")
    verdict = proved(played, new)
    assert verdict.kind is VerdictKind.STAYS
    assert (
        "attendrait pour toujours la branche de «\u00a0n\u00a0»" in verdict.reasons[0].sentence
    )
    before = at(block())
    assert finished(go_on(before, new, proved(before, new))) == ["a", "b", "c", "n", "d"]


def test_a_step_alone_does_not_enter_a_parallel_block_half_way() -> None:
    played = at(line("a", "b", "d"), "a")
    assert proved(played, block()).kind is VerdictKind.STAYS


def test_branches_that_no_longer_meet_stay_even_if_each_could_end() -> None:
    parts = d.start() + d.end() + d.fork("g") + d.choice("j") + d.user("a", "b", "c", "d")
    flows = d.path("s", "a", "g", "b", "j", "d", "e") + d.path("g", "c", "j")
    played = at(block(), "a")
    verdict = proved(played, d.diagram(d.process(parts + flows)))
    assert verdict.kind is VerdictKind.STAYS
    assert "doivent se rejoindre" in verdict.reasons[0].sentence


def test_a_finished_branch_stays_finished_when_a_step_is_added_at_its_end() -> None:
    new = block(b=("b", "b2"))
    played = at(block(), "a", "b")
    verdict = proved(played, new)
    assert "compte comme finie" in verdict.notes[0]
    assert finished(go_on(played, new, verdict)) == ["c", "d"]


def test_a_finished_branch_whose_way_is_gone_stays() -> None:
    gone = d.diagram(
        d.process(
            d.start() + d.end() + d.fork("g", "j") + d.user("a", "x", "y", "c", "d"),
            d.path("s", "a", "g", "x", "j", "d", "e")
            + d.path("g", "c", "j")
            + d.path("g", "y", "j"),
        )
    )
    verdict = proved(at(block(), "a", "b"), gone)
    assert verdict.kind is VerdictKind.STAYS
    assert "son chemin n’y mène plus" in verdict.reasons[0].sentence


# ---------------------------------------------------------------- timers and attached events


def test_a_delay_written_the_same_keeps_its_instant() -> None:
    old, new = block(attached="P5D"), block(b=("b", "b2"), attached="P5D")
    played = at(old, "a")
    due = played.at.due_at
    played.now += timedelta(days=2)
    after = go_on(played, new, proved(played, new))
    assert after.at.due_at == due


@pytest.mark.parametrize(("delay", "days"), [("P8D", 8), ("P3D", 3)])
def test_a_delay_that_changes_is_counted_from_its_own_start(delay: str, days: int) -> None:
    new = block(attached=delay)
    played = at(block(attached="P5D"), "a")
    played.now += timedelta(days=2)
    verdict = proved(played, new)
    assert "recomptée depuis son début" in verdict.notes[0]
    assert go_on(played, new, verdict).at.due_at == NOON + timedelta(days=days)


def test_a_delay_already_over_in_the_new_version_is_for_the_clock_at_once() -> None:
    new = block(attached="P1D")
    played = at(block(attached="P5D"), "a")
    played.now += timedelta(days=2)
    after = go_on(played, new, proved(played, new))
    assert after.steps == ["b", "c"]
    after.wait(seconds=1)
    assert after.steps == ["b"]


def test_an_event_added_to_an_open_step_is_awaited_from_now_on() -> None:
    new = block(attached="P5D")
    played = at(block(), "a")
    played.now += timedelta(days=2)
    verdict = proved(played, new)
    assert "attendu à partir du changement de version" in verdict.notes[0]
    after = go_on(played, new, verdict)
    assert after.at.due_at == NOON + timedelta(days=7)
    after.wait(days=5)
    assert after.steps == ["b"]


def test_an_event_that_has_happened_does_not_come_back() -> None:
    def beside(*steps: str) -> bytes:
        parts = d.user(*steps, "x") + d.attached("late", "a", d.lasting("P1D"), stops=False)
        return d.simple(
            parts, d.end("xe"), d.path("s", *steps, "e") + d.path("late", "x", "xe")
        )

    played = at(beside("a"))
    played.wait(days=2)
    assert played.steps == ["a", "x"]
    after = go_on(played, beside("a", "b"), proved(played, beside("a", "b")))
    after.wait(days=5)
    assert after.steps == ["a", "x"]


def test_a_cycle_that_changes_goes_on_at_its_next_occurrence() -> None:
    def reminded(every: str) -> bytes:
        parts = d.user("a", "x") + d.attached("again", "a", d.cycle(every), stops=False)
        return d.simple(parts, d.end("xe"), d.path("s", "a", "e") + d.path("again", "x", "xe"))

    played = at(reminded("R/P7D"))
    played.now += timedelta(days=3)
    new = reminded("R/P2D")
    after = go_on(played, new, proved(played, new))
    assert after.at.due_at == NOON + timedelta(days=4)


# ---------------------------------------------------------------- scopes


def test_a_withdrawal_added_to_the_whole_process_can_stop_a_dossier_in_flight() -> None:
    def with_withdrawal(*, stops: bool) -> bytes:
        inner = d.user("w") + d.end("we") + d.path("out_start", "w", "we")
        event = d.on_event("out", d.message("m"), inner, stops=stops)
        return d.diagram(
            d.named("message", "m"),
            d.process(
                d.start() + d.end() + d.user("a", "b") + event, d.path("s", "a", "b", "e")
            ),
        )

    for stops, left in ((True, ["w"]), (False, ["b", "w"])):
        new = with_withdrawal(stops=stops)
        played = at(line("a", "b"), "a")
        token = played.step("b").token
        after = go_on(played, new, proved(played, new))
        assert after.step("b").token == token
        assert after.receive("m")
        assert after.steps == left
        back = go_on(after, line("b", "w"), proved(after, line("b", "w"))) if stops else after
        assert finished(back)[-1] == "w"


def test_a_step_moved_into_a_sub_process_and_out_of_it_is_left_once() -> None:
    inside = d.simple(
        d.user("a", "z")
        + d.sub("sp", d.start("ss") + d.user("b") + d.end("se") + d.path("ss", "b", "se")),
        d.path("s", "a", "sp", "z", "e"),
    )
    flat = line("a", "b", "z")
    played = at(flat, "a")
    assert finished(go_on(played, inside, proved(played, inside))) == ["b", "z"]
    played = at(inside, "a")
    assert finished(go_on(played, flat, proved(played, flat))) == ["b", "z"]


def test_half_of_an_open_sub_process_does_not_leave_it() -> None:
    def around(*kept: str) -> bytes:
        inner = d.start("ss") + d.end("se") + d.fork("g2", "j2") + d.user("b", "c")
        inner += d.path("ss", "g2", "b", "j2", "se") + d.path("g2", "c", "j2")
        return d.simple(d.sub("sp", inner), d.path("s", "sp", "e"))

    played = at(around("b", "c"))
    outside = d.simple(
        d.fork("g2", "j2")
        + d.user("b")
        + d.sub(
            "sp", d.start("ss") + d.user("c", "y") + d.end("se") + d.path("ss", "c", "y", "se")
        ),
        d.path("s", "g2", "b", "j2", "e") + d.path("g2", "sp", "j2"),
    )
    verdict = proved(played, outside)
    assert verdict.kind is VerdictKind.STAYS


def test_a_call_under_way_goes_on_in_another_process_only_where_somebody_says() -> None:
    def calling(which: str) -> bytes:
        others = "".join(
            d.process(
                d.start(f"{n}s") + d.user(f"{n}a") + d.end(f"{n}e"),
                d.path(f"{n}s", f"{n}a", f"{n}e"),
                name=n,
            )
            for n in ("p1", "p2")
        )
        call = d.el("callActivity", "call", calledElement=which) + d.user("a", "z")
        flows = d.path("s", "a", "call", "z", "e")
        return d.diagram(d.process(d.start() + d.end() + call, flows), others)

    def change(mapping: Mapping[str, str], *done: str) -> Verdict:
        old, new = (parse_diagram(calling(name), process_id="p") for name in ("p1", "p2"))
        played = Played(old)
        for step in done:
            played.complete(step)
        return proved(played, new, mapping)

    assert change({}).kind is VerdictKind.SAFE
    inside = change({}, "a")
    assert inside.kind is VerdictKind.MAPPING
    assert inside.proposals["p1a"][0].step == "p2a"
    moved = change({"p1a": "p2a"}, "a")
    assert moved.snapshot is not None
    assert [step.step for step in moved.snapshot.open_steps] == ["p2a"]


@pytest.mark.parametrize("serial", ["one by one", ""])
def test_repetitions_keep_their_place_and_do_not_change_their_way(serial: str) -> None:
    def each(serial: str, *more: str) -> bytes:
        loop = d.user("r", inner=d.each(one_by_one=bool(serial), results="all"))
        return d.simple(loop + d.user(*more), d.path("s", "r", *more, "e"))

    played = Played(each(serial), variables={"xs": [1, 2, 3]})
    played.complete("r", result=10)
    assert proved(played, each("" if serial else "one by one")).kind is VerdictKind.STAYS
    assert proved(played, line("r")).kind is VerdictKind.STAYS
    after = go_on(played, each(serial, "z"), proved(played, each(serial, "z")))
    after.complete("r", result=20)
    after.complete("r", result=30)
    assert after.steps == ["z"]
    assert after.variables["all"] == [10, 20, 30]


# ---------------------------------------------------------------- variables


def choosing(name: str) -> bytes:
    parts = d.user("a", "b", "y", "n") + d.choice("x", "no") + d.choice("m")
    flows = (
        d.path("s", "a", "b", "x")
        + d.flow("x", "y", f"{name} > 2")
        + d.flow("x", "n", named="no")
    )
    return d.simple(parts, flows + d.path("y", "m", "e") + d.path("n", "m"))


def test_a_variable_that_nobody_gave_must_be_given() -> None:
    version = Version(parse_diagram(choosing("amount")), {"a": frozenset({"amount"})})
    behind = at(line("a", "b"), "a")
    verdict = proved(behind, b"", version=version)
    assert verdict.kind is VerdictKind.STAYS
    assert verdict.unset == ("amount",)
    given = proved(behind, b"", version=version, values={"amount": 3})
    assert given.kind is VerdictKind.SAFE
    after = go_on(behind, choosing("amount"), given)
    assert finished(after) == ["b", "y"]


def test_a_variable_given_ahead_or_a_fact_needs_nothing() -> None:
    ahead = Version(parse_diagram(choosing("amount")), {"b": frozenset({"amount"})})
    assert proved(at(line("a", "b"), "a"), b"", version=ahead).kind is VerdictKind.SAFE
    fact = Version(parse_diagram(choosing("amount")), facts=frozenset({"amount"}))
    played = Played(line("a", "b"), facts={"amount": 1})
    assert proved(played, b"", version=fact).kind is VerdictKind.SAFE


def test_a_value_given_never_replaces_an_answer() -> None:
    version = Version(parse_diagram(choosing("amount")), {"a": frozenset({"amount"})})
    played = Played(line("a", "b"))
    played.complete("a", amount=1)
    after = go_on(
        played, choosing("amount"), proved(played, b"", version=version, values={"amount": 3})
    )
    assert finished(after) == ["b", "n"]


def test_a_dossier_to_which_nothing_happens_is_not_due_at_once() -> None:
    """Five dossiers of the demonstration were looked at by the clock, and no longer came back."""

    def asked(*more: str) -> bytes:
        loop = d.user("r", inner=d.each()) + d.attached("late", "r", d.lasting("P9D"))
        steps = d.user(*more) + d.end("le")
        return d.simple(loop + steps, d.path("s", "r", *more, "e") + d.path("late", "le"))

    played = Played(asked(), variables={"xs": [1, 2]})
    due = played.at.due_at
    after = go_on(played, asked("z"), proved(played, asked("z")))
    assert after.at.due_at == due
    state = after.at.state
    after.wait(hours=1)
    assert after.at.state == state
