"""Is the drawing of a diagram safe, accessible and complete, and does its list tell the same story?"""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.engine.diagram import NodeState, outline, render_diagram
from app.engine.errors import DiagramRefused
from tests.unit.engine.drawings import GRANT, drawn, edge, flow, in_a_row, node, shape

SVG = "{http://www.w3.org/2000/svg}"
TASK = (120, 80)


def parsed(svg: str) -> etree._Element:
    """The drawing as a browser reads it."""
    return etree.fromstring(svg.encode())


def node_of(svg: str, node_id: str) -> etree._Element:
    """The group or the link that draws a node."""
    [found] = parsed(svg).iterfind(f'.//*[@data-node="{node_id}"]')
    return found


# -- the drawing


def test_the_drawing_is_well_formed_named_and_holds_no_style_nor_script() -> None:
    svg = render_diagram(GRANT, title="Où en est la procédure")
    root = parsed(svg)
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == "Où en est la procédure"
    assert root.get("aria-labelledby") == root.find(f"{SVG}title").get("id")  # type: ignore[union-attr]
    assert not re.search(r"\bstyle=|<style|<script|\bon\w+=|#[0-9A-Fa-f]{6}", svg)


def test_templates_show_it_as_it_is() -> None:
    svg = render_diagram(GRANT)
    assert svg.__html__() == str(svg)


def test_every_step_is_a_link_with_its_whole_name_when_it_leads_somewhere() -> None:
    svg = render_diagram(
        GRANT,
        states={"ExamineRequest": NodeState.LATE},
        links={"ExamineRequest": "/taches/1?a=1&b=2"},
        labels={"ExamineRequest": "9 dossiers"},
    )
    link = node_of(svg, "ExamineRequest")
    assert link.tag == f"{SVG}a"
    assert link.get("href") == "/taches/1?a=1&b=2"
    assert link.get("aria-label") == "Instruire la demande (tâche, en retard, 9 dossiers)"
    assert node_of(svg, "ComputeAid").tag == f"{SVG}g"


def test_the_words_seen_begin_the_accessible_name() -> None:
    svg = render_diagram(GRANT, links={"CheckCompleteness": "/x"})
    link = node_of(svg, "CheckCompleteness")
    seen = "".join(link.find(f"{SVG}text").itertext()).strip()  # type: ignore[union-attr]
    assert (link.get("aria-label") or "").startswith(seen)


@pytest.mark.parametrize("state", list(NodeState))
def test_each_state_is_a_class_and_a_word(state: NodeState) -> None:
    group = node_of(render_diagram(GRANT, states={"ComputeAid": state}), "ComputeAid")
    assert f"is-{state.value}" in (group.get("class") or "").split()
    assert "Calculer l’aide (tâche automatique, " in (group.findtext(f"{SVG}title") or "")


def test_what_is_done_has_a_tick() -> None:
    done = render_diagram(GRANT, states={"CheckCompleteness": NodeState.DONE})
    assert 'class="tick"' in done
    assert 'class="tick"' not in render_diagram(GRANT)


def test_a_badge_counts_and_heat_is_bounded() -> None:
    svg = render_diagram(GRANT, badges={"CheckCompleteness": "21"}, heat={"ComputeAid": 9})
    assert "21" in svg
    assert "heat-5" in (node_of(svg, "ComputeAid").get("class") or "")


def test_the_flows_taken_are_told_apart() -> None:
    svg = render_diagram(GRANT, taken=["Filed-CheckCompleteness"])
    assert svg.count("sequenceFlow taken") == 1
    assert svg.count("#diagram-arrow-taken)") == 1


def test_two_drawings_of_one_page_do_not_share_their_marks() -> None:
    assert 'id="other-arrow"' in render_diagram(GRANT, uid="other")
    assert "url(#diagram-arrow)" not in render_diagram(GRANT, uid="other")


