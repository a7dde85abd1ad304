"""What is a service told at this step? Its parameters as written, checked, then read."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import TypeAlias

from app.catalogue.contract import Manifest, Problem
from app.catalogue.document_text import text_problems
from app.catalogue.known_names import DIAGRAM_FUNCTIONS, expression_problems, facts_of
from app.catalogue.service_tasks import SERVICES, Kind, Parameter, Service
from app.domain.errors import Refusal
from app.domain.money import Money
from app.domain.status import DossierStatus
from app.engine.elements import Node
from app.engine.values import Value

_EXPRESSION = re.compile(r"\s*\$\{.*\}\s*", re.DOTALL)
_VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,59}")
Inputs: TypeAlias = "Mapping[str, Value | Money]"
Evaluate = Callable[[str], Value]


class BadInput(Refusal):
    """A parameter of an automatic step has no usable value with what is known of the dossier."""

    sentence = "Le paramètre « {name} » de l’étape automatique n’a pas de valeur utilisable."


def is_expression(text: str) -> bool:
    """Is the parameter computed? Otherwise it is taken as it is."""
    return _EXPRESSION.fullmatch(text) is not None


def read_inputs(service: Service, written: Mapping[str, str], evaluate: Evaluate) -> Inputs:
    """The parameters with their values. Refuses BadInput when a required one has none."""
    found: dict[str, Value | Money] = {}
    for name, text in written.items():
        parameter = service.parameter(name)
        if parameter is None:
            continue
        value = evaluate(text) if is_expression(text) else text
        found[name] = _amount(name, value) if parameter.kind is Kind.AMOUNT else value
    for parameter in service.parameters:
        if parameter.is_required and found.get(parameter.name) in (None, ""):
            raise BadInput(name=parameter.name)
    return found


def _amount(name: str, value: Value) -> Money | None:
    if value in (None, ""):
        return None
    try:
        return Money.from_fraction(Fraction(str(value)))
    except (ValueError, ZeroDivisionError):
        raise BadInput(name=name) from None


def text_input(inputs: Inputs, name: str, default: str = "") -> str:
    """A parameter as text; the default when it is not given."""
    value = inputs.get(name)
    return default if value in (None, "") else str(value)


def family(inputs: Inputs, prefix: str) -> dict[str, Value]:
    """The parameters of a family, without their prefix."""
    return {
        name.removeprefix(prefix): value
        for name, value in inputs.items()
        if name.startswith(prefix) and not isinstance(value, Money)
    }


def input_problems(
    place: str,
    node: Node,
    manifest: Manifest,
    files: Mapping[str, bytes],
    known: frozenset[str],
) -> Iterator[Problem]:
    """Everything wrong in what a service task tells its service."""
    service = SERVICES.get(node.extensions.get("topic", ""))
    if service is None:
        return
    for parameter in service.parameters:
        if parameter.is_required and not node.inputs.get(parameter.name, "").strip():
            yield Problem(
                place, f"il manque «\u00a0{parameter.name}\u00a0»\u00a0: {parameter.says}."
            )
    for name, text in node.inputs.items():
        yield from _one(place, service, name, text, manifest, files, known)
    if service.name == "send_message":
        yield from _addressed(place, node)


def _one(
    place: str,
    service: Service,
    name: str,
    text: str,
    manifest: Manifest,
    files: Mapping[str, bytes],
    known: frozenset[str],
) -> Iterator[Problem]:
    parameter = service.parameter(name)
    if parameter is None:
        yield Problem(place, _unknown(service, name))
        return
    if not is_expression(text):
        yield from _literal(place, name, text, parameter, manifest, files, known)
        return
    if parameter.kind.is_name:
        yield Problem(place, f"«\u00a0{name}\u00a0» s’écrit, il ne se calcule pas.")
    yield from expression_problems(place, text, known, DIAGRAM_FUNCTIONS)


def _unknown(service: Service, name: str) -> str:
    names = [one.name for one in service.parameters]
    close = get_close_matches(name, names, n=1)
    if close:
        return (
            f"«\u00a0{name}\u00a0» est inconnu de {service.name}\u00a0; vouliez-vous écrire "
            f"«\u00a0{close[0]}\u00a0»\u00a0?"
        )
    known = f"il connaît\u00a0: {', '.join(names)}" if names else "il n’a pas de paramètre"
    return f"«\u00a0{name}\u00a0» est inconnu de {service.name}\u00a0; {known}."


def _addressed(place: str, node: Node) -> Iterator[Problem]:
    if bool(node.inputs.get("to")) == bool(node.inputs.get("key")):
        yield Problem(
            place, "donnez «\u00a0to\u00a0» ou «\u00a0key\u00a0», et un seul des deux."
        )


def _literal(
    place: str,
    name: str,
    text: str,
    parameter: Parameter,
    manifest: Manifest,
    files: Mapping[str, bytes],
    known: frozenset[str],
) -> Iterator[Problem]:
    if name.startswith("set.") and not _VARIABLE.fullmatch(name.removeprefix("set.")):
        yield Problem(place, f"«\u00a0{name[4:]}\u00a0» n’est pas un nom de variable.")
    if parameter.kind is Kind.AMOUNT and not re.fullmatch(r"\d+(\.\d{1,2})?", text.strip()):
        yield Problem(
            place,
            f"«\u00a0{name}\u00a0» doit être un montant (1250.50) ou une expression ${{…}}.",
        )
    words = _words_of(parameter, manifest, files)
    if words is not None and text not in words:
        close = get_close_matches(text, words, n=1)
        hint = f"\u00a0; vouliez-vous écrire «\u00a0{close[0]}\u00a0»\u00a0?" if close else "."
        sentence = f"«\u00a0{name}\u00a0» nomme «\u00a0{text}\u00a0», qui n’existe pas{hint}"
        yield Problem(place, sentence)
    elif parameter.kind is Kind.TEMPLATE:
        yield from text_problems(text, files[text], known)


def _words_of(
    parameter: Parameter, manifest: Manifest, files: Mapping[str, bytes]
) -> frozenset[str] | None:
    """What a parameter may name; None when it is free."""
    match parameter.kind:
        case Kind.TEMPLATE:
            return frozenset(name for name in files if name.startswith("documents/"))
        case Kind.PIECE:
            return frozenset(one.key for one in manifest.documents)
        case Kind.MAIL:
            return frozenset(one.key for one in manifest.mails if one.moment == "service")
        case Kind.STATUS:
            return frozenset(status.value for status in DossierStatus)
        case Kind.FACT:
            return facts_of(manifest)
        case Kind.CHOICE:
            return frozenset(parameter.choices)
        case _:
            return None
