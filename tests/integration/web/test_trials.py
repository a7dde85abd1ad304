"""Can a draft be tried in a sandbox, with its real forms, and without touching anything real?"""

import re
import tomllib
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.catalogue.aid_rules import load_aid_rules
from app.catalogue.examination import examine
from app.catalogue.house import House
from app.catalogue.pack import Pack
from app.catalogue.rehearse import diagram_of
from app.catalogue.scenario import whole_scenario
from app.catalogue.trial.playing import played
from app.catalogue.trial.script import new_script, script_from, script_to_json
from app.catalogue.trial.writing import scenario_text
from app.domain.permissions import Role
from app.models import Base
from app.models.versions import Trial
from tests.builders import REQUEST, grant_pack
from tests.integration.web.browser import Browser, hidden_fields
from tests.integration.web.conftest import Site
from tests.integration.web.test_types import (
    GRANT,
    admin,
    changed,
    publication,
    publish_grant,
    uploaded,
    zipped,
)

__all__ = ["admin"]
#: What may change while somebody plays: the trial itself, the session of the person, the form's key.
OURS = {"trial", "web_session", "submission"}


def start(browser: Browser, **more: str) -> str:
    """Begin a trial of version 1; its address."""
    fields = hidden_fields(browser.get(f"{GRANT}/essais").text)
    told = {"quoi": "v1", "start": "2026-01-12", "title": "Pour voir", **more}
    told["like"] = more.get("like", "scenarios/granted.toml")
    answer = browser.post(
        f"{GRANT}/essais", {**told, "submission_key": fields["submission_key"]}
    )
    assert answer.status_code == 303, answer.text
    return answer.location


def form(browser: Browser, url: str, action: str, **typed: Any) -> TestResponse:
    """Send one of the forms of a trial as its page shows it."""
    page = browser.get(url).text
    [body] = re.findall(
        rf'<form method="post" action="[^"]*/{action}".*?</form>', page, re.DOTALL
    )[:1]
    return browser.post(f"{url.partition('?')[0]}/{action}", {**hidden_fields(body), **typed})


def fields_of(browser: Browser, url: str) -> dict[str, str]:
    """The hidden fields of the form that is to be filled."""
    [body] = re.findall(
        r'<form method="post" action="[^"]*/etape".*?</form>', browser.get(url).text, re.DOTALL
    )
    return hidden_fields(body)


def ask(browser: Browser, url: str, **more: str) -> TestResponse:
    """File the request of the trial."""
    told = {**REQUEST, "start_date": "2026-09-01", "end_date": "2027-03-31", **more}
    return form(browser, url, "etape", **told)


def text(page: TestResponse) -> str:
    """What is read, insecable spaces apart."""
    return page.text.replace("\u00a0", " ")


def test_a_trial_goes_from_the_request_to_the_next_step_with_the_real_forms(
    admin: Browser,
) -> None:
    url = start(admin)
    empty = ask(admin, url, title="")
    assert empty.status_code == 422
    assert "points à corriger" in empty.text or "point à corriger" in empty.text
    assert "12 600,50" in empty.text.replace("\u00a0", " "), "what was typed is kept"

    assert ask(admin, url).status_code == 303
    page = admin.get(url)
    assert "Demande déposée" in page.text
    assert "Vérifier la complétude" in page.text
    assert re.search(r"Courriel « .*? » pour le demandeur", text(page))
    assert 'class="node userTask is-current"' in page.text


def test_a_row_is_added_to_a_form_without_playing_anything(admin: Browser) -> None:
    url = start(admin)
    sent = ask(admin, url, **{"add-expenses": "1"})
    assert sent.status_code == 303
    page = admin.get(sent.headers["Location"])
    assert "expenses-2-label" in page.text
    assert "12 600,50" in text(page), "what was typed is kept"
    assert "la demande n’est pas déposée" in admin.get(url).text


def test_nothing_real_is_written(site: Site, admin: Browser) -> None:
    before = counts(site)
    url = start(admin)
    ask(admin, url)
    form(admin, url, "date", day="2026-03-20")
    form(admin, url, "annuler")
    after = counts(site)
    assert {name for name in after if after[name] != before[name]} <= OURS


def counts(site: Site) -> dict[str, int]:
    with site.database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_time_passes_forward_only_and_a_step_is_taken_back(admin: Browser) -> None:
    url = start(admin)
    ask(admin, url)
    back = form(admin, url, "date", day="2026-01-01")
    assert back.status_code == 422
    assert "Le temps ne recule pas" in back.text
    assert form(admin, url, "date", day="pas un jour").status_code == 422
    assert form(admin, url, "date", day="2026-02-12").status_code == 303
    assert "12 février 2026" in admin.get(url).text.replace("\u00a0", " ")
    form(admin, url, "annuler")
    assert "12 janvier 2026" in admin.get(url).text.replace("\u00a0", " ")
    form(admin, url, "annuler")
    assert "la demande n’est pas déposée" in admin.get(url).text


