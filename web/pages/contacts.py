"""`/contacts`: everybody who called or wrote, what the shop has written down about them, and contacts as files."""

from collections.abc import Mapping
from os import SEEK_END
from types import MappingProxyType

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as Redirect

from bridge.contract.answers import Done
from bridge.contract.requests import AddContact, AddNumber, Describe, Forget, ImportContacts
from bridge.records import views
from bridge.records.contacts import card_of
from bridge.records.rows import id_of
from bridge.rules import addressbook
from bridge.rules.limits import KINDS, LONGEST_NAME, LONGEST_NOTES
from bridge.rules.numbers import e164
from bridge.rules.text_files import pieces
from bridge.words.catalogue import N_, _, ngettext
from web import current, limits
from web.pages import marks, paging
from web.pages.acts import called
from web.pages.told import in_words

LIST = 50
# So many contacts of a file are stored in one go, and so long that is waited for (seconds): a caller may wait behind them.
BATCH, PATIENCE = 100, 30.0
KIND_WORDS = {
    "": N_("Customer: gets texts back"),
    "staff": N_("Staff: never texted"),
    "supplier": N_("Supplier: never texted"),
    "never": N_("Somebody else who is never texted"),
}

pages = Blueprint("contacts", __name__)


@pages.route("/contacts")
def contacts() -> str:
    """The contacts, the last seen first. q: part of a name or number; before: where the
    last page ended."""
    return _list()


@pages.route("/contacts", methods=["POST"])
def add() -> Redirect | tuple[str, int]:
    """Put somebody into the contacts by hand (303 to what is known of them)."""
    typed = {key: request.form.get(key, "").strip() for key in ("name", "number")}
    bridge = current.bridge()
    answer = bridge.request(AddContact(typed["number"], typed["name"]), by=g.user)
    if not isinstance(answer, Done):
        return _list(problem=in_words(answer), typed=typed), 409
    address = e164(typed["number"], bridge.region()) or typed["number"]
    return redirect(url_for("contacts.contact", address=address), 303)


def _list(
    read: addressbook.Read | None = None,
    taken: int = 0,
    problem: str | None = None,
    typed: Mapping[str, str] = MappingProxyType({}),
) -> str:
    bridge = current.bridge()
    search = request.args.get("q", "").strip()[:80]
    before = paging.place(request.args.get("before", ""))
    with Session(bridge.engine) as session:
        rows = views.contacts(
            session,
            own=current.own(session),
            search=search,
            region=bridge.region(),
            before=before,
            limit=LIST + 1,
        )
        doubted = views.doubted_behind(session)
        further = views.further_numbers(session, rows)
    more = rows[LIST - 1] if len(rows) > LIST else None
    return render_template(
        "contacts.html",
        contacts=rows[:LIST],
        older=paging.mark(more.place, id_of(more)) if more else None,
        doubted=doubted,
        text=search,
        read=read,
        taken=taken,
        further=further,
        problem=problem,
        typed=typed,
        longest=LONGEST_NAME,
        largest=limits.in_words(limits.LARGEST_FILE),
    )


@pages.route("/contacts/export.<any(vcf, csv):form>")
def export(form: str) -> Response:
    """All contacts as a file, with who wants no texts: vCard for phones, CSV for spreadsheets."""
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        further = views.further_numbers(session)
        rows = [
            card_of(contact, address)
            for contact in views.contacts(session, own=current.own(session))
            for address in (contact.address, *further.get(id_of(contact), ()))
        ]
    zone = bridge.settings().shop.zone
    text = addressbook.to_vcard(rows) if form == "vcf" else addressbook.to_csv(rows, zone)
    kind = "text/vcard" if form == "vcf" else "text/csv"
    # A byte-order mark, without which Excel takes the file for its own old alphabet.
    response = Response(text.encode("utf-8" if form == "vcf" else "utf-8-sig"), mimetype=kind)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="contacts-{current.bridge().now():%Y-%m-%d}.{form}"'
    )
    return response


@pages.route("/contacts/import", methods=["POST"])
def import_contacts() -> str | tuple[str, int]:
    """Contacts out of a file, in small steps; what was left out is said."""
    bridge = current.bridge()
    file = request.files.get("file")
    if file is None or not file.filename:
        abort(400, _("No file was chosen. Choose a vCard (.vcf) or CSV file first."))
    if file.stream.seek(0, SEEK_END) > limits.LARGEST_FILE:
        abort(413)
    file.stream.seek(0)
    read = addressbook.read(pieces(file.read), bridge.region())
    taken = 0
    for some in _in_batches(read.cards):
        answer = bridge.request(ImportContacts(some), PATIENCE, by=g.user)
        if not isinstance(answer, Done):
            stored = ngettext("{number} contact was saved.", "{number} contacts were saved.", taken)
            again = _("Import the same file again later.")
            abort(503, f"{stored} {in_words(answer)} {again}")
        taken += len(some)
    return _list(read, taken)


def _in_batches(found: tuple[addressbook.Card, ...]) -> list[tuple[addressbook.Card, ...]]:
    return [found[start : start + BATCH] for start in range(0, len(found), BATCH)]


@pages.route("/contacts/<path:address>")
def contact(address: str) -> str:
    """What is known of one person, to be changed."""
    return _one(address, None)


@pages.route("/contacts/<path:address>", methods=["POST"])
def describe(address: str) -> Redirect | tuple[str, int]:
    """Keep name, notes and kind (303 to the thread)."""
    bridge = current.bridge()
    form = request.form
    kind = form.get("kind", "")
    if kind not in KINDS:
        abort(400)
    with Session(bridge.engine) as session:
        before = views.contact_at(session, address)
    answer = bridge.request(Describe(address, form.get("name", ""), form.get("notes", ""), kind), by=g.user)
    if not isinstance(answer, Done):
        return _one(address, in_words(answer)), 409
    if before is not None and kind != before.kind:
        marks.tell(kind or "welcome", before, called(address))
    return redirect(url_for("conversations.thread", address=address) + "#end", 303)


@pages.route("/contacts/<path:address>/number", methods=["POST"])
def add_number(address: str) -> Redirect | tuple[str, int]:
    """Another number of this person; who has it already becomes one contact with them, where the tick confirms it."""
    number, sure = request.form.get("number", "").strip(), bool(request.form.get("sure"))
    answer = current.bridge().request(AddNumber(address, number, sure), PATIENCE, by=g.user)
    if not isinstance(answer, Done):
        return _one(address, in_words(answer), number), 409
    return redirect(url_for("contacts.contact", address=address), 303)


@pages.route("/contacts/<path:address>/forget", methods=["POST"])
def forget(address: str) -> Redirect | tuple[str, int]:
    """Delete the person with all calls and texts, where the tick confirms it."""
    bridge = current.bridge()
    if not request.form.get("sure"):
        return _one(address, _("Nothing was deleted: tick the box to confirm.")), 422
    answer = bridge.request(Forget(address), PATIENCE, by=g.user)
    if not isinstance(answer, Done):
        return _one(address, in_words(answer)), 409
    return redirect(url_for("contacts.contacts"), 303)


def _one(address: str, problem: str | None, number: str = "") -> str:
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        person = views.contact_at(session, address) or abort(404, _("This number is not known here."))
        events = views.consents(session, person)
        further = views.other_numbers(session, person)
    return render_template(
        "contact.html",
        contact=person,
        events=events,
        further=further,
        number=number,
        problem=problem,
        kinds=KIND_WORDS,
        longest={"name": LONGEST_NAME, "notes": LONGEST_NOTES},
    )
