"""Do the macros give pages that people and screen readers can follow?"""

import re
from datetime import date

import pytest

from app.domain.status import DossierStatus, PieceStatus
from app.web.labels import tag_of
from tests.unit.web.pages import bare_app, drawn, lucie

N = "\u00a0"


def test_a_state_is_a_word_in_its_tone() -> None:
    html = drawn("{{ ui.state(status) }}", status=DossierStatus.INCOMPLETE)
    assert html == '<span class="tag wait">En attente de pièces</span>'


def test_a_deadline_has_its_words_and_its_full_date() -> None:
    html = drawn("{{ ui.due(day, today) }}", day=date(2026, 11, 19))
    assert f"Retard de 4{N}jours" in html
    assert f'title="jeudi 19{N}novembre 2026"' in html
    assert "Sans échéance" in drawn("{{ ui.due(None, today) }}")


def test_texts_given_to_macros_are_escaped() -> None:
    html = drawn('{{ ui.notice("warn", title=text) }}{{ ui.lead(text) }}', text="<b>x</b>")
    assert "<b>x</b>" not in html
    assert html.count("&lt;b&gt;x&lt;/b&gt;") == 2


def test_a_page_header_counts_in_words_beside_its_only_title() -> None:
    html = drawn(
        '{% call ui.page_header("À traiter", count="18 tâches") %}<a href="#">Exporter</a>{% endcall %}'
    )
    assert html.count("<h1>") == 1
    assert "18 tâches" in html
    assert "Exporter" in html
    assert "Exporter" not in drawn('{{ ui.page_header("À traiter") }}')


def test_the_tab_of_this_page_is_marked() -> None:
    html = drawn(
        "{{ ui.tabs(items, 'Vues') }}",
        items=[
            {"url": "/a", "label": "Toutes", "count": 1204, "here": True},
            {"url": "/b", "label": "En retard", "count": 0},
        ],
    )
    assert re.search(r'href="/a" aria-current="page"', html)
    assert f"1{N}204" in html
    assert html.count("aria-current") == 1


def test_pages_of_a_list_show_where_one_is() -> None:
    html = drawn(
        "{{ ui.pagination(2, 13, url, total='312 tâches') }}", url=lambda n: f"?page={n}"
    )
    assert "page 2 sur 13" in html
    assert 'rel="prev"' in html
    assert 'href="?page=13"' in html


def test_a_table_keeps_its_roles_when_it_becomes_cards() -> None:
    html = drawn(
        '{% call ui.table("Tâches", [{"label": "Dossier"}, {"label": "Échéance", "sorted": "ascending", "sort_url": "?"}]) %}'
        '<tr role="row">{{ ui.lead("Médiathèque", "/d", "Verdun") }}{{ ui.cell(None, label="Montant") }}</tr>{% endcall %}'
    )
    for role in ("table", "rowgroup", "row", "columnheader", "cell"):
        assert f'role="{role}"' in html
    assert 'aria-sort="ascending"' in html
    assert "–" in html


def test_a_form_that_acts_carries_its_token_and_its_key() -> None:
    html = drawn("{{ ui.confirm('Retirer', '/x', 'La commune est prévenue.') }}")
    assert 'name="csrf_token" value="token"' in html
    assert re.search(r'name="submission_key" value="[\w-]{20,}"', html)


def test_a_piece_says_why_it_is_refused() -> None:
    html = drawn(
        "{{ ui.document_row('Devis', tag, reason='Pas de date.') }}",
        tag=tag_of(PieceStatus.REFUSED, public=True),
    )
    assert "À remplacer" in html
    assert "Pas de date." in html


def test_the_step_of_today_is_marked_among_the_six() -> None:
    html = drawn(
        "{{ ui.steps_bar(phases) }}",
        phases=[
            {"label": "Dépôt", "state": "done", "note": "12 oct."},
            {"label": "Instruction", "state": "now"},
            {"label": "Décision", "state": "later"},
        ],
    )
    assert html.count('aria-current="step"') == 1
    assert "(fait)" in html


