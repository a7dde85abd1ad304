"""What does a delay promise? Its length and its way of counting, as the pack declares them.

Nothing here is a constant of the program: each text has its own way of counting, so each is a
parameter of the clock. The sources of the ways:

* the day of the event does not count: règlement (CEE, Euratom) n° 1182/71, art. 3 § 1; Code de
  procédure civile (CPC), art. 641 al. 1;
* months and years run from a date to the same date, or to the last day of the month: CPC, art.
  641 al. 2; règlement n° 1182/71, art. 3 § 2 c;
* a delay that ends on a Saturday, a Sunday or a holiday ends on the next working day: CPC, art.
  642 al. 2; règlement n° 1182/71, art. 3 § 4. It concerns what somebody has to do: silence is
  not an act, and a decision by silence is born on the day itself;
* a « délai franc » counts neither the first nor the last day;
* the delay after which silence is a decision runs from the reception of the request: CRPA, art.
  L231-1, L231-4 and L114-3; the receipt says which day that is: CRPA, art. L112-3 and R112-5.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.legal_clock.duration import Duration


class Basis(StrEnum):
    """Who set a delay."""

    LEGAL = "legal"  #: Délai légal: a law or a decree; missing it has legal effects
    AID_RULES = "aid_rules"  #: Délai du règlement des aides, or of the service's own practice


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long a delay is, how it is counted, and how far it may be extended."""

    duration: Duration
    #: The day of the event counts (règlement n° 1182/71 counts it out).
    counts_first_day: bool = False
    #: Délai franc: the last day does not count either, so it ends one day later.
    is_clear: bool = False
    #: Ends on the next working day when it would end on a closed one.
    rolls_over: bool = True
    #: Days the service is closed count as closed; never for a delay of the law.
    minds_closures: bool = False
    #: How many times it may be extended with a motive; 0 = never.
    most_extensions: int = 0
    #: How much all the extensions together may add.
    longest_extension: Duration | None = None
