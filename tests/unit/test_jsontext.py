"""Is a value written as the standard writer of Python writes it?"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.status import TaskStatus
from app.jsontext import canonical, column_text

_SMALL = st.integers(-(2**80), 2**80)
_TEXT = st.text()
_VALUES = st.recursive(
    st.none() | st.booleans() | _SMALL | _TEXT | st.sampled_from(TaskStatus),
    lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner),
)
_STANDARD = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
)


@dataclass(frozen=True)
class _Answer:
    name: str


@given(_VALUES)
def test_the_hashed_form_is_the_standard_writers(value: object) -> None:
    assert canonical(value) == _STANDARD.encode(value).encode()


@given(_VALUES)
def test_a_column_reads_back_what_was_written(value: object) -> None:
    assert json.loads(column_text(value)) == value


def test_exact_numbers_days_and_instants_are_hashed_by_their_words() -> None:
    told = {
        "amount": Decimal("12.50"),
        "day": date(2026, 11, 26),
        "at": datetime(2026, 11, 26, 9, 30, tzinfo=UTC),
        "task": UUID(int=7),
    }

    assert canonical(told) == _STANDARD.encode(told).encode()


@pytest.mark.parametrize("value", [Decimal("1.5"), date(2026, 1, 2), _Answer("x")])
def test_a_column_refuses_what_is_not_json(value: object) -> None:
    with pytest.raises(TypeError):
        column_text({"value": value})