def test_a_bar_says_its_figure_and_its_unit_to_everybody() -> None:
    rows = [
        {"label": "moins de 30 jours", "count": 40, "figure": "40 dossiers", "late": 10},
        {"label": "plus tard", "count": 10, "figure": "10 dossiers", "url": "/dossiers"},
    ]
    html = drawn("{{ ui.bars('Ancienneté', rows) }}", rows=rows)
    assert '<ul class="bars" aria-label="Ancienneté">' in html
    assert '<span>moins de 30 jours</span><span class="v">40 dossiers</span>' in html
    link = re.search(r'<a href="/dossiers">(.*?)</a>', html)
    assert link
    assert re.sub("<[^>]+>", "", link[1]) == "plus tard : 10 dossiers"
    assert re.findall(r'class="(b\w)" width="([\d.]+%)"', html) == [
        ("b1", "100.0%"),
        ("bl", "25.0%"),
        ("b1", "25.0%"),
    ]


PAGE = "{% extends shell %}{% block title %}Essai{% endblock %}{% block main %}<h1>Essai</h1>{% endblock %}"


@pytest.mark.parametrize("shell", ["base.html", "portal.html", "public.html", "plain.html"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_shell_stands_alone(shell: str, signed_in: bool) -> None:  # noqa: FBT001
    app = bare_app(me=lucie() if signed_in else None, is_demo=signed_in)
    with app.test_request_context("/a-traiter"):
        html = app.jinja_env.from_string(PAGE).render(shell=shell, **_given(app))
    assert html.lstrip().startswith("<!doctype html>")
    assert "<title>Essai" in html
    assert html.count("<main") == html.count("<h1") == 1
    assert 'href="#main"' in html
    assert ("Démonstration" in html) is signed_in


def _given(app: object) -> dict[str, object]:
    values: dict[str, object] = {}
    app.update_template_context(values)  # type: ignore[attr-defined]
    return values


def test_the_rail_counts_and_marks_the_page() -> None:
    section = {
        "title": None,
        "items": [
            {
                "url": "/a-traiter",
                "icon": "inbox",
                "label": "À traiter",
                "count": 18,
                "here": True,
            }
        ],
    }
    app = bare_app(me=lucie(), rail=[section])
    with app.test_request_context("/a-traiter"):
        html = app.jinja_env.from_string(PAGE).render(shell="base.html", **_given(app))
    assert re.search(r'href="/a-traiter" aria-current="page".*18', html)


def test_the_rail_says_what_a_figure_counts_without_widening_the_page() -> None:
    """A text hidden in the rail, which scrolls sideways on a phone, made every page 452 px wide."""
    line = {"url": "/administration", "icon": "gear", "label": "Administration", "count": 2}
    section = {"title": None, "items": [{**line, "here": False, "told": "2 incidents ouverts"}]}
    app = bare_app(me=lucie(), rail=[section])
    with app.test_request_context("/a-traiter"):
        html = app.jinja_env.from_string(PAGE).render(shell="base.html", **_given(app))
    badge = re.search(r'href="/administration".*?</a>', html)
    assert badge is not None
    assert 'aria-label="2 incidents ouverts"' in badge[0]
    assert "vh" not in badge[0]


def test_a_column_beside_the_page_appears_only_when_something_is_in_it() -> None:
    with_aside = PAGE + "{% block aside %}<p>Repères</p>{% endblock %}"
    app = bare_app(me=lucie())
    with app.test_request_context("/"):
        given = _given(app)
        full = app.jinja_env.from_string(with_aside).render(shell="base.html", **given)
        bare = app.jinja_env.from_string(PAGE).render(shell="base.html", **given)
    assert "<aside" in full
    assert "<aside" not in bare
    assert full.count("<h1>") == bare.count("<h1>") == 1


def test_a_refusal_and_a_failure_have_their_pages() -> None:
    app = bare_app()
    with app.test_request_context("/"):
        given = _given(app)
        refusal = app.jinja_env.get_template("errors/refusal.html").render(
            title="Tâche déjà terminée",
            message="Sami l’a terminée.",
            code=409,
            back="/x",
            **given,
        )
        failure = app.jinja_env.get_template("errors/failure.html").render(
            request_id="ab12", url_for=lambda *_a, **_k: "/ui.css"
        )
    assert "Sami l’a terminée." in refusal
    assert "ab12" in failure
