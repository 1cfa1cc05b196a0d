"""vCard 2.1 to 4.0 (RFC 6350), read leniently and written."""

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC

from bridge.rules.addressbook.card import _LABELS, _VALUE, Card, _Book, _line, _lines, _moment, said
from bridge.rules.text_files import decoded

# When somebody opted out (RFC 6350 6.10: what begins with X- is anybody's own). Address books that drop it keep the category.
_OPTED_OUT = "X-TEXTBACK-OPTED-OUT"


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
        labels = ",".join(_LABELS[one] for one in said(card))
        lines += ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"N:{name};;;;", f"TEL:{_escape(card.number)}"]
        lines += [f"NOTE:{_escape(_lines(card.notes))}"] * bool(card.notes)
        lines += [f"CATEGORIES:{labels}"] * bool(labels)
        if card.opted_out and card.opted_out_at:
            since = card.opted_out_at.astimezone(UTC).isoformat(timespec="seconds")
            lines.append(f"{_OPTED_OUT}:{since}")
        lines += ["END:VCARD"]
    return "".join(f"{_fold(line)}\r\n" for line in lines)


_PROPERTY = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;])*)*):(.*)', re.DOTALL)


# Python knows more, such as idna and unicode_escape; a file must not choose those.
_CHARSET = re.compile(
    r'CHARSET="?((?:UTF-8|US-ASCII|ISO-8859-|WINDOWS-|KOI8-|SHIFT_JIS|EUC-|GB|BIG5|CP12|LATIN)[\w-]*)'
)


# Of everything else in a card, such as pictures, nothing is kept.
_KEPT = re.compile(
    rb"(?:[\w-]+\.)?(?:VERSION|FN|N|ORG|NICKNAME|NOTE|CATEGORIES|TEL|X-TEXTBACK-OPTED-OUT)[;:]", re.IGNORECASE
)
_NUMBER = re.compile(rb"(?:[\w-]+\.)?TEL[;:]", re.IGNORECASE)
# No card is longer than that without its pictures (bytes); a damaged file may have no end of one.
_LONGEST_CARD = 256 * 1024


def _read_vcard(lines: Iterable[bytes], book: _Book) -> None:
    entry: list[bytes] | None = None
    count = size = 0
    for line in _unfold(lines):
        edge = re.sub(rb"^\W+|[\s\0]", b"", line[:40]).upper()
        if edge == b"BEGIN:VCARD":
            if entry is not None:
                _add_entry(_properties(entry), count, book, False, size)
            entry, count, size = [], count + 1, 0
        elif edge == b"END:VCARD" and entry is not None:
            _add_entry(_properties(entry), count, book, True, size)
            entry = None
        elif entry is not None and _KEPT.match(line):
            size += len(line)
            if size <= _LONGEST_CARD:
                entry.append(line)
        elif entry is None and _NUMBER.match(line):
            stray = _line(decoded(line).partition(":")[2])
            book.trouble(f"{stray} is outside of any entry and was left out.")
    if entry is not None:
        _add_entry(_properties(entry), count, book, False, size)


_EDGE = re.compile(rb"\s*(BEGIN|END):", re.IGNORECASE)
# In so many pieces lies the last character of a line that is not at its end.
_TAIL = 8


