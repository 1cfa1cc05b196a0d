"""The `textback` command: each subcommand finds what it needs, calls one function and prints; it decides nothing.

Each imports what it needs when it runs: to import everything takes longer than most of them.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sqlmodel import Session

    from bridge.config import Settings
    from bridge.contract.api_requests import AddKey, RevokeKey

PLACES = (Path("config.ini"), Path("/etc/textback/config.ini"))
BAD_CONFIGURATION = 2
# Standard input or output in place of a file.
STANDARD = Path("-")

Command = Callable[..., Any]


class Failure(click.ClickException):
    """Something that a person can put right: one sentence on stderr, without a traceback."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = code  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        """Prints the sentence behind `textback: ` to `file`, by default stderr."""
        click.echo(f"textback: {self.message}", file=file or sys.stderr)


class _Commands(click.Group):
    """All commands. Whatever the system refuses one, such as a file that it may not read or a full disk, it says so in one
    sentence."""

    def main(self, *args: Any, **more: Any) -> Any:
        """As click has it, but for errors of the system that no command has seen to."""
        try:
            return super().main(*args, **more)
        except OSError as error:
            from bridge.cli_words import refused

            failure = Failure(refused(error))
            failure.show()
            # What could not be written is not tried again at the end: Python would exit with a code of its own.
            with suppress(OSError), Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), sys.stdout.fileno())
            sys.exit(failure.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="textback")
def main() -> None:
    """Texts back the people whose call the shop missed, through the shop's own SIM."""


def configured(command: Command) -> Command:
    """Adds -c FILE; the command is given the file that counts."""
    return click.option(
        "-c",
        "--config",
        "path",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=lambda _ctx, _param, value: value or _first_there(),
        help="The configuration file. Default: ./config.ini, then /etc/textback/config.ini.",
    )(command)


def _first_there() -> Path:
    """Where the configuration stands. A folder that may not be read holds none: `sudo -u` starts in the caller's own."""
    return next((place for place in PLACES if os.path.exists(place)), PLACES[0])  # says no, never raises


def load(path: Path) -> Settings:
    """The settings of the file at `path`. Raises Failure with exit code 2 where the file cannot be read or a value is wrong."""
    from bridge import config

    try:
        return config.load(path)
    except config.ConfigError as error:
        raise Failure(str(error), BAD_CONFIGURATION) from error


@contextmanager
def database(settings: Settings) -> Iterator[Session]:
    """A session on the database, its tables brought to this release; committed at the end. Raises Failure where that cannot
    be done."""
    from sqlalchemy.exc import DatabaseError
    from sqlmodel import Session

    from bridge.records.engine import database_trouble, migrate, open_engine
    from bridge.records.failures import Failure as Kind
    from bridge.records.failures import failure_of, masked
    from bridge.words.troubles import sentence

    engine = open_engine(settings.storage.database)
    try:
        migrate(engine)
        with Session(engine) as session, session.begin():
            yield session
    except DatabaseError as error:
        if failure_of(error) in (Kind.CONTENT, Kind.RACE):
            raise Failure(f"The database refuses this: {masked(error)}.") from error
        raise Failure(sentence(database_trouble(error))) from error
    finally:
        engine.dispose()


def print_json(objects: Iterable[object]) -> None:
    """Prints each object as JSON, one a line, in ASCII."""
    for value in objects:
        click.echo(json.dumps(value, ensure_ascii=True))


# ---- the service


