"""What does the proof of a migration need to know of a pack? Which variables each node gives, and facts."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from app.catalogue.known_names import decision_outputs
from app.catalogue.pack import Pack
from app.catalogue.published import DossierType
from app.catalogue.service_tasks import SERVICES
from app.engine.migration import Version
from app.engine.parse import Definition

_MADE: WeakKeyDictionary[Definition, Version] = WeakKeyDictionary()


def migratable(type_: DossierType) -> Version:
    """A version of a dossier type as the proof sees it; made once a version."""
    if type_.definition not in _MADE:
        _MADE[type_.definition] = _version(type_)
    return _MADE[type_.definition]


def _version(type_: DossierType) -> Version:
    pack, nodes = type_.pack, type_.definition.nodes
    sets: dict[str, frozenset[str]] = {}
    for node in nodes.values():
        step = pack.step(node.id)
        given = {field.variable for field in step.fields if field.variable} | set(step.sets)
        given.update(decision_outputs(node, type_.rules.model))
        service = SERVICES.get(node.extensions.get("topic", ""))
        if service is not None:
            given |= service.written(node.inputs)
        if given:
            sets[node.id] = frozenset(given)
    return Version(
        definition=type_.definition,
        sets=sets,
        brought=frozenset(_brought(pack)),
        facts=frozenset(pack.known_facts) | {"facts"},
    )


def _brought(pack: Pack) -> Iterable[str]:
    """The variables of messages: they come when they come."""
    for message in pack.messages.values():
        yield from message.sets
        yield from (field.variable for field in message.form.fields if field.variable)
