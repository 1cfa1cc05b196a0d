"""A package as if of 0.1.0: that version, and tables as 0.1.0 had left them. Nothing in it runs, for 0.1.0 had no package."""

from pathlib import Path

from bridge.records.engine import open_engine
from tests.appliance.roots import run
from tests.support.old_release import as_0_1_0

NAME = "textback_0.1.0_amd64.deb"
CONTROL = """\
Package: textback
Version: 0.1.0
Architecture: amd64
Maintainer: The textback contributors <packaging@textback.example>
Description: texts back the people whose call a small shop missed
"""
POSTINST = """\
#!/bin/sh
set -e
systemd-sysusers - <<'END'
u textback - "textback" /var/lib/textback
m textback dialout
END
install -d -o textback -g textback -m 0750 /etc/textback /var/lib/textback
install -o textback -g textback -m 0640 /usr/share/textback-0.1.0/config.ini /etc/textback/config.ini
install -o textback -g textback -m 0640 /usr/share/textback-0.1.0/textback.db /var/lib/textback/textback.db
"""
CONFIG = """\
# The shop's own notes.
[shop]
name = Old Bakery
country = GB
"""


def build(folder: Path) -> Path:
    """The package, in this folder."""
    tree = folder / "old"
    data = tree / "usr/share/textback-0.1.0"
    data.mkdir(parents=True)
    (data / "config.ini").write_text(CONFIG)
    engine = open_engine(f"sqlite:///{data / 'textback.db'}")
    as_0_1_0(engine, texts=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(CONTROL)
    (tree / "DEBIAN/postinst").write_text(POSTINST)
    (tree / "DEBIAN/postinst").chmod(0o755)
    run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-b", str(tree), str(folder / NAME)])
    return folder / NAME