@main.command()
@configured
@click.option(
    "--always", is_flag=True, help="Start even if config.ini is wrong, with the last one that was right."
)
@click.option(
    "--also-port", type=click.IntRange(1, 65535), help="Serve the page at this port too, if that works."
)
@click.option(
    "--also-https-port",
    type=click.IntRange(1, 65535),
    help="Serve the page over HTTPS at this port too, if that works.",
)
def run(path: Path, always: bool, also_port: int | None, also_https_port: int | None) -> None:
    """Run the service until Ctrl-C or SIGTERM: the modem, the rules and the page."""
    from bridge.cli_words import page_unavailable
    from bridge.clock import Clock
    from bridge.config import last_good
    from bridge.records import users
    from bridge.records.engine import AlreadyRunning
    from bridge.service import restoring, start

    _log_to_stderr()
    try:
        restoring.restore_laid(path, Clock().utc())
        settings, wrong = last_good.load_or_last(path) if always else (load(path), None)
        reload = start.reloader(path, wrong is None, last_good.keep) if always else start.reloader(path)
        with start.running(settings, reload, also=also_port, also_https=also_https_port) as box:
            click.echo(f"The page is at {box.url}", err=True)
            if code := users.code_for_first_login(box.engine):
                click.echo(
                    f"Nobody can log in yet: open the page, type the code {code} and choose a password",
                    err=True,
                )
            start.run_until_told(box)
    except AlreadyRunning as error:
        raise Failure(
            f"textback is already running on {error}. Stop it first, or use another database."
        ) from error
    except start.PageUnavailable as error:
        raise Failure(
            page_unavailable(
                error.error,
                settings.web.host,
                settings.web.port,
                "change port under [web] in config.ini",
                "set host under [web] in config.ini",
            )
        ) from error


def _log_to_stderr() -> None:
    os.umask(0o077)  # what is written from here on, by whatever library, is for nobody else
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    for library in ("alembic", "waitress"):
        logging.getLogger(library).setLevel(logging.WARNING)


@main.command()
@configured
def welcome(path: Path) -> None:
    """Say where the page is, and by which code the first person comes in."""
    import socket

    from bridge.records import users
    from bridge.records.engine import open_engine
    from bridge.service import lan_name
    from web.access import network

    settings = load(path)
    web = settings.web
    port = "" if web.port == 80 else f":{web.port}"
    address = network.own_address() if web.host in ("0.0.0.0", "::") else web.host
    name = lan_name.known() or f"{socket.gethostname().partition('.')[0]}.local"
    click.echo(f"The page of textback: http://{address or name}{port}/")
    if address and web.host in ("0.0.0.0", "::"):
        click.echo(f"On most networks it is at http://{name}{port}/ too.")
    engine = open_engine(settings.storage.database, read_only=True)
    try:
        code = users.code_for_first_login(engine)
    finally:
        engine.dispose()
    if code:
        click.echo(f"Type the code {code} there and choose a password.")


@main.command("name")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="The port of the page."
)
def tell_name(port: int) -> None:
    """Tell the shop's network that the box is textback.local, until Ctrl-C; needs avahi-daemon."""
    from bridge.service import lan_name
    from bridge.service.avahi import Gone

    _log_to_stderr()
    try:
        lan_name.publish(port)
    except Gone as error:
        raise Failure(
            f"The network cannot be told a name of this box: {error}. Is avahi-daemon installed?"
        ) from error


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="The port of the page; 0 uses any free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Who can open the page: 127.0.0.1 for this machine only, 0.0.0.0 for everybody on its network.",
)
def demo(port: int, host: str) -> None:
    """Try textback on a simulated modem with simulated callers; nothing is kept."""
    from bridge.cli_words import page_unavailable
    from bridge.config import checks
    from bridge.service.demo import show
    from bridge.service.start import PageUnavailable

    _log_to_stderr()
    try:
        show.run(port, checks.host(host))
    except ValueError as error:
        raise Failure(f"--host: {error}.", BAD_CONFIGURATION) from error
    except PageUnavailable as error:
        other_port, other_host = "choose another one with --port", "--host 0.0.0.0"
        raise Failure(page_unavailable(error.error, host, port, other_port, other_host)) from error


@main.command()
@click.option(
    "--link", type=click.Path(path_type=Path), required=True, help="Where the port of the modem appears."
)
@click.option("--profile", default="generic", show_default=True, help="Which make of modem it behaves like.")
@click.option(
    "--control",
    type=click.Path(path_type=Path),
    help=("A socket that accepts commands, one JSON object per line."),
)
def simulate(link: Path, profile: str, control: Path | None) -> None:
    """Run only the simulated modem."""
    from modem.simulator import PROFILES
    from modem.simulator import simulate as play

    if profile not in PROFILES:
        raise Failure(
            f"There is no profile {profile!r}. Choose one of: {', '.join(PROFILES)}.", BAD_CONFIGURATION
        )
    if link.exists() and not link.is_symlink():
        raise Failure(f"{link} already exists; choose another path.")
    if control and control.exists() and not control.is_socket():
        raise Failure(f"{control} already exists; choose another path.")
    try:
        play(link, profile, control)
    except OSError as error:
        raise Failure(f"The simulated modem cannot be put at {link}: {error}.") from error


