"""Why a caller was texted or not: what the policy's reasons and codes mean, in plain words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bridge.rules.policy import Reason
from bridge.words import dates, times, troubles
from bridge.words.catalogue import N_, gettext, ngettext
from modem.contract import Coded


@dataclass(frozen=True)
class ReasonWords:
    """chip: two or three words; passed: what a trace says of a rule that stopped nothing, true whatever it let pass."""

    chip: str
    passed: str


REASONS = {
    Reason.NOT_MISSED: ReasonWords(N_("call was answered"), N_("The call was missed.")),
    Reason.DISABLED: ReasonWords(N_("switched off"), N_("Automatic texts are on.")),
    Reason.WITHHELD: ReasonWords(N_("hidden number"), N_("The caller did not hide the number.")),
    Reason.UNKNOWN: ReasonWords(N_("unknown number"), N_("The number was shown.")),
    Reason.NOT_TEXTABLE: ReasonWords(N_("cannot be texted"), N_("The number can receive texts.")),
    Reason.FOREIGN: ReasonWords(N_("from abroad"), N_("Numbers from this country are texted.")),
    Reason.EXCLUDED: ReasonWords(N_("never texted"), N_("Nobody has marked it as never texted.")),
    Reason.OPTED_OUT: ReasonWords(
        N_("wants no texts"), N_("This person has not asked you to stop texting them.")
    ),
    Reason.UNSURE: ReasonWords(N_("STOP or not?"), N_("Nothing they wrote looks like a STOP.")),
    Reason.SPAM: ReasonWords(N_("on block list"), N_("It is not blocked.")),
    Reason.ONE_RING: ReasonWords(N_("rang too briefly"), N_("It rang long enough.")),
    Reason.COOLDOWN: ReasonWords(N_("already texted"), N_("No automatic text to this caller lately.")),
    Reason.CLOSED: ReasonWords(N_("shop was closed"), N_("Texts are sent at this time.")),
    Reason.LIMIT: ReasonWords(N_("daily limit reached"), N_("Today's limit is not reached.")),
    Reason.BREAKER: ReasonWords(N_("too many strangers"), N_("Not too many strangers at once.")),
    Reason.CLOCK: ReasonWords(N_("clock not set"), N_("The box knows the time well enough.")),
    Reason.SUPERSEDED: ReasonWords(N_("in touch since"), N_("Nobody has been in touch since the call.")),
    Reason.EXPIRED: ReasonWords(N_("too late"), N_("There is still time to send it.")),
}

# What stops a text, or what a rule let pass, by its code. Those that need more than their facts filled in are below.
SENTENCES = {
    "not_missed": N_("The call was answered or rejected here."),
    "disabled": N_("Automatic texts are switched off."),
    "paused": N_("Automatic texts are paused until somebody resumes them."),
    "withheld": N_("The caller hid the number."),
    "not_shown": N_("The network did not say who called."),
    "no_number": N_("No number was shown."),
    "own": N_("It is one of the shop's own numbers."),
    "mobile_or_landline": N_("It may be a landline."),
    "landline": N_("It is a landline, which cannot receive texts."),
    "toll_free": N_("It is a toll-free number, which cannot receive texts."),
    "premium": N_("It is a premium number; a text to it could cost a lot."),
    "shared_cost": N_("It is a shared-cost number, which cannot receive texts."),
    "voip": N_("It is an internet phone number; most of them cannot receive texts."),
    "personal": N_("It is a personal number that forwards calls; a text to it could cost a lot."),
    "pager": N_("It is a pager."),
    "uan": N_("It is a company's service number, which cannot receive texts."),
    "voicemail": N_("It is a voicemail number."),
    "satellite": N_("It is a satellite or global service number; a text to it could cost a lot."),
    "emergency": N_("It is an emergency number."),
    "letters": N_("The sender is a name, not a number."),
    "short": N_("It is a short code or an incomplete number."),
    "unassigned": N_("No operator uses this range of numbers."),
    "foreign": N_("The number is from a country you don't text."),
    "foreign_region": N_("The number is from {region}, which you don't text."),
    "staff": N_("This is one of the staff, who are never texted."),
    "supplier": N_("This is a supplier; suppliers are never texted."),
    "never": N_("This contact is marked as never texted."),
    "opted_out": N_("This person asked for no more texts."),
    "opted_out_there": N_("This person wrote “{words}” on {day} and gets no more automatic texts."),
    "opted_out_here": N_("{by} noted on {day} that this person wants no more texts."),
    "staff_by": N_("This is one of the staff, who are never texted. {by} said so on {day}."),
    "supplier_by": N_("This is a supplier; suppliers are never texted. {by} said so on {day}."),
    "never_by": N_("{by} marked this number as never texted on {day}."),
    "doubtful": N_("This person wrote something that may be a STOP; somebody has to look at it first."),
    "blocked": N_("This caller is blocked."),
    "listed": N_("It is on the block list {list}."),
    "listed_as": N_("It is on the block list {list}: {label}."),
    "spam_name": N_("The network shows this caller as “{name}”."),
    "text_waits": N_("A text to this caller is already on its way."),
    "closed": N_("The shop was closed."),
    "closed_same": N_("The shop was closed; callers get the same text then."),
    "closed_other": N_("The shop was closed; callers get the text for closed hours then."),
    "closed_wait": N_("The shop was closed; the text waits until it opens."),
    "hours_not_known": N_("The box's clock may be wrong, so it did not go by the opening hours."),
    "known_caller": N_("It rang only briefly, but this caller is known."),
    "no_cooldown": N_("Every missed call may be texted."),
    "clock_harmless": N_("The box's clock may be wrong, but this caller was never texted before."),
    "never_opens": N_("The shop was closed, and the box cannot tell when it opens next."),
    "breaker": N_("Too many strangers called at once; automatic texts are stopped until somebody checks."),
    "standstill": N_("The database was lost or damaged; automatic texts are stopped until somebody decides."),
    "called_back": N_("Somebody here has called this caller back."),
    "they_texted": N_("The caller has texted us since."),
    "we_texted": N_("Somebody here has texted the caller since."),
    "called_again": N_("The caller has called again and was answered."),
    "too_late": N_("It could not be sent in time."),
    "no_phone_number": N_("This is not a phone number."),
    "program_limit": N_("Programs may send {most} texts a day; that limit was reached today."),
}


def sentence(why: Coded) -> str | None:
    """What stopped a text, as a sentence; None for a code that is not the policy's."""
    facts = why.values
    match why.code, facts:
        case "paused_until", {"until": str(until), "now": str(now)}:
            then = troubles.then_in_words(until, now)
            return gettext("Automatic texts are paused; they resume {then}.", then=then)
        case "one_ring", {"rings": int(rings), "least": int(least)}:
            return ngettext(
                "It rang {number} time; strangers are texted from {least} rings.",
                "It rang {number} times; strangers are texted from {least} rings.",
                rings,
                least=least,
            )
        case "cooldown", {"minutes": int(minutes), "hours": int(hours)}:
            told, span = times.ago(minutes), times.hours(hours)
            return gettext("Texted {ago}; one text per caller in {span}.", ago=told, span=span)
        case "strangers", {"strangers": int(strangers)}:
            return ngettext(
                "{number} stranger called within ten minutes. That is too many at once; automatic texts are "
                "stopped until somebody checks.",
                "{number} strangers called within ten minutes. That is too many at once; automatic texts are "
                "stopped until somebody checks.",
                strangers,
            )
        case "limit", {"most": int(most)}:
            return ngettext(
                "{number} automatic text went out today; that is the limit.",
                "{number} automatic texts went out today; that is the limit.",
                most,
            )
        case "expired", {"minutes": int(minutes)}:
            late = ngettext(
                "It could not be sent within {number} minute.",
                "It could not be sent within {number} minutes.",
                minutes,
            )
            return _and_why(late, facts.get("error"))
        case "too_late", {"error": error}:
            return _and_why(gettext(SENTENCES["too_late"]), error)
        case "unreachable", {"error": error}:
            return _and_why(gettext("Texts to this number fail for good."), error)
        case "clock", {"doubt": doubt}:
            told = gettext("This caller was texted before, but the box cannot tell how long ago.")
            return _and_why(told, doubt)
        case _, {"at": str(at)} if why.code in SENTENCES:
            return gettext(SENTENCES[why.code], day=_day(at), **facts)
        case _ if why.code in SENTENCES:
            return gettext(SENTENCES[why.code], **facts)
    return None


