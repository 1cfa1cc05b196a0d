"""Which handler is for which item of the inbox: one row each. What follows from an item happens after the commit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlmodel import Session

from bridge.clock import Clock
from bridge.contract.answers import Done
from bridge.contract.bridge import Envelope
from bridge.contract.requests import (
    AcceptDatabase,
    DryRun,
    Forget,
    InstallRelease,
    MakeBackup,
    OfHooks,
    ReadSettings,
    StartAgain,
    TryAgain,
    TryServices,
)
from bridge.handlers.calls import CallHandler
from bridge.handlers.incoming import IncomingTexts
from bridge.handlers.outbox import Outbox
from bridge.handlers.page_requests import PageRequests
from bridge.records import alerts, incidents, lines
from bridge.service.answers import Answers
from bridge.service.backup_watch import BackupWatch
from bridge.service.database_watch import DatabaseWatch
from bridge.service.hook_sender import HookTried
from bridge.service.hook_watch import HookWatch
from bridge.service.housekeeping import Housekeeping
from bridge.service.inbox import HooksDue, InboxItem, JobDue, ReadAhead
from bridge.service.lines import LineHandle
from bridge.service.list_watch import ListWatch
from bridge.service.machine_watch import MachineWatch
from bridge.service.mqtt import MqttNews
from bridge.service.mqtt_watch import MqttWatch
from bridge.service.release_watch import ReleaseWatch
from bridge.service.service_trial import ServiceTrial
from bridge.service.settings_watch import SettingsWatch
from bridge.service.transactions import AfterCommit, Effects, note_written
from bridge.service.worker import (
    Announced,
    BackedUp,
    BackupFound,
    DatabaseChecked,
    ListsRead,
    MachineSeen,
    ReleaseLooked,
    ServicesTold,
)
from modem import contract

Ended = contract.TextSent | contract.TextFailed | contract.TextUnconfirmed | contract.NotStarted


@dataclass(frozen=True)
class Handlers:
    """What items are handed to. put: lays an item into the inbox. start_again: ends the box, which is
    then started again. publish: replaces the status that the page sees."""

    put: Callable[[InboxItem], None]
    clock: Clock
    lines: Mapping[str, LineHandle]
    calls: CallHandler
    incoming: IncomingTexts
    outbox: Outbox
    requests: PageRequests
    answers: Answers
    housekeeping: Housekeeping
    lists: ListWatch
    trial: ServiceTrial
    releases: ReleaseWatch
    settings: SettingsWatch
    database: DatabaseWatch
    machine: MachineWatch
    backups: BackupWatch
    mqtt: MqttWatch
    hooks: HookWatch
    start_again: AfterCommit
    publish: AfterCommit


Row = Callable[[Handlers, Session, Any], Effects]


def handle(to: Handlers, item: InboxItem, session: Session) -> Effects:
    """Handles one item in this transaction. Returns what is to be done after the commit, first of all the new status of its
    line."""
    effects = HANDLERS[type(item)](to, session, item)
    if isinstance(item, contract.Event):
        effects.insert(0, partial(to.lines[item.line].has_told, item))
    return effects


def _nothing_follows(handler: Callable[[Handlers], Callable[[Session, Any], None]]) -> Row:
    """The row of a handler that changes rows, and no more."""

    def row(to: Handlers, session: Session, item: Any) -> Effects:
        handler(to)(session, item)
        return []

    return row


def _line_up(to: Handlers, session: Session, up: contract.LineUp) -> Effects:
    to.calls.line_up(session, up)
    return [to.lists.read]  # the SIM may have told the shop's region


def _call_rings(to: Handlers, session: Session, ringing: contract.CallRinging) -> Effects:
    to.calls.call_rings(session, ringing)
    return [partial(to.put, ReadAhead(ringing))]


def _read_ahead(to: Handlers, session: Session, item: ReadAhead) -> Effects:
    to.calls.read_ahead(session, item.ringing)
    return []


def _line_idle(_to: Handlers, _session: Session, _news: contract.LineIdle) -> Effects:
    return []


def _line_health(to: Handlers, session: Session, health: contract.LineHealth) -> Effects:
    to.calls.health_came(session, health)
    return [partial(to.lines[health.line].queue_is, to.outbox.stopped(session, health.line))]


def _pin_refused(session: Session, refused: contract.PinRefused) -> None:
    lines.pin_is_refused(session, refused.line, refused.pin)


def _text_received(to: Handlers, session: Session, text: contract.TextReceived) -> Effects:
    to.incoming.text_came(session, text)
    return [_forget(to, text.line, text.slot)]


def _report_received(to: Handlers, session: Session, report: contract.ReportReceived) -> Effects:
    to.outbox.report_came(session, report)
    return [_forget(to, report.line, report.slot)]


def _forget(to: Handlers, line: str, slot: contract.Slot | None) -> AfterCommit:
    """For after the commit: tells the modem that it, or the network, may forget the text."""
    request = contract.Acknowledge() if slot is None else contract.DeleteStored((slot,))
    return partial(to.lines[line].request, request)


def _text_ended(to: Handlers, session: Session, end: Ended) -> Effects:
    to.outbox.text_ended(session, end)
    stopped = to.outbox.stopped(session, end.line)
    return [partial(to.lines[end.line].text_is_over, stopped)]


def _request(to: Handlers, session: Session, asked: Envelope) -> Effects:
    """What the page asks for: bridge/handlers/page_requests has a row for each."""
    standstill = to.database.standstill
    answer, requests = to.requests.request(session, asked.request, asked.by)
    if not isinstance(asked.request, DryRun):
        note_written(session)
    effects: Effects = [
        partial(to.lines[line].request, request) for line, request in requests if line in to.lines
    ]
    if isinstance(asked.request, ReadSettings):
        effects.append(to.settings.take_up)
    if isinstance(asked.request, TryServices) and isinstance(answer, Done):
        effects.append(to.trial.begin)
    if isinstance(asked.request, InstallRelease):
        effects.append(to.releases.want)
    if isinstance(asked.request, Forget):
        effects.append(to.housekeeping.deleted)
    if isinstance(asked.request, AcceptDatabase):
        effects.append(partial(to.database.has_accepted, standstill))
    if isinstance(asked.request, MakeBackup) and isinstance(answer, Done):
        effects.append(to.backups.make)
    if isinstance(asked.request, OfHooks) and isinstance(answer, Done):
        effects += to.hooks.recall(session)
    if isinstance(asked.request, StartAgain):
        effects.append(to.start_again)
    if isinstance(asked.request, TryAgain) and asked.request.line in to.lines:
        effects.append(partial(to.lines[asked.request.line].queue_is, None))
    # The page that the answer leads to shows what is so now.
    return [*effects, to.publish, partial(asked.answer.put, answer)]


def _lists_read(to: Handlers, _session: Session, news: ListsRead) -> Effects:
    return [partial(to.lists.take, news)]


def _services_told(to: Handlers, _session: Session, news: ServicesTold) -> Effects:
    return [partial(to.trial.take, news)]


def _backed_up(to: Handlers, session: Session, news: BackedUp) -> Effects:
    return to.backups.made(session, news)


def _backup_found(to: Handlers, session: Session, news: BackupFound) -> Effects:
    note_written(session)  # open pages are told
    return [partial(to.backups.found, news)]


def _release_looked(to: Handlers, _session: Session, news: ReleaseLooked) -> Effects:
    return [partial(to.releases.take, news)]


def _mqtt_news(to: Handlers, session: Session, news: MqttNews) -> Effects:
    note_written(session)  # open pages are told
    return [partial(to.mqtt.take, news)]


def _hook_tried(to: Handlers, session: Session, news: HookTried) -> Effects:
    return to.hooks.tried(session, news)


def _hooks_due(to: Handlers, session: Session, _due: HooksDue) -> Effects:
    return to.hooks.look(session)


def _announced(to: Handlers, session: Session, news: Announced) -> Effects:
    alerts.was_told(session, news.alert_id, news.told, to.clock.utc())
    return []


def _machine_seen(to: Handlers, session: Session, news: MachineSeen) -> Effects:
    return to.machine.seen(session, news)


def _job_due(to: Handlers, session: Session, due: JobDue) -> Effects:
    return to.housekeeping.calendar_job(session, due.job)


def after_failure(to: Handlers, event: contract.Event, kept: bool) -> Effects:
    """What follows from an event whose handler could not do its work: the line's status, and that the SIM may forget the text.
    kept: whether the event is kept elsewhere; if it is not, the SIM keeps its text."""
    effects: Effects = [partial(to.lines[event.line].has_told, event)]
    if kept and isinstance(event, contract.TextReceived | contract.ReportReceived):
        effects.append(_forget(to, event.line, event.slot))
    if isinstance(event, Ended):
        effects.append(partial(to.lines[event.line].text_is_over, to.lines[event.line].status.stopped))
    return effects


HANDLERS: dict[type, Row] = {
    contract.LineUp: _line_up,
    contract.LineDown: _nothing_follows(lambda to: to.calls.line_down),
    contract.LineIdle: _line_idle,
    contract.LineHealth: _line_health,
    contract.PinRefused: _nothing_follows(lambda to: _pin_refused),
    contract.Repair: _nothing_follows(lambda to: incidents.repair_was_tried),
    contract.MissedBook: _nothing_follows(lambda to: to.calls.book_came),
    contract.Recorded: _nothing_follows(lambda to: to.answers.recorded),
    contract.CallRinging: _call_rings,
    contract.CallEnded: _nothing_follows(lambda to: to.calls.call_ended),
    contract.PartSent: _nothing_follows(lambda to: to.outbox.part_sent),
    contract.TextSent: _text_ended,
    contract.TextFailed: _text_ended,
    contract.TextUnconfirmed: _text_ended,
    contract.NotStarted: _text_ended,
    contract.TextReceived: _text_received,
    contract.ReportReceived: _report_received,
    Envelope: _request,
    ListsRead: _lists_read,
    Announced: _announced,
    ServicesTold: _services_told,
    ReleaseLooked: _release_looked,
    MqttNews: _mqtt_news,
    DatabaseChecked: _nothing_follows(lambda to: to.database.checked),
    MachineSeen: _machine_seen,
    BackedUp: _backed_up,
    BackupFound: _backup_found,
    HookTried: _hook_tried,
    HooksDue: _hooks_due,
    JobDue: _job_due,
    ReadAhead: _read_ahead,
}