# ---- the check-up


@main.command()
@configured
@click.option("--call", "listen", is_flag=True, help="Wait up to two minutes for a test call.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Save what the modem said in the last minutes to this file, for `replay`.",
)
@click.option("--masked", is_flag=True, help="With --record: leave out real numbers, names and texts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object per check.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Instead, put everything that somebody who helps needs into this file, masked; - is standard output.",
)
def doctor(
    path: Path, listen: bool, record: Path | None, masked: bool, as_json: bool, bundle: Path | None
) -> None:
    """Check that everything works, and say what to do where it does not; exit code 1 if a check fails."""
    if bundle is not None:
        _bundle(path, bundle)
        return
    from bridge.doctor import command as checkup_command
    from bridge.doctor.patient import CannotExamine

    settings = load(path)
    try:
        well = checkup_command.run(settings, listen=listen, record=record, masked=masked, as_json=as_json)
    except CannotExamine as error:
        raise Failure(str(error)) from error
    sys.exit(0 if well else 1)


def _bundle(path: Path, target: Path) -> None:
    from bridge import files
    from bridge.doctor import bundle

    content = bundle.make(path)
    if target == STANDARD:
        sys.stdout.buffer.write(content)
        return
    files.write(target, content)
    click.echo(
        f"Everything that somebody who helps needs is in {target}. It has no phone numbers, names, texts or "
        "passwords in it; look through it before you send it."
    )