def error_sentence(told: Coded | str) -> str:
    """What a column or a trouble of the status holds, in words. A text that is no code is its own words, and so is a code
    without the facts that it should have: no page fails of a row.

    >>> error_sentence("too_late"), error_sentence("left_sending"), error_sentence("The modem said ERROR.")
    ('It could not be sent in time.', 'The box stopped while this text was being sent.', 'The modem said ERROR.')
    """
    known = Coded.from_text(told) if isinstance(told, str) else told
    try:
        return sentence(known) or troubles.sentence(known)
    except (KeyError, ValueError, OverflowError):
        return known.to_text()


def trace_in_words(trace: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """A call's trace as the contract has it: rule, verdict, and the detail as a sentence. Sentences of old rows stay.

    >>> trace_in_words([{"rule": "disabled", "verdict": "pass"}, {"rule": "spam", "verdict": "stop", "why": "blocked"}])
    [{'rule': 'disabled', 'verdict': 'pass', 'detail': 'Automatic texts are on.'}, \
{'rule': 'spam', 'verdict': 'stop', 'detail': 'This caller is blocked.'}]
    """
    return [{"rule": step["rule"], "verdict": step["verdict"], "detail": _detail(step)} for step in trace]


def _detail(step: Mapping[str, str]) -> str:
    if "detail" in step:
        return step["detail"]
    if "why" in step:
        return error_sentence(step["why"])
    return gettext(REASONS[Reason(step["rule"])].passed) if step["rule"] in REASONS else ""


def chip(reason: str | None) -> str | None:
    """Three words for a reason; None for none, and for one that this release does not know."""
    return gettext(REASONS[Reason(reason)].chip) if reason in REASONS else None


def deciding_first(trace: Iterable[Mapping[str, str]]) -> tuple[str | None, list[str]]:
    """What stopped the text, None if nothing did, and what did not stop it, as sentences. A rule that stopped it when it was
    due had let it pass before.

    >>> deciding_first([{"rule": "disabled", "verdict": "pass"}, {"rule": "spam", "verdict": "stop", "why": "blocked"}])
    ('This caller is blocked.', ['Automatic texts are on.'])
    >>> deciding_first([{"rule": "spam", "verdict": "pass"}, {"rule": "spam", "verdict": "stop", "why": "blocked"}])
    ('This caller is blocked.', [])
    """
    steps = trace_in_words(trace)
    stops = {step["rule"]: step["detail"] for step in steps if step["verdict"] == "stop"}
    passed = [step["detail"] for step in steps if step["verdict"] == "pass" and step["rule"] not in stops]
    return list(stops.values())[-1] if stops else None, passed


def _day(at: str) -> str:
    """A moment by the shop's clock, ISO 8601, in words.

    >>> _day("2026-05-03T14:05+01:00")
    '3 May 2026, 14:05'
    """
    moment = datetime.fromisoformat(at)
    return gettext("{day}, {time}", day=dates.plain_day(moment), time=dates.clock(moment))


def _and_why(told: str, error: object) -> str:
    """A sentence, and behind it what was the cause, where that is known."""
    return f"{told} {error_sentence(str(error))}" if error else told
