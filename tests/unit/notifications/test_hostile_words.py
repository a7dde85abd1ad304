"""Can the words of a mail run something, read the machine, or never end? They are refused in a sentence."""

import time

import pytest

from notifications.wording import WordsRefused, parse

HOSTILE = {
    "a class": "{{ ''.__class__.__mro__ }}",
    "a class by a filter": "{{ reference | attr('__class__') }}",
    "the globals": "{{ self.__init__.__globals__ }}",
    "a computation": "{{ 7*7 }}",
    "a call": "{{ lipsum() }}",
    "a range": "{% for a in range(10**9) %}{% for b in range(10**9) %}x{% endfor %}{% endfor %}",
    "a range of ours": "{% pour chaque range(10**9) %}x{% fin pour %}",
    "lists inside lists": "{% pour chaque piece %}{% pour chaque piece %}x{% fin pour %}{% fin pour %}",
    "a file": "{% include '/etc/passwd' %}",
    "an import": "{% import 'os' as os %}",
    "a template above": "{% extends '../../../etc/passwd' %}",
    "a macro": "{% macro a() %}{{ a() }}{% endmacro %}",
    "an assignment": "{% set x = cycler.__init__ %}",
    "a raw block": "{% raw %}{{ x }}{% endraw %}",
    "conditions without end": "{% si retard > 0 %}" * 400,
    "tags without end": "{%" * 5_900,
    "braces without end": "{{" * 5_900,
    "a book": "x" * 13_000,
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_are_refused_at_once_with_a_sentence(words: str) -> None:
    begun = time.process_time()
    with pytest.raises(WordsRefused) as refused:
        parse(words)
    assert time.process_time() - begun < 2
    assert refused.value.message.endswith(".")