# ---- recordings and PDUs


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object per recording.")
def replay(file: Path, as_json: bool) -> None:
    """Replay recorded modem output and list the calls and texts in it."""
    from modem.recording import replay as player

    try:
        text = file.read_text("utf-8")
        played = [player.replay(transcript) for transcript in player.transcripts(text)]
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{file} cannot be read: {error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(f"{file} is not a recording: {error}.") from error
    if as_json:
        print_json(one.as_json() for one in played)
        return
    for one in played:
        click.echo(f"{one.id}: {len(one.calls)} calls, {one.sms_received} texts")
        for call in one.calls:
            who = "withheld" if call.withheld else call.number or "unknown"
            click.echo(f"  {who}: {call.outcome}, {call.rings or 'no'} rings")


@main.command()
@click.argument("pdus", metavar="PDU...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object per PDU.")
def decode(pdus: tuple[str, ...], as_json: bool) -> None:
    """Show what raw SMS messages say (PDUs in hex, starting with the text centre's number)."""
    from modem.sms.describe import describe, plain

    if as_json:
        print_json(describe(pdu) for pdu in pdus)
    else:
        click.echo("\n\n".join(plain(pdu) for pdu in pdus))


# ---- the history


def _doubt(doubtful: bool) -> str:
    """What stands at the end of a line whose time was stamped by a suspect clock."""
    from bridge.words.times import time_doubtful

    return f"  ({time_doubtful()})" if doubtful else ""


def limited(command: Command) -> Command:
    """Adds --limit N and --json; the command is given `limit` (None: all) and `as_json`."""
    limit = click.option("--limit", type=click.IntRange(1, 2**31 - 1), help="Only the newest N of them.")
    return limit(
        click.option("--json", "as_json", is_flag=True, help="Print JSON, one object per line.")(command)
    )


@main.command()
@configured
@limited
@click.option("--missed", is_flag=True, help="Only missed calls.")
def calls(path: Path, as_json: bool, limit: int | None, missed: bool) -> None:
    """List the calls, newest first."""
    from bridge.contract.as_json import call_json, iso
    from bridge.records import views

    with database(load(path)) as session:
        rows = views.calls(session, which="missed" if missed else "all", limit=limit)
    if as_json:
        print_json(map(call_json, rows))
        return
    for row in rows:
        who = "withheld" if row.withheld else row.name or row.address or "unknown"
        state = f"{row.textback} ({row.reason})" if row.reason else row.textback
        click.echo(
            f"{iso(row.started)}  {who:<20} {row.outcome or 'ringing':<20} {state}{_doubt(row.doubtful)}"
        )


@main.command()
@configured
@limited
@click.option("--number", help="Only texts to and from this number.")
def messages(path: Path, as_json: bool, limit: int | None, number: str | None) -> None:
    """List the texts, newest first."""
    from bridge.contract.as_json import iso, message_json
    from bridge.records import views
    from bridge.rules import numbers
    from bridge.rules.one_line import storable

    settings = load(path)
    with database(settings) as session:
        address = numbers.e164(number, region(settings, session)) or storable(number) if number else None
        rows = views.messages(session, address=address, limit=limit)
    if as_json:
        print_json(map(message_json, rows))
        return
    for row in rows:
        arrow = "<-" if row.direction == "in" else "->"
        who, doubt = row.name or row.address, _doubt(row.doubtful)
        click.echo(f"{iso(row.created)}  {arrow} {who:<20} {row.status:<12} {row.body!r}{doubt}")


@main.command()
@configured
@limited
def contacts(path: Path, as_json: bool, limit: int | None) -> None:
    """List everybody who called or wrote, the most recent first."""
    from bridge.contract.as_json import contact_json
    from bridge.records import views

    with database(load(path)) as session:
        doubted = views.doubted_behind(session)
        rows = [
            (contact_json(one), _doubt(one.place > doubted)) for one in views.contacts(session, limit=limit)
        ]
    if as_json:
        print_json(row for row, _ in rows)
        return
    for row, doubt in rows:
        click.echo(f"{row['last_seen'] or 'never':<20}  {row['number']!s:<20} {row['name']}{doubt}")


@main.command()
@configured
@limited
def aside(path: Path, as_json: bool, limit: int | None) -> None:
    """List what a modem reported and the database refused, newest first."""
    from bridge.contract.as_json import iso
    from bridge.records import put_aside

    with database(load(path)) as session:
        rows = [
            {
                "at": iso(row.at),
                "line": row.line,
                "kind": row.kind,
                "error": row.error,
                "content": row.content,
            }
            for row in put_aside.all_put_aside(session, limit)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['at']}  {row['line']:<10} {row['kind']:<15} {row['error']}\n    {row['content']}")


def region(settings: Settings, session: Session) -> str:
    """The shop's region, without a modem: config.ini's, else that of the SIM seen last."""
    from bridge.clock import Clock
    from bridge.handlers.shop import ShopState

    shop = ShopState(settings, Clock())
    shop.recall(session)
    return shop.region


@main.command()
@configured
@click.argument("number")
@click.argument("text")
@click.option("--despite-stop", is_flag=True, help="Send it even if this person has asked for no more texts.")
def send(path: Path, number: str, text: str, despite_stop: bool) -> None:
    """Send one text; the running service sends it within seconds."""
    from bridge.clock import Clock
    from bridge.contract.answers import Rejected
    from bridge.contract.requests import WriteText
    from bridge.handlers.queue_text import write_text
    from bridge.rules.one_line import cleaned
    from bridge.words.requests import refusal_for_commands

    settings = load(path)
    with database(settings) as session:
        request = cleaned(WriteText(number, text, author=None, despite_stop=despite_stop))
        answer = write_text(session, request, settings, region(settings, session), Clock().utc())
    if isinstance(answer, Rejected):
        raise Failure(refusal_for_commands(answer.why))
    click.echo(f"Will be sent as text {answer.message_id}.")


# ---- people


@main.group()
def user() -> None:
    """Manage the colleagues who can log in to the page."""


def with_password(command: Command) -> Command:
    """Adds --password-stdin; the command is given `password_stdin`, True where the password comes from standard input."""
    return click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")(
        command
    )


