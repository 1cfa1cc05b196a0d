"""[storage] What is kept, where and how long."""

from bridge.config import checks as values
from bridge.config.setting import About, Setting

ABOUT = About(live=False)
KEYS: dict[str, Setting] = {
    "database": Setting(
        "",
        values.database,
        comment=(
            "An SQLAlchemy URL (sqlite:////path/x.db, postgresql+psycopg://...); empty: textback.db "
            "beside this file, or in\n$STATE_DIRECTORY under systemd."
        ),
        doc=(
            "an SQLAlchemy URL: `sqlite:////path/x.db` or "
            "`postgresql+psycopg://user:password@host/name`. Empty: `textback.db` beside the file, or "
            "in `$STATE_DIRECTORY` under systemd"
        ),
    ),
    "keep_days": Setting(
        "365",
        values.number(1, 36500),
        comment="Calls and texts older than this many days are deleted.",
        doc="calls and texts older than this many days are deleted; opt-outs never are",
    ),
}
