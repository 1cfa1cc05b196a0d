"""Address books as files: vCard (2.1, 3.0, 4.0) and CSV, read whatever phones and spreadsheets make of them, and written; pure.

The parser is our own because vobject (0.9.9) gives up a whole file at one card without an end and at unknown character sets.
"""

import binascii
import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bridge.numbers import NOWHERE, e164
from bridge.optout import normal

MAX_BYTES, MAX_ENTRIES, MAX_TROUBLES = 5_000_000, 50_000, 20
NAME_LENGTH, NOTES_LENGTH = 80, 1000
# No value is looked at beyond this: a photo or a damaged file costs no time.
_VALUE, _COLUMNS = 20_000, 500


@dataclass(frozen=True)
class Card:
    """One number of somebody. mark: "", "staff", "supplier" or "never" (never texted)."""

    number: str
    name: str = ""
    notes: str = ""
    mark: str = ""
    blocked: bool = False


@dataclass(frozen=True)
class Read:
    """What a file held: the cards, each number once, as E.164; and sentences on what could not be taken."""

    cards: tuple[Card, ...] = ()
    troubles: tuple[str, ...] = ()


def _table(text: str) -> dict[str, str]:
    """`meaning: word, word` a line, as word -> meaning; the words as `normal` leaves them."""
    lines = (line.split(":") for line in text.strip().splitlines())
    return {
        word.strip(): meaning.strip() for meaning, words in lines for word in words.split(",") if word.strip()
    }


# English, German, French, Spanish, Italian.
_CATEGORIES = _table("""
never: never, never text, never texted, do not text, dont text, no text, no texts, no sms, nie, nie anschreiben
never: nie texten, keine sms, nicht anschreiben, jamais, pas de sms, ne pas ecrire, nunca, sin sms, no escribir
never: mai, niente sms, non scrivere
staff: staff, employee, employees, team, colleague, colleagues, mitarbeiter, mitarbeiterin, kollege, kollegin, kollegen
staff: employe, employes, employee, personnel, equipe, collegue, collegues, personal, empleado, empleada, empleados, equipo
staff: personale, dipendente, dipendenti, collega, colleghi
supplier: supplier, suppliers, vendor, vendors, lieferant, lieferantin, lieferanten, fournisseur, fournisseurs
supplier: proveedor, proveedora, proveedores, fornitore, fornitori
blocked: blocked, block, gesperrt, blockiert, bloque, bloques, bloqueado, bloqueada, bloqueados, bloccato, bloccata, bloccati
""")
_YES = frozenset({"yes", "y", "true", "1", "x", "ja", "j", "wahr", "oui", "vrai", "si", "verdadero", "vero"})
# Of several marks the strongest counts: rather not texted than texted.
_STRENGTH = ("", "supplier", "staff", "never")
_LABELS = {"never": "Never text", "staff": "Staff", "supplier": "Supplier", "blocked": "Blocked"}

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
number: number, numbers, nummer, numero
""")
_PHONE = re.compile(
    r"phone(?!t)|telefon|\btel\b|\bmobil|\bhandy|\bcell|\bportable|\bmovil|rufnummer|\bnatel\b|\bgsm\b"
)
_NO_PHONE = re.compile(
    r"\b(fax|telefax|typ|types?|labels?|pager|ext|extension|assist\w*|country|email|mail)\b"
)


def read(data: bytes, region: str) -> Read:
    """The cards in a file of any kind. region: ISO code, for numbers written the national way. Never raises.

    >>> read(b"Name;Mobile\\r\\nAnn;07400 123456\\r\\nBob;12345", "GB").cards
    (Card(number='+447400123456', name='Ann', notes='', mark='', blocked=False),)
    >>> read(b"Name;Mobile\\r\\nAnn;07400 123456\\r\\nBob;12345", "GB").troubles
    ('Line 3, Bob: 12345 is no phone number and was left out.',)
    """
    if len(data) > MAX_BYTES:
        return Read(troubles=("The file is larger than 5 MB and was not read; bring it in parts.",))
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return Read(troubles=("This looks like a spreadsheet's own file; save it as CSV and bring that.",))
    book = _Book(region)
    try:
        if re.search(rb"(?im)^[^\w\n]{0,9}BEGIN[ \t]*:[ \t]*VCARD", data[:4000].replace(b"\0", b"")):
            _read_vcard(data, book)
        else:
            _read_csv(_decode(data), book)
    except _TooMany:
        return Read(
            troubles=(f"The file has more than {MAX_ENTRIES:,} entries and was not read; bring it in parts.",)
        )
    return book.read()


def to_vcard(cards: Iterable[Card]) -> str:
    """A vCard 3.0 for each, to be encoded as UTF-8.

    >>> print(to_vcard([Card("+447400123456", "Ann; Bob", mark="staff")]).replace("\\r", ""), end="")
    BEGIN:VCARD
    VERSION:3.0
    FN:Ann\\; Bob
    N:Ann\\; Bob;;;;
    TEL:+447400123456
    CATEGORIES:Staff
    END:VCARD
    """
    lines: list[str] = []
    for card in cards:
        # FN must not be empty; a name that is the number counts as none when it is read.
        name = _escape(_line(card.name) or card.number)
        labels = ",".join(
            _LABELS[one] for one in (card.mark, "blocked" if card.blocked else "") if one in _LABELS
        )
        lines += ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"N:{name};;;;", f"TEL:{_escape(card.number)}"]
        lines += [f"NOTE:{_escape(_lines(card.notes))}"] * bool(card.notes)
        lines += [f"CATEGORIES:{labels}"] * bool(labels)
        lines += ["END:VCARD"]
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def to_csv(cards: Iterable[Card]) -> str:
    """A table with a header. For spreadsheets encode it with "utf-8-sig": Excel takes anything else for cp1252.

    >>> to_csv([Card("+447400123456", "=1+1", blocked=True)])
    "number,name,notes,mark,blocked\\r\\n+447400123456,'=1+1,,,yes\\r\\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["number", "name", "notes", "mark", "blocked"])
    for card in cards:
        number = card.number if re.fullmatch(r"\+\d+", card.number) else _guard(_line(card.number))
        blocked = "yes" if card.blocked else ""
        writer.writerow([number, _guard(_line(card.name)), _guard(_lines(card.notes)), card.mark, blocked])
    return out.getvalue()


