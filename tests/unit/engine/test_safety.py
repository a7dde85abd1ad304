"""Is a diagram from a stranger safe to read and to run? No entities, no Python, bounded work."""

import time

import pytest

from app.engine.errors import BadVariable, DiagramRefused, StepBudgetSpent
from app.engine.parse import lint_diagram, parse_diagram
from app.engine.xml import local, safe_xml
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played

PLAIN = d.simple(d.user("a"), d.path("s", "a", "e"))


def with_dtd(dtd: str, text: str = "") -> bytes:
    return f"<?xml version='1.0'?><!DOCTYPE r {dtd}><r>{text}</r>".encode()


@pytest.mark.parametrize(
    "data",
    [
        with_dtd("[<!ENTITY x SYSTEM 'file:///etc/passwd'>]", "&x;"),
        with_dtd("[<!ENTITY x SYSTEM 'http://localhost:1/x'>]", "&x;"),
        with_dtd("[<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]", "&b;"),
        with_dtd("[<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]"),
        with_dtd("SYSTEM 'http://localhost:1/x.dtd'"),
        with_dtd("[<!ENTITY x 'y'>]").decode().encode("utf-16"),
        b"<a><b></a>",
        b"",
        b"\x00\x01",
        b"<a>" * 2_000,
    ],
    ids=[
        "file",
        "network",
        "laughs",
        "parameter",
        "external",
        "utf16",
        "broken",
        "empty",
        "bytes",
        "deep",
    ],
)
def test_what_is_not_plain_xml_is_refused(data: bytes) -> None:
    with pytest.raises(DiagramRefused) as refused:
        safe_xml(data)
    assert refused.value.problems[0].sentence.startswith("Le fichier")


def test_a_billion_laughs_costs_nothing() -> None:
    entities = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    started = time.process_time()
    with pytest.raises(DiagramRefused):
        safe_xml(with_dtd(f"[<!ENTITY l0 'ha'>{entities}]", "&l9;"))
    assert time.process_time() - started < 0.5


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(DiagramRefused, match="trop gros"):
        safe_xml(b" " * 5_000_001)
    assert local(safe_xml(PLAIN, limit=5_000)) == "definitions"


PYTHON = [
    "__import__('os').system('true')",
    "().__class__.__base__.__subclasses__()",
    "open('/etc/passwd').read()",
    "(lambda: 0).__globals__",
    "[x for x in xs]",
    "9**9**9",
    "'{0.__class__}'.format(1)",
    "f'{x.__class__}'",
    "getattr(x, 'y')()",
    "x.append(1)",
]


@pytest.mark.parametrize("attack", PYTHON)
@pytest.mark.parametrize("place", ["condition", "script", "timer", "list", "until", "event"])
def test_python_is_refused_wherever_it_stands(attack: str, place: str) -> None:
    drawn = {
        "condition": d.simple(
            d.choice("g", "fd"),
            d.user("a"),
            d.path("s", "g"),
            d.flow("g", "a", attack),
            d.flow("g", "e", named="fd"),
            d.flow("a", "e"),
        ),
        "script": d.simple(d.script("z", f"y = {attack}"), d.path("s", "z", "e")),
        "timer": d.simple(d.catch("t", d.dated(f"${{{attack}}}")), d.path("s", "t", "e")),
        "list": d.simple(d.user("a", inner=d.each(attack)), d.path("s", "a", "e")),
        "until": d.simple(d.user("a", inner=d.each(until=attack)), d.path("s", "a", "e")),
        "event": d.simple(d.catch("t", d.condition(attack)), d.path("s", "t", "e")),
    }[place]
    assert lint_diagram(drawn)
    with pytest.raises(DiagramRefused):
        parse_diagram(drawn)


def test_a_loop_without_a_wait_is_refused_and_one_that_skips_its_wait_is_stopped() -> None:
    drawn = d.simple(
        d.choice("m"),
        d.choice("x", "out"),
        d.user("w", inner=d.each()),
        d.path("s", "m", "w", "x"),
        d.flow("x", "m", "True"),
        d.flow("x", "e", named="out"),
    )
    started = time.process_time()
    with pytest.raises(StepBudgetSpent) as spent:
        Played(drawn, variables={"xs": []})
    assert spent.value.element in {"m", "w", "x"}
    assert time.process_time() - started < 5


def test_too_many_repetitions_are_stopped() -> None:
    drawn = d.simple(d.user("a", inner=d.times("${n}")), d.path("s", "a", "e"))
    assert len(Played(drawn, variables={"n": 1_000}).steps) == 1_000
    with pytest.raises(Exception, match="1000 répétitions"):
        Played(drawn, variables={"n": 10**15})


@pytest.mark.parametrize(
    "variables",
    [
        {"_x": 1},
        {"a b": 1},
        {"x": object()},
        {"x": b"bytes"},
        {"x": {1, 2}},
        {"x": "a" * 20_000},
        {"x": 10**200},
        {"x": float("nan")},
        {"x": {"/": "1"}},
        {"x": [[[[[1]]]]]},
    ],
)
def test_only_small_exact_values_become_variables(variables: dict[str, object]) -> None:
    with pytest.raises(BadVariable):
        Played(PLAIN, variables=variables)  # type: ignore[arg-type]  # what is refused


def test_a_long_process_is_parsed() -> None:
    names = [f"n{number}" for number in range(1_500)]
    definition = parse_diagram(d.simple(d.user(*names), d.path("s", *names, "e")))
    played = Played(definition)
    played.complete("n0")
    assert played.steps == ["n1"]
