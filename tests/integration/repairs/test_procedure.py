"""Do the drawing, its twin in words and the list of dates say who, since when, how long and what next?"""

import re
from datetime import timedelta
from html import unescape

from app.domain.civil import civil_day
from app.engine.repair import Repair, RepairKind
from tests.integration.repairs.workshop import Workshop
from tests.integration.web.doors import Open
from tests.stories import Department


def plain(html: str) -> str:
    """The words of a page, its spaces made ordinary."""
    text = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").replace("\u202f", " ")
    return " ".join(text.split())


def tab(opened: Open, shop: Workshop, login: str = "agent") -> str:
    return opened(login).get(f"/dossiers/{shop.play.row.reference}/procedure").text


def test_each_step_says_who_did_it_when_and_in_how_many_working_days(
    examined: Workshop, opened: Open
) -> None:
    text = plain(tab(opened, examined))

    assert re.search(
        r"Vérifier la complétude Instructeur – tâche terminée, Lucie Marchand, "
        r"le \d+ \w+ 2026 \((dans la journée|\d+ jours? ouvrés?)\)",
        text,
    )
    assert re.search(r"Instruire la demande .*?, depuis le \d+ \w+ 2026", text)


def test_the_drawing_and_the_list_say_the_same(examined: Workshop, opened: Open) -> None:
    html = tab(opened, examined)
    said = {plain(one) for one in re.findall(r"<title>(.*?)</title>", html)}
    names = re.findall(r'aria-label="([^"]*Vérifier la complétude[^"]*)"', html)
    listed = re.search(
        r"Vérifier la complétude Instructeur – tâche terminée, (.*?\))", plain(html)
    )

    assert listed is not None
    assert any(listed[1] in plain(one) for one in [*said, *names])


def test_a_step_bears_one_name_whatever_the_drawing_calls_it(
    examined: Workshop, opened: Open
) -> None:
    """The drawing says « Examiner la prorogation », its form « Examiner la demande… »."""
    words = plain(tab(opened, examined))

    assert "Examiner la demande de prorogation" in words
    assert "Examiner la prorogation" not in words


def test_a_step_done_twice_says_so_and_counts_both(examined: Workshop, opened: Open) -> None:
    examined.do(examined.move("ExamineRequest", "ConsultServices"))
    examined.play.house.wait(days=5)
    examined.play.usual("ConsultServices")

    html = tab(opened, examined)

    assert re.search(
        r"Choisir les services à consulter .*? ; 2 fois, \d+ jours? ouvrés? en tout",
        plain(html),
    )
    assert "2 ×" in html.replace("\xa0", " ")


def test_a_late_task_says_by_how_much_and_who_should_act(
    examined: Workshop, opened: Open
) -> None:
    assert re.search(r"en retard (d’un jour|de \d+ jours)", plain(tab(opened, examined)))


def test_what_comes_by_itself_is_told_with_its_day_its_effect_and_its_reason(
    department: Department, opened_on_paid: Open
) -> None:
    shop = Workshop(department.kept("ClaimPayment"))
    text = plain(tab(opened_on_paid, shop))

    assert "Ce qui arrivera de soi-même" in text
    assert re.search(r"Le \d+ \w+ 20\d\d : le dossier passera à « Décider : ", text)
    assert "Pourquoi ce jour : le lendemain de « date limite d’achèvement »" in text
    assert "Changer la date" not in text
    assert "Changer la date" in plain(tab(opened_on_paid, shop, "admin"))


def test_the_drawing_is_kept_as_a_file_of_its_own(examined: Workshop, opened: Open) -> None:
    url = f"/dossiers/{examined.play.row.reference}/procedure.svg"
    answer = opened("agent").get(url)

    assert answer.mimetype == "image/svg+xml"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "href=" not in answer.text
    assert "<style>" in answer.text
    assert opened("mairie.commercy").get(url).status_code in {403, 404}


# ---------------------------------------------------------------- the dates of all dossiers


def test_the_administrator_sees_every_date_the_next_one_first(
    department: Department, paid: Workshop, opened_on_paid: Open
) -> None:
    asked = department.dossier(until="GiveOpinion")
    admin = opened_on_paid("admin")

    text = plain(admin.get("/administration/minuteurs").text)

    assert text.index(asked.row.reference or "?") < text.index(paid.play.row.reference or "?")
    assert (
        "« Donner un avis » s’arrêtera et le dossier passera à « Réputer sans observation »"
        in text
    )


def test_late_dates_are_those_the_clock_has_not_fired(
    department: Department, paid: Workshop, opened_on_paid: Open
) -> None:
    """The pages read the clock of the machine, where the department lives months before."""
    asked = department.dossier(until="GiveOpinion")
    admin = opened_on_paid("admin")

    late = plain(admin.get("/administration/minuteurs?retard=1").text)

    assert (asked.row.reference or "?") in late
    assert (paid.play.row.reference or "?") not in late
    none = admin.get("/administration/minuteurs?type=autre").text
    assert "Aucune date attendue" in none


def test_a_date_of_the_list_leads_to_its_repair(
    department: Department, opened_on_paid: Open, paid: Workshop
) -> None:
    shop = Workshop(department.dossier(until="GiveOpinion"))
    admin = opened_on_paid("admin")
    html = admin.get("/administration/minuteurs").text
    links = [unescape(one) for one in re.findall(r'href="([^"]*faire=date[^"]*)"', html)]
    mine = next(one for one in links if (shop.play.row.reference or "?") in one)

    page = admin.get(mine.partition("#")[0]).text

    assert "Changer la date de « Délai dépassé »" in plain(page)
    assert paid.play.open == ["ClaimPayment"]


def test_a_date_chosen_by_hand_says_so_and_no_longer_what_the_drawing_says(
    department: Department, opened_on_paid: Open, paid: Workshop
) -> None:
    assert paid.play.open == ["ClaimPayment"]
    shop = Workshop(department.dossier(until="GiveOpinion"))
    timer = shop.timer("OpinionsOverdue")
    later = timer.due_at + timedelta(days=10)
    shop.do(Repair(RepairKind.RESCHEDULE, (timer.token,), part=timer.part, due_at=later))

    text = plain(tab(opened_on_paid, shop, "admin"))

    assert "Pourquoi ce jour : choisi à la main le" in text
    assert "Pourquoi ce jour : le lendemain de" not in text
    assert "Ce qui a été réparé à la main" in text
    assert re.search(r"Reporter « Délai dépassé » au \d+ \w+ 20\d\d", text)


def test_a_date_that_does_not_move_or_goes_too_far_makes_no_plan(
    department: Department, opened_on_paid: Open, paid: Workshop
) -> None:
    assert paid.play.open == ["ClaimPayment"]
    shop = Workshop(department.dossier(until="GiveOpinion"))
    timer = shop.timer("OpinionsOverdue")
    admin, page = opened_on_paid("admin"), f"/dossiers/{shop.play.row.reference}/reparer"
    asked = {"faire": "date", "jeton": str(timer.token), "partie": str(timer.part)}
    same = civil_day(timer.due_at).isoformat()
    for day, said in ((same, "Cette date est déjà"), ("9999-12-31", "vérifiez l’année")):
        admin.get(page)
        answer = admin.post(f"{page}/plan", {**asked, "le": day})
        assert answer.status_code == 422
        assert said in plain(answer.text)


def test_only_administrators_open_the_list(examined: Workshop, opened: Open) -> None:
    for login in ("agent", "chef", "finances"):
        assert opened(login).get("/administration/minuteurs").status_code == 403
    assert examined.play.open
