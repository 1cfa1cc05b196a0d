"""Small pictures of numbers as SVG, drawn here: data in, markup out; pure. Colours are the style sheet's, by class."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

# Units of the viewBox; on a phone one is a little less than a pixel.
WIDTH = 360
LEVELS = 5
# Where the middle of an axis may stand, and ten, a hundred, … times as high.
HALVES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)


@dataclass(frozen=True)
class Bar:
    """A bar with a part that stands out. says: what it shows, in words; tick: what stands below it, if anything."""

    whole: int
    part: int
    says: str
    tick: str = ""


def bars(items: Sequence[Bar], label: str, words: tuple[str, str]) -> Markup:
    """Upright bars side by side. words: what the whole and the part of a bar are."""
    top, left, floor = _round_up(max((bar.whole for bar in items), default=0)), 30, 150
    slot = (WIDTH - left) / max(1, len(items))
    parts = [_legend(words, left)]
    for value in (0, top // 2, top):
        parts.append(_grid(value, floor - 120 * value / top, left))
    for place, bar in enumerate(items):
        parts.append(_upright(bar, left + place * slot, slot, floor, 120 / top))
    return _picture(floor + 20, label, parts)


def _upright(bar: Bar, x: float, slot: float, floor: int, scale: float) -> Markup:
    width = min(slot * 0.72, 24)
    at = x + (slot - width) / 2
    both = [
        _box(at, floor - count * scale, width, count * scale, kind)
        for count, kind in ((bar.whole, "whole"), (bar.part, "part"))
        if count
    ]
    tick = _text(x + slot / 2, floor + 15, bar.tick, "middle") if bar.tick else ""
    return Markup("<g><title>{}</title>{}{}</g>").format(bar.says, Markup("").join(both), tick)


def _legend(words: tuple[str, str], left: int) -> Markup:
    whole, part = words
    second = left + 24 + 7 * len(whole)
    return Markup("").join(
        (
            _box(left, 3, 9, 9, "whole"),
            _text(left + 14, 12, whole),
            _box(second, 3, 9, 9, "part"),
            _text(second + 14, 12, part),
        )
    )


def _grid(value: int, y: float, left: int) -> Markup:
    line = Markup('<path class="grid" d="M{} {}H{}"/>').format(left, _short(y), WIDTH)
    return line + _text(left - 6, y + 4, str(value), "end")


def heat(
    rows: Sequence[tuple[str, Sequence[int]]],
    says: Sequence[Sequence[str]],
    label: str,
    hours: Mapping[int, str],
) -> Markup:
    """A map of rows with 24 hours each, darker where there is more. says: each field in words. hours: those that are named, and
    how."""
    most = max((count for _, counts in rows for count in counts), default=0)
    left, high = 36, 17
    wide = (WIDTH - left) / 24
    parts = []
    for down, (name, counts) in enumerate(rows):
        parts.append(_text(left - 6, down * high + 12, name, "end"))
        for hour, count in enumerate(counts):
            kind = f"level{_level(count, most)}"
            cell = _box(left + hour * wide, down * high, wide - 1.5, high - 1.5, kind, says[down][hour])
            parts.append(cell)
    parts += [_text(left + hour * wide, len(rows) * high + 14, name) for hour, name in hours.items()]
    return _picture(len(rows) * high + 20, label, parts)


def ladder(rungs: Sequence[tuple[str, int, str]], label: str) -> Markup:
    """Bars that lie below each other: name, count, and "part" for one that stands out, else "good" or "whole"."""
    most = max((count for _, count, _ in rungs), default=0) or 1
    left, high, room = 138, 27, WIDTH - 138 - 44
    parts = []
    for down, (name, count, kind) in enumerate(rungs):
        y, long = down * high, room * count / most
        parts.append(_text(left - 10, y + 17, name, "end"))
        parts.append(_box(left, y + 3, long if count else 1.5, high - 8, kind if count else "none"))
        parts.append(_text(left + long + 8, y + 17, str(count), kind="sum"))
    return _picture(len(rungs) * high, label, parts)


def _level(count: int, most: int) -> int:
    """
    >>> [_level(count, 10) for count in (0, 1, 2, 3, 10)]
    [0, 1, 1, 2, 5]
    """
    return -(-count * LEVELS // most) if most else 0


def _round_up(most: int) -> int:
    """Where an axis ends: a round number that can be halved.

    >>> [_round_up(most) for most in (0, 1, 3, 7, 11, 22, 99, 101, 4321)]
    [2, 2, 4, 8, 12, 24, 100, 120, 5000]
    """
    ten = 1
    while most > 2 * HALVES[-1] * ten:
        ten *= 10
    return next(2 * half * ten for half in HALVES if 2 * half * ten >= most)


def _picture(height: float, label: str, parts: Iterable[Markup]) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">')
    return head.format(WIDTH, _short(height), label) + Markup("").join(parts) + Markup("</svg>")


def _box(x: float, y: float, width: float, height: float, kind: str, says: str = "") -> Markup:
    # A page has hundreds of these, and only the words need a look at what is in them.
    title = f"<title>{escape(says)}</title>" if says else ""
    place = f'x="{_short(x)}" y="{_short(y)}" width="{_short(width)}" height="{_short(height)}"'
    return Markup(f'<rect class="{kind}" {place} rx="1.5">{title}</rect>')


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "word") -> Markup:
    text = Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>')
    return text.format(kind, _short(x), _short(y), anchor, words)


def _short(number: float) -> str:
    """
    >>> _short(12.0), _short(3.14159)
    ('12', '3.1')
    """
    return f"{number:.1f}".removesuffix(".0")
