"""What programs that watch the box are told, in the form of Prometheus: names, help and labels of every figure. No label holds
a number or a name of anybody. Imported when it is first asked for, since the library takes memory."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from bridge.contract.status import LineStatus, Status
from bridge.records.views.metric_counts import Counted, TextKey

# The bounds of the histogram of how soon a caller is answered (seconds).
BOUNDS = (1.0, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


@dataclass(frozen=True)
class Seen:
    """Everything that is told. now: UTC; age: seconds since the loop's last turn; began: when the service did, UTC."""

    status: Status
    counted: Counted
    need_reply: int
    unread: int
    now: datetime
    age: float
    began: datetime
    version: str


def box(seen: Seen) -> Iterator[Metric]:
    """The service itself."""
    yield InfoMetricFamily("textback", "The release that runs.", {"version": seen.version})
    yield _gauge(
        "textback_start_time_seconds",
        "When the service started, in seconds since 1970; how often that changes is how often it was restarted.",
        seen.began.timestamp(),
    )
    yield _gauge(
        "textback_loop_age_seconds", "Since the loop's last turn; it turns every two seconds.", seen.age
    )
    yield _gauge(
        "textback_texts_paused", "1 while automatic texts are paused.", seen.status.paused is not None
    )
    troubles = GaugeMetricFamily(
        "textback_trouble", "1 for each thing that is wrong now, by its code.", labels=["code"]
    )
    for code in sorted({str(trouble.code) for trouble in seen.status.alarms}):
        troubles.add_metric([code], 1)
    yield troubles


def lines(seen: Seen) -> Iterator[Metric]:
    """Each modem with its SIM."""
    figures: tuple[tuple[str, str, Callable[[LineStatus], float | None]], ...] = (
        ("textback_line_up", "1 while the line can be used.", lambda line: float(line.up)),
        (
            "textback_line_stopped",
            "1 while no text goes out of the line.",
            lambda line: float(line.stopped is not None),
        ),
        ("textback_line_signal_dbm", "How strongly the modem hears the network.", _signal),
        (
            "textback_line_storage_used",
            "Texts in the memory where they arrive.",
            lambda line: line.health.used if line.health else None,
        ),
        (
            "textback_line_storage_places",
            "How many texts that memory can hold.",
            lambda line: line.health.total if line.health else None,
        ),
    )
    for name, about, figure in figures:
        family = GaugeMetricFamily(name, about, labels=["line"])
        for line in seen.status.lines:
            if (value := figure(line)) is not None:
                family.add_metric([line.name], value)
        yield family


def _signal(line: LineStatus) -> float | None:
    """dBm of what AT+CSQ tells (27.007 8.5)."""
    signal = line.health.signal if line.health and line.up else None
    return None if signal is None else -113.0 + 2 * signal


def calls(seen: Seen) -> Iterator[Metric]:
    """What came in, and why not everybody got a text."""
    yield _counter(
        "textback_calls", "Calls that have ended, by outcome.", ["outcome"], _alone(seen.counted.calls)
    )
    yield _counter(
        "textback_calls_not_texted",
        "Calls whose caller got no text, by the reason.",
        ["reason"],
        _alone(seen.counted.untexted),
    )
    yield _gauge("textback_conversations_waiting", "People who need a reply.", seen.need_reply)


def texts(seen: Seen) -> Iterator[Metric]:
    """What went out and came in, how soon, and what waits."""
    told = "Texts by direction, kind, what has become of them and why; what was delivered is counted as sent, too."
    yield _counter("textback_texts", told, list(TextKey._fields), seen.counted.texts.items())
    yield _gauge("textback_texts_unread", "Texts that nobody here has read.", seen.unread)
    yield _gauge("textback_queue_texts", "Texts that are due and have not gone out.", seen.counted.queued)
    oldest = seen.counted.oldest
    age = (seen.now - oldest).total_seconds() if oldest else 0.0
    yield _gauge("textback_queue_age_seconds", "How long the oldest of them has been due.", max(0.0, age))
    yield HistogramMetricFamily(
        "textback_answer_seconds",
        "From a call's end until the network took the text back, in seconds.",
        buckets=_buckets(seen.counted.answered_after),
        sum_value=sum(seen.counted.answered_after),
    )


def hooks(seen: Seen) -> Iterator[Metric]:
    """What other programs are told."""
    told = "Deliveries of hooks, by what has become of them."
    yield _counter("textback_hook_deliveries", told, ["state"], _alone(seen.counted.hooks))
    about = "Deliveries of hooks that wait for their turn, or for the next try."
    yield _gauge("textback_hooks_waiting", about, seen.counted.hooks_waiting)


FAMILIES: tuple[Callable[[Seen], Iterator[Metric]], ...] = (box, lines, calls, texts, hooks)


class _Collector:
    """One moment, as the library collects it."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def collect(self) -> Iterable[Metric]:
        """Every figure."""
        for family in FAMILIES:
            yield from family(self._seen)


def exposition(seen: Seen) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(seen))
    return generate_latest(registry)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, float(value))


def _counter(
    name: str, about: str, labels: list[str], counted: Iterable[tuple[tuple[str, ...], int]]
) -> CounterMetricFamily:
    family = CounterMetricFamily(name, f"{about} Of today, by the shop's clock.", labels=labels)
    for key, count in sorted(counted):
        family.add_metric(list(key), count)
    return family


def _alone(counted: Mapping[str, int]) -> list[tuple[tuple[str, ...], int]]:
    return [((key,), count) for key, count in counted.items()]


def _buckets(seconds: Iterable[float]) -> list[tuple[str, float]]:
    """How many took no longer than each bound.

    >>> _buckets([0.5, 2.0, 7000.0])[:3], _buckets([7000.0])[-1]
    ([('1.0', 1), ('2.0', 2), ('3.0', 2)], ('+Inf', 1))
    """
    counts = [0] * (len(BOUNDS) + 1)
    for one in seconds:
        counts[bisect_left(BOUNDS, one)] += 1
    found, so_far = list[tuple[str, float]](), 0
    for bound, count in zip([*map(str, BOUNDS), "+Inf"], counts, strict=True):
        so_far += count
        found.append((bound, so_far))
    return found
