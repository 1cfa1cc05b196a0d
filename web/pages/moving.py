"""`/welcome/restore`: a new box becomes the old one, by a backup that is brought to its page, or by one of its own from before
its database was lost. Only while nobody can log in yet, and for who knows the code."""

import tempfile
from pathlib import Path

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from bridge.contract.requests import StartAgain
from bridge.records import users
from bridge.words.catalogue import _
from web import current
from web.access import login
from web.pages import backups, first_steps

pages = Blueprint("moving", __name__)


@pages.route("/welcome/restore", methods=["POST"])
def restore() -> str | Response | tuple[str, int]:
    """Have the box start again with a backup (422 with what is wrong with it; 403 without the code)."""
    bridge = current.bridge()
    with Session(bridge.engine) as database:
        nobody = users.nobody_yet(database)
    if not nobody:
        return redirect(url_for("auth.login"), 303)
    if not login.knows_the_code():
        return first_steps.begin(moving=first_steps.wrong_code()), 403
    problem = _laid()
    if problem is not None:
        return first_steps.begin(moving=problem), 422
    bridge.request(StartAgain())
    return render_template("restored.html")


def _laid() -> str | None:
    """Lays the backup ready that was brought, or the box's own. What is wrong with it."""
    passphrase = request.form.get("passphrase", "")
    whole = current.bridge().status().backup.whole
    if request.form.get("do") == "own":
        return backups.laid(whole.path, passphrase) if whole else _("This backup is no longer here.")
    file = request.files.get("file")
    if file is None or not file.filename:
        return _("No file was chosen. Choose the backup of the old box first.")
    with tempfile.TemporaryDirectory() as folder:
        brought = Path(folder) / (secure_filename(file.filename) or "backup.zip")
        file.save(brought)
        return backups.laid(brought, passphrase)
