"""Should this call get a text, and why: the rules in their order, as pure functions of what is given.

Each rule says None (it does not apply, pass on) or what stops the text, as a code with its facts; the first that stops decides.
All that ran are the call's trace. The words for reasons and codes are bridge/words/reasons's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.rules.hours import ALWAYS, Opening
from bridge.rules.numbers import NOWHERE, region_of, untextable
from bridge.rules.settings import Settings
from bridge.rules.states import MISSED
from modem.contract import Coded


class Reason(StrEnum):
    """Why a caller is not texted; the order is that of the rules."""

    NOT_MISSED = "not_missed"
    DISABLED = "disabled"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"
    NOT_TEXTABLE = "not_textable"
    FOREIGN = "foreign"
    EXCLUDED = "excluded"
    OPTED_OUT = "opted_out"
    UNSURE = "unsure"
    SPAM = "spam"
    ONE_RING = "one_ring"
    COOLDOWN = "cooldown"
    CLOSED = "closed"
    LIMIT = "limit"
    BREAKER = "breaker"
    CLOCK = "clock"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


# So much of the words by which somebody opted out stands in a trace.
LONGEST_WORDS = 160
# Regions that belong to home besides the SIM's own: with the same country code, and at the same price.
NEIGHBOURS = {"GB": frozenset({"GG", "JE", "IM"}), "US": frozenset({"PR", "VI", "GU", "MP", "AS"})}


@dataclass(frozen=True)
class CallFacts:
    """An ended call. number: E.164 or None; raw: as received. listed: why the block lists or the name that came with the call
    speak against it."""

    outcome: str
    number: str | None
    raw: str | None
    withheld: bool
    ended: datetime
    rings: int | None = None
    listed: Coded | None = None


class Contacted(StrEnum):
    """How there was contact with a caller after the call."""

    CALLED_BACK = "called_back"  # somebody here has called
    THEY_TEXTED = "they_texted"
    WE_TEXTED = "we_texted"
    ANSWERED = "called_again"  # and was answered


@dataclass(frozen=True)
class Said:
    """That somebody gets no texts. at: since when, in the shop's time; words: theirs; by: who here has settled it, if not
    they."""

    at: datetime
    words: str = ""
    by: str | None = None


@dataclass(frozen=True)
class CallerFacts:
    """The caller's past.

    kind: staff, supplier or never, else empty; excluded: when and by whom, where that is known. opt_out: how they opted out,
    where that is known. unreachable: why texts to this number fail for good, as a column holds it
    (Coded). contact_since: how there was contact after this call. doubtful: wrote something that may be an opt-out. stranger:
    nothing was known of them before.
    """

    last_automatic: datetime | None = None
    last_automatic_id: int | None = None
    pending_id: int | None = None
    contact_since: Contacted | None = None
    opted_out: bool = False
    opt_out: Said | None = None
    doubtful: bool = False
    kind: str = ""
    excluded: Said | None = None
    unreachable: str | None = None
    blocked: bool = False
    stranger: bool = False


@dataclass(frozen=True)
class Step:
    """One rule that ran. why: what stopped the text, None if the rule had nothing against it. though: what it let pass, where
    the rule's usual words would not be true."""

    rule: Reason
    why: Coded | None = None
    though: Coded | None = None


@dataclass(frozen=True)
class Reply:
    """Text the caller at `due`, and not after `expires`."""

    due: datetime
    expires: datetime
    trace: tuple[Step, ...]


@dataclass(frozen=True)
class Silence:
    """Do not. why: what stopped it, as the last step says. message_id: the text that stands in the way, for cooldown."""

    reason: Reason
    why: Coded
    trace: tuple[Step, ...]
    message_id: int | None = None


@dataclass(frozen=True)
class Traffic:
    """What is going on at the box as a whole. today: automatic texts since midnight; strangers: new callers in the last ten
    minutes, this one counted; tripped: the breaker has stopped automatic texts. doubt: why the clock is suspect, as a
    column holds it (Coded). paused: automatic texts are paused, and until when, or stand still."""

    today: int = 0
    strangers: int = 0
    tripped: bool = False
    doubt: str | None = None
    paused: Coded | None = None


QUIET = Traffic()


