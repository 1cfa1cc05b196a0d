"""Why a caller was texted or not: what the policy's reasons and codes mean, in plain words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bridge.rules.policy import Reason
from bridge.words import troubles
from bridge.words.catalogue import count, say
from modem.contract import Coded


@dataclass(frozen=True)
class ReasonWords:
    """chip: two or three words; passed: what a trace says of a rule that stopped nothing, true whatever it let pass."""

    chip: str
    passed: str


REASONS = {
    Reason.NOT_MISSED: ReasonWords("call was answered", "The call was missed."),
    Reason.DISABLED: ReasonWords("switched off", "Automatic texts are on."),
    Reason.WITHHELD: ReasonWords("number withheld", "The number was shown."),
    Reason.NOT_TEXTABLE: ReasonWords("cannot be texted", "The number can receive texts."),
    Reason.FOREIGN: ReasonWords("from abroad", "Numbers from this country are texted."),
    Reason.EXCLUDED: ReasonWords("never texted", "Nobody has marked it as never to be texted."),
    Reason.OPTED_OUT: ReasonWords("asked for none", "This person has not asked you to stop."),
    Reason.SPAM: ReasonWords("on block list", "It is not blocked."),
    Reason.ONE_RING: ReasonWords("rang only once", "It rang long enough."),
    Reason.COOLDOWN: ReasonWords("texted already", "No automatic text to this caller lately."),
    Reason.CLOSED: ReasonWords("shop was closed", "Texts go out at this time."),
    Reason.LIMIT: ReasonWords("daily limit reached", "Within today's limit."),
    Reason.BREAKER: ReasonWords("too many strangers", "Not too many strangers at once."),
    Reason.CLOCK: ReasonWords("clock not set", "The time is known well enough."),
    Reason.SUPERSEDED: ReasonWords("in contact since", "No contact since the call."),
    Reason.EXPIRED: ReasonWords("too late", "It is still in time."),
}

# What stops a text, or what a rule let pass, by its code. Those that need more than their facts filled in are below.
SENTENCES = {
    "not_missed": "The call was answered or turned down here.",
    "disabled": "Automatic texts are switched off.",
    "paused": "Automatic texts are paused until somebody lets them go on.",
    "withheld": "The caller hides the number.",
    "not_shown": "The network did not say who called.",
    "no_number": "No number was shown.",
    "own": "It is one of the shop's own numbers.",
    "mobile_or_landline": "It may be a landline.",
    "landline": "It is a landline, which cannot receive texts.",
    "toll_free": "It is a toll-free number, which cannot receive texts.",
    "premium": "It is a premium number; a text to it could cost a lot.",
    "shared_cost": "It is a shared-cost number, which cannot receive texts.",
    "voip": "It is an internet phone number, which mostly cannot receive texts.",
    "personal": "It is a personal number that forwards calls; a text to it could cost a lot.",
    "pager": "It is a pager.",
    "uan": "It is a company's service number, which cannot receive texts.",
    "voicemail": "It is a voicemail number.",
    "satellite": "It is a satellite or global service number; a text to it could cost a lot.",
    "emergency": "It is an emergency number.",
    "letters": "The sender is a name, not a number.",
    "short": "It is a short code or no complete number.",
    "unassigned": "No operator uses this range of numbers.",
    "foreign": "The number is from a country that is not texted.",
    "foreign_region": "The number is from {region}, which is not texted.",
    "staff": "This is one of the staff, who are never texted.",
    "supplier": "This is a supplier; suppliers are never texted.",
    "never": "This contact is marked as never to be texted.",
    "opted_out": "This person asked for no more texts.",
    "doubtful": "This person wrote something that may be a STOP; somebody has to look at it first.",
    "blocked": "This caller is blocked here.",
    "listed": "It is on the block list {list}.",
    "listed_as": "It is on the block list {list}: {label}.",
    "spam_name": "The network calls this caller {name!r}.",
    "text_waits": "A text to this caller is already on its way.",
    "closed": "The shop was closed.",
    "closed_same": "The shop was closed; callers get the same text then.",
    "closed_other": "The shop was closed; callers get another text then.",
    "closed_wait": "The shop was closed; the text waits until it opens.",
    "hours_not_known": "The box's clock may be wrong, so it did not go by the opening hours.",
    "known_caller": "It rang only briefly, but this caller is known.",
    "no_cooldown": "A caller may be texted after every missed call.",
    "clock_harmless": "The box's clock may be wrong, but this caller was never texted before.",
    "never_opens": "The shop was closed, and no opening is in sight.",
    "breaker": "Too many strangers called at once; automatic texts are stopped until somebody looks.",
    "strangers": "{strangers} strangers called within ten minutes. Too many strangers called at once; automatic texts are"
    " stopped until somebody looks.",
    "standstill": "The database was lost or damaged; automatic texts stand still until somebody decides.",
    "called_back": "Somebody here has called the caller back.",
    "they_texted": "The caller has texted us since.",
    "we_texted": "Somebody here has texted the caller since.",
    "called_again": "The caller has called again and was answered.",
    "too_late": "It could not be sent in time.",
}


def sentence(why: Coded) -> str | None:
    """What stopped a text, as a sentence; None for a code that is not the policy's."""
    facts = why.values
    match why.code, facts:
        case "paused_until", {"until": str(until), "now": str(now)}:
            then = troubles.then_in_words(until, now)
            return say("Automatic texts are paused; they go on {then}.", then=then)
        case "one_ring", {"rings": int(rings), "least": int(least)}:
            rang, from_on = count(rings, "time", "times"), count(least, "ring", "rings")
            return say("It rang {rang}, and strangers are texted from {least} on.", rang=rang, least=from_on)
        case "cooldown", {"minutes": int(minutes), "hours": int(hours)}:
            one_in = count(hours, "hour", "hours")
            return say("Texted {ago}; one text per caller in {hours}.", ago=_ago(minutes), hours=one_in)
        case "limit", {"most": int(most)}:
            texts = count(most, "automatic text", "automatic texts")
            return say("{texts} went out today; that is the limit.", texts=texts)
        case "expired", {"minutes": int(minutes)}:
            within = count(minutes, "minute", "minutes")
            late = say("It could not be sent within {within} of being due.", within=within)
            return _and_why(late, facts.get("error"))
        case "too_late", {"error": error}:
            return _and_why(say(SENTENCES["too_late"]), error)
        case "unreachable", {"error": error}:
            return say("A text to this number has failed for good. {error}", error=error_sentence(str(error)))
        case "clock", {"doubt": doubt}:
            told = "This caller was texted before, and nobody knows how long ago. {doubt}"
            return say(told, doubt=error_sentence(str(doubt)))
        case _ if why.code in SENTENCES:
            return say(SENTENCES[why.code], **facts)
    return None


