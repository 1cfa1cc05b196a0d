"""A system that has packages and a service, for tests of updates: small shell scripts in place of dpkg, apt-get and systemctl,
whose state is files in a folder. A package is a file whose name tells its version; what becomes of each is told beforehand.

Files of the state: `installed` and `status` (as dpkg has them), `since` (when the service became ready last, 0: never),
`active`, `log` (one line a command), and for a version V, if they are there: `V.refused` (dpkg takes nothing of it), `V.half`
(its postinst fails), `V.dies` (the service becomes ready and dies), `V.never` (it never does), `V.tables` (its postinst brings
the tables to the revision in it, with a copy as they were; `V.nocopy`: without one).
"""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

TELL = """\
#!/bin/sh
set -eu
cd "$STATE"
echo "$(basename "$0") $*" >> log
"""
LIB = """\
installed=$(cat installed)
start() {
	if [ -e "$(cat installed).never" ]; then rm -f active; return 1; fi
	if [ ! -e active ]; then echo $(( $(cat since) + 1 )) > since; fi
	if [ -e "$(cat installed).dies" ]; then rm -f active; return 1; fi
	touch active
}
take() {
	version=$(basename "$1" | cut -d_ -f2)
	if [ -e "$version.refused" ]; then return 1; fi
	echo "$version" > installed
	rm -f active
	if [ -e "$version.tables" ]; then
		"$PYTHON" "$UPGRADE" "$DATABASE" "$(cat "$version.tables")" $(cat "$version.nocopy" 2>/dev/null)
	fi
	if [ -e "$version.half" ]; then echo "install ok half-configured" > status; start || true; return 1; fi
	echo "install ok installed" > status
	start || true
}
for last in "$@"; do :; done
"""
COMMANDS = {
    "dpkg": 'case "$1" in --install) take "$last" ;; esac\n',
    "apt-get": 'take "$last"\n',
    "dpkg-query": """\
case "$1" in
--show) printf '%s\\t%s' "$installed" "$(cat status)" ;;
--listfiles) printf '/.\\n/usr\\n' ;;
--status) printf 'Package: textback\\nStatus: install ok installed\\nVersion: %s\\n' "$installed" ;;
--control-list) echo postinst ;;
--control-path) echo "$STATE/postinst" ;;
esac
""",
    "dpkg-deb": 'cat "$5/DEBIAN/control" > "$last"\n',
    "systemctl": """\
case "$1" in
start) start ;;
stop) rm -f active ;;
show) cat since ;;
esac
""",
}


class System:
    """folder: where state and scripts lie. database: whose tables the packages change."""

    def __init__(self, folder: Path, database: Path, version: str) -> None:
        self.state, self._bin = folder / "state", folder / "bin"
        for one in (self.state, self._bin):
            one.mkdir(parents=True)
        for name, script in COMMANDS.items():
            (self._bin / name).write_text(TELL + LIB + script)
            (self._bin / name).chmod(0o755)
        self.say(
            installed=version,
            status="install ok installed",
            since="100",
            active="",
            log="",
            postinst="#!/bin/sh",
        )
        self._environment = {
            "STATE": str(self.state),
            "PATH": f"{self._bin}:{os.environ['PATH']}",
            "PYTHON": sys.executable,
            "UPGRADE": __file__,
            "DATABASE": str(database),
        }

    def environment(self) -> dict[str, str]:
        """In which a command finds this system instead of the real one."""
        return {**os.environ, **self._environment}

    def say(self, **files: str) -> None:
        """Lays files into the state; `V3_never` stands for `V.never`, with V the version 0.3.0."""
        for name, content in files.items():
            (self.state / name.replace("V3_", "0.3.0.").replace("V2_", "0.2.0.")).write_text(content)

    def has(self, name: str) -> str:
        """A file of the state."""
        return (self.state / name).read_text().strip()

    def ran(self, program: str) -> list[str]:
        """What was asked of a program."""
        return [line for line in self.has("log").splitlines() if line.startswith(f"{program} ")]


def upgrade(database: Path, revision: str, with_copy: bool) -> None:
    """As the postinst of a release does whose tables are of this revision: with a copy of the database as it was."""
    with closing(sqlite3.connect(database)) as there:
        if with_copy:
            with closing(sqlite3.connect(f"{database}.before-update")) as copy:
                there.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
        with there:
            there.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            there.execute("CREATE TABLE of_the_new_release (x)")


if __name__ == "__main__":
    upgrade(Path(sys.argv[1]), sys.argv[2], with_copy=len(sys.argv) == 3)