@dataclass(frozen=True)
class Case:
    """All that a rule may look at. own: numbers that are never texted. opening: is the shop open, and when is it again? due,
    expires: of the text that was decided, when it is looked at once more."""

    call: CallFacts
    caller: CallerFacts
    settings: Settings
    region: str
    own: tuple[str, ...]
    now: datetime
    opening: Opening = ALWAYS
    traffic: Traffic = QUIET
    due: datetime | None = None
    expires: datetime | None = None


def _not_missed(case: Case) -> Coded | None:
    return None if case.call.outcome in MISSED else Coded("not_missed")


def _disabled(case: Case) -> Coded | None:
    return case.traffic.paused if case.settings.textback.enabled else Coded("disabled")


def _withheld(case: Case) -> Coded | None:
    return Coded("withheld") if case.call.withheld else None


def _unknown(case: Case) -> Coded | None:
    return None if case.call.raw else Coded("not_shown")


def _not_textable(case: Case) -> Coded | None:
    address = case.call.number or case.call.raw
    why = untextable(address, case.region, case.own, case.settings.filters.landlines)
    if why is not None:
        return Coded(why)
    unreachable = case.caller.unreachable
    return None if unreachable is None else Coded.of("unreachable", error=unreachable)


def _foreign(case: Case) -> Coded | None:
    wanted, number = case.settings.filters.countries, case.call.number
    if wanted == ("any",) or number is None:
        return None
    there = region_of(number)
    home = {case.region} | NEIGHBOURS.get(case.region, frozenset())
    if there in (home if wanted == ("home",) else wanted):
        return None
    if case.region == NOWHERE and wanted == ("home",):
        return None  # nobody has told yet where home is
    return Coded("foreign") if there is None else Coded.of("foreign_region", region=there)


def _excluded(case: Case) -> Coded | None:
    kind, said = case.caller.kind, case.caller.excluded
    if not kind:
        return None
    return Coded(kind) if said is None else Coded.of(f"{kind}_by", **_facts(said))


def _opted_out(case: Case) -> Coded | None:
    if not case.caller.opted_out:
        return None
    said = case.caller.opt_out
    if said is None:
        return Coded("opted_out")
    return Coded.of("opted_out_there" if said.by is None else "opted_out_here", **_facts(said))


def _facts(said: Said) -> dict[str, str]:
    """As Coded keeps it; the moment by the shop's clock, ISO 8601 to the minute."""
    at = said.at.isoformat(timespec="minutes")
    return {"at": at, "words": said.words[:LONGEST_WORDS]} if said.by is None else {"at": at, "by": said.by}


def _unsure(case: Case) -> Coded | None:
    return Coded("doubtful") if case.caller.doubtful else None


def _spam(case: Case) -> Coded | None:
    return Coded("blocked") if case.caller.blocked else case.call.listed


def _one_ring(case: Case) -> Coded | None:
    least, rings = case.settings.filters.min_rings, case.call.rings
    if not case.caller.stranger or rings is None or rings >= least:
        return None
    return Coded.of("one_ring", rings=rings, least=least)