class _TooMany(Exception):
    pass


@dataclass
class _Book:
    """What is read so far."""

    region: str
    cards: dict[str, Card] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    more: int = 0
    entries: int = 0
    numbers: int = 0
    bare: list[str] = field(default_factory=list)

    def trouble(self, sentence: str) -> None:
        if len(self.troubles) < MAX_TROUBLES:
            self.troubles.append(sentence)
        else:
            self.more += 1

    def add(
        self, where: str, name: str, numbers: Sequence[str], notes: str, categories: Iterable[str]
    ) -> None:
        """One entry of the file; where: "Entry 3"."""
        name = _line(name)
        found = [number for number in (_line(raw) for raw in numbers) if number]
        self.entries += 1
        self.numbers += len(found)
        if self.entries > MAX_ENTRIES or self.numbers > MAX_ENTRIES:
            raise _TooMany
        known = {_CATEGORIES.get(normal(one), "") for one in categories}
        mark = max(known - {"blocked"}, key=_STRENGTH.index, default="")
        who = f"{where}, {name}" if name else where
        if not found:
            self.bare.append(who)
        for raw in found:
            number = _number(raw, self.region)
            if number is None:
                self.trouble(f"{who}: {self._why(raw)}")
                continue
            called = "" if e164(name, self.region) == number else name
            self._put(Card(number, called, _lines(notes), mark, "blocked" in known))

    def _put(self, card: Card) -> None:
        """The first name of a number wins; nothing that was noted of it is lost."""
        old = self.cards.get(card.number)
        if old:
            card = replace(
                card,
                name=old.name or card.name,
                notes=old.notes if card.notes in old.notes else _lines(f"{old.notes}\n{card.notes}"),
                mark=max(old.mark, card.mark, key=_STRENGTH.index),
                blocked=old.blocked or card.blocked,
            )
        self.cards[card.number] = card

    def _why(self, raw: str) -> str:
        if re.fullmatch(r"\d([.,]\d+)?E\+?\d+", raw, re.IGNORECASE):
            return f"{raw} was rounded by a spreadsheet and was left out; make the column text and save it again."
        why = f"{raw[:30]} is no phone number and was left out"
        return why + ("; it needs + and its country's code." if self.region == NOWHERE else ".")

    def read(self) -> Read:
        troubles = self._numberless() + self.troubles
        more = self.more + len(troubles[MAX_TROUBLES:])
        troubles = troubles[:MAX_TROUBLES] + [f"and {more} more were left out."] * bool(more)
        if not self.cards and not troubles:
            troubles = [
                "No contacts were found; a vCard file or a CSV file with a column of numbers would be right."
            ]
        return Read(tuple(self.cards.values()), tuple(troubles))

    def _numberless(self) -> list[str]:
        """One sentence for all: address books are full of people with an e-mail address only."""
        if not self.bare:
            return []
        if len(self.bare) == 1:
            return [f"{self.bare[0]}: there is no phone number, so it was left out."]
        names = "; ".join(self.bare[:3]) + (" and others" if len(self.bare) > 3 else "")
        return [f"{len(self.bare)} entries without a phone number were left out: {names}."]


