"""Does a mistake in a dossier type get one sentence that says where and what?"""

import re

import pytest

from app.catalogue.check import check_pack
from app.catalogue.discover import find_pack, read_pack_files
from app.catalogue.house import House
from app.catalogue.rehearsal_effects import EFFECTS, JOBS

HOUSE = House(
    effects=frozenset(EFFECTS),
    jobs=frozenset(JOBS),
    ladders=frozenset(
        {
            "staff",
            "visa",
            "pieces",
            "opinion",
            "convention",
            "works",
            "completion",
            "payment",
            "act",
        }
    ),
    has_mail=lambda _type, mail: mail != "untold",
)


@pytest.fixture(scope="module")
def pack_files() -> dict[str, bytes]:
    return read_pack_files(find_pack("investment_grant"))


def sentences(files: dict[str, bytes]) -> list[str]:
    return [str(problem).replace("\u00a0", " ") for problem in check_pack(files, HOUSE)]


def changed(files: dict[str, bytes], name: str, old: str, new: str) -> dict[str, bytes]:
    text = files[name].decode()
    assert old in text, old
    return {**files, name: text.replace(old, new, 1).encode()}


def test_the_investment_grant_has_no_problem(pack_files: dict[str, bytes]) -> None:
    assert sentences(pack_files) == []


def test_a_rate_nobody_gives_is_told_once_with_its_rule(pack_files: dict[str, bytes]) -> None:
    """One word in one cell gave eight lines, none of which said where."""
    files = changed(pack_files, "aid.dmn", "<text>0.25</text>", "<text>taux_normal</text>")
    assert sentences(files) == [
        "règles d’aide : La table « parameters », règle 1, lit « taux_normal », "
        "que personne ne fournit."
    ]


def test_a_rate_written_as_a_percentage_is_told(pack_files: dict[str, bytes]) -> None:
    files = changed(pack_files, "aid.dmn", "<text>0.25</text>", "<text>25</text>")
    assert sentences(files) == [
        "règles d’aide : La table « parameters », règle 1, donne 25 à « base_rate » : "
        "un taux est une part de un, 0.25 pour 25 %."
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'format = 1\ntitle = "oups\n', "n’est pas refermé"),
        (b"format = 1\nkey 2\n", "il manque le signe = après un nom (ligne 2, colonne 5)"),
        (b"format = 1\nformat = 2\n", "ce nom reçoit une valeur deux fois"),
        (b"format = 1\n\xff\xfe\n", "enregistrez-le en UTF-8 (ligne 2)"),
        (b"day = 2026-02-31\n", "date"),
        (b"format = [1,\n", "(à la fin du fichier)"),
    ],
)
def test_a_manifest_that_cannot_be_read_says_where_in_french(
    pack_files: dict[str, bytes], text: bytes, told: str
) -> None:
    [sentence] = sentences({**pack_files, "manifest.toml": text})
    assert "ce n’est pas du TOML lisible" in sentence
    assert told in sentence
    assert not re.search(r"\b(at|line|Expected|Illegal|Invalid|Cannot|codec)\b", sentence)