def _cooldown(case: Case) -> Coded | None:
    if case.caller.pending_id is not None:
        return Coded("text_waits")
    last, hours = case.caller.last_automatic, case.settings.textback.cooldown_hours
    if last is None or not hours or case.now - last >= timedelta(hours=hours):
        return None  # a text in the future, by a clock that has jumped, counts as recent
    return Coded.of("cooldown", minutes=(case.now - last) // timedelta(minutes=1), hours=hours)


def _closed(case: Case) -> Coded | None:
    how = case.settings.textback.closed
    if case.opening.open or how in ("same", "other"):
        return None
    if how == "wait" and case.opening.reopens is not None:
        return None
    return Coded("never_opens") if how == "wait" else Coded("closed")


def _limit(case: Case) -> Coded | None:
    most = case.settings.limits.per_day
    return Coded.of("limit", most=most) if case.traffic.today >= most else None


def _breaker(case: Case) -> Coded | None:
    if case.traffic.tripped:
        return Coded("breaker")
    most, strangers = case.settings.limits.strangers_per_10_minutes, case.traffic.strangers
    if not most or strangers <= most:
        return None
    return Coded.of("strangers", strangers=strangers)


def _clock(case: Case) -> Coded | None:
    """By a suspect clock nobody who was ever texted is texted again: nobody knows how long ago that was."""
    if case.traffic.doubt is None or case.caller.last_automatic is None:
        return None
    return Coded.of("clock", doubt=case.traffic.doubt)


def _superseded(case: Case) -> Coded | None:
    return Coded(case.caller.contact_since) if case.caller.contact_since else None


def _expired(case: Case) -> Coded | None:
    late = case.expires is not None and case.now > case.expires
    return Coded.of("expired", minutes=case.settings.textback.expire_minutes) if late else None


# A rule says what stops the text. In the order of the contract; a new one goes to its place here, with its Reason and words.
RULES: dict[Reason, Callable[[Case], Coded | None]] = {
    Reason.NOT_MISSED: _not_missed,
    Reason.DISABLED: _disabled,
    Reason.WITHHELD: _withheld,
    Reason.UNKNOWN: _unknown,
    Reason.NOT_TEXTABLE: _not_textable,
    Reason.FOREIGN: _foreign,
    Reason.EXCLUDED: _excluded,
    Reason.OPTED_OUT: _opted_out,
    Reason.UNSURE: _unsure,
    Reason.SPAM: _spam,
    Reason.ONE_RING: _one_ring,
    Reason.COOLDOWN: _cooldown,
    Reason.CLOSED: _closed,
    Reason.LIMIT: _limit,
    Reason.BREAKER: _breaker,
    Reason.CLOCK: _clock,
    Reason.SUPERSEDED: _superseded,
    Reason.EXPIRED: _expired,
}


def _closed_though(case: Case) -> Coded | None:
    if case.traffic.doubt is not None:
        return Coded("hours_not_known")
    return None if case.opening.open else Coded(f"closed_{case.settings.textback.closed}")


def _one_ring_though(case: Case) -> Coded | None:
    few = case.call.rings is not None and case.call.rings < case.settings.filters.min_rings
    return Coded("known_caller") if few else None


def _cooldown_though(case: Case) -> Coded | None:
    return None if case.settings.textback.cooldown_hours else Coded("no_cooldown")


def _clock_though(case: Case) -> Coded | None:
    return None if case.traffic.doubt is None else Coded("clock_harmless")


# What some rules let pass: their usual words would say that all was as it should be.
THOUGH: dict[Reason, Callable[[Case], Coded | None]] = {
    Reason.ONE_RING: _one_ring_though,
    Reason.COOLDOWN: _cooldown_though,
    Reason.CLOSED: _closed_though,
    Reason.CLOCK: _clock_though,
}


def judge(case: Case) -> Reply | Silence:
    """Text back, and when, or why not: at the end of a call, and once more when its text is due; the text keeps the times that
    were set first. A text that waits for the opening expires so long after that."""
    trace: list[Step] = []
    for rule, look in RULES.items():
        why = look(case)
        though = THOUGH[rule](case) if why is None and rule in THOUGH else None
        trace.append(Step(rule, why, though))
        if why is not None:
            caller = case.caller
            blocking = caller.pending_id or caller.last_automatic_id if rule is Reason.COOLDOWN else None
            return Silence(rule, why, tuple(trace), blocking)
    due = case.due or _due(case)
    expires = case.expires or due + timedelta(minutes=case.settings.textback.expire_minutes)
    return Reply(due, expires, tuple(trace))


def _due(case: Case) -> datetime:
    due = case.now + timedelta(seconds=case.settings.textback.delay_seconds)
    reopens = case.opening.reopens
    waits = case.settings.textback.closed == "wait" and not case.opening.open
    return max(due, reopens) if waits and reopens is not None else due


# ---- as rows keep it


def as_rows(trace: tuple[Step, ...]) -> list[dict[str, str]]:
    """The trace as a call keeps it: rule, verdict, and as Coded has it what stopped the text or what was let pass."""
    rows = []
    for step in trace:
        told = step.why or step.though
        verdict = {"rule": str(step.rule), "verdict": "pass" if step.why is None else "stop"}
        rows.append(verdict if told is None else {**verdict, "why": told.to_text()})
    return rows
