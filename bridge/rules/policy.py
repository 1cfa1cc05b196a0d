"""Should this call get a text, and why: the rules in their order, as pure functions of what is given.

Each rule says None (it does not apply, pass on) or why it stops; the first that stops decides. All that ran are the
call's trace. A rule that comes with a later issue goes into RULES at its place in the order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.rules.hours import ALWAYS, Opening
from bridge.rules.numbers import NOWHERE, region_of, untextable
from bridge.rules.settings import Settings

MISSED = frozenset({"abandoned", "no_answer", "waiting", "lost", "notice"})

# Reason codes (the contract) -> three words for the chip, and a sentence.
REASONS = {
    "not_missed": "call was answered",
    "disabled": "switched off",
    "withheld": "number withheld",
    "not_textable": "cannot be texted",
    "foreign": "from abroad",
    "excluded": "never texted",
    "opted_out": "asked for none",
    "spam": "on block list",
    "one_ring": "rang only once",
    "cooldown": "texted already",
    "closed": "shop was closed",
    "limit": "daily limit reached",
    "breaker": "too many strangers",
    "clock": "clock not set",
    "superseded": "in contact since",
    "expired": "too late",
}
SENTENCES = {
    "not_missed": "The call was answered or turned down here.",
    "disabled": "Automatic texts are switched off.",
    "withheld": "The caller hides the number.",
    "not_textable": "This number cannot receive texts.",
    "foreign": "The number is from a country that is not texted.",
    "excluded": "This contact is marked as never to be texted.",
    "opted_out": "This person asked for no more texts.",
    "spam": "The number is on a block list.",
    "one_ring": "The phone rang too briefly for a real caller.",
    "cooldown": "This caller has had an automatic text lately.",
    "closed": "The shop was closed.",
    "limit": "No more automatic texts go out today.",
    "breaker": "Too many strangers called at once; automatic texts are stopped until somebody looks.",
    "clock": "The box does not know what time it is.",
    "superseded": "There has been contact since the call.",
    "expired": "The text could not be sent in time.",
}


KINDS = {
    "staff": "This is one of the staff, who are never texted.",
    "supplier": "This is a supplier; suppliers are never texted.",
    "never": SENTENCES["excluded"],
}
DOUBTFUL = "This person wrote something that may be a STOP; somebody has to look at it first."
# Regions that belong to home besides the SIM's own: with the same country code, and at the same price.
NEIGHBOURS = {"GB": frozenset({"GG", "JE", "IM"}), "US": frozenset({"PR", "VI", "GU", "MP", "AS"})}


@dataclass(frozen=True)
class CallFacts:
    """An ended call. number: E.164 or None; raw: as received. listed: why the block lists or the name that came with the call
    speak against it, a sentence."""

    outcome: str
    number: str | None
    raw: str | None
    withheld: bool
    ended: datetime
    rings: int | None = None
    listed: str | None = None


@dataclass(frozen=True)
class CallerFacts:
    """The caller's past.

    kind: staff, supplier or never, else empty. unreachable: why texts to this number fail for good. contact_since: how there
    was contact after this call, a sentence, or None. doubtful: wrote something that may be an opt-out. stranger: nothing was
    known of them before.
    """

    last_automatic: datetime | None = None
    last_automatic_id: int | None = None
    pending_id: int | None = None
    contact_since: str | None = None
    opted_out: bool = False
    doubtful: bool = False
    kind: str = ""
    unreachable: str | None = None
    blocked: bool = False
    stranger: bool = False


@dataclass(frozen=True)
class Step:
    """One rule that ran: pass or stop, and the detail in plain words."""

    rule: str
    verdict: str
    detail: str


@dataclass(frozen=True)
class Reply:
    """Text the caller at `due`, and not after `expires`."""

    due: datetime
    expires: datetime
    trace: tuple[Step, ...]


@dataclass(frozen=True)
class Silence:
    """Do not. message_id: the text that stands in the way, for cooldown."""

    reason: str
    trace: tuple[Step, ...]
    message_id: int | None = None


@dataclass(frozen=True)
class Traffic:
    """What is going on at the box as a whole. today: automatic texts since midnight; strangers: new callers in the last ten
    minutes, this one counted; tripped: the breaker has stopped automatic texts. doubt: why the clock is not believed. paused:
    somebody has paused automatic texts, a sentence that says until when."""

    today: int = 0
    strangers: int = 0
    tripped: bool = False
    doubt: str | None = None
    paused: str | None = None


QUIET = Traffic()


@dataclass(frozen=True)
class Case:
    """All that a rule may look at. due and expires are set when a waiting text is looked at once more."""

    call: CallFacts
    caller: CallerFacts
    settings: Settings
    region: str
    own: tuple[str, ...]
    now: datetime
    expires: datetime | None = None
    opening: Opening = ALWAYS
    traffic: Traffic = QUIET


def _not_missed(case: Case) -> str | None:
    return None if case.call.outcome in MISSED else SENTENCES["not_missed"]


def _disabled(case: Case) -> str | None:
    return case.traffic.paused if case.settings.textback.enabled else SENTENCES["disabled"]


def _withheld(case: Case) -> str | None:
    if case.call.withheld:
        return SENTENCES["withheld"]
    return None if case.call.raw else "The network did not say who called."


def _not_textable(case: Case) -> str | None:
    address = case.call.number or case.call.raw
    why = untextable(address, case.region, case.own, case.settings.filters.landlines)
    if why is None and case.caller.unreachable is not None:
        return f"A text to this number has failed for good. {case.caller.unreachable}"
    return why


def _foreign(case: Case) -> str | None:
    wanted, number = case.settings.filters.countries, case.call.number
    if wanted == ("any",) or number is None:
        return None
    there = region_of(number)
    home = {case.region} | NEIGHBOURS.get(case.region, frozenset())
    if there in (home if wanted == ("home",) else wanted):
        return None
    if case.region == NOWHERE and wanted == ("home",):
        return None  # nobody has told yet where home is
    return SENTENCES["foreign"] if there is None else f"The number is from {there}, which is not texted."


def _excluded(case: Case) -> str | None:
    return KINDS[case.caller.kind] if case.caller.kind else None


def _opted_out(case: Case) -> str | None:
    if case.caller.opted_out:
        return SENTENCES["opted_out"]
    return DOUBTFUL if case.caller.doubtful else None


def _spam(case: Case) -> str | None:
    return "This caller is blocked here." if case.caller.blocked else case.call.listed


def _one_ring(case: Case) -> str | None:
    least, rings = case.settings.filters.min_rings, case.call.rings
    if not case.caller.stranger or rings is None or rings >= least:
        return None
    return f"It rang {_count(rings, 'time')}, and strangers are texted from {_count(least, 'ring')} on."


def _cooldown(case: Case) -> str | None:
    if case.caller.pending_id is not None:
        return "A text to this caller is already on its way."
    last, hours = case.caller.last_automatic, case.settings.textback.cooldown_hours
    if last is None or not hours or case.now - last >= timedelta(hours=hours):
        return None  # a text in the future, by a clock that has jumped, counts as recent
    return f"Texted {_ago(case.now - last)}; one text per caller in {_count(hours, 'hour')}."


def _closed(case: Case) -> str | None:
    how = case.settings.textback.closed
    if case.opening.open or how in ("same", "other"):
        return None
    if how == "wait" and case.opening.reopens is not None:
        return None
    return "The shop was closed, and no opening is in sight." if how == "wait" else SENTENCES["closed"]


def _limit(case: Case) -> str | None:
    most = case.settings.limits.per_day
    return (
        f"{_count(most, 'automatic text')} went out today; that is the limit."
        if case.traffic.today >= most
        else None
    )


def _breaker(case: Case) -> str | None:
    if case.traffic.tripped:
        return SENTENCES["breaker"]
    most, strangers = case.settings.limits.strangers_per_10_minutes, case.traffic.strangers
    if not most or strangers <= most:
        return None
    return f"{strangers} strangers called within ten minutes. {SENTENCES['breaker']}"


def _clock(case: Case) -> str | None:
    """Untrusted, nobody who was ever texted is texted again: how long ago that was, nobody knows."""
    if case.traffic.doubt is None or case.caller.last_automatic is None:
        return None
    return f"This caller was texted before, and nobody knows how long ago. {case.traffic.doubt}"


def _superseded(case: Case) -> str | None:
    return case.caller.contact_since


def _expired(case: Case) -> str | None:
    late = case.expires is not None and case.now > case.expires
    within = _count(case.settings.textback.expire_minutes, "minute")
    return f"It could not be sent within {within} of being due." if late else None


Rule = Callable[[Case], str | None]
# In the order of the contract: rule, what is noted when it passes, function.
RULES: tuple[tuple[str, str, Rule], ...] = (
    ("not_missed", "The call was missed.", _not_missed),
    ("disabled", "Automatic texts are on.", _disabled),
    ("withheld", "The number was shown.", _withheld),
    ("not_textable", "The number can receive texts.", _not_textable),
    ("foreign", "Its country is texted.", _foreign),
    ("excluded", "Nobody has marked it as never to be texted.", _excluded),
    ("opted_out", "This person has not asked for no more texts.", _opted_out),
    ("spam", "It is not blocked.", _spam),
    ("one_ring", "It rang long enough.", _one_ring),
    ("cooldown", "No automatic text to this caller lately.", _cooldown),
    ("closed", "Texts go out at this time.", _closed),
    ("limit", "Within today's limit.", _limit),
    ("breaker", "No burst of strangers.", _breaker),
    ("clock", "The clock is believed, or this caller was never texted.", _clock),
    ("superseded", "No contact since the call.", _superseded),
    ("expired", "It is still in time.", _expired),
)


def decide(
    call: CallFacts,
    caller: CallerFacts,
    settings: Settings,
    region: str,
    own: tuple[str, ...],
    now: datetime,
    opening: Opening = ALWAYS,
    traffic: Traffic = QUIET,
) -> Reply | Silence:
    """At the end of a call: text back, and when, or why not. `own`: numbers that are never texted; opening: is the shop
    open, and when is it again? A text that waits for opening expires so long after that."""
    due = now + timedelta(seconds=settings.textback.delay_seconds)
    if settings.textback.closed == "wait" and not opening.open and opening.reopens is not None:
        due = max(due, opening.reopens)
    expires = due + timedelta(minutes=settings.textback.expire_minutes)
    return _judge(
        Case(call, caller, settings, region, own, now, opening=opening, traffic=traffic), due, expires
    )


def decide_again(
    call: CallFacts,
    caller: CallerFacts,
    due: datetime,
    expires: datetime,
    settings: Settings,
    region: str,
    own: tuple[str, ...],
    now: datetime,
    traffic: Traffic = QUIET,
) -> Reply | Silence:
    """At the moment of sending: does it still hold? `caller` leaves this call's own text out, and `crowd` what was counted
    when it was decided."""
    return _judge(Case(call, caller, settings, region, own, now, expires, traffic=traffic), due, expires)


def _judge(case: Case, due: datetime, expires: datetime) -> Reply | Silence:
    trace: list[Step] = []
    for rule, passed, look in RULES:
        why = look(case)
        trace.append(Step(rule, "stop" if why else "pass", why or passed))
        if why:
            caller = case.caller
            blocking = (caller.pending_id or caller.last_automatic_id) if rule == "cooldown" else None
            return Silence(rule, tuple(trace), blocking)
    return Reply(due, expires, tuple(trace))


def as_json(trace: tuple[Step, ...]) -> list[dict[str, str]]:
    """The trace as the contract has it."""
    return [{"rule": step.rule, "verdict": step.verdict, "detail": step.detail} for step in trace]


def _ago(past: timedelta) -> str:
    """How long ago, in words.

    >>> _ago(timedelta(minutes=61)), _ago(timedelta(seconds=5)), _ago(timedelta(days=-1))
    ('1 hour ago', 'just now', 'at a time that the clock has yet to reach')
    """
    minutes = int(past.total_seconds() // 60)
    if minutes < 0:
        return "at a time that the clock has yet to reach"
    if not minutes:
        return "just now"
    return f"{_count(minutes, 'minute') if minutes < 60 else _count(minutes // 60, 'hour')} ago"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