@given(st.text(min_size=1, max_size=60))
def test_no_name_can_leave_the_drawing(name: str) -> None:
    clean = re.sub(r"[^\x20-\ud7ff\ue000-\ufffd]", "", name) or "x"
    xml = in_a_row(("startEvent", "a", clean), ("userTask", "b", f'<script>"{clean}'))
    svg = render_diagram(
        xml, links={"b": f'javascript"{clean}'}, labels={"b": clean}, title=clean
    )
    root = parsed(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert {one.tag for one in root.iter()} <= {
        SVG + tag
        for tag in (
            "svg",
            "title",
            "defs",
            "marker",
            "path",
            "g",
            "a",
            "circle",
            "rect",
            "text",
            "tspan",
        )
    }


def test_everything_drawn_stands_inside_the_frame_labels_included() -> None:
    name = "Une question assez longue pour dépasser de beaucoup le losange qui la pose"
    xml = in_a_row(("startEvent", "a", name), ("exclusiveGateway", "b", name))
    root = parsed(render_diagram(xml))
    x, y, width, height = (float(one) for one in (root.get("viewBox") or "").split())
    for text in root.iter(f"{SVG}tspan"):
        left, top = float(text.get("x") or 0), float(text.get("y") or 0)
        assert x < left < x + width
        assert y < top < y + height


def test_a_question_mark_never_begins_a_line() -> None:
    xml = in_a_row(("startEvent", "a", ""), ("exclusiveGateway", "b", "Dossier bien complet ?"))
    lines = [
        (one.text or "").strip() for one in parsed(render_diagram(xml)).iter(f"{SVG}tspan")
    ]
    assert "?" not in lines


EVENTS = [
    "timer",
    "message",
    "signal",
    "error",
    "escalation",
    "conditional",
    "terminate",
    "link",
]


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_has_its_glyph(event: str) -> None:
    element = node("endEvent", "a", "Fin", f"<{event}EventDefinition/>")
    svg = render_diagram(drawn(element, shape("a", 0, 0, (36, 36))))
    [glyph] = [
        one for one in parsed(svg).iter(f"{SVG}path") if "glyph" in (one.get("class") or "")
    ]
    assert glyph.get("d")


def test_a_boundary_event_that_does_not_interrupt_is_dashed_and_stands_in_front() -> None:
    xml = drawn(
        node(
            "boundaryEvent",
            "late",
            "15 jours",
            "<timerEventDefinition/>",
            attachedToRef="t",
            cancelActivity="false",
        )
        + node("userTask", "t", "Fournir les pièces"),
        shape("late", 80, 60, (36, 36)) + shape("t", 0, 0, TASK),
    )
    svg = render_diagram(xml)
    assert "soft" in (node_of(svg, "late").get("class") or "")
    assert svg.index('data-node="t"') < svg.index('data-node="late"')
    assert "15 jours (échéance)" in svg


def test_sub_processes_hold_their_steps_and_events_open_theirs_with_dashes() -> None:
    inside = node("userTask", "i", "Examiner")
    xml = drawn(
        node("subProcess", "s", "Prorogation", inside, triggeredByEvent="true")
        + node("subProcess", "closed", "Versement", "<multiInstanceLoopCharacteristics/>"),
        shape("s", 0, 0, (300, 200), isExpanded="true")
        + shape("i", 40, 60, TASK)
        + shape("closed", 400, 0, TASK),
    )
    svg = render_diagram(xml)
    assert {"box", "event-sub"} <= set((node_of(svg, "s").get("class") or "").split())
    assert svg.index('data-node="s"') < svg.index('data-node="i"')
    assert svg.count("M-6-6H6V6H-6z") == 1
    assert svg.count("M-4-5V5M0-5V5M4-5V5") == 1


def lanes_of(*names: str) -> str:
    """Pools and lanes drawn one under the other."""
    return "".join(
        shape(f"lane{rank}", 0, rank * 200, (600, 200)) for rank, _ in enumerate(names)
    )


def with_lanes(*names: str) -> bytes:
    """A start in the first lane, a task in the last."""
    lanes = "".join(
        f'<lane id="lane{rank}" name="{name}"><flowNodeRef>{"a" if rank == 0 else "b"}</flowNodeRef></lane>'
        for rank, name in enumerate(names)
    )
    body = (
        f"<laneSet>{lanes}</laneSet>"
        + node("startEvent", "a", "Dépôt")
        + node("userTask", "b", "Viser")
        + flow("a", "b")
    )
    plane = lanes_of(*names) + shape("a", 60, 80, (36, 36)) + shape("b", 2000, 260, TASK)
    return drawn(body, plane + edge("a-b", (96, 98), (2000, 300)))


def test_lanes_are_named_in_front_of_what_they_hold() -> None:
    svg = render_diagram(with_lanes("Demandeur", "Chef de service"))
    assert "Chef de service" in svg
    assert svg.index("lane-head") > svg.index('data-node="b"')


def test_an_excerpt_keeps_the_surroundings_of_the_step_and_the_names_of_lanes() -> None:
    xml = with_lanes("Demandeur", "Chef de service")
    whole, part = render_diagram(xml), render_diagram(xml, around=["b"])
    assert 'data-node="a"' in whole
    assert 'data-node="a"' not in part
    assert 'data-node="b"' in part
    assert float(parsed(part).get("width") or 0) < float(parsed(whole).get("width") or 0)
    assert render_diagram(xml, around=["unknown"]) == whole


def test_a_note_and_a_piece_of_data_are_drawn() -> None:
    xml = drawn(
        '<textAnnotation id="n"><text>À revoir en 2027</text></textAnnotation>'
        + node("dataObjectReference", "d", "Devis"),
        shape("n", 0, 0, (120, 40)) + shape("d", 200, 0, (36, 50)),
    )
    svg = render_diagram(xml)
    assert "À revoir en" in svg
    assert 'class="data"' in svg


@pytest.mark.parametrize(
    "xml",
    [
        b"<definitions/>",
        drawn(node("userTask", "t", "Seul"), ""),
        b'<!DOCTYPE x [<!ENTITY e "x">]><definitions/>',
        b"not xml",
    ],
)
def test_a_file_without_a_drawing_is_refused_with_a_sentence(xml: bytes) -> None:
    with pytest.raises(DiagramRefused, match=r"\w+"):
        render_diagram(xml)


# -- the list


def names(xml: bytes) -> list[str]:
    """The steps told, in order."""
    return [item.name for item in outline(xml)]


def test_the_list_follows_the_flow_and_leaves_the_questions_out() -> None:
    assert names(GRANT) == [
        "Demande déposée",
        "Vérifier la complétude",
        "Calculer l’aide",
        "Instruire la demande",
        "Dossier clos",
    ]


def test_each_step_says_who_does_it_and_where_it_stands() -> None:
    items = outline(
        with_lanes("Demandeur", "Chef de service"),
        states={"b": NodeState.LATE},
        links={"b": "/taches/1"},
        notes={"b": "depuis 4 jours"},
    )
    last = items[-1]
    assert last.sentence == "Chef de service – tâche en retard, depuis 4 jours"
    assert (last.state, last.link, last.lane) == ("late", "/taches/1", "Chef de service")
    assert outline(GRANT)[1].sentence == "Tâche à venir"


def test_a_loop_is_told_once_and_its_way_back_after_what_it_follows() -> None:
    extra = (
        node("userTask", "Provide", "Fournir les pièces")
        + flow("CompletenessGateway", "Provide")
        + flow("Provide", "CheckCompleteness")
    )
    xml = GRANT.replace(b"</process>", extra.encode() + b"</process>")
    told = names(xml)
    assert told.count("Fournir les pièces") == 1
    assert told.index("Vérifier la complétude") < told.index("Fournir les pièces")
    assert told[-1] == "Dossier clos" or told[-1] == "Fournir les pièces"


def test_what_an_expired_step_leads_to_comes_after_it() -> None:
    extra = (
        node(
            "boundaryEvent",
            "Overdue",
            "Délai dépassé",
            "<timerEventDefinition/>",
            attachedToRef="CheckCompleteness",
        )
        + node("userTask", "Decide", "Décider de la suite")
        + flow("Overdue", "Decide")
    )
    told = names(GRANT.replace(b"</process>", extra.encode() + b"</process>"))
    assert (
        told.index("Vérifier la complétude")
        < told.index("Délai dépassé")
        < told.index("Décider de la suite")
    )


def test_the_steps_of_a_sub_process_follow_it_one_level_down() -> None:
    inside = (
        node("startEvent", "s1", "Demande reçue")
        + node("userTask", "t1", "Examiner")
        + flow("s1", "t1")
    )
    extra = node("subProcess", "Extension", "Prorogation", inside, triggeredByEvent="true")
    items = outline(GRANT.replace(b"</process>", extra.encode() + b"</process>"))
    assert [(one.name, one.depth) for one in items[-3:]] == [
        ("Prorogation", 0),
        ("Demande reçue", 1),
        ("Examiner", 1),
    ]
    assert items[-3].sentence == "Procédure qui peut s’ouvrir à tout moment"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_any_web_of_flows_is_told_whole_and_once(pairs: list[tuple[int, int]]) -> None:
    nodes = "".join(node("userTask", f"n{rank}", f"Étape {rank}") for rank in range(10))
    flows = "".join(flow(f"n{a}", f"n{b}") for a, b in dict.fromkeys(pairs))
    told = names(drawn(nodes + flows, ""))
    assert sorted(told) == [f"Étape {rank}" for rank in range(10)]


def test_a_long_procedure_is_told_without_exhausting_the_stack() -> None:
    steps = "".join(node("userTask", f"n{rank}", f"Étape {rank}") for rank in range(3000))
    flows = "".join(flow(f"n{a}", f"n{b}") for a, b in pairwise(range(3000)))
    assert names(drawn(steps + flows, ""))[-1] == "Étape 2999"


def test_a_file_without_procedure_has_no_list() -> None:
    with pytest.raises(DiagramRefused):
        outline(b"<definitions/>")
