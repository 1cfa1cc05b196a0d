"""`/contacts`: everybody who called or wrote."""

from flask import Blueprint, current_app, render_template, request
from sqlmodel import Session

from bridge import history
from bridge.desk import Desk

LIST = 100

pages = Blueprint("contacts", __name__)


@pages.route("/contacts")
def contacts() -> str:
    """The contacts, the last seen first. q: part of a name or number."""
    desk: Desk = current_app.extensions["desk"]
    search = request.args.get("q", "").strip()[:80]
    with Session(desk.engine) as session:
        rows = history.contacts(session, search=search, limit=LIST + 1)
    return render_template("contacts.html", contacts=rows[:LIST], more=len(rows) > LIST, text=search)
