"""CSV and other tables, as address books and spreadsheets write them."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import chain, islice

from bridge.rules.addressbook.card import (
    _CATEGORIES,
    _COLUMNS,
    _LABELS,
    Card,
    _Book,
    _line,
    _lines,
    _moment,
    _number,
    _table,
    said,
)
from bridge.rules.optout import normal
from bridge.rules.spreadsheet import guarded, guarded_number, unguarded
from bridge.rules.text_files import decoded

_YES = frozenset({"yes", "y", "true", "1", "x", "ja", "j", "wahr", "oui", "vrai", "si", "verdadero", "vero"})
_NO = frozenset({"", "no", "n", "false", "0", "nein", "falsch", "non", "faux", "falso"})


_HEADERS = _table("""
name: name, full name, fullname, display name, contact, contact name, customer, customer name, client
name: anzeigename, kunde, kundenname
name: nom, nom complet, nombre, nombre completo, nome, nome completo, cliente
first: first name, firstname, first, given name, forename, vorname, prenom, nombre de pila, nome di battesimo
middle: middle name, additional name, weitere vornamen, zweiter vorname, deuxieme prenom, segundo nombre, secondo nome
last: last name, lastname, last, family name, surname, nachname, familienname, nom de famille, apellido, apellidos, cognome
company: company, company name, organization, organisation, organization name, organization 1 name, business, firma, unternehmen
company: societe, entreprise, empresa, organizacion, azienda, societa, ditta
notes: notes, note, comment, comments, remark, remarks, notiz, notizen, bemerkung, bemerkungen, anmerkung, anmerkungen
notes: remarque, remarques, commentaire, commentaires, nota, notas, observaciones, comentarios, commenti
mark: mark, label, labels, group, groups, group membership, category, categories, kategorie, kategorien, gruppe, gruppen
mark: categorie, groupe, groupes, etiquette, etiquettes, categoria, categorias, grupo, grupos, etiquetas
mark: gruppo, gruppi, etichette
blocked: blocked, gesperrt, blockiert, bloque, bloqueado, bloccato
opted_out: opted out, opt out, optout, unsubscribed, abgemeldet, desinscrit, desabonne, baja, disiscritto
unsure: unsure
number: number, numbers, nummer, numero
""")


_PHONE = re.compile(
    r"phone(?!t)|telefon|\btel\b|\bmobil|\bhandy|\bcell|\bportable|\bmovil|rufnummer|\bnatel\b|\bgsm\b"
)


_NO_PHONE = re.compile(
    r"\b(fax|telefax|typ|types?|labels?|pager|ext|extension|assist\w*|country|email|mail)\b"
)


# The first columns of a table of ours; the last, which is for people and not read again, says the same in words.
HEAD = ("number", "name", "notes", "mark", "blocked", "opted_out", "unsure", "in words")


def to_csv(cards: Iterable[Card], zone: tzinfo | None = None) -> str:
    """A table with a header; zone: the shop's, None for the machine's. For spreadsheets encode it with "utf-8-sig": Excel takes
    anything else for cp1252.

    >>> print(to_csv([Card("+447400123456", "=1+1", blocked=True)]).replace("\\r", ""), end="")
    number,name,notes,mark,blocked,opted_out,unsure,in words
    +447400123456,'=1+1,,,yes,,,Blocked
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for card in cards:
        texts = (guarded_number(_line(card.number)), guarded(_line(card.name)), guarded(_lines(card.notes)))
        marks = (
            card.mark,
            _yes(card.blocked),
            _since(card.opted_out, card.opted_out_at, zone),
            _yes(card.unsure),
        )
        writer.writerow([*texts, *marks, "; ".join(_LABELS[one] for one in said(card))])
    return out.getvalue()


def _yes(holds: bool) -> str:
    return "yes" if holds else ""


