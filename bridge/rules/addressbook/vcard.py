"""vCard 2.1 to 4.0 (RFC 6350), read leniently and written."""

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence

from bridge.rules.addressbook.card import _LABELS, _VALUE, Card, _Book, _decode, _line, _lines


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
