"""What does a house offer to the packs it runs? Effects, ladders of reminders, texts of mails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class House:
    """What a pack may name; None means « not checked here »."""

    #: Effects of people's steps, applied when they are completed.
    effects: frozenset[str] | None = None
    #: Jobs of service tasks, by topic.
    jobs: frozenset[str] | None = None
    #: What a message people send may change besides the process.
    events: frozenset[str] | None = None
    #: Ladders of reminders.
    ladders: frozenset[str] | None = None
    #: Is there a text for that mail of that type? `has_mail(type, mail)`
    has_mail: Callable[[str, str], bool] | None = None
    #: Steps whose form is a Python class of `forms/`.
    form_classes: frozenset[str] = frozenset()
    #: Lists a question of type `listed` may offer.
    lists: frozenset[str] | None = frozenset({"envelopes"})


#: What a house offers, as plain lists: effects, jobs, events, ladders, mails; it can be sent to a child process.
Offer = Mapping[str, Sequence[str]]


def house_of(offer: Offer) -> House:
    """The house that offers this."""
    mails = frozenset(offer["mails"])
    return House(
        effects=frozenset(offer["effects"]),
        jobs=frozenset(offer["jobs"]),
        events=frozenset(offer["events"]),
        ladders=frozenset(offer["ladders"]),
        has_mail=lambda _type, mail: mail in mails,
    )