def test_a_whole_scenario_is_played_then_gone_on_from(admin: Browser) -> None:
    url = start(admin, like="scenarios/granted.toml", whole="oui")
    page = admin.get(url)
    assert "Le dossier est terminé" in page.text
    form(admin, url, "annuler")
    page = admin.get(url)
    assert "Clore" in page.text
    assert "12 600,00" in page.text.replace("\u00a0", " ") or "12 600" in page.text.replace(
        "\u00a0", " "
    )


def test_the_vote_of_the_committee_comes_as_a_message(admin: Browser) -> None:
    url = start(admin, like="scenarios/refused.toml", whole="oui")
    while "Message : Décision de l’instance" not in text(admin.get(url)):
        assert form(admin, url, "annuler").status_code == 303
    strange = form(admin, url, "message", vote="peut-être", voted_cents="5 000")
    assert strange.status_code == 422, "a vote is one of those a session may take"
    bad = form(admin, url, "message", vote="granted", voted_cents="beaucoup")
    assert bad.status_code == 422
    assert "montant" in bad.text
    done = form(admin, url, "message", vote="granted", voted_cents="5 000")
    assert done.status_code == 303
    page = admin.get(url).text.replace("\u00a0", " ")
    assert "Aide votée" in page
    assert "5 000" in page


def test_a_message_is_checked_by_its_own_form(admin: Browser) -> None:
    """An extension was asked « quand on pourra », and the trial took it for a date."""
    url = start(admin, like="scenarios/extension.toml", whole="oui")
    while "Message : Demander une prorogation" not in text(admin.get(url)):
        assert form(admin, url, "annuler").status_code == 303
    there = f"{url}?etape=message-extension_request"
    assert "Pourquoi vous faut-il plus de temps" in text(admin.get(there))
    told = {"extension_until": "quand on pourra", "reason": "Le chantier a pris du retard."}
    bad = form(admin, there, "message", **told)
    assert bad.status_code == 422
    assert "quand on pourra" in bad.text
    early = form(admin, there, "message", **{**told, "extension_until": "2026-01-01"})
    assert early.status_code == 422
    assert "La nouvelle date doit suivre la date limite actuelle." in early.text
    good = form(admin, there, "message", **{**told, "extension_until": "2029-01-01"})
    assert good.status_code == 303, good.text
    assert "Message reçu : Demander une prorogation" in text(admin.get(url))


def test_what_is_typed_is_kept_until_it_is_played(admin: Browser) -> None:
    """The form promised that what is typed is saved as one goes, and a trial forgot it."""
    url = start(admin)
    saved = admin.post(f"{url}/brouillon", {**fields_of(admin, url), "title": "Commencée hier"})
    assert saved.status_code == 200
    assert re.search(r"\d+\s?h\s?\d\d", saved.text.replace("\\u00a0", " "))
    page = admin.get(url)
    assert 'value="Commencée hier"' in page.text
    assert "Enregistré à" in page.text
    entered = ask(admin, url, title="Par la touche Entrée", then="stay")
    assert entered.status_code == 303
    assert 'value="Par la touche Entrée"' in admin.get(url).text
    assert (
        ask(admin, url, title="Trop tôt", total_cost="", start_date="hier").status_code == 422
    )
    assert 'value="Trop tôt"' in admin.get(url).text, "what was refused is kept as well"
    assert ask(admin, url).status_code == 303
    form(admin, url, "annuler")
    assert "Trop tôt" not in admin.get(url).text, "what was played is no draft any more"


def test_the_names_and_the_mails_of_a_trial_are_those_people_read(admin: Browser) -> None:
    url = start(admin, like="scenarios/late_expert.toml", whole="oui")
    page = text(admin.get(url))
    assert "(DRAC)" in page
    assert "drac" not in page
    assert "« 2026-LPINV-00000 : nous avons reçu votre demande d’aide »" in page
    url = start(admin, like="scenarios/incomplete_then_complete.toml", whole="oui")
    page = text(admin.get(url))
    assert "« 2026-LPINV-00000 : il nous manque 1 pièce »" in page
    assert "{{" not in page
    assert "« … " not in page


def test_trials_of_one_name_are_told_apart_and_say_where_they_stand(admin: Browser) -> None:
    asked = start(admin, title="")
    start(admin, title="")
    start(admin, title="")
    ask(admin, asked)
    page = text(admin.get(f"{GRANT}/essais"))
    names = re.findall(r'class="name"[^>]*>(.*?)</a>', page)
    assert len(set(names)) == 3, names
    assert any(re.fullmatch(r"Essai du \d+\w* \w+ \d{4}", name) for name in names)
    assert any(name.endswith(", n° 3") for name in names)
    assert "Vérifier la complétude, le 12 janvier 2026 de l’essai" in page
    assert "La demande n’est pas déposée" in page
    assert "Version 1" in page


