"""Is a file's name made harmless without losing what the person reads in it?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.files import clean_filename, format_of_name, formats_in_words


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Délibération n° 12.pdf", "Délibération n° 12.pdf"),
        ("De\u0301libe\u0301ration.pdf", "Délibération.pdf"),
        ("C:\\Users\\Mairie\\Bureau\\devis.pdf", "devis.pdf"),
        ("../../etc/passwd", "passwd"),
        ("devis\u202efdp.exe", "devisfdp.exe"),
        ("devis\x00.pdf", "devis.pdf"),
        ('a<b>:"|?*.pdf', "a_b______.pdf"),
        ("CON", "_CON"),
        ("nul.pdf", "_nul.pdf"),
        ("  .. ", "fichier"),
        ("", "fichier"),
        ("deux\r\nlignes.pdf", "deux lignes.pdf"),
        ("\ud800.pdf", "pdf"),
    ],
)
def test_a_name_loses_its_tricks_and_keeps_its_words(given_name: str, kept: str) -> None:
    assert clean_filename(given_name) == kept


def test_a_name_of_4000_characters_is_cut_before_its_extension() -> None:
    name = clean_filename("é" * 4000 + ".pdf")

    assert len(name.encode()) <= 180
    assert name.endswith("….pdf")


@given(st.text(max_size=400))
def test_whatever_is_given_the_name_is_one_short_visible_line(given_name: str) -> None:
    name = clean_filename(given_name)

    assert 1 <= len(name) <= 180
    assert len(name.encode()) <= 180
    assert not set(name) & set('\\/\r\n\0<>:"|?*')
    assert clean_filename(name) == name


def test_the_format_is_read_from_the_extension_whatever_its_case() -> None:
    announced = format_of_name("SCAN.JPEG")

    assert announced is not None
    assert announced.key == "jpg"
    assert format_of_name("facture.exe") is None
    assert format_of_name("sans-extension") is None


def test_the_accepted_formats_read_as_a_list() -> None:
    assert formats_in_words(("pdf", "jpg", "png")) == "PDF, JPG ou PNG"
    assert formats_in_words(("pdf",)) == "PDF"