def _secret(name: str, from_stdin: bool, twice: bool = True) -> str:
    """What is typed unseen, or read from standard input; name: a word for it, after which the option is called."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n").replace("\0", "")
    if not sys.stdin.isatty():
        raise Failure(f"The {name} has to be typed in a terminal. Without one, use --{name}-stdin.")
    typed: str = click.prompt(name.capitalize(), hide_input=True, confirmation_prompt=twice)
    return typed


def _keep_user(
    path: Path,
    from_stdin: bool,
    check: Callable[[Session], object],
    keep: Callable[[Session, str], object],
) -> None:
    """Have `keep` store a new password, which it is given hashed, and before anybody is asked for one, `check` whether it
    can be. Both raise Refusal."""
    from bridge.records import users
    from bridge.rules.refusals import Refusal
    from bridge.words.requests import refusal_for_commands

    settings = load(path)
    try:
        with database(settings) as session:
            check(session)
        hashed = users.hash_password(_secret("password", from_stdin))
        with database(settings) as session:
            keep(session, hashed)
    except Refusal as refusal:
        raise Failure(refusal_for_commands(refusal.why)) from refusal
    except UnicodeEncodeError as error:  # bytes that are no text in the terminal's encoding
        raise Failure(str(error)) from error


@user.command("add")
@configured
@click.argument("name")
@click.option("--staff", is_flag=True, help="As staff, who cannot change settings or colleagues.")
@with_password
def user_add(path: Path, name: str, staff: bool, password_stdin: bool) -> None:
    """Let NAME log in, as an owner or, with --staff, as staff."""
    from bridge.clock import Clock
    from bridge.records import users

    role = users.STAFF if staff else users.OWNER
    _keep_user(
        path,
        password_stdin,
        lambda session: users.new_name(session, name),
        lambda session, hashed: users.add_user(session, name, hashed, role, Clock().utc()),
    )
    click.echo(f"{name} can log in now.")


@user.command("password")
@configured
@click.argument("name")
@with_password
def user_password(path: Path, name: str, password_stdin: bool) -> None:
    """Give NAME a new password."""
    from bridge.records import users

    _keep_user(
        path,
        password_stdin,
        lambda session: users.known(session, name),
        lambda session, hashed: users.set_password(session, name, hashed),
    )
    click.echo(f"{name} has a new password and is logged out everywhere.")


# ---- the history of another program


@main.command("import")
@configured
@click.argument("kind", type=click.Choice(["gammu", "smstools", "smsgate"]))
@click.argument("source", metavar="FILE-OR-URL")
@click.option("--line", help="The line whose SIM these texts went through; without it, the first one.")
@click.option(
    "--user", "login", help="The name that SMSGate shows for its local server, if an address is given."
)
@with_password
def import_history(
    path: Path, kind: str, source: str, line: str | None, login: str | None, password_stdin: bool
) -> None:
    """Bring over the texts that gammu, smstools or SMSGate have sent and received; nothing is sent, and nobody is told."""
    from datetime import timedelta

    from bridge.clock import Clock
    from bridge.handlers import old_texts
    from bridge.records.old_texts import Standing
    from bridge.rules.importing.plan import plan
    from bridge.rules.importing.summary import BroughtOver, sentences
    from bridge.rules.states import ConsentKind
    from bridge.service import old_histories
    from bridge.service.smsgate_phone import Login, Unreadable

    settings, now = load(path), Clock().utc()
    names, keep_days = [modem.name for modem in settings.modems], settings.storage.keep_days
    if line is not None and line not in names:
        raise Failure(f"There is no line {line!r}. Name one of: {', '.join(names)}.", BAD_CONFIGURATION)
    access = Login(login, _secret("password", password_stdin, twice=False)) if login else None
    try:
        history = old_histories.read(old_histories.Kind(kind), source, settings.shop.zone, access)
    except Unreadable as error:
        raise Failure(str(error)) from error
    with database(settings) as session:
        since, hint = now - timedelta(days=keep_days), settings.textback.opt_out_text
        planned = plan(history.texts, region(settings, session), since, now, hint)
        standing, said = Standing(session), old_texts.take_over_consent(session, planned.said)
    over = BroughtOver()
    for batch in old_texts.batches(planned.texts):
        with database(settings) as session:
            over += old_texts.bring_over(session, batch, line or names[0], standing)
    for trouble in history.troubles:
        click.echo(trouble, err=True)
    for sentence in sentences(
        over,
        out=said[ConsentKind.OUT],
        doubt=said[ConsentKind.DOUBT],
        too_old=planned.too_old,
        future=planned.future,
        keep_days=keep_days,
    ):
        click.echo(sentence)


# ---- programs


@main.group()
def key() -> None:
    """Manage the keys of programs that use the API."""


@key.command("add")
@configured
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    help="What it may do, such as messages:send; may be given several times. Without this option and --all: send "
    "texts, read their state and the inbox, and have hooks; neither change settings nor make tokens.",
)
@click.option("--all", "everything", is_flag=True, help="Everything that the API can do.")
@click.option(
    "--line",
    "lines",
    multiple=True,
    help="Only over this line; may be given several times. Default: all lines.",
)
@click.option(
    "--days", type=click.IntRange(1, 3650), help="How many days it holds. Default: until it is revoked."
)
def key_add(
    path: Path, name: str, scopes: tuple[str, ...], everything: bool, lines: tuple[str, ...], days: int | None
) -> None:
    """Make a key for the program NAME, and print it as the last word; it is never shown again."""
    from bridge.contract.api_requests import AddKey
    from bridge.records import keys
    from bridge.rules.scopes import EVERYTHING, USUAL

    if everything and scopes:
        raise Failure("Give --all or --scope, not both.")
    secret = keys.new_secret()
    wanted = tuple(EVERYTHING) if everything else scopes or tuple(USUAL)
    _change_keys(path, AddKey(name, keys.digest(secret), wanted, lines, days))
    click.echo(f"The key {name}, which is shown only now: {secret}")


@key.command("list")
@configured
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object per line.")
def key_list(path: Path, as_json: bool) -> None:
    """List the keys, without their secrets."""
    from bridge.contract.as_json import iso
    from bridge.records import keys

    with database(load(path)) as session:
        rows = [
            {
                "name": one.name,
                "scopes": one.scopes,
                "lines": one.lines,
                "by": one.by,
                "created": iso(one.created),
                "expires": iso(one.expires),
                "used": iso(one.used),
            }
            for one in keys.all_keys(session)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        scopes = " ".join(map(str, row["scopes"] or ()))
        click.echo(f"{row['name']!s:<20} used {row['used'] or 'never'!s:<20} {scopes}")


@key.command("revoke")
@configured
@click.argument("name")
def key_revoke(path: Path, name: str) -> None:
    """Have the key NAME, and all tokens that were made with it, let nobody in any more."""
    from bridge.contract.api_requests import RevokeKey

    _change_keys(path, RevokeKey(name))
    click.echo(f"The key {name} is revoked.")


def _change_keys(path: Path, request: AddKey | RevokeKey) -> None:
    """As the page does it, in the database itself; the running service goes by it at once."""
    from bridge.clock import Clock
    from bridge.handlers import audit_log, programs
    from bridge.handlers.shop import ShopState
    from bridge.rules.one_line import cleaned
    from bridge.rules.refusals import Refusal
    from bridge.words.requests import refusal_for_commands

    settings, clock = load(path), Clock()
    request = cleaned(request)
    try:
        with database(settings) as session:
            programs.ask(session, ShopState(settings, clock), request, None)
            if (change := audit_log.change_of(request, None)) is not None:
                audit_log.note(session, "the command line", change, clock.utc())
    except Refusal as refusal:
        raise Failure(refusal_for_commands(refusal.why)) from refusal


# ---- the whole state in one file


def with_passphrase(command: Command) -> Command:
    """Adds --passphrase and --passphrase-stdin; the command is given what was typed, "" without either."""
    command = click.option(
        "--passphrase-stdin", is_flag=True, help="Read the passphrase from standard input."
    )(command)
    return click.option("--passphrase", "ask", is_flag=True, help="Ask for a passphrase that protects it.")(
        command
    )


def _passphrase(ask: bool, from_stdin: bool, twice: bool) -> str:
    return _secret("passphrase", from_stdin, twice) if ask or from_stdin else ""


@contextmanager
def _own_file(path: Path) -> Iterator[Path]:
    """A file that goes away again, in the folder where the box keeps its state."""
    import tempfile

    from bridge.config.state_folder import state_folder

    with tempfile.TemporaryDirectory(prefix=".textback-", dir=state_folder(path)) as folder:
        yield Path(folder) / "backup"


@main.command()
@configured
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@with_passphrase
def backup(path: Path, file: Path, ask: bool, passphrase_stdin: bool) -> None:
    """Write the whole state of the box to FILE, or to standard output (-); the service may be running."""
    import shutil

    from bridge.clock import Clock
    from bridge.rules.backups import Unusable
    from bridge.service.backup import make
    from bridge.words.troubles import sentence

    settings = load(path)
    passphrase = _passphrase(ask, passphrase_stdin, twice=True)
    try:
        if file == STANDARD:
            with _own_file(path) as made:
                make(settings, path, made, passphrase, Clock().utc())
                with made.open("rb") as read:
                    shutil.copyfileobj(read, sys.stdout.buffer)
        else:
            make(settings, path, file, passphrase, Clock().utc())
            click.echo(f"The backup is in {file}.")
    except Unusable as error:
        raise Failure(sentence(error.trouble)) from error
    if not passphrase:
        click.echo(
            "Whoever has this file can read all calls and texts and the SIM's PIN. Keep it where nobody else "
            "gets at it, or use --passphrase.",
            err=True,
        )


@main.command()
@configured
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True))
@with_passphrase
def restore(path: Path, file: Path, ask: bool, passphrase_stdin: bool) -> None:
    """Put the backup in FILE, or on standard input (-), in the place of the box's state; the service must not be running."""
    import shutil
    from contextlib import ExitStack

    from bridge.clock import Clock
    from bridge.config import ConfigError
    from bridge.records.engine import AlreadyRunning
    from bridge.rules.backups import Unusable
    from bridge.service.restoring import restore as put_back
    from bridge.words.troubles import sentence

    if file == STANDARD and passphrase_stdin:
        raise Failure(
            "Standard input cannot hold both the passphrase and the backup. Give the backup as a file."
        )
    passphrase = _passphrase(ask, passphrase_stdin, twice=False)
    try:
        with ExitStack() as stack:
            if file == STANDARD:
                file = stack.enter_context(_own_file(path))
                with file.open("wb") as written:
                    shutil.copyfileobj(sys.stdin.buffer, written)
            told = put_back(file, path, os.environ, passphrase, Clock().utc())
    except AlreadyRunning as error:
        raise Failure(
            f"textback is running on {error}. Stop it first: sudo systemctl stop textback"
        ) from error
    except Unusable as error:
        raise Failure(sentence(error.trouble)) from error
    except ConfigError as error:
        raise Failure(str(error), BAD_CONFIGURATION) from error
    click.echo(
        f"Restored the backup of {told.made:%Y-%m-%d %H:%M} UTC: {told.calls} calls, {told.texts} texts, "
        f"{told.people} contacts."
    )
    if told.config_kept:
        click.echo(f"Its config.ini is not right and was left out; {path} stays as it is.")
    if told.kept:
        click.echo(
            f"The database that was here is kept as {told.kept}. {told.not_texted} people who must not be "
            "texted were taken over from it."
        )
    click.echo(
        f"Automatic texts are paused until {told.paused_until:%Y-%m-%d %H:%M} UTC, so that nobody is texted twice: "
        "the page has a button to resume them. Texts that waited in the backup are not sent."
    )


