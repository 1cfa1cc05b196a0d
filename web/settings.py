"""`/settings`: what config.ini says, in plain words; it is edited in the file."""

from calendar import day_name

from flask import Blueprint, current_app, render_template

from bridge.desk import Desk

pages = Blueprint("settings", __name__)


@pages.route("/settings")
def settings() -> str:
    """The settings in force."""
    desk: Desk = current_app.extensions["desk"]
    return render_template(
        "settings.html", settings=desk.settings(), region=desk.region(), days=list(day_name)
    )
