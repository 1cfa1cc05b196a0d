"""What textback ships of its settings: config.ini, and the tables of docs/configuration.md, both made of the schema.

`python -m bridge.config.shipped` (`make config`) writes them anew; a test holds them to the schema.
"""

import re
from pathlib import Path

from bridge.config.schema import ABOUT, SECTIONS
from bridge.config.setting import Setting

ROOT = Path(__file__).parent.parent.parent
FILE, DOCS = ROOT / "config.ini", ROOT / "docs" / "configuration.md"
HEAD = """\
# textback: all settings are in this file. Each comment explains the key below it.
# Yes and no are: yes no on off true false. A running box picks up changes within seconds, except those in
# {restart}, which need a restart. `textback config check` says what is wrong, and where.
# docs/configuration.md explains each key.
"""
TABLE_HEAD = "| key | default | what it does |\n|---|---|---|\n"
# A section's table: from its heading, over what is told before, to the table's end.
_TABLE = re.compile(r"(^## \[(\w+)\]\n(?:(?!^## |^\|).*\n)*)(?:^\|.*\n)+", re.MULTILINE)


def config_ini() -> str:
    """The text of config.ini, with every default."""
    restart = [f"[{section}]" for section, about in ABOUT.items() if not about.live]
    head = HEAD.format(restart=f"{', '.join(restart[:-1])} and {restart[-1]}")
    return "\n".join([head, *("".join(_section(name)) for name in SECTIONS)])


def _section(name: str) -> list[str]:
    keys = [line for key, setting in SECTIONS[name].items() for line in _key(key, setting)]
    return [*_comment(ABOUT[name].comment), f"[{name}]\n", *keys]


def _key(key: str, setting: Setting) -> list[str]:
    return [*_comment(setting.comment), f"{key} = {setting.default}".rstrip() + "\n"]


def _comment(text: str) -> list[str]:
    return [f"# {line}\n" for line in text.splitlines()]


def with_tables(docs: str) -> str:
    """The text of docs/configuration.md with the table of each section as the schema has it."""
    return _TABLE.sub(lambda found: found[1] + _table(found[2]), docs)


def _table(section: str) -> str:
    rows = [
        f"| `{key}` | {f'`{setting.default}`' if setting.default else ''} | {setting.doc} |\n"
        for key, setting in SECTIONS[section].items()
    ]
    return TABLE_HEAD + "".join(rows)


def main() -> None:
    """Write both."""
    FILE.write_text(config_ini(), "utf-8")
    DOCS.write_text(with_tables(DOCS.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
