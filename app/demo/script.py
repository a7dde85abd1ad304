"""How does one project reach its stage? Step by step, each on its day, by the right person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.actions import dossiers, timers
from app.demo.player import Player
from app.demo.stories import Stage, Story
from app.domain.civil import civil_day
from app.domain.money import Money
from app.domain.working_days import FRANCE
from app.models.people import Organisation, Person
from app.queries.people import actor_of

#: Days between a step and the one before it.
GAPS: Mapping[Stage, int] = {
    Stage.CONSULT: 8,
    Stage.OPINIONS: 3,
    Stage.EXAMINE: 12,
    Stage.HEAD: 9,
    Stage.FINANCE: 3,
    Stage.DIRECTION: 2,
    Stage.READY: 2,
    Stage.COMMIT: 6,
    Stage.NOTIFY: 3,
    Stage.CONVENTION: 2,
    Stage.GRANTED: 15,
    Stage.STARTED: 35,
    Stage.CLAIMED: 60,
    Stage.CERTIFY: 8,
    Stage.ORDER: 2,
    Stage.PAYER: 2,
    Stage.CLOSING: 9,
    Stage.CLOSED: 10,
}
#: Stages that leave the main road, and where they leave it.
_BEFORE_VOTE = Stage.READY
_LAPSE_AFTER = 367
_AFTER_LAPSE = 8


@dataclass
class Cast:
    """Who plays in one dossier."""

    people: Mapping[str, Person]
    applicant: Person
    organisation: Organisation
    envelope: str


class Script:
    """Plays one story; `before_vote` first, then `after_vote` once its session was held."""

    def __init__(self, player: Player, story: Story, cast: Cast) -> None:
        self.player = player
        self.story = story
        self.cast = cast
        self._moment = player.at

    def _be_at(self, moment: datetime) -> None:
        """Go to that moment; people work on worked days, so the last one before it."""
        self._moment = moment
        day = FRANCE.on_or_before(civil_day(moment))
        self.player.at = moment - (civil_day(moment) - day)

    def _later(self, **time: int) -> None:
        self._be_at(self._moment + timedelta(**time))

    def before_vote(self, *, end: datetime) -> None:
        """Play up to the session, or to the stage when it comes first; the last thing is at `end`."""
        story, player = self.story, self.player
        goal = min(story.stage, _BEFORE_VOTE)
        self._be_at(end - timedelta(days=self._days_before(goal)))
        answers = self._filing()
        applicant, organisation = self.cast.applicant, self.cast.organisation
        if story.stage is Stage.DRAFT:
            player.draft(applicant, organisation, story.scheme, answers)
            return
        player.file(applicant, organisation, story.scheme, answers)
        if story.stage in _SIDE_ROADS:
            _SIDE_ROADS[story.stage](self)
            return
        for stage, action in _EXAMINATION:
            if stage > goal:
                return
            self._later(days=GAPS[stage])
            action(self)

    def after_vote(self, *, voted_at: datetime, now: datetime) -> None:
        """Play from the vote to the stage; dates never pass `now`."""
        story, player = self.story, self.player
        self._be_at(voted_at)
        if story.stage is Stage.VOTED:
            return
        self._wait(GAPS[Stage.COMMIT], now)
        self._act()
        if "NotifyRefusal" in player.open_steps():
            self._wait(4, now)
            self._do("NotifyRefusal", "signataire", {**self._notified(), "reason": _REFUSAL})
            return
        for stage, action in _AFTER_AWARD:
            if stage > story.stage:
                break
            self._wait(GAPS[stage], now)
            action(self)
        if story.stage is Stage.EXTENSION:
            self._ask_extension()
        if story.stage in {Stage.LAPSE, Stage.LAPSED}:
            self._lapse(now)

    def _days_before(self, goal: Stage) -> int:
        if self.story.stage in _SIDE_ROADS:
            return _SIDE_DAYS[self.story.stage]
        return sum(days for stage, days in GAPS.items() if Stage.FILED < stage <= goal)

    def _wait(self, days: int, now: datetime) -> None:
        self._be_at(min(self._moment + timedelta(days=days), now))

    def _do(self, step: str, login: str, answers: Mapping[str, Any]) -> None:
        self.player.do(step, self.cast.people[login], answers)

    def _applicant_does(self, step: str, answers: Mapping[str, Any]) -> None:
        self.player.do(step, self.cast.applicant, answers)

    def _today(self) -> str:
        return civil_day(self.player.at).isoformat()

    def _in(self, days: int) -> str:
        return (civil_day(self.player.at) + timedelta(days=days)).isoformat()

    def _notified(self) -> dict[str, str]:
        return {"notified_on": self._today()}

    def _filing(self) -> dict[str, Any]:
        story = self.story
        plan = [_funder("Fonds propres", "own", story.own)]
        if story.other_public:
            plan.append(_funder("État (DRAC, DGD)", "public", Money.euros(story.other_public)))
        if story.private:
            plan.append(_funder("Mécénat", "private", Money.euros(story.private)))
        return {
            "title": story.title,
            "description": _DESCRIPTION,
            "place": self.cast.organisation.insee_code or "55029",
            "first_library": "Création" in story.title or "Première" in story.title,
            "qualified_staff": story.cost % 3 != 0,
            "start_date": self._in(210),
            "end_date": self._in(520),
            "expenses": _lines(Money.euros(story.cost)),
            "library_share": "1",
            "requested_amount": story.requested.plain(),
            "funding": plan,
            "contact_name": self.cast.applicant.name,
            "contact_role": self.cast.applicant.job_title or "",
            "contact_email": self.cast.applicant.email,
            "not_started": True,
            "certified": True,
        }

    # ------------------------------------------------------------------ examination

    def _complete(self) -> None:
        self._do("CheckCompleteness", self.story.officer, {"completeness": "complete"})

    def _consult(self) -> None:
        people = self.cast.people
        experts = [str(people[login].id) for login in ("expert.drac", "expert.bd")]
        answers = {"experts": experts, "opinions_due": self._in(21)}
        self._do("ConsultServices", self.story.officer, answers)

    def _opine(self) -> None:
        self._do(
            "GiveOpinion", "expert.drac", {"opinion": "favourable", "observations": _OPINION}
        )
        self._later(hours=5)
        self._do(
            "GiveOpinion",
            "expert.bd",
            {"opinion": "with_reservations", "observations": _RESERVATION},
        )

    def _examine(self) -> None:
        calculation = self.player.dossier.calculation or {}
        answers = {
            "retained_cost": Money.euros(self.story.cost).plain(),
            "retained_share": "1",
            "analysis": _ANALYSIS,
            "proposal": "refuse",
        }
        if calculation.get("decision") == "proposed":
            answers |= {"proposal": "grant", "proposed_amount": calculation["aid"]}
        self._do("ExamineRequest", self.story.officer, answers)

    def _head(self) -> None:
        self._do("HeadVisa", "chef", {"head_visa": "approved"})

    def _finance(self) -> None:
        self._do("FinanceVisa", "finances", {"finance_visa": "approved"})

    def _direction(self) -> None:
        self._do("DirectionVisa", "direction", {"direction_visa": "approved"})

    # ------------------------------------------------------------------- side roads

    def _ask_pieces(self) -> None:
        self._later(days=6)
        missing = [{"piece": "quotes", "reason": "Le devis du lot mobilier n’est pas daté."}]
        answers = {"completeness": "missing", "missing_pieces": missing}
        self._do("CheckCompleteness", self.story.officer, answers)

    def _overdue(self) -> None:
        self._ask_pieces()
        self._later(days=46)
        self._fire()

    def _drop(self) -> None:
        self._overdue()
        self._later(days=3)
        reason = "Les pièces demandées ne nous sont pas parvenues."
        answers = {"next": "drop", "reason": reason}
        self._do("DecideNextStep", self.story.officer, answers)

    def _withdraw(self) -> None:
        player = self.player
        self._later(days=10)
        dossiers.withdraw(
            player.session,
            player.console,
            actor_of(self.cast.applicant),
            player.dossier.id,
            reason="Le projet est reporté à l’an prochain.",
            now=player.at,
        )

    # ------------------------------------------------------------------- after the vote

    def _act(self) -> None:
        day = self._today()
        number = f"CP-{day[:4]}-{(self.player.dossier.reference or '')[-3:]}"
        answers = {"act_number": number, "transmitted_on": day, "published_on": day}
        self._do("MakeExecutory", "assemblees", answers)

    def _commit(self) -> None:
        number = f"E{(self.player.dossier.reference or '')[-5:]}"
        answers = {"envelope": self.cast.envelope, "commitment_number": number}
        self._do("CommitFunds", "finances", answers)

    def _notify(self) -> None:
        self._do("NotifyAward", "signataire", self._notified())

    def _sign(self) -> None:
        if "SignConvention" in self.player.open_steps():
            number = f"CONV-{(self.player.dossier.reference or '')[-5:]}"
            answers = {"convention_number": number, "convention_signed_on": self._today()}
            self._do("SignConvention", self.story.officer, answers)

    def _start(self) -> None:
        self._applicant_does("DeclareStart", {"started_on": self._today()})

    def _claim(self) -> None:
        story = self.story
        self._applicant_does(
            "ClaimPayment",
            {
                "kind": "final",
                "spending": _lines(Money.euros(story.cost * 19 // 20)),
                "real_cost": Money.euros(story.cost * 19 // 20).plain(),
                "real_other_public": Money.euros(story.other_public).plain(),
                "real_private": Money.euros(story.private).plain(),
                "certified": True,
            },
        )

    def _check_claim(self) -> None:
        self._do("CheckClaim", self.story.officer, {"claim_check": "accepted"})

    def _certify(self) -> None:
        self._do("CertifyService", "finances", {"certified": "yes"})

    def _order(self) -> None:
        number = f"M{(self.player.dossier.reference or '')[-5:]}"
        answers = {"order_number": number, "slip": "B-114", "issued_on": self._today()}
        self._do("IssuePaymentOrder", "finances", answers)

    def _paid(self) -> None:
        answers = {"payer": "accepted", "paid_on": self._today()}
        self._do("RecordPayerAnswer", "finances", answers)

    def _close(self) -> None:
        answers = {"assessment": "Opération conforme au projet, ouverte au public."}
        self._do("CloseDossier", self.story.officer, answers)

    def _ask_extension(self) -> None:
        player = self.player
        deadline = player.dossier.completion_deadline or civil_day(player.at)
        dossiers.ask_extension(
            player.session,
            player.console,
            actor_of(self.cast.applicant),
            player.dossier.id,
            until=(deadline + timedelta(days=180)).isoformat(),
            reason="Le fournisseur livre avec six mois de retard.",
            now=player.at,
        )

    def _lapse(self, now: datetime) -> None:
        self._wait(_LAPSE_AFTER, now)
        self._fire()
        if self.story.stage is Stage.LAPSED:
            self._wait(_AFTER_LAPSE, now)
            reason = "L’opération est abandonnée par la commune."
            answers = {"start_lapse": "lapse", "reason": reason}
            self._do("DecideStartLapse", self.story.officer, answers)
            self._wait(4, now)
            self._do("ConfirmStartLapse", "chef", {"lapse_confirmed": "yes"})

    def _fire(self) -> None:
        player = self.player
        timers.fire(player.session, player.console, player.dossier.id, now=player.at)


Act = Callable[[Script], None]
_EXAMINATION: tuple[tuple[Stage, Act], ...] = (
    (Stage.CONSULT, Script._complete),
    (Stage.OPINIONS, Script._consult),
    (Stage.EXAMINE, Script._opine),
    (Stage.HEAD, Script._examine),
    (Stage.FINANCE, Script._head),
    (Stage.DIRECTION, Script._finance),
    (Stage.READY, Script._direction),
)
_SIDE_ROADS: Mapping[Stage, Act] = {
    Stage.INCOMPLETE: Script._ask_pieces,
    Stage.OVERDUE: Script._overdue,
    Stage.DROPPED: Script._drop,
    Stage.WITHDRAWN: Script._withdraw,
}
_SIDE_DAYS: Mapping[Stage, int] = {
    Stage.INCOMPLETE: 6,
    Stage.OVERDUE: 52,
    Stage.DROPPED: 55,
    Stage.WITHDRAWN: 10,
}
_AFTER_AWARD: tuple[tuple[Stage, Act], ...] = (
    (Stage.NOTIFY, Script._commit),
    (Stage.CONVENTION, Script._notify),
    (Stage.GRANTED, Script._sign),
    (Stage.STARTED, Script._start),
    (Stage.CLAIMED, Script._claim),
    (Stage.CERTIFY, Script._check_claim),
    (Stage.ORDER, Script._certify),
    (Stage.PAYER, Script._order),
    (Stage.CLOSING, Script._paid),
    (Stage.CLOSED, Script._close),
)
_DESCRIPTION = (
    "La bibliothèque accueille les habitants vingt heures par semaine. Le projet ouvre de "
    "nouveaux espaces aux enfants et aux adolescents, et prolonge les actions menées avec "
    "l’école et le collège."
)
_OPINION = (
    "Projet cohérent avec le schéma départemental ; la surface et les horaires conviennent."
)
_RESERVATION = "Prévoir un temps d’accompagnement de l’équipe bénévole avant la réouverture."
_ANALYSIS = (
    "Le projet répond aux priorités du schéma départemental. Le coût au mètre carré est dans "
    "la moyenne des opérations comparables ; le plan de financement est équilibré."
)
_REFUSAL = "Le projet ne remplit pas les conditions du règlement des aides."


def _funder(label: str, kind: str, amount: Money) -> dict[str, str]:
    return {"label": label, "kind": kind, "amount": amount.plain(), "status": "granted"}


def _lines(total: Money) -> list[dict[str, str]]:
    main = Money(total.cents * 4 // 5)
    return [
        {"label": "Fourniture et pose", "amount": main.plain()},
        {"label": "Études et installation", "amount": (total - main).plain()},
    ]
