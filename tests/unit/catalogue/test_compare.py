"""Is every difference between two versions told once, in French, and marked where it is drawn?"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from app.catalogue.compare import Comparison, Group, Side, compare, side_of
from app.catalogue.contract import PackRefused
from app.catalogue.discover import read_pack_files
from app.catalogue.pack import load_pack
from app.engine.diagram import Mark, render_diagram
from tests.builders import grant_pack

NEW_STEP = """<bpmn:userTask id="CallApplicant" name="Appeler le demandeur" />
<bpmn:sequenceFlow id="in_call" sourceRef="SendReceipt" targetRef="CallApplicant" />
<bpmn:sequenceFlow id="out_call" sourceRef="CallApplicant" targetRef="{target}" />"""


@cache
def before() -> Side:
    return side_of(grant_pack().files)


def after(file: str, *swaps: tuple[str, str]) -> Comparison:
    """The house's grant compared with itself, these texts of one file replaced once."""
    text = grant_pack().files[file].decode()
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new, 1)
    return compare(before(), side_of({**grant_pack().files, file: text.encode()}))


def told(found: Comparison) -> list[tuple[Group, Mark, str]]:
    return [(one.group, one.mark, one.sentence.replace("\u00a0", " ")) for one in found.changes]


def test_a_version_does_not_differ_from_itself() -> None:
    found = compare(before(), side_of(grant_pack().files))
    assert found.is_same
    assert (found.before, found.after) == ({}, {})


RATE = ("<text>0.25</text>", "<text>0.35</text>")
CASES: list[tuple[str, tuple[str, str], Group, Mark, str]] = [
    (
        "aid.dmn",
        RATE,
        Group.MONEY,
        Mark.CHANGED,
        "« Paramètres du dispositif », LP-BAT, sauf epci : taux de base 25 % → 35 %.",
    ),
    (
        "aid.dmn",
        ("<text>400000</text>", "<text>450000</text>"),
        Group.MONEY,
        Mark.CHANGED,
        "« Paramètres du dispositif », LP-BAT, sauf epci : plafond de la base 400 000 € → 450 000 €.",
    ),
    (
        "aid.dmn",
        ("<text>[500..2000[</text>", "<text>[500..2500[</text>"),
        Group.MONEY,
        Mark.CHANGED,
        "« Majorations du taux », INV, commune, population de 500 à moins de 2 000 : condition "
        "population, de 500 à moins de 2 000 → de 500 à moins de 2 500.",
    ),
    (
        "manifest.toml",
        ("working_days = 20", "working_days = 15"),
        Group.TIME,
        Mark.CHANGED,
        "Délai de l’étape « Instruire la demande » : 20 jours ouvrés → 15 jours ouvrés.",
    ),
    (
        "manifest.toml",
        (
            "duration = { working_days = 15 }\nclosures",
            "duration = { working_days = 20 }\nclosures",
        ),
        Group.TIME,
        Mark.CHANGED,
        "Le délai du règlement des aides « Contrôle de complétude » change de longueur : "
        "15 jours ouvrés → 20 jours ouvrés.",
    ),
    (
        "manifest.toml",
        ('four_eyes = ["CheckClaim"]', "four_eyes = []"),
        Group.PEOPLE,
        Mark.REMOVED,
        "La même personne peut désormais faire « Certifier le service fait » et « Contrôler la "
        "demande de versement ».",
    ),
    (
        "manifest.toml",
        ('Finance = "finance"', 'Finance = "direction"'),
        Group.PEOPLE,
        Mark.CHANGED,
        "Les tâches du couloir « Finances » changent de mains : le service financier → la direction.",
    ),
    (
        "manifest.toml",
        ("max_length = 200\nrequired = true", "max_length = 200\nrequired = false"),
        Group.QUESTIONS,
        Mark.CHANGED,
        "« Demande de subvention », « Nom du projet » devient facultative.",
    ),
    (
        "manifest.toml",
        ('required = "always"', "required = \"scheme == 'LP-BAT'\""),
        Group.PIECES,
        Mark.CHANGED,
        "La pièce « Délibération exécutoire » est désormais obligatoire si « Dispositif » = "
        "« LP-BAT » (auparavant obligatoire dans tous les cas).",
    ),
    (
        "process.bpmn",
        ('name="Décider de la suite"', 'name="Choisir la suite"'),
        Group.STEPS,
        Mark.CHANGED,
        "L’étape « Décider de la suite » s’appelle désormais « Choisir la suite ».",
    ),
    (
        "process.bpmn",
        ("${completeness == 'missing'}", "${completeness != 'complete'}"),
        Group.STEPS,
        Mark.CHANGED,
        "Pour aller de « Dossier complet ? » vers la jonction avant « Demander les pièces "
        "manquantes », la condition change : « Le dossier est-il complet » = « Non, il faut "
        "demander des pièces » → « Le dossier est-il complet » ≠ « Oui, toutes les pièces sont là et "
        "lisibles ».",
    ),
]


@pytest.mark.parametrize(("file", "swap", "group", "mark", "sentence"), CASES)
def test_one_difference_is_one_sentence(
    file: str, swap: tuple[str, str], group: Group, mark: Mark, sentence: str
) -> None:
    assert told(after(file, swap)) == [(group, mark, sentence)]


def test_what_costs_money_is_told_first() -> None:
    files = {**grant_pack().files}
    for name, swaps in {
        "aid.dmn": (RATE,),
        "manifest.toml": (
            ("working_days = 20", "working_days = 15"),
            ("Le calendrier", "Les dates"),
        ),
    }.items():
        text = files[name].decode()
        for old, new in swaps:
            text = text.replace(old, new, 1)
        files[name] = text.encode()
    found = compare(before(), side_of(files))
    assert [group for group, _ in found.groups()][:2] == [Group.MONEY, Group.TIME]