def error_sentence(told: Coded | str) -> str:
    """What a column or a trouble of the status holds, in words. A text that is no code is its own words, and so is a code
    without the facts that it should have: no page fails of a row.

    >>> error_sentence("too_late"), error_sentence("left_sending"), error_sentence("The modem said ERROR.")
    ('It could not be sent in time.', 'The box stopped while this text was on its way.', 'The modem said ERROR.')
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
{'rule': 'spam', 'verdict': 'stop', 'detail': 'This caller is blocked here.'}]
    """
    return [{"rule": step["rule"], "verdict": step["verdict"], "detail": _detail(step)} for step in trace]


def _detail(step: Mapping[str, str]) -> str:
    if "detail" in step:
        return step["detail"]
    if "why" in step:
        return error_sentence(step["why"])
    return REASONS[Reason(step["rule"])].passed if step["rule"] in REASONS else ""


def chip(reason: str | None) -> str | None:
    """Three words for a reason; None for none, and for one that this release does not know."""
    return REASONS[Reason(reason)].chip if reason in REASONS else None


def deciding_first(trace: Iterable[Mapping[str, str]]) -> tuple[str | None, list[str]]:
    """What stopped the text, None if nothing did, and what did not stop it, as sentences. A rule that stopped it when it was
    due had let it pass before.

    >>> deciding_first([{"rule": "disabled", "verdict": "pass"}, {"rule": "spam", "verdict": "stop", "why": "blocked"}])
    ('This caller is blocked here.', ['Automatic texts are on.'])
    >>> deciding_first([{"rule": "spam", "verdict": "pass"}, {"rule": "spam", "verdict": "stop", "why": "blocked"}])
    ('This caller is blocked here.', [])
    """
    steps = trace_in_words(trace)
    stops = {step["rule"]: step["detail"] for step in steps if step["verdict"] == "stop"}
    passed = [step["detail"] for step in steps if step["verdict"] == "pass" and step["rule"] not in stops]
    return list(stops.values())[-1] if stops else None, passed


def _and_why(late: str, error: object) -> str:
    """That a text was too late, and what kept it, where that is known."""
    return f"{late} {error_sentence(str(error))}" if error else late


def _ago(minutes: int) -> str:
    """How long ago, in words.

    >>> _ago(61), _ago(0), _ago(-1)
    ('1 hour ago', 'just now', 'at a time that the clock has yet to reach')
    """
    if minutes < 0:
        return "at a time that the clock has yet to reach"
    if not minutes:
        return "just now"
    past = count(minutes, "minute", "minutes") if minutes < 60 else count(minutes // 60, "hour", "hours")
    return say("{past} ago", past=past)
