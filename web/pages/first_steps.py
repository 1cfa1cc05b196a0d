"""`/welcome`: the first steps, from the first password to the test text. Each step's state is read from what is there, so the
page can be left and come back to at any time."""

from collections.abc import Sequence

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.config import ConfigError
from bridge.config.edit import CannotWrite
from bridge.config.schema import SECTIONS
from bridge.contract.answers import Done, Rejected
from bridge.contract.bridge import Bridge
from bridge.contract.requests import SendSample, TakeOver
from bridge.records import users, views
from bridge.rules import languages, numbers
from bridge.rules.refusals import Refusal
from bridge.rules.states import Direction, MessageKind, Textback
from bridge.words.catalogue import _
from bridge.words.preview import reads_now
from bridge.words.requests import refusal_in_words
from web import current, limits
from web.access import login
from web.pages import qr, settings, status
from web.pages.told import in_words, not_kept

# So many of the last calls and texts are looked at.
LOOKED_AT = 20
# The network has taken the text, or says that the phone has it: nothing else counts as done.
WENT_OUT = ("sent", "delivered")
SHIPPED_TEXT = SECTIONS["textback"]["message"].default

pages = Blueprint("welcome", __name__)


@pages.route("/welcome", methods=["GET", "POST"])
def first() -> str | Response | tuple[str, int]:
    """While nobody may log in: a name and a password for who knows the code. Afterwards: the steps."""
    bridge = current.bridge()
    with Session(bridge.engine) as database:
        nobody = users.nobody_yet(database)
    if nobody:
        return _take_over(bridge) if request.method == "POST" else begin()
    if g.user is None:
        return redirect(url_for("auth.login", next=url_for("welcome.first")), 303)
    return _steps(bridge)


def begin(problem: str | None = None, moving: str | None = None) -> str:
    """The page for the first who come. problem: with what they typed; moving: with the backup that they want restored."""
    bridge = current.bridge()
    return render_template(
        "welcome_first.html",
        problem=problem,
        moving=moving,
        name=request.form.get("name", ""),
        code=request.form.get("code", ""),
        shortest=users.SHORTEST_PASSWORD,
        whole=bridge.status().backup.whole,
        largest=limits.in_words(limits.LARGEST_BACKUP),
    )


def wrong_code() -> str:
    """What is said of a code that is not the box's."""
    return _("That is not the code. You find it where the box was started; textback doctor shows it too.")


def _take_over(bridge: Bridge) -> Response | tuple[str, int]:
    """The first user, who is an owner; logged in at once."""
    form, code = request.form, request.form.get("code", "")
    if not login.knows_the_code():
        return begin(wrong_code()), 403
    try:
        name = users.name_of(form.get("name", ""))
        wanted = TakeOver(code, name, users.hash_password(form.get("password", "")))
    except Refusal as refusal:
        return begin(refusal_in_words(refusal.why)), 422
    answer = bridge.request(wanted, by=name)
    if not isinstance(answer, Done):
        return begin(in_words(answer)), 422 if isinstance(answer, Rejected) else 503
    login.let_in(name)
    return redirect(url_for("welcome.first"), 303)


@pages.route("/welcome/shop", methods=["POST"])
def shop() -> Response | tuple[str, int]:
    """Name the shop."""
    return _keep("shop", {"name": request.form.get("name", "")})


@pages.route("/welcome/text", methods=["POST"])
def text() -> Response | tuple[str, int]:
    """Take the shipped text, which names the shop."""
    return _keep("textback", {"message": SHIPPED_TEXT})


@pages.route("/welcome/sample", methods=["POST"])
def sample() -> Response | tuple[str, int]:
    """Keep the owner's mobile, and send it the text that a stranger would get."""
    bridge = current.bridge()
    kept = _keep("notify", {"sms_to": request.form.get("mobile", "")})
    if not isinstance(kept, Response):
        return kept
    answer = bridge.request(SendSample(), by=g.user)
    return (_steps(bridge, in_words(answer)), 409) if isinstance(answer, Rejected) else kept


def _keep(section: str, values: dict[str, str | None]) -> Response | tuple[str, int]:
    bridge = current.bridge()
    try:
        settings.keep(bridge, section, values)
    except (ConfigError, CannotWrite) as error:
        return _steps(bridge, not_kept(error, section)), 422
    return redirect(url_for("welcome.first"), 303)


def _steps(bridge: Bridge, problem: str | None = None) -> str:
    now, mobile = bridge.settings(), bridge.settings().notify.sms_to
    with Session(bridge.engine) as session:
        calls = views.calls(session, limit=LOOKED_AT)
        box_numbers = status.numbers_of(session, bridge.status())
        address = numbers.e164(mobile, bridge.region()) if mobile else None
        texts = views.messages(session, address=address, limit=LOOKED_AT) if address else []
    url, call, sample = qr.own_address(), the_test_call(calls), the_test_text(texts)
    return render_template(
        "welcome.html",
        settings=now,
        status=bridge.status(),
        call=call,
        called=call is not None and call.textback in WENT_OUT,
        sample=sample,
        sampled=sample is not None and sample.status in WENT_OUT,
        reads=_reads(now.textback.message),
        names_shop="{shop}" in now.textback.message,
        shipped=_reads(SHIPPED_TEXT),
        box_numbers=box_numbers,
        url=url,
        qr=qr.code(url),
        owner=g.role == users.OWNER,
        problem=problem,
    )


def the_test_call(calls: Sequence[views.CallRow]) -> views.CallRow | None:
    """The call that shows whether calls are texted back: the last one that should get a text, else the last one at all."""
    texted = (call for call in calls if call.textback not in (Textback.NONE, Textback.SKIPPED))
    return next(texted, calls[0] if calls else None)


def the_test_text(texts: Sequence[views.MessageRow]) -> views.MessageRow | None:
    """The last text by hand to the owner's mobile; alerts go there too, and are none."""
    return next(
        (text for text in texts if text.direction == Direction.OUT and text.kind == MessageKind.MANUAL), None
    )


def _reads(template: str) -> str:
    """How a text reads to a stranger who rings while the shop is open."""
    bridge = current.bridge()
    settings = bridge.settings()
    return reads_now(settings, languages.of_shop(settings, bridge.region()), template, bridge.now()).text