def _number(raw: str, region: str) -> str | None:
    """E.164 of what people and phones write: with marks of direction, other hyphens, extensions and pauses."""
    visible = "".join(c for c in raw[:100] if unicodedata.category(c) != "Cf")
    plain = re.sub("[\u2010-\u2015\u2212]", "-", visible).strip().removeprefix("'")
    return e164(re.split("[;,#x]|ext", re.sub("^tel:", "", plain.casefold()))[0], region)


def _controls(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)


def _line(text: str) -> str:
    """A name: one line, single blanks."""
    return " ".join(_controls(text[:_VALUE]).split())[:NAME_LENGTH].strip()


def _lines(text: str) -> str:
    """Notes: lines stay lines."""
    lines = re.split("\r\n|\r|\n", text[:_VALUE])
    return "\n".join(_controls(line) for line in lines).strip()[:NOTES_LENGTH].strip()


def _decode(data: bytes) -> str:
    """UTF-8 or UTF-16, with a mark of its order or without; else what Windows writes in the west."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        halves = data[start:200:2]
        if len(halves) > 1 and halves.count(0) > len(halves) / 2:
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


# --- vCard

_PROPERTY = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;])*)*):(.*)', re.DOTALL)


# Python knows more, such as idna and unicode_escape; a file must not choose those.
_CHARSET = re.compile(r'CHARSET="?((?:UTF-8|US-ASCII|ISO-8859-|WINDOWS-|KOI8-|SHIFT_JIS|EUC-|GB|BIG5)[\w-]*)')


def _read_vcard(data: bytes, book: _Book) -> None:
    # Some fold in the middle of a character, so this comes before decoding. Soft line breaks (=) are left to _unfold.
    text = _decode(re.sub(rb"(?<!=)\r\n[ \t]|(?<![=\r])\n[ \t]", b"", data))
    entry: list[tuple[str, str, str]] | None = None
    count = 0
    for line in _unfold(re.split("\r\n|\r|\n", text)):
        edge = re.sub(r"^\W+|\s", "", line[:40]).upper()
        if edge == "BEGIN:VCARD":
            if entry is not None:
                _add_entry(entry, count, book, ended=False)
            entry, count = [], count + 1
        elif edge == "END:VCARD" and entry is not None:
            _add_entry(entry, count, book, ended=True)
            entry = None
        elif entry is not None and (matched := _PROPERTY.match(line)):
            entry.append((matched[1].upper(), matched[2].upper(), matched[3][:_VALUE]))
    if entry is not None:
        _add_entry(entry, count, book, ended=False)


def _unfold(lines: Iterable[str]) -> Iterator[str]:
    parts: list[str] = []
    quoted = False
    for line in lines:
        if quoted and parts[-1].endswith("=") and not re.match(r"\s*(BEGIN|END):", line, re.IGNORECASE):
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif parts and line[:1] in (" ", "\t"):
            parts.append(line[1:])
        else:
            yield "".join(parts)
            parts = [line]
            quoted = "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
    yield "".join(parts)


def _add_entry(properties: Sequence[tuple[str, str, str]], count: int, book: _Book, ended: bool) -> None:
    old = ("VERSION", "", "2.1") in properties
    found: dict[str, list[list[str]]] = {}
    for name, parameters, value in properties:
        if name in ("FN", "N", "ORG", "NICKNAME", "NOTE", "CATEGORIES", "TEL") and not (
            name == "TEL" and re.search(r"\b(FAX|PAGER)\b", parameters)
        ):
            value = _unquote(value, parameters)
            separator = {"N": ";", "ORG": ";", "CATEGORIES": ","}.get(name, "")
            found.setdefault(name, []).append(_split(value, separator, old))
    first = {name: values[0] for name, values in found.items()}
    family, given, middle = (*first.get("N", []), "", "", "")[:3]
    names = (first.get("FN", [""])[0], f"{given} {middle} {family}", first.get("ORG", [""])[0])
    name = next((one for one in (*names, first.get("NICKNAME", [""])[0]) if one.strip()), "")
    notes = "\n".join(note for values in found.get("NOTE", []) for note in values)
    numbers = [number for values in found.get("TEL", []) for number in values]
    if not ended:
        who = f"Entry {count}, {_line(name)}" if _line(name) else f"Entry {count}"
        book.trouble(f"{who}: END:VCARD is missing, so it may have lost something; the rest of it was read.")
    categories = [one for values in found.get("CATEGORIES", []) for one in values]
    book.add(f"Entry {count}", name, numbers, notes, categories)


def _unquote(value: str, parameters: str) -> str:
    if "QUOTED-PRINTABLE" not in parameters:
        return value
    plain = binascii.a2b_qp(value.encode())
    charset = _CHARSET.search(parameters)
    try:
        return plain.decode(charset[1] if charset else "utf-8")
    except (LookupError, ValueError):  # unknown, or not what it says
        return _decode(plain)


def _split(value: str, separator: str, old: bool) -> list[str]:
    r"""At the separators that no backslash hides. old: vCard 2.1, where \n is no end of a line.

    >>> _split(r"Lee\; Co;Ann\nB", ";", False), _split(r"C:\new", "", True)
    (['Lee; Co', 'Ann\nB'], ['C:\\new'])
    """
    parts = [""]
    for piece in re.findall(r"\\.?|[^\\,;]+|[,;]", value, re.DOTALL):
        if separator and piece == separator:
            parts.append("")
        elif piece[0] == "\\" and len(piece) == 2 and (not old or piece[1] in ";,\\"):
            parts[-1] += "\n" if piece[1] in "nN" else piece[1]
        else:
            parts[-1] += piece
    return parts


def _escape(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", "\\n")


def _fold(line: str) -> str:
    """At most 75 octets a line; no character is cut in two."""
    folded: list[str] = []
    size = 0
    for character in line:
        octets = len(character.encode("utf-8", "surrogatepass"))
        if size + octets > 75:
            folded.append("\r\n ")
            size = 1
        folded.append(character)
        size += octets
    return "".join(folded)


# --- CSV

# What spreadsheets would calculate. An apostrophe makes it text; one that was there before gets a second.
_FORMULA = r"(?='*[=+\-@\t])"
_END = "\0end"


def _guard(text: str) -> str:
    return re.sub(f"^{_FORMULA}", "'", text)


def _unguard(cell: str) -> str:
    return re.sub(f"^'{_FORMULA}", "", cell)


def _read_csv(text: str, book: _Book) -> None:
    rows = list(_rows(text, book))
    if not rows:
        return
    header = rows[0][1]
    roles = [_role(cell) for cell in header]
    if not any(roles) or any(_looks(cell, book.region) for cell in header):
        header, roles = [], []
    body = rows[1:] if header else rows
    _guess(roles, header, [row for _, row in body[:50]], book.region)
    if "number" not in roles:
        book.trouble(
            "No column of phone numbers was found; a first line such as number,name,notes would be right."
        )
        return
    strict = [column for column, cell in enumerate(header) if normal(cell) == "mark"]
    for line, row in body:
        cells: dict[str, list[str]] = {}
        for role, cell in zip(roles, row, strict=False):
            if cell.strip():
                cells.setdefault(role, []).append(_unguard(cell))
        numbers = [one for cell in cells.get("number", []) for one in re.split(r":::|\n|[;,]\s", cell)]
        categories = [one for cell in cells.get("mark", []) for one in re.split(":::|[,;\n]", cell)]
        if any(normal(cell) in _YES for cell in cells.get("blocked", [])):
            categories.append("blocked")
        for wrong in (row[c] for c in strict if c < len(row) and row[c].strip()):
            if normal(wrong) not in _CATEGORIES:
                right = "staff, supplier or never would be right"
                book.trouble(f"Line {line}: the mark {_line(wrong)} is not known and was left out; {right}.")
        book.add(f"Line {line}", _name(cells), numbers, "\n".join(cells.get("notes", [])), categories)


def _rows(text: str, book: _Book) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line it begins at."""
    lines = list(io.StringIO(text, newline=""))
    at = 1
    told = re.fullmatch(r"sep=([,;\t|])\s*", lines[0], re.IGNORECASE) if lines else None
    if told:  # Excel's own first line
        lines, at = lines[1:], 2
    head = re.sub(r'"[^"]*"', "", next((line for line in lines if line.strip()), ""))
    separator = told[1] if told else max(",;\t", key=head.count)
    # The last row stands alone, or a quotation mark has swallowed it.
    reader = csv.reader([*lines, "\n", _END], delimiter=separator)
    offset, row = at - 1, [""]
    while row != [_END]:
        at = offset + reader.line_num + 1
        try:
            row = next(reader)
        except csv.Error:
            row = [""]
            book.trouble(f"Line {at}: it is far too long and was left out; its quotation marks may be wrong.")
        except StopIteration:
            return
        if row and row[-1].endswith(_END) and row != [_END]:
            book.trouble(
                f"Line {at}: a quotation mark opens and never closes; from there on all was left out."
            )
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
    return bool(plain) and (sum(c.isdigit() for c in cell) >= 9 or _number(cell, region) is not None)


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
