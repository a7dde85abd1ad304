"""Is the French on screens set as French is: insecable spaces, curly apostrophes, « »?"""

import pytest

from tests.house import typography
from tests.house.typography import faults, mended

NBSP = "\u00a0"


def test_french_is_set_as_french() -> None:
    found = {str(path): typography.faults_of(path) for path in typography.readable()}
    bad = {name: faults for name, faults in found.items() if faults}
    assert bad == {}, "mend with: python -m tests.house.typography --fix"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Montant\x20: 12", f"Montant{NBSP}: 12"),
        ("Vraiment\x20?", f"Vraiment{NBSP}?"),
        ("«\x20ici\x20»", f"«{NBSP}ici{NBSP}»"),
        ("l'aide et qu'elle", "l’aide et qu’elle"),
        ("12\x20€ (deux)\x20; {n}\x20: trois", f"12{NBSP}€ (deux){NBSP}; {{n}}{NBSP}: trois"),
    ],
)
def test_a_fault_is_seen_and_mended(wrong: str, right: str) -> None:
    assert faults(wrong)
    assert mended(wrong) == right
    assert faults(right) == []


@pytest.mark.parametrize(
    "text", ["a != b", "12:30", "url('a')", "a:hover", "x if y else 'z'", "%d items", "50 %s"]
)
def test_code_is_left_alone(text: str) -> None:
    assert faults(text) == []


def test_only_the_texts_of_a_python_file_are_mended() -> None:
    source = '"""Why\x20?"""\nx = f"Fin\x20: {n[a : b]}"  # Why\x20?\ny = """\nDeux\x20!\n"""\n'
    assert typography.python(source, mended) == (
        f'"""Why\x20?"""\nx = f"Fin{NBSP}: {{n[a : b]}}"  # Why\x20?\ny = """\nDeux{NBSP}!\n"""\n'
    )
