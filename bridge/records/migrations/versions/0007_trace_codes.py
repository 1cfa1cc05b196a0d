"""Why a caller was or was not texted: codes with their facts in place of 0.1.0's sentences. What cannot be read stays."""

import ast
import json
import re

from bridge.records.migrations.rewriting import code_of, coded, rewrite

revision = "0007"
down_revision = "0006"

PASSED = {
    "not_missed": "The call was missed.",
    "disabled": "Automatic texts are on.",
    "withheld": "The number was shown.",
    "not_textable": "The number can receive texts.",
    "foreign": "Its country is texted.",
    "excluded": "Nobody has marked it as never to be texted.",
    "opted_out": "This person has not asked for no more texts.",
    "spam": "It is not blocked.",
    "one_ring": "It rang long enough.",
    "cooldown": "No automatic text to this caller lately.",
    "closed": "Texts go out at this time.",
    "limit": "Within today's limit.",
    "breaker": "No burst of strangers.",
    "clock": "The clock is believed, or this caller was never texted.",
    "superseded": "No contact since the call.",
    "expired": "It is still in time.",
}
STOPPED = {
    "The call was answered or turned down here.": "not_missed",
    "Automatic texts are switched off.": "disabled",
    "Automatic texts are paused until somebody lets them go on.": "paused",
    "The caller hides the number.": "withheld",
    "The network did not say who called.": "not_shown",
    "No number was shown.": "no_number",
    "It is one of the shop's own numbers.": "own",
    "It may be a landline.": "mobile_or_landline",
    "It is a landline, which cannot receive texts.": "landline",
    "It is a toll-free number, which cannot receive texts.": "toll_free",
    "It is a premium number; a text to it could cost a lot.": "premium",
    "It is a shared-cost number, which cannot receive texts.": "shared_cost",
    "It is an internet phone number, which mostly cannot receive texts.": "voip",
    "It is a personal number that forwards calls; a text to it could cost a lot.": "personal",
    "It is a pager.": "pager",
    "It is a company's service number, which cannot receive texts.": "uan",
    "It is a voicemail number.": "voicemail",
    "It is a satellite or global service number; a text to it could cost a lot.": "satellite",
    "It is an emergency number.": "emergency",
    "The sender is a name, not a number.": "letters",
    "It is a short code or no complete number.": "short",
    "No operator uses this range of numbers.": "unassigned",
    "The number is from a country that is not texted.": "foreign",
    "This is one of the staff, who are never texted.": "staff",
    "This is a supplier; suppliers are never texted.": "supplier",
    "This contact is marked as never to be texted.": "never",
    "This person asked for no more texts.": "opted_out",
    "This person wrote something that may be a STOP; somebody has to look at it first.": "doubtful",
    "This caller is blocked here.": "blocked",
    "A text to this caller is already on its way.": "text_waits",
    "The shop was closed.": "closed",
    "The shop was closed, and no opening is in sight.": "never_opens",
    "Too many strangers called at once; automatic texts are stopped until somebody looks.": "breaker",
    "Somebody here has called the caller back.": "called_back",
    "The caller has texted us since.": "they_texted",
    "Somebody here has texted the caller since.": "we_texted",
    "The caller has called again and was answered.": "called_again",
    "It could not be sent in time.": "too_late",
}
PATTERNS = (
    (r"The number is from (?P<region>[A-Z]{2}|\d{3}), which is not texted\.", "foreign_region"),
    (r"It is on the block list (?P<list>[^:]+): (?P<label>.+)\.", "listed_as"),
    (r"It is on the block list (?P<list>.+)\.", "listed"),
    (r"A text to this number has failed for good\. (?P<error>.+)", "unreachable"),
    (r"It rang (?P<rings>\d+) times?, and strangers are texted from (?P<least>\d+) rings? on\.", "one_ring"),
    (r"(?P<most>\d+) automatic texts? went out today; that is the limit\.", "limit"),
    (r"(?P<strangers>\d+) strangers called within ten minutes\. Too many strangers .+", "strangers"),
    (r"This caller was texted before, and nobody knows how long ago\. (?P<doubt>.+)", "clock"),
    (r"It could not be sent within (?P<minutes>\d+) minutes? of being due\.", "expired"),
)
COOLDOWN = re.compile(r"Texted (.+); one text per caller in (\d+) hours?\.")
AGO = re.compile(r"(\d+) (minute|hour)s? ago")
SPAM_NAME = re.compile(r"The network calls this caller ('.*'|\".*\")\.")


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    rewrite("call", "trace", _trace)
    rewrite("message", "error", lambda text: _code(text) or text)
    rewrite("incident", "what", lambda text: _code(text) or text, "kind = 'breaker'")
    rewrite("memo", "value", lambda text: _code(text) or text, "name = 'breaker'")


def _trace(text: str) -> str:
    """A trace, which is JSON, with codes; also where a driver hands the value over already read."""
    steps = json.loads(text) if isinstance(text, str) else text
    return json.dumps([_step(step) for step in steps]) if isinstance(steps, list) else text


def _step(step: dict[str, str]) -> dict[str, str]:
    rule, verdict, detail = step.get("rule", ""), step.get("verdict"), step.get("detail", "")
    if verdict == "pass" and detail == PASSED.get(rule):
        return {"rule": rule, "verdict": "pass"}
    code = _code(detail) if verdict == "stop" else None
    return {"rule": rule, "verdict": "stop", "why": code} if code else step


def _code(sentence: str) -> str | None:
    if found := COOLDOWN.fullmatch(sentence):
        ago, hours = found.groups()
        minutes = _minutes(ago)
        return None if minutes is None else coded("cooldown", hours=int(hours), minutes=minutes)
    if found := SPAM_NAME.fullmatch(sentence):
        return coded("spam_name", name=ast.literal_eval(found[1]))
    return code_of(sentence, STOPPED, PATTERNS)


def _minutes(ago: str) -> int | None:
    if ago in ("just now", "at a time that the clock has yet to reach"):
        return 0 if ago == "just now" else -1
    found = AGO.fullmatch(ago)
    return int(found[1]) * (60 if found[2] == "hour" else 1) if found else None