# ---- newer releases


def _in_any_case(path: Path) -> Settings:
    """The settings of a file, or the last that were right; for root, who leaves no files where the service has its own."""
    from bridge import config
    from bridge.config import last_good

    try:
        return config.load(path)
    except config.ConfigError:
        return last_good.settings(path)


@main.command()
@configured
@click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=False, metavar="[FILE.deb]"
)
@click.option("--check", is_flag=True, help="Only say whether there is a newer release, and what it changes.")
@click.option(
    "--patience",
    type=click.IntRange(1, 3600),
    default=180,
    show_default=True,
    help="How many seconds the new release may take to become ready.",
)
def update(path: Path, file: Path | None, check: bool, patience: int) -> None:
    """Install the newest release, or that in FILE.deb with its notice beside it; the old one comes back if it does not work."""
    from bridge.clock import Clock
    from bridge.rules.releases import NoRelease, ReleaseTrouble
    from bridge.rules.updating import Outcome
    from bridge.service import update as work
    from bridge.service.update_journal import HOME, AlreadyUpdating, Home
    from bridge.words.updates import update_in_words
    from modem.contract import Coded

    settings, clock = _in_any_case(path), Clock().utc
    home = Home(Path(os.environ.get("TEXTBACK_UPDATES") or HOME))
    try:
        if check:
            notice = work.look(settings, clock())
            click.echo(f"textback {notice.version} can be installed: sudo textback update")
            click.echo("".join(f"- {change}\n" for change in notice.changes_in("en")), nl=False)
            return
        if not os.access(home.folder if home.folder.exists() else home.folder.parent, os.W_OK):
            raise Failure("Only root may install a release: sudo textback update")
        handed = work.begin(settings, file, home, clock, patience)
    except NoRelease as nothing:
        if nothing.why.code != ReleaseTrouble.SAME:
            raise Failure(update_in_words(nothing.why)) from nothing
        click.echo(update_in_words(nothing.why))
        return
    except AlreadyUpdating as error:
        raise Failure("Another update is on its way. Wait until it has ended.") from error
    except work.NoPackage as error:
        raise Failure(
            "textback was not installed as a package here. Update it the way it was installed."
        ) from error
    told = update_in_words(Coded.of(handed.outcome, old=handed.old, new=handed.new))
    if handed.outcome is not Outcome.DONE:
        raise Failure(told)
    click.echo(told)


