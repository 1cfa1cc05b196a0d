"""The backups of the box, on the status page: the last ones, one to take away, one to make now, and one to restore after the
database was lost. Owners only, but for when the last one was made."""

from pathlib import Path

from flask import Blueprint, abort, g, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from bridge.config import ConfigError
from bridge.contract.answers import Rejected
from bridge.contract.requests import ImportContacts, MakeBackup, StartAgain
from bridge.rules.addressbook import Card
from bridge.rules.backups import Unusable
from bridge.words.catalogue import _
from bridge.words.troubles import sentence
from web import current
from web.pages.contacts import BATCH, PATIENCE
from web.pages.told import in_words, not_kept

pages = Blueprint("backups", __name__)


@pages.route("/status/backups/<name>")
def download(name: str) -> Response:
    """One of them, as a file."""
    there = (one.path for one in current.bridge().backups() if one.path.name == name)
    file = next(there, None) or abort(404, _("This backup is no longer here."))
    return send_file(file, as_attachment=True, mimetype="application/zip")


@pages.route("/status/backup", methods=["POST"])
def make() -> Response:
    """Have one made now (303 to the status, which says when it is there)."""
    answer = current.bridge().request(MakeBackup(), by=g.user)
    if isinstance(answer, Rejected):
        abort(409, in_words(answer))
    return redirect(url_for("status.status") + "#backups", 303)


@pages.route("/status/restore", methods=["POST"])
def restore() -> str:
    """Have the box start again with the newest one that is whole (409 with the reason why not)."""
    bridge = current.bridge()
    whole = bridge.status().backup.whole or abort(409, _("This backup is no longer here."))
    problem = laid(whole.path, "")
    if problem is not None:
        abort(409, problem)
    bridge.request(StartAgain(), by=g.user)
    return render_template("restored.html")


def laid(file: Path, passphrase: str) -> str | None:
    """Lays a backup ready for the next start. What is wrong with it, None if nothing is; of half a backup it is kept who is not
    to be texted."""
    try:
        current.bridge().lay_backup(file, passphrase)
    except Unusable as error:
        return sentence(error.trouble.adding(people=_kept(error.people)))
    except ConfigError as error:
        return not_kept(error)
    return None


def _kept(people: tuple[Card, ...]) -> int:
    for start in range(0, len(people), BATCH):
        current.bridge().request(ImportContacts(people[start : start + BATCH]), PATIENCE)
    return len(people)
