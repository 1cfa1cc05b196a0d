"""`/conversations`: who wrote and who called, and one thread of calls, texts and notes with a reply box."""

from dataclasses import replace
from secrets import token_urlsafe

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Done, Pending
from bridge.contract.bridge import Bridge
from bridge.contract.requests import (
    AddNote,
    CalledBack,
    Mark,
    MarkDone,
    MarkRead,
    SaveReply,
    SendAgain,
    WriteText,
)
from bridge.records import users, views
from bridge.records.rows import id_of
from bridge.records.tables import Contact
from bridge.rules import later
from bridge.rules.limits import LONGEST_LABEL, LONGEST_NAME, LONGEST_NOTE, LONGEST_REPLY
from bridge.rules.numbers import untextable
from bridge.rules.states import ANSWERING
from bridge.rules.template import fill_in
from bridge.words.catalogue import N_, _
from web import current
from web.pages import drafts, finding, marks, paging
from web.pages.acts import ask, called, done_with, to_the_end
from web.pages.drafts import Draft
from web.pages.numbers import pretty
from web.pages.told import in_words

LIST = 40
THREAD = 60
# So much of what came later is shown below a row that was searched.
LATER = 20
FILTERS = {"open": N_("Open"), "mine": N_("Mine"), "done": N_("Done"), "all": N_("All")}

pages = Blueprint("conversations", __name__)


@pages.route("/conversations")
def conversations() -> str:
    """The list of conversations, those who wait for an answer first. show: open, mine, done or all; after, before: where the
    last page ended, among those who wait or the others; q: the people and texts that a search finds, in place of the list."""
    return _page(None, Draft())


@pages.route("/conversations/<path:address>")
def thread(address: str) -> str:
    """One conversation. Looking at it changes nothing: `read` does, by a button or by the page's script. until: where the
    page of newer ones began; at: a row that is to be shown; q: what a search in it finds, in place of the thread."""
    return _page(address, Draft())


@pages.route("/conversations/<path:address>", methods=["POST"])
def reply(address: str) -> Response | tuple[str, int]:
    """Send a reply (303 to the thread that shows it), count what it costs, or keep it for other times. What was typed is never
    lost."""
    form, draft = request.form, drafts.typed(request.form)
    match form.get("do"):
        case "count":
            return _page(address, draft), 200
        case "save":
            return _save(address, draft)
        case None | "send":
            return _send(address, draft)
        case "later":
            return _send(address, draft, form.get("at", ""))
        case str(chosen) if chosen.startswith("at "):
            return _send(address, draft, chosen[3:])
    return _page(address, replace(draft, body=_with_saved(address, draft.body, form.get("do", "")))), 200


def _send(address: str, draft: Draft, at: str | None = None) -> Response | tuple[str, int]:
    """at: when it goes out, as a picker of date and time has it; None: now."""
    bridge = current.bridge()
    due = later.picked(at, bridge.settings().shop.zone) if at is not None else None
    if at is not None and due is None:
        return _page(address, replace(draft, problem=_("Choose a day and a time first."))), 422
    wanted = WriteText(address, draft.body, g.user, draft.despite_stop, draft.ticket or None, due)
    answer = bridge.request(wanted, by=g.user)
    if isinstance(answer, Pending):
        # The same ticket stays in the form: sent again, it is the same text.
        calm = _("Do not send this again: it will be sent by itself.")
        problem = f"{in_words(answer)} {calm}"
        return _page(address, replace(draft, problem=problem)), 202
    if not isinstance(answer, Done):
        return _page(address, replace(draft, problem=in_words(answer), ticket="")), 409
    bridge.request(MarkRead(address))
    return to_the_end(address)


def _save(address: str, draft: Draft) -> tuple[str, int]:
    bridge = current.bridge()
    answer = bridge.request(SaveReply(draft.body), by=g.user)
    if not isinstance(answer, Done):
        return _page(address, replace(draft, problem=in_words(answer))), 409
    return _page(address, replace(draft, said=_("Saved. You find it under Saved replies."))), 200


def _with_saved(address: str, body: str, key: str) -> str:
    """The draft with the saved reply of this key behind it."""
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        contact = views.contact_at(session, address)
        saved = _saved_for(session, contact, bridge) if contact else []
    words = next((words for saved_key, words in saved if str(saved_key) == key), "")
    return f"{body.rstrip()} {words}".strip()


def _saved_for(session: Session, contact: Contact, bridge: Bridge) -> list[tuple[int | None, str]]:
    """The saved replies as this person would get them, by their keys: placeholders are filled in."""
    shop = bridge.settings().shop
    values = {"name": contact.name, "shop": shop.name, "phone": shop.phone}
    return [(saved.id, fill_in(saved.body, values)) for saved in views.saved_replies(session)]


@pages.route("/conversations/<path:address>/read", methods=["POST"])
def read(address: str) -> Response:
    """Mark the conversation as read (303 to the thread)."""
    ask(MarkRead(address))
    return done_with(address)


@pages.route("/conversations/<path:address>/called-back", methods=["POST"])
def called_back(address: str) -> Response:
    """Note that this person was called back (303 to the thread)."""
    said = _("{who} is marked as called back.", who=called(address))
    marks.tell_undo(said, ask(CalledBack(address)))
    return done_with(address)


@pages.route("/conversations/<path:address>/mark", methods=["POST"])
def mark(address: str) -> Response:
    """Never text, text again, block, or settle what was no opt-out (303 to the thread)."""
    kind, bridge = request.form.get("kind", ""), current.bridge()
    with Session(bridge.engine) as session:
        before = views.contact_at(session, address)
    ask(Mark(address, kind), 404)
    if before is not None:
        marks.tell(kind, before, before.name or pretty(before.address, bridge.region()))
    return done_with(address)


