"""The audit log: codes with their facts in place of 0.1.0's sentences. What cannot be read stays."""

from bridge.records.migrations.rewriting import code_of, rewrite

revision = "0008"
down_revision = "0007"

SENTENCES = {
    "paused automatic texts for today": "paused_today",
    "paused automatic texts until further notice": "paused_open",
    "let automatic texts go on": "resumed",
    "closed the shop for today": "closed_today",
    "let the usual hours count again": "usual_hours",
    "let automatic texts go on after a burst of strangers": "breaker_reset",
    "added a saved reply": "reply_added",
    "dropped a saved reply": "reply_dropped",
    "changed name, notes or kind of": "described",
    "had a person forgotten": "forgot",
    "marked as never to be texted": "marked_out",
    "let be texted again": "marked_in",
    "settled that it was no STOP of": "marked_fine",
    "blocked": "blocked",
    "unblocked": "unblocked",
    "logged in first, with the code of the box": "took_over",
    "took a new password": "own_password",
    "logged out everywhere else": "logged_out_elsewhere",
}
PATTERNS = (
    (r"paused automatic texts for (?P<minutes>\d+) minutes", "paused"),
    (r"closed the shop until (?P<back>.+)", "closed_until"),
    (r"had the texts of line (?P<line>.+) tried again", "tried_again"),
    (r"changed the settings: (?P<keys>.+) in (?P<form>.+)", "settings"),
    (r"took in (?P<contacts>\d+) contacts? out of a file", "imported"),
    (r"let (?P<name>.+) log in as (?P<role>owner|staff)", "user_added"),
    (r"let (?P<name>.+) log in no more", "user_removed"),
    (r"made (?P<name>.+) (?P<role>owner|staff)", "role"),
    (r"gave (?P<name>.+) a new password", "password"),
    (r"logged (?P<name>.+) out everywhere", "logged_out"),
)


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    rewrite("deed", "what", lambda text: code_of(text, SENTENCES, PATTERNS) or text)