def _since(holds: bool, moment: datetime | None, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds") if holds and moment else _yes(holds)


_END = "\0end"


# By so many rows it is guessed what the columns hold, and by so many digits what is no date.
_TYPICAL, _LONG = 50, 9


def _read_csv(lines: Iterable[bytes], book: _Book) -> None:
    rows = _rows(map(decoded, lines), book)
    first = list(islice(rows, _TYPICAL + 1))
    if not first:
        return
    header = first[0][1]
    roles = [_role(cell) for cell in header]
    if not any(roles) or any(_looks(cell, book.region) for cell in header):
        header, roles = [], []
    typical = first[1:] if header else first
    _guess(roles, header, [row for _, row in typical], book.region)
    if "number" not in roles:
        book.trouble(
            "No column of phone numbers was found; the first line should be something like number,name,notes."
        )
        return
    strict = [column for column, cell in enumerate(header) if normal(cell) == "mark"]
    for line, row in chain(typical, rows):
        cells: dict[str, list[str]] = {}
        for role, cell in zip(roles, row, strict=False):
            if cell.strip():
                cells.setdefault(role, []).append(unguarded(cell))
        beyond = row[len(header) :] if header else []  # columns without a head
        numbers = cells.get("number", []) + [cell for cell in beyond if _is_whole(cell, book.region)]
        categories = [one for cell in cells.get("mark", []) for one in re.split(":::|[,;\n]", cell)]
        categories += _marked(cells)
        since = next(filter(None, map(_moment, cells.get("opted_out", []))), None)
        for wrong in (row[c] for c in strict if c < len(row) and row[c].strip()):
            if normal(wrong) not in _CATEGORIES:
                right = "write staff, supplier or never"
                book.trouble(f"Line {line}: the mark {_line(wrong)} is not known and was left out; {right}.")
        book.add(f"Line {line}", _name(cells), numbers, "\n".join(cells.get("notes", [])), categories, since)


def _marked(cells: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What the columns of yes and no say. An opt-out is whatever is not a no: somebody wrote it down."""
    for role in ("blocked", "unsure"):
        if any(normal(cell) in _YES for cell in cells.get(role, [])):
            yield _LABELS[role]
    if any(normal(cell) not in _NO for cell in cells.get("opted_out", [])):
        yield _LABELS["opted_out"]


def _rows(lines: Iterator[str], book: _Book) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line it begins at."""
    at, before = 1, [next(lines, "")]
    told = re.fullmatch(r"sep=([,;\t|])\s*", before[0], re.IGNORECASE)
    if told:  # Excel's own first line
        before, at = [], 2
    while not told and not before[-1].strip() and (line := next(lines, None)) is not None:
        before.append(line)
    head = re.sub(r'"[^"]*"', "", before[-1] if before else "")
    separator = told[1] if told else max(",;\t", key=head.count)
    # The last row stands alone, or a quotation mark has swallowed it.
    ended = (f"{line}\n" for line in chain(before, lines))
    reader = csv.reader(chain(ended, ["\n", _END]), delimiter=separator)
    offset, row = at - 1, [""]
    while row != [_END]:
        at = offset + reader.line_num + 1
        try:
            row = next(reader)
        except csv.Error:
            row = [""]
            book.trouble(f"Line {at}: it is far too long and was left out; check its quotation marks.")
        except StopIteration:
            return
        if row and row[-1].endswith(_END) and row != [_END]:
            book.trouble(f"Line {at}: a quotation mark is never closed; everything after it was left out.")
            return
        if row != [_END] and any(cell.strip() for cell in row):
            yield at, row[:_COLUMNS]


def _role(cell: str) -> str:
    """What a column holds, by its header.

    >>> [_role(cell) for cell in ("Phone 1 - Value", "Phone 1 - Type", "Prénom", "Mobiltelefon", "Birthday")]
    ['number', '', 'first', 'number', '']
    """
    words = normal(cell[:100])
    if words in _HEADERS:
        return _HEADERS[words]
    return "number" if _PHONE.search(words) and not _NO_PHONE.search(words) else ""


def _looks(cell: str, region: str) -> bool:
    """Whether a cell may be a number. Dates and postcodes have at most eight digits."""
    plain = re.fullmatch(r"\s*'?[\d\s+().\-/]{6,30}", cell)
    return bool(plain) and (sum(c.isdigit() for c in cell) >= _LONG or _number(cell, region) is not None)


def _is_whole(cell: str, region: str) -> bool:
    """Whether a cell that nothing is said of is a number; what is short may be a date or a code."""
    return sum(map(str.isdigit, cell)) >= _LONG and _looks(cell, region)


def _guess(roles: list[str], header: Sequence[str], rows: Sequence[Sequence[str]], region: str) -> None:
    """Give roles to columns without a header that says it: numbers by their looks, the first other is the name."""
    roles += [""] * (max(map(len, rows), default=0) - len(roles))
    free = [column for column, role in enumerate(roles) if not role]
    for column in free if "number" not in roles else ():
        cells = [row[column] for row in rows if column < len(row) and row[column].strip()]
        if cells and 2 * sum(_looks(cell, region) for cell in cells) > len(cells):
            roles[column] = "number"
    if not {"name", "first", "last", "company"} & set(roles):
        said = [normal(cell) for cell in header] + [""] * len(roles)
        others = [column for column in free if not roles[column] and not _NO_PHONE.search(said[column])]
        for column in others[:1]:
            roles[column] = "name"


def _name(cells: dict[str, list[str]]) -> str:
    """The name of a row. Beside "Vorname", "Name" is the family's; beside "Apellidos", "Nombre" is the given one."""
    name, first, middle, last, company = (
        " ".join(cells.get(role, [])) for role in ("name", "first", "middle", "last", "company")
    )
    if name and first and not last and first not in name:
        return f"{first} {name}"
    if name and last and not first and last not in name:
        return f"{name} {last}"
    return name or " ".join(part for part in (first, middle, last) if part) or company
