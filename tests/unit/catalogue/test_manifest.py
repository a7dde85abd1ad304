"""Is a manifest read whole, and every mistake told at once and at its place?"""

from pathlib import Path

import pytest

from app.catalogue.contract import PackRefused
from app.catalogue.discover import find_pack, find_packs, read_pack_files
from app.catalogue.manifest import parse_manifest
from app.domain.status import DossierStatus
from tests.unit.catalogue.small_packs import field, manifest_of


def problems_of(body: str) -> list[str]:
    with pytest.raises(PackRefused) as refusal:
        manifest_of(body)
    return [str(problem).replace("\u00a0", " ") for problem in refusal.value.problems]


def test_every_mistake_is_told_at_once() -> None:
    body = (
        '[steps.Ask]\nphase = "middle"\ndeadline = { days = 3, months = 1 }\n'
        + field("when", "datte")
        + field("which", "choice")
    )

    found = problems_of(body)

    assert any("étape Ask :" in one and "« middle »" in one for one in found)
    assert any("étape Ask, délai" in one and "une seule de ces clés" in one for one in found)
    assert any(
        "étape Ask, champ when" in one and "vouliez-vous écrire « date »" in one
        for one in found
    )
    assert any("étape Ask, champ which" in one and "choices" in one for one in found)


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("[steps.Ask]\ntitel = 'x'", "« titel » est inconnu ; vouliez-vous écrire « title » ?"),
        ("[steps.Ask]\npriority = 'haute'", "« priority » doit être un nombre entier"),
        ("[steps.Ask]\ntitle = { en = 'Ask' }", "n’a pas de version française"),
        (field("a", "text") + field("a", "text"), "« a » est écrit deux fois"),
        ("[[mails]]\nkey = 'x'\non = 'sometimes:A'\nto = 'applicant'", "passed:Étape"),
        (
            "[[mails]]\nkey = 'x'\non = 'passed:A'\nto = 'role:king'",
            "« role:king » est inconnu",
        ),
        ("[statuses.lost]\nlabel = 'Perdu'", "ce statut n’existe pas"),
        ("[facts.a]\ntype = 'euro'\nsource = 'form'", "vouliez-vous écrire « euros »"),
    ],
)
def test_a_mistake_has_its_sentence(body: str, part: str) -> None:
    found = problems_of(body)

    assert any(part in one for one in found), found


def test_a_reference_names_only_the_year_and_the_number() -> None:
    with pytest.raises(PackRefused) as refusal:
        parse_manifest(b'format = 1\nreference = "{commune}-{number}"\n')

    assert any("{year}" in problem.sentence for problem in refusal.value.problems)


def test_statuses_have_words_even_when_the_pack_is_silent() -> None:
    pack = manifest_of('[statuses.granted]\npublic = "Bravo"\n')

    granted = pack.statuses[DossierStatus.GRANTED]
    assert (granted.label.fr, granted.public.fr) == ("Aide notifiée", "Bravo")
    assert set(pack.statuses) == set(DossierStatus)


def test_a_text_without_translation_reads_in_french() -> None:
    pack = manifest_of('[steps.Ask]\ntitle = { fr = "Demander", en = "Ask" }\nhelp = "Aide"\n')

    step = pack.steps["Ask"]
    assert (step.title.to("en"), step.help.to("en")) == ("Ask", "Aide")


def test_the_packs_of_the_house_are_found_by_package_name_and_by_folder() -> None:
    by_package = find_packs(["processes"])
    by_folder = find_packs([str(Path("processes").resolve())])

    assert "investment_grant" in by_package
    assert by_package == by_folder


def test_an_unknown_type_says_which_ones_exist() -> None:
    with pytest.raises(PackRefused, match="investment_grant"):
        find_pack("investement_grant")


def test_shared_files_come_with_the_pack_and_nothing_beside(tmp_path: Path) -> None:
    pack = tmp_path / "types" / "a"
    pack.mkdir(parents=True)
    (tmp_path / "types" / "shared").mkdir()
    (tmp_path / "types" / "shared" / "visa.bpmn").write_text("<x/>")
    (tmp_path / "secret.toml").write_text("x")
    head = 'format = 1\nkey = "a"\nshared = ["visa.bpmn"]\n'
    (pack / "manifest.toml").write_text(head)

    assert set(read_pack_files(pack)) == {"manifest.toml", "shared/visa.bpmn"}

    (pack / "manifest.toml").write_text(head.replace("visa.bpmn", "../../secret.toml"))
    with pytest.raises(PackRefused, match="fichier partagé"):
        read_pack_files(pack)
