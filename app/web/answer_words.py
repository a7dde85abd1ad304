"""How is an answer read? Its day or its « oui » in the reader's language, the rest as it was given."""

from app.catalogue.choice_fields import YesNoQuestion
from app.catalogue.fields import DateQuestion, Question
from app.web.labels import N_
from app.web.present import long_date
from app.web.words import _

#: What a question of yes or no offers.
YES_OR_NO = (N_("Oui"), N_("Non"))


def reading_of(question: Question) -> str:
    """The answer as people read it in a recapitulation; empty when there is none."""
    if isinstance(question, DateQuestion) and question.data is not None:
        return long_date(question.data)
    if isinstance(question, YesNoQuestion):
        return _(question.reading()) if question.answered else ""
    return question.reading()
