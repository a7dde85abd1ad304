"""What may a message bring into a trial? The questions of its own form, else those the house answers elsewhere."""

import re
from dataclasses import replace

from app.catalogue.contract import Choice, Field, Message, Text
from app.catalogue.forms import StepForm
from app.catalogue.pack import Pack
from app.domain.status import Vote

_GIVEN = f"vote in ['{Vote.GRANTED}', '{Vote.GRANTED_OTHER}']"
_VOTES = {
    Vote.GRANTED: Text("Accordé", {"en": "Granted"}),
    Vote.GRANTED_OTHER: Text("Accordé, autre montant", {"en": "Granted, another amount"}),
    Vote.ADJOURNED: Text("Ajourné", {"en": "Adjourned"}),
    Vote.REFUSED: Text("Refusé", {"en": "Refused"}),
}
#: The decision of a session comes from the page of the session: a trial asks it here.
_HOUSE = {
    "vote": Field(
        "vote",
        Text("Sens du vote", {"en": "Vote"}),
        "choice",
        required=True,
        choices=tuple(Choice(vote.value, label) for vote, label in _VOTES.items()),
        variable="vote",
    ),
    "voted_cents": Field(
        "voted_cents",
        Text("Montant voté", {"en": "Amount voted"}),
        "euros",
        required=True,
        show_if=_GIVEN,
        variable="voted_cents",
    ),
}
#: How a fact of each type is asked.
_TYPES = {"integer": "integer", "euros": "euros", "yesno": "yesno", "date": "date"}
_INTEGER = re.compile(r"-?\d{1,15}")
_YES_NO = {"oui": True, "non": False}


def with_questions(pack: Pack) -> Pack:
    """The pack, where each message asks for everything it brings."""
    return replace(
        pack, messages={name: _asking(pack, one) for name, one in pack.messages.items()}
    )


def _asking(pack: Pack, message: Message) -> Message:
    asked = {field.variable for field in message.form.fields}
    more = tuple(_field(pack, name) for name in message.sets if name not in asked)
    form = replace(message.form, fields=(*message.form.fields, *more))
    return replace(message, form=form)


def _field(pack: Pack, name: str) -> Field:
    if name in _HOUSE:
        return _HOUSE[name]
    fact = pack.known_facts.get(name)
    type_ = (
        "euros" if name.endswith("_cents") else _TYPES.get(fact.type if fact else "", "text")
    )
    label = fact.label if fact and fact.label.fr else Text(name)
    return Field(name, label, type_, required=True, variable=name)


def payload_of(message: Message, form: StepForm) -> dict[str, object]:
    """What a valid form makes the message bring, as a scenario writes it."""
    said = form.submission()
    given = {**said.facts, **said.variables}
    bare = {field.name for field in message.form.fields if field.label.fr == field.variable}
    payload = {
        name: typed(str(value)) if name in bare else value
        for name, value in given.items()
        if value is not None
    }
    amounts = {name: 0 for name in message.sets if name.endswith("_cents")}
    return {**amounts, **payload}


def typed(text: str) -> object:
    """What a text typed without a form says: oui, non, a whole number, else the text."""
    if text.lower() in _YES_NO:
        return _YES_NO[text.lower()]
    return int(text) if _INTEGER.fullmatch(text) else text