# ---- the configuration


@main.group("config")
def config_group() -> None:
    """Check the configuration file."""


@config_group.command("check")
@configured
def config_check(path: Path) -> None:
    """Say what is wrong in the configuration file, and where."""
    load(path)
    click.echo(f"{path} is fine.")


# ---- the database


@main.group("database")
def database_group() -> None:
    """Look after the database file."""


@database_group.command("upgrade")
@configured
def database_upgrade(path: Path) -> None:
    """Bring the database to this release, with a copy of it as it was beside it; the service must not be running."""
    from sqlalchemy.exc import DatabaseError

    from bridge.config import last_good
    from bridge.records import before_update
    from bridge.records.engine import AlreadyRunning, database_trouble, sole_service
    from bridge.words.troubles import sentence

    url = last_good.load_or_last(path)[0].storage.database
    try:
        with sole_service(url):
            copy = before_update.upgrade(url)
    except AlreadyRunning as error:
        raise Failure(
            f"textback is running on {error}. Stop it first: sudo systemctl stop textback"
        ) from error
    except DatabaseError as error:
        raise Failure(sentence(database_trouble(error))) from error
    if copy:
        click.echo(f"The database was brought to this release; as it was before, it is kept as {copy}.")


@database_group.command("accept")
@configured
def database_accept(path: Path) -> None:
    """Resume automatic texts after the database was lost or damaged."""
    from sqlalchemy.exc import DatabaseError
    from sqlmodel import Session

    from bridge.clock import Clock
    from bridge.handlers.database import accept_later
    from bridge.records.engine import AlreadyRunning, database_trouble, open_engine, sole_service
    from bridge.service.database_file import DatabaseFile
    from bridge.words.troubles import sentence

    url = load(path).storage.database
    engine = open_engine(url, anew=True)
    try:
        try:
            with sole_service(url):
                DatabaseFile(url, engine, Clock().utc).open()
        except AlreadyRunning:
            pass  # the service has seen to the file
        with Session(engine) as session, session.begin():
            accept_later(session)
    except DatabaseError as error:
        raise Failure(sentence(database_trouble(error))) from error
    finally:
        engine.dispose()
    click.echo("Automatic texts resume with this database, within seconds if the service is running.")
