"""How do other programs ask the aid rules? One JSON object of facts a line, one JSON answer a line."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from app.catalogue.aid_rules import AidRules
from app.domain.errors import Refusal

_MAX_LINE = 100_000


class NotFacts(Refusal):
    """A line is not a JSON object."""

    sentence = "Cette ligne n’est pas un objet JSON de faits : {reason}."


def explain_lines(rules: AidRules, lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The aid of each line of facts, in order; False beside a line that could not be answered."""
    return _answers(rules.explain, lines)


def settle_lines(rules: AidRules, lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """What is due on each line of payment facts, in order; False beside a bad line."""
    return _answers(rules.settle, lines)


def _answers(
    ask: Callable[[Mapping[str, object]], dict[str, object]], lines: Iterable[str]
) -> Iterator[tuple[str, bool]]:
    for line in lines:
        if not line.strip():
            continue
        try:
            answer, is_good = ask(_facts(line)), True
        except Refusal as refusal:
            answer, is_good = {"error": refusal.message}, False
        yield json.dumps(answer, ensure_ascii=False), is_good


def _facts(line: str) -> Mapping[str, object]:
    if len(line) > _MAX_LINE:
        raise NotFacts(reason="elle est trop longue")
    try:
        # Amounts keep the digits that were written: a float would lose some.
        facts = json.loads(line, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise NotFacts(reason="elle ne se lit pas") from None
    if not isinstance(facts, dict):
        raise NotFacts(reason="un objet entre accolades est attendu")
    return facts


def _no_constant(name: str) -> object:
    raise ValueError(name)