MANIFEST_MISTAKES = [
    (
        'phase = "completeness"\nstatus = "filed"\npublic = "Nous vérifions',
        'phase = "completness"\nstatus = "filed"\npublic = "Nous vérifions',
        "manifest.toml, étape CheckCompleteness",
        "vouliez-vous écrire « completeness »",
    ),
    (
        "[steps.GiveOpinion]",
        "[steps.GiveOpinions]",
        "GiveOpinions",
        "ne figure pas sur le dessin",
    ),
    (
        "[steps.RecordLapse]",
        "[steps.RecordLaps]",
        "étape RecordLaps",
        "vouliez-vous écrire RecordLapse",
    ),
    (
        'Officer = "officer"',
        'Officer = "clerk"',
        "manifest.toml",
        "rôle « clerk », inconnu",
    ),
    (
        'Officer = "officer"',
        'Office = "officer"',
        "process.bpmn",
        "le couloir Officer n’a pas de rôle",
    ),
    (
        'variable = "completeness"',
        'variable = "complete"',
        "pièces manquantes",
        "lit « completeness », que ni formulaire",
    ),
    (
        '{ value = "sent_back", label = "Renvoyer',
        '{ value = "returned", label = "Renvoyer',
        "HeadVisaGateway_to_ExaminationMerge",
        "ne propose pas",
    ),
    (
        'reminders = "visa"',
        'reminders = "vissa"',
        "étape HeadVisa",
        "échelle de relances « vissa »",
    ),
    (
        'effect = "propose_aid"',
        'effect = "propose"',
        "étape ExamineRequest",
        "« propose » n’existe pas",
    ),
    ('key = "receipt"\non', 'key = "untold"\non', "courriel untold", "n’a pas de texte"),
    (
        'on = "passed:SendReceipt"\nto',
        'on = "passed:SendReceit"\nto',
        "courriel receipt",
        "l’étape SendReceit n’existe pas",
    ),
    (
        'required = "other_public_funding > 0',
        'required = "other_funding > 0',
        "pièce other_funders",
        "lit « other_funding »",
    ),
    (
        "show_if = \"completeness == 'missing'\"",
        'show_if = "completeness == missing and"',
        "champ missing_pieces",
        "mal écrite",
    ),
    ('min = "start_date"', 'min = "begin_date"', "champ end_date", "lit « begin_date »"),
    (
        'four_eyes = ["CheckClaim"]',
        'four_eyes = ["CheckClaims"]',
        "CertifyService",
        "CheckClaims",
    ),
    (
        'assignee = "expert"',
        'assignee = "someone"',
        "étape GiveOpinion",
        "répétition du dessin",
    ),
    (
        'deadline = { variable = "pieces_limit" }',
        'deadline = { variable = "limit" }',
        "étape ProvidePieces",
        "lit « limit », que rien ne donne",
    ),
    (
        'list = "envelopes"',
        'list = "purses"',
        "champ envelope",
        "la liste « purses » n’existe pas",
    ),
    (
        'facts = { total = "total_cost" }',
        'facts = { sum = "total_cost" }',
        "champ expenses",
        "pas de partie « sum »",
    ),
    (
        "priority = 60",
        "prioritee = 60",
        "étape CheckCompleteness",
        "« prioritee » est inconnu",
    ),
    (
        'field = "funding"\nsentence',
        'field = "money"\nsentence',
        "étape FileRequest, règle",
        "le champ « money » n’existe pas",
    ),
    (
        'formats = ["pdf"]',
        'formats = ["exe"]',
        "pièce deliberation",
        "« exe » n’est pas accepté",
    ),
]
DRAWING_MISTAKES = [
    (
        'camunda:topic="record_receipt"',
        'camunda:topic="send_pigeon"',
        "« send_pigeon » n’existe pas",
    ),
    (
        'camunda:decisionRef="authority"',
        'camunda:decisionRef="power"',
        "décision « power »",
    ),
    ("pieces_limit, days=15", "pieces_due, days=15", "lit « pieces_due »"),
    ("${completeness ==", "${completness ==", "lit « completness »"),
    ("len(experts)", "count(experts)", "fonction inconnue"),
]


def test_every_mistake_of_a_manifest_is_told_at_its_place(pack_files: dict[str, bytes]) -> None:
    # Two rounds: a mistake may hide another one made at the same words.
    for mistakes in (MANIFEST_MISTAKES[::2], MANIFEST_MISTAKES[1::2]):
        files = pack_files
        for old, new, _, _ in mistakes:
            files = changed(files, "manifest.toml", old, new)

        found = sentences(files)

        for _, _, place, part in mistakes:
            assert any(place in one and part in one for one in found), (place, part, found)


def test_every_mistake_of_a_drawing_is_told_at_its_place(pack_files: dict[str, bytes]) -> None:
    files = pack_files
    for old, new, _ in DRAWING_MISTAKES:
        files = changed(files, "process.bpmn", old, new)

    found = sentences(files)

    for _, _, part in DRAWING_MISTAKES:
        assert any(part in one for one in found), (part, found)


def test_what_the_engine_refuses_is_told_first(pack_files: dict[str, bytes]) -> None:
    default = ' default="CompletenessGateway_to_AcknowledgeComplete"'
    found = sentences(changed(pack_files, "process.bpmn", default, ""))

    assert any("n’a pas de chemin par défaut" in one for one in found), found


def test_a_task_nobody_describes_is_named(pack_files: dict[str, bytes]) -> None:
    text = pack_files["manifest.toml"].decode().replace("steps.DeclareStart", "steps.Begin")

    found = sentences({**pack_files, "manifest.toml": text.encode()})

    assert any(
        "Déclarer le démarrage (DeclareStart) : cette tâche n’est pas décrite" in one
        for one in found
    )


def test_a_scenario_that_answers_an_unknown_question_is_named(
    pack_files: dict[str, bytes],
) -> None:
    name = "scenarios/withdrawn.toml"
    found = sentences(changed(pack_files, name, "opinions_due", "opinion_due"))

    assert any(name in one and "« opinion_due » n’existe pas" in one for one in found), found


@pytest.mark.parametrize("name", ["manifest.toml", "process.bpmn"])
def test_a_missing_file_is_the_only_problem(pack_files: dict[str, bytes], name: str) -> None:
    files = {key: data for key, data in pack_files.items() if key != name}

    assert sentences(files) == [f"{name} : ce fichier manque."]


def test_a_file_that_is_not_toml_is_said_so(pack_files: dict[str, bytes]) -> None:
    found = sentences({**pack_files, "manifest.toml": b"\xff = ["})

    assert found
    assert "TOML" in found[0]
