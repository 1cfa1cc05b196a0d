"""The tables of gammu-smsd out of MySQL or MariaDB, as `mysqldump --xml` writes them: rows for gammu_database."""

from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree

# By these octets at its beginning such a file is known.
HEAD = b"<mysqldump"


def rows(file: IO[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row of each table, with the table's name; columns that are NULL are not there. Raises xml.etree's ParseError.

    >>> import io
    >>> text = b'<mysqldump><table_data name="inbox"><row><field name="ID">1</field></row></table_data></mysqldump>'
    >>> list(rows(io.BytesIO(text)))
    [('inbox', {'ID': '1'})]
    """
    table = ""
    for event, element in ElementTree.iterparse(file, ("start", "end")):
        if event == "start" and element.tag == "table_data":
            table = element.get("name", "")
        elif event == "end" and element.tag == "row":
            yield (
                table,
                {
                    field.get("name", ""): field.text or ""
                    for field in element
                    if field.get("{http://www.w3.org/2001/XMLSchema-instance}nil") != "true"
                },
            )
            element.clear()