@pages.route("/conversations/<path:address>/done", methods=["POST"])
def done(address: str) -> Response:
    """Mark the conversation as done, or (do=reopen) as open again (303 to the thread)."""
    settled = request.form.get("do") != "reopen"
    answer = ask(MarkDone(address, settled), 404)
    if not settled:
        marks.tell_undo(_("The conversation with {who} is open again.", who=called(address)), answer)
        return done_with(address)
    marks.tell_undo(_("The conversation with {who} is done.", who=called(address)), answer)
    return redirect(url_for("conversations.conversations"), 303)


@pages.route("/conversations/<path:address>/again", methods=["POST"])
def again(address: str) -> Response:
    """Send a text again that failed, or of which nobody knows (303 to the thread)."""
    key = paging.number(request.form.get("message", "")) or 0
    ask(SendAgain(key, bool(request.form.get("despite_stop"))))
    return done_with(address)


@pages.route("/conversations/<path:address>/note", methods=["POST"])
def note(address: str) -> Response | tuple[str, int]:
    """A word to colleagues (303 to the thread that shows it). What was typed is never lost."""
    bridge = current.bridge()
    body = request.form.get("note", "").replace("\r\n", "\n")
    answer = bridge.request(AddNote(address, body), by=g.user)
    if not isinstance(answer, Done):
        return _page(address, Draft(note=body, problem=in_words(answer))), 409
    return to_the_end(address)


def show_problem(address: str, problem: str) -> str:
    """The thread, with what is wrong with what was asked for."""
    return _page(address, Draft(problem=problem))


def _page(address: str | None, draft: Draft) -> str:
    bridge = current.bridge()
    contact: Contact | None = None
    rows: list[views.ThreadRow] = []
    found, found_here, until, text = None, None, None, finding.asked()
    chosen = request.args.get("show", "open")
    chosen = chosen if chosen in FILTERS else "open"
    labelled = paging.number(request.args.get("label", ""))
    with Session(bridge.engine) as session:
        people_here: list[views.ConversationRow] = []
        if text and address is None:
            found = finding.everywhere(session, bridge, text)
        else:
            people_here = views.conversations(
                session,
                which=chosen,
                user=g.user,
                own=current.own(session),
                label=labelled,
                waiting_after=paging.place(request.args.get("after", "")),
                before=paging.place(request.args.get("before", "")),
                limit=LIST + 1,
            )
        if address is not None:
            contact = views.contact_at(session, address) or abort(404, _("This number is not known here."))
            until = _until(session, contact)
            if text:
                found_here = finding.in_thread(session, contact, text)
            else:
                rows = views.thread(session, contact, before=until, limit=THREAD + 1)
        saved = _saved_for(session, contact, bridge) if contact else []
        colleagues = users.names(session)
        labels = views.all_labels(session)
        worn = views.labels_of(session, [id_of(contact)]).get(id_of(contact), []) if contact else []
    return render_template(
        "conversations.html",
        people=people_here[:LIST],
        older=_behind(people_here[LIST - 1]) if len(people_here) > LIST else None,
        filters=FILTERS,
        chosen=chosen,
        labels=labels,
        labelled=labelled,
        worn=worn,
        contact=contact,
        rows=rows[-THREAD:],
        earlier=paging.mark(rows[-THREAD].place, 0) if len(rows) > THREAD else None,
        now_shown=until is None,
        text=text,
        found=found,
        found_here=found_here,
        draft=draft if draft.ticket else replace(draft, ticket=token_urlsafe(12)),
        saved=saved,
        colleagues=colleagues,
        unread_here=any(isinstance(row, views.MessageRow) and row.status == "received" for row in rows),
        missed_here=_to_call_back(rows),
        offered=later.offered(bridge.now(), bridge.settings().shop.zone),
        to_snooze=later.to_snooze(bridge.now(), bridge.settings().shop.zone),
        untextable=_untextable(contact, bridge) if contact else None,
        longest={"reply": LONGEST_REPLY, "note": LONGEST_NOTE, "name": LONGEST_NAME, "label": LONGEST_LABEL},
        alphabet=drafts.counting(),
        now=current.bridge().now(),
        marked=marks.told(),
    )


def _behind(last: views.ConversationRow) -> dict[str, str]:
    """Where the next page goes on behind this one, as its link says it."""
    if last.waits_place is not None:
        return {"after": paging.mark(last.waits_place, last.key)}
    return {"before": paging.mark(last.place, last.key)}


def _until(session: Session, contact: Contact) -> views.Place | None:
    """Before which row the page of the thread ends: as its link says, or some rows behind the one that was searched."""
    shown = paging.place(request.args.get("at", ""))
    if shown is not None:
        return views.end_of_page(session, contact, shown, LATER)
    return paging.place(request.args.get("until", ""))


def _to_call_back(rows: list[views.ThreadRow]) -> bool:
    """Has somebody rung in vain since a person here called back or wrote?"""
    missed = False
    for row in rows:
        if isinstance(row, views.CallRow):
            missed = (missed or row.missed) and not row.called_back
        elif isinstance(row, views.MessageRow) and _answers(row):
            missed = False
    return missed


def _answers(row: views.MessageRow) -> bool:
    return row.direction == "out" and row.kind == "manual" and row.status in ANSWERING


def _untextable(contact: Contact, bridge: Bridge) -> str | None:
    """Why nobody can answer here. A landline may be worth a try by hand; the shop knows its caller."""
    return untextable(contact.address, bridge.region(), landlines="text")
