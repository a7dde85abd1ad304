"""What does this installation offer to the packs it runs? A pack may name nothing else."""

from app.actions.effects.registry import APART, EVENTS, JOBS, TASKS
from app.catalogue.house import House, Offer, house_of
from app.web.console import build_console
from notifications.render import mail_names


def our_offer() -> Offer:
    """Effects, jobs, events, ladders of reminders and texts of mails, by their names."""
    return {
        "effects": sorted(TASKS),
        "jobs": sorted({*JOBS, *APART}),
        "events": sorted(EVENTS),
        "ladders": sorted(build_console().ladders),
        "mails": mail_names(),
    }


def our_house() -> House:
    """The same, for those who check a pack in this process."""
    return house_of(our_offer())
