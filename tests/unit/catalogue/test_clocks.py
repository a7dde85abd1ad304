"""Does `liasse check` say in one sentence what does not fit in the delays of a pack?"""

import pytest

from app.catalogue.check import check_pack
from app.catalogue.discover import find_pack, read_pack_files
from tests.builders import grant_pack

BEFORE = "# ---------------------------------------------------------------------------- pièces du dépôt"
DELAY = """
[[clocks]]
key = "trial"
title = "Essai"
basis = "{basis}"
whose = "administration"
duration = {{ {duration} }}
{more}
events = [
  {{ does = "start", on = "{starts}", cause = "essai" }},
  {events}
]
"""
STOP = '{ does = "stop", on = "completed:CheckCompleteness", cause = "fini" },'


def problems(**said: str) -> list[str]:
    """What is said of the grant with one more delay."""
    told = {
        "basis": "aid_rules",
        "duration": "days = 30",
        "more": "",
        "starts": "event:filed",
        "events": STOP,
        **said,
    }
    files = dict(read_pack_files(find_pack("investment_grant")))
    manifest = files["manifest.toml"].decode()
    assert BEFORE in manifest
    files["manifest.toml"] = manifest.replace(BEFORE, DELAY.format(**told) + BEFORE).encode()
    return [str(one).replace("\u00a0", " ") for one in check_pack(files)]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"duration": "days = 0"}, "doit être au moins 1"),
        ({"duration": "days = 3, months = 1"}, "il faut une seule de ces clés"),
        ({"basis": "moral"}, "moral"),
        ({"starts": "completed:Nowhere"}, "l’étape Nowhere n’existe pas"),
        ({"starts": "event:reminded"}, "aucun délai ne suit"),
        ({"starts": "opened:SendReceipt"}, "n’est pas une tâche"),
        ({"events": ""}, "rien ne le termine"),
        (
            {
                "events": STOP
                + '{ does = "suspend", on = "passed:RequestPieces", cause = "x" },'
            },
            "rien ne le reprend",
        ),
        (
            {
                "events": STOP
                + '{ does = "suspend", on = "passed:RequestPieces", cause = "x", '
                'term_of = "HeadVisa" },'
            },
            "",
        ),
        (
            {
                "events": STOP
                + '{ does = "suspend", on = "passed:RequestPieces", cause = "x", '
                'term_of = "ProvidePieces" },'
            },
            "ne donne pas de délai en jours",
        ),
        (
            {
                "events": '{ does = "stop", on = "completed:CheckCompleteness", cause = "x", '
                'date = "notified_on" },'
            },
            "n’est pas une réponse de CheckCompleteness",
        ),
        (
            {
                "events": '{ does = "stop", on = "opened:HeadVisa", cause = "x", '
                'date = "fact:unknown" },'
            },
            "le fait « unknown » n’existe pas",
        ),
        ({"basis": "legal", "more": "closures = true"}, "ne repousse pas un délai légal"),
        (
            {"more": "extension = { times = 1, working_days = 5 }"},
            "ne s’ajoute pas à ce délai",
        ),
        ({"more": "extension = { times = 0, days = 5 }"}, "il faut un nombre de fois"),
        ({"more": 'applicants = ["martian"]'}, "n’est pas une nature de demandeur"),
        ({"more": 'by_hand = ["dance"]'}, "n’est pas un fait de délai"),
    ],
)
def test_what_does_not_fit_is_said(said: dict[str, str], sentence: str) -> None:
    found = problems(**said)

    assert any(sentence in one for one in found) if sentence else found == []


def test_a_step_may_not_follow_a_delay_nobody_declared() -> None:
    files = dict(read_pack_files(find_pack("investment_grant")))
    manifest = files["manifest.toml"].decode()
    wrong = manifest.replace('{ clock = "completeness" }', '{ clock = "nothing" }')
    files["manifest.toml"] = wrong.encode()

    assert any("n’est pas déclaré" in str(one) for one in check_pack(files))


def test_the_delays_of_the_grant_tell_the_law_from_the_rules() -> None:
    basis = {clock.key: clock.basis.value for clock in grant_pack().clocks}

    assert basis["silence"] == "legal"
    assert basis["completion"] == "aid_rules"
    assert grant_pack().clock("silence").concerns("association")
    assert not grant_pack().clock("silence").concerns("commune")
    assert all(clock.source for clock in grant_pack().clocks)
    assert all(clock.expiry for clock in grant_pack().clocks)