def _unfold(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Whole properties (RFC 6350 3.2), before anything is decoded: some fold in the middle of a character. A soft line break of
    quoted-printable (RFC 2045 6.7) ends with =; where the line behind it is folded as well, its blank is none of the text."""
    parts: list[bytes] = []
    quoted = soft = folds = False
    for line in lines:
        if soft and not _EDGE.match(line):
            parts[-1] = parts[-1][:-1]
            blank = line[:1] in (b" ", b"\t")
            cut = blank and _is_cut(b"".join(parts[-_TAIL:]))
            folds = folds or cut  # who folds once in a value does so throughout
            parts.append(line.lstrip(b" \t") if cut else line[1:] if blank and folds else line)
        elif parts and line[:1] in (b" ", b"\t"):
            parts.append(line[1:])
        else:
            yield b"".join(parts)
            parts, folds = [line], False
            quoted = b"QUOTED-PRINTABLE" in line.partition(b":")[0].upper()
        soft = quoted and parts[-1].endswith(b"=")
    yield b"".join(parts)


def _is_cut(begun: bytes) -> bool:
    """Does this quoted-printable end within a character of UTF-8, or behind a blank, so that no other blank can follow?"""
    if begun.endswith((b" ", b"=20")):
        return True
    try:
        binascii.a2b_qp(begun.rpartition(b":")[2][-120:]).decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False


def _properties(lines: Sequence[bytes]) -> list[tuple[str, str, str]]:
    """Name, parameters and value of each line of one card, which is decoded by itself, unless a line names its alphabet."""
    utf8 = _is_utf8(lines)
    found = []
    for line in lines:
        text = decoded(line) if utf8 else line.decode("cp1252", "replace").replace("\0", "")
        charset = _CHARSET.search(text.partition(":")[0].upper())
        if charset:
            with suppress(LookupError, ValueError):
                text = line.decode(charset[1])
        if matched := _PROPERTY.match(text):
            found.append((matched[1].upper(), matched[2].upper(), matched[3][:_VALUE]))
    return found


def _is_utf8(lines: Sequence[bytes]) -> bool:
    try:
        b"\n".join(lines).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


_READ = ("FN", "N", "ORG", "NICKNAME", "NOTE", "CATEGORIES", "TEL", _OPTED_OUT)


def _add_entry(
    properties: Sequence[tuple[str, str, str]], count: int, book: _Book, ended: bool, size: int
) -> None:
    old = ("VERSION", "", "2.1") in properties
    found: dict[str, list[list[str]]] = {}
    for name, parameters, value in properties:
        if name in _READ and not (name == "TEL" and re.search(r"\b(FAX|PAGER)\b", parameters)):
            value = _unquote(value, parameters)
            separator = {"N": ";", "ORG": ";", "CATEGORIES": ","}.get(name, "")
            found.setdefault(name, []).append(_split(value, separator, old))
    first = {name: values[0] for name, values in found.items()}
    family, given, middle = (*first.get("N", []), "", "", "")[:3]
    names = (first.get("FN", [""])[0], f"{given} {middle} {family}", first.get("ORG", [""])[0])
    name = next((one for one in (*names, first.get("NICKNAME", [""])[0]) if one.strip()), "")
    notes = "\n".join(note for values in found.get("NOTE", []) for note in values)
    numbers = [number for values in found.get("TEL", []) for number in values]
    who = f"Entry {count}, {_line(name)}" if _line(name) else f"Entry {count}"
    if size > _LONGEST_CARD:
        most = _LONGEST_CARD // 1024
        book.trouble(f"{who}: it is far too long; everything after the first {most} kB was left out.")
    if not ended:
        book.trouble(f"{who}: END:VCARD is missing, so something may have been lost; the rest was read.")
    categories = [one for values in found.get("CATEGORIES", []) for one in values]
    moments = [one for values in found.get(_OPTED_OUT, []) for one in values]
    categories += [_LABELS["opted_out"]] * bool(moments)
    since = next(filter(None, map(_moment, moments)), None)
    book.add(f"Entry {count}", name, numbers, notes, categories, since)


_BASE64 = re.compile(r"ENCODING=(?:B|BASE64)(?![\w-])|;BASE64(?![\w-])")


def _unquote(value: str, parameters: str) -> str:
    if "QUOTED-PRINTABLE" in parameters:
        plain = binascii.a2b_qp(value.encode())
    elif _BASE64.search(parameters):
        try:
            plain = binascii.a2b_base64(value.encode(), strict_mode=True)
        except ValueError:  # it only says so
            return value
    else:
        return value
    charset = _CHARSET.search(parameters)
    try:
        return plain.decode(charset[1] if charset else "utf-8")
    except (LookupError, ValueError):  # unknown, or not what it says
        return decoded(plain)


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