def inserted() -> Side:
    """The grant with a step between the receipt and what follows it."""
    text = grant_pack().files["process.bpmn"].decode()
    flow = next(f for f in before().drawing.flows if f.source == "SendReceipt")
    text = re.sub(
        rf'<bpmn:sequenceFlow id="{flow.id}"[^>]*/>', NEW_STEP.format(target=flow.target), text
    )
    assert "CallApplicant" in text
    return side_of({**grant_pack().files, "process.bpmn": text.encode()})


def test_a_step_put_between_two_others_is_one_sentence_and_marks_its_ways() -> None:
    found = compare(before(), inserted())
    [(group, mark, sentence)] = told(found)
    assert (group, mark) == (Group.STEPS, Mark.ADDED)
    assert sentence.startswith(
        "L’étape « Appeler le demandeur » est ajoutée, entre « Envoyer le récépissé » et "
    )
    assert found.after == {
        "CallApplicant": Mark.ADDED,
        "in_call": Mark.ADDED,
        "out_call": Mark.ADDED,
    }
    assert set(found.before.values()) == {Mark.REMOVED}


def test_the_same_step_taken_away_is_one_sentence_too() -> None:
    [(group, mark, sentence)] = told(compare(inserted(), before()))
    assert (group, mark) == (Group.STEPS, Mark.REMOVED)
    assert sentence == "L’étape « Appeler le demandeur » est supprimée."


def test_a_step_whose_id_alone_changes_is_recognised_by_its_name() -> None:
    files = {
        name: data.replace(b"DecideNextStep", b"ChooseWhatFollows")
        for name, data in grant_pack().files.items()
    }
    found = compare(before(), side_of(files))
    steps = [sentence for group, _, sentence in told(found) if group is Group.STEPS]
    assert steps == [
        "L’étape « Décider de la suite : pièces non reçues » garde son nom mais change d’identifiant "
        "(DecideNextStep → ChooseWhatFollows) : les dossiers qui s’y trouvent devront y être conduits."
    ]
    assert found.before["DecideNextStep"] is found.after["ChooseWhatFollows"] is Mark.CHANGED


def test_a_line_put_first_in_a_table_does_not_rename_all_the_others() -> None:
    text = grant_pack().files["aid.dmn"].decode()
    rules = re.findall(r'<rule id="bonuses_rule_1">.*?</rule>', text, re.DOTALL)
    fresh = rules[0].replace("<text>[500..2000[</text>", "<text>&lt; 100</text>")
    fresh = fresh.replace("<text>&lt; 500</text>", "<text>&lt; 100</text>").replace(
        "0.10", "0.15"
    )
    found = after("aid.dmn", (rules[0], fresh + rules[0]))
    [(group, mark, sentence)] = told(found)
    assert (group, mark) == (Group.MONEY, Mark.ADDED)
    assert "nouvelle ligne" in sentence
    assert "population moins de 100" in sentence


SPEAKING = re.compile(
    r"(required|help|show_if|max|min|effect|reminders|deadline|button|public|section|rows|format|sets"
    r"|fact|variable|default|status|phase|when|multiple|waiting_for|source|by_hand|closures|expiry"
    r"|whose|applicants|duration|extension)\b"
)


USUAL = 'required = "never"'  # what saying nothing means


def without_a_line() -> Iterator[tuple[str, Side]]:
    """The grant, one telling line of its manifest taken out at a time."""
    lines = grant_pack().files["manifest.toml"].decode().splitlines()
    telling = [
        rank for rank, line in enumerate(lines) if SPEAKING.match(line) and line != USUAL
    ]
    for rank in telling[:: max(1, len(telling) // 80)]:
        text = "\n".join(lines[:rank] + lines[rank + 1 :])
        try:
            pack = load_pack({**grant_pack().files, "manifest.toml": text.encode()})
        except PackRefused:
            continue
        yield lines[rank], replace(before(), pack=pack)


def test_no_line_of_the_manifest_is_taken_out_in_silence() -> None:
    found = {line: compare(before(), side) for line, side in without_a_line()}
    silent = [
        line
        for line, one in found.items()
        if one.is_same or "récrit" in one.changes[0].sentence
    ]
    assert len(found) > 40
    assert silent == []
    for one in found.values():
        for change in one.changes:
            assert change.sentence.endswith("."), change.sentence
            assert change.sentence[0].isupper() or change.sentence[0] == "«", change.sentence


def test_a_file_laid_out_otherwise_is_said_to_change_nothing() -> None:
    found = after("manifest.toml", ("[lanes]", "# Qui fait quoi\n[lanes]"))
    assert [one.sentence.replace("\u00a0", " ") for one in found.changes] == [
        "Le fichier « manifest.toml » est récrit sans que rien de ce qu’on y lit change."
    ]


def test_two_types_with_nothing_in_common_are_compared_all_the_same() -> None:
    prize = side_of(read_pack_files(Path("tests/cartridge/processes/reading_prize")))
    found = compare(prize, before())
    assert {group for group, _ in found.groups()} == set(Group)
    assert all(len(one.sentence) > 12 for one in found.changes)


def test_marks_are_drawn_as_signs_and_said_in_words() -> None:
    found = compare(before(), inserted())
    svg = render_diagram(
        grant_pack().diagram,
        marks={"SendReceipt": Mark.CHANGED, **found.before},
        uid="before",
    )
    assert 'class="sign sign-changed"' in svg
    assert ">≠ </tspan>" in svg
    assert "Envoyer le récépissé (tâche automatique, changement)" in svg
    assert 'class="edge sequenceFlow mk-removed"' in svg