def test_two_windows_of_one_trial_the_second_is_told(site: Site, admin: Browser) -> None:
    url = start(admin)
    [body] = re.findall(
        r'<form method="post" action="[^"]*/etape".*?</form>', admin.get(url).text, re.DOTALL
    )
    seen = hidden_fields(body)
    told = {**REQUEST, "start_date": "2026-09-01", "end_date": "2027-03-31"}
    first = admin.post(f"{url}/etape", {**seen, **told})
    again = admin.post(f"{url}/etape", {**seen, **told})
    assert first.status_code == again.status_code == 303, "a double click is one sending"
    other = admin.post(f"{url}/etape", {**seen, **told, "submission_key": "o" * 32})
    assert other.status_code == 409
    assert "Cet essai a avancé entre-temps" in other.text
    with site.database.reading() as session:
        [trial] = session.scalars(select(Trial))
        assert trial.revision == 2


def test_two_clicks_at_the_same_instant_are_one(site: Site, admin: Browser) -> None:
    url = start(admin)
    [body] = re.findall(
        r'<form method="post" action="[^"]*/etape".*?</form>', admin.get(url).text, re.DOTALL
    )
    told = {
        **hidden_fields(body),
        **REQUEST,
        "start_date": "2026-09-01",
        "end_date": "2027-03-31",
    }
    gate, codes = Barrier(3), list[int]()

    def send() -> None:
        gate.wait()
        codes.append(admin.post(f"{url}/etape", dict(told)).status_code)

    threads = [Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [303, 303, 303]
    with site.database.reading() as session:
        [trial] = session.scalars(select(Trial))
        assert trial.revision == 2


def test_a_trial_is_kept_as_a_scenario_that_the_type_accepts(admin: Browser) -> None:
    url = start(admin, title="Dépôt simple")
    ask(admin, url)
    text = admin.get(f"{url}/scenario.toml").data.decode()
    assert tomllib.loads(text)["title"] == "Dépôt simple"
    files = {**grant_pack().files, "scenarios/essai.toml": text.encode()}
    report = examine(files, House())
    assert report.is_sound, report.failures
    assert "scenarios/essai.toml" in {one.name for one in report.performances}


def test_a_trial_begins_anew_and_goes_away(site: Site, admin: Browser) -> None:
    url = start(admin)
    ask(admin, url)
    form(admin, url, "recommencer")
    assert "la demande n’est pas déposée" in admin.get(url).text
    form(admin, url, "supprimer")
    assert admin.get(url).status_code == 404


def test_a_draft_is_tried_before_it_is_published(admin: Browser) -> None:
    renamed = changed(manifest__toml=("Déposer ma demande".encode(), b"Envoyer ma demande"))
    uploaded(admin, zipped(renamed))
    page = admin.get(f"{GRANT}/essais").text
    [name] = re.findall(r'<option value="(b-[^"]+)"', page)
    url = start(admin, quoi=name)
    assert "Envoyer ma demande" in admin.get(url).text
    assert "Déposer ma demande" in admin.get(start(admin)).text


def test_the_trial_of_a_draft_says_what_became_of_it(admin: Browser) -> None:
    """The trial of a draft that was published read « Brouillon écarté »."""
    page = uploaded(
        admin, zipped(changed(manifest__toml=("Déposer ma".encode(), b"Envoyer ma")))
    )
    [name] = re.findall(r'<option value="(b-[^"]+)"', admin.get(f"{GRANT}/essais").text)
    start(admin, quoi=name)
    address, fields = publication(page)
    told = {**fields, "note": "Un mot plus simple.", "seen": fields.get("seen", "1")}
    assert admin.post(address, told).status_code == 303
    listed = admin.get(f"{GRANT}/essais").text.replace("\u00a0", " ")
    assert "Brouillon publié : version 2" in listed
    assert "Brouillon écarté" not in listed


def test_only_administrators_try_types(site: Site) -> None:
    publish_grant(site)
    url = start(site.signed_in(Role.ADMIN))
    officer = site.signed_in(Role.OFFICER, email="autre@exemple.fr")
    assert officer.get(url).status_code == 403
    assert officer.post(f"{url}/annuler", {"seen": "1"}).status_code == 403


SCENARIOS = [
    name
    for name in grant_pack().files
    if name.startswith("scenarios/") and "/parts/" not in name and name.endswith(".toml")
]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_of_the_house_is_a_trial_and_comes_back_as_itself(name: str) -> None:
    pack: Pack = grant_pack()
    definition, rules = diagram_of(pack), load_aid_rules(pack.files)
    whole = whole_scenario(name, pack.files, [])
    assert whole is not None
    assert whole.start is not None
    script = script_from(script_to_json(new_script(pack, whole.start, like=name, whole=True)))
    player = played(pack, definition, rules, script)
    assert player.wrong == ""
    files = {**pack.files, "scenarios/retour.toml": scenario_text(player, "Retour").encode()}
    files = {n: d for n, d in files.items() if n not in SCENARIOS}
    report = examine(files, House())
    assert report.is_sound, (report.problems, report.failures)
