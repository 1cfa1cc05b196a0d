"""The form of opening hours and closed days: typed, picked, copied, asked about; what config.ini has afterwards. Through
Flask's client, with the real loop behind it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from bridge.config.schema import DAYS
from bridge.contract.requests import ReadSettings
from bridge.rules.typed_hours import as_written
from tests.support.box import DEADLINE
from tests.support.web_bridge import Office, an_office
from tests.web.test_web_loop import enter, token

FORM = "/settings/hours"
Form = dict[str, str | list[str]]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, FlaskClient, str]]:
    with an_office(tmp_path_factory.mktemp("office"), rows=False) as office:
        yield office, enter(office.bridge), file(office).read_text("utf-8")


@pytest.fixture
def office(shared: tuple[Office, FlaskClient, str]) -> Office:
    """With no hours and no closed days."""
    office, _, untouched = shared
    file(office).write_text(untouched, "utf-8")
    office.bridge.request(ReadSettings((), "hours"), DEADLINE)
    assert office.loop.settings.hours.open_always
    return office


@pytest.fixture
def client(shared: tuple[Office, FlaskClient, str]) -> FlaskClient:
    return shared[1]


def opened(client: FlaskClient) -> Form:
    """The form's fields as a browser without scripts would send them back."""
    page = client.get(FORM).text
    form: Form = {}
    for field in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if name and ("checkbox" not in field or "checked" in field):
            there = form.setdefault(name[1], [])
            assert isinstance(there, list)
            there.append(value[1] if value else "")
    return form


def send(client: FlaskClient, form: Form, do: str = "save", **typed: str | list[str]) -> tuple[int, str]:
    data = {**form, **typed, "do": do, "csrf_token": token(client, "/contacts")}
    answer = client.post(FORM, data=data, follow_redirects=True)
    return answer.status_code, answer.text


def kept(page: str) -> bool:
    return "Saved. It takes effect now." in page


def week(office: Office) -> dict[str, str]:
    """The hours in force, as config.ini has them."""
    spans = office.loop.settings.hours.week
    return {day: as_written(one) for day, one in zip(DAYS, spans, strict=True) if one}


def file(office: Office) -> Path:
    return office.loop.settings.path


def today(office: Office) -> date:
    return office.bridge.now().astimezone(ZoneInfo("Europe/London")).date()


def test_hours_as_people_type_them(office: Office, client: FlaskClient) -> None:
    file(office).write_text(
        file(office).read_text("utf-8") + "[hours]\n# the door says so\nmonday = 8-12\n", "utf-8"
    )
    typed = {"monday": "9-5", "tuesday": "9am - 5pm", "wednesday": "09.00-17.00", "thursday": "9–12, 14–18"}
    code, page = send(client, opened(client), **typed, friday="24h", saturday="closed", sunday="Ruhetag")
    assert (code, kept(page)) == (200, True)
    assert (
        file(office)
        .read_text("utf-8")
        .endswith(
            "[hours]\n# the door says so\nmonday = 9:00-17:00\ntuesday = 9:00-17:00\nwednesday = 9:00-17:00\n"
            "thursday = 9:00-12:00, 14:00-18:00\nfriday = 0:00-24:00\n"
        )
    )
    assert set(week(office)) == set(DAYS[:5])
    assert re.search(r"<dt>Friday</dt><dd>all day</dd>\s*<dt>Saturday</dt><dd>closed</dd>", page)


def test_what_is_odd_is_asked_about_and_kept_when_answered(office: Office, client: FlaskClient) -> None:
    code, page = send(client, opened(client), monday="9-5", friday="10-2", saturday="18-2")
    assert (code, week(office)) == (200, {})
    assert "Friday: is this right?" in page
    assert "Saturday: is this right?" in page
    assert "Monday: is this right?" not in page
    for words in ("Open 10:00–14:00, 4 hours in all", "Open 10:00–02:00 the next day, 16 hours in all"):
        assert words in page
    assert "Open 18:00–02:00 the next day, 8 hours in all." in page
    assert 'value="10-2"' in page  # nothing that was typed is lost
    form: Form = opened(client) | {"monday": "9-5", "friday": "10-2", "saturday": "18-2"}
    assert not kept(send(client, form, meant_friday="10:00-2:00")[1])  # one question is left
    assert not kept(
        send(client, form, meant_friday="7:00-8:00", meant_saturday="18:00-2:00")[1]
    )  # no answer to it
    assert kept(send(client, form, meant_friday="10:00-2:00", meant_saturday="18:00-2:00")[1])
    assert week(office) == {"monday": "9:00-17:00", "friday": "10:00-2:00", "saturday": "18:00-2:00"}


def test_what_stands_in_the_file_is_not_asked_about_again(office: Office, client: FlaskClient) -> None:
    file(office).write_text(
        file(office).read_text("utf-8") + "[hours]\nmonday = 22-2\nfriday = 10:00-2:00\n", "utf-8"
    )
    assert kept(send(client, opened(client), tuesday="9-5")[1])
    assert kept(
        send(client, opened(client), monday="22:00 - 2:00", tuesday="9-5")[1]
    )  # the same in other words
    assert "monday = 22-2\n" in file(office).read_text("utf-8")
    assert week(office) == {"monday": "22:00-2:00", "tuesday": "9:00-17:00", "friday": "10:00-2:00"}


def test_times_can_be_picked_without_a_script(office: Office, client: FlaskClient) -> None:
    form = opened(client)
    picked: Form = {
        "monday_from": ["09:00", "14:00"],
        "monday_until": ["12:30", "18:00"],
        "tuesday_from": ["18:00", ""],
        "tuesday_until": ["00:00", ""],
        "wednesday_from": ["00:00", ""],
        "wednesday_until": ["00:00", ""],
    }
    assert kept(send(client, form | picked)[1])
    hours = {"monday": "9:00-12:30, 14:00-18:00", "tuesday": "18:00-24:00", "wednesday": "0:00-24:00"}
    assert week(office) == hours
    again = opened(client)
    assert {key: again[key] for key in picked} == picked
    before = file(office).read_bytes()
    assert kept(send(client, again)[1])
    assert file(office).read_bytes() == before
    assert kept(send(client, again, monday="10-4")[1])  # typed beside times that are picked already
    assert week(office) == hours | {"monday": "10:00-16:00"}
    assert kept(send(client, opened(client), monday_from=["", ""], monday_until=["", ""])[1])
    assert "monday" not in week(office)
    code, page = send(client, opened(client), monday_from=["09:00", ""], monday_until=["", ""])
    assert (code, 'id="monday-problem">These are not opening hours.' in page) == (422, True)


def test_more_spans_than_can_be_picked_stay(office: Office, client: FlaskClient) -> None:
    hours = "7:00-9:00, 11:00-13:00, 16:00-19:00"
    file(office).write_text(file(office).read_text("utf-8") + f"[hours]\nmonday = {hours}\n", "utf-8")
    assert kept(send(client, opened(client), tuesday="9-5")[1])
    assert week(office) == {"monday": hours, "tuesday": "9:00-17:00"}


def test_one_days_hours_for_all_days(office: Office, client: FlaskClient) -> None:
    code, page = send(client, opened(client), do="copy tuesday", tuesday="9-12, 2-6")
    assert (code, page.count('value="9-12, 2-6"'), week(office)) == (
        200,
        14,
        {},
    )  # each field, and what it was
    assert page.count('name="friday_from" value="14:00"') == 1
    assert kept(send(client, opened(client) | dict.fromkeys(DAYS, "9-12, 2-6"))[1])
    assert week(office) == dict.fromkeys(DAYS, "9:00-12:00, 14:00-18:00")
    assert send(client, opened(client), do="copy nonsense")[0] == 200


WRONG = [
    ({"monday": "nine to five"}, "monday", "These are not opening hours."),
    ({"monday": "9-25"}, "monday", "25 does not exist."),
    ({"monday": "9-13, 12-18"}, "monday", "Two of these times overlap."),
    ({"sunday": "closed"}, "sunday", "Write when the shop is open on the other days"),
    ({"holidays": "Christmas"}, "holidays", "“Christmas” is not a date."),
    ({"holidays": "24.12.2020"}, "holidays", "2020-12-24 is already over."),
    ({"holidays": "XX"}, "holidays", "“XX” is not a country code"),
    ({"closed_from": "soon"}, "holidays", "“soon” is not a date."),
    ({"closed_from": "2028-01-02", "closed_until": "2028-01-01"}, "holidays", "is before the first"),
]


@pytest.mark.parametrize(("typed", "key", "words"), WRONG)
def test_what_is_wrong_is_said_beside_its_field(
    office: Office, client: FlaskClient, typed: dict[str, str], key: str, words: str
) -> None:
    before = file(office).read_bytes()
    code, page = send(client, opened(client), **typed)
    assert code == 422
    assert f'id="{key}-problem">' in page
    assert words in page.partition(f'id="{key}-problem">')[2].partition("</p>")[0]
    assert file(office).read_bytes() == before


def test_closed_days_come_by_calendar_and_go(office: Office, client: FlaskClient) -> None:
    first = today(office) + timedelta(days=30)
    week_off = [str(first + timedelta(days=days)) for days in range(7)]
    tomorrow = str(today(office) + timedelta(days=1))
    assert kept(send(client, opened(client), closed_from=tomorrow)[1])
    assert f"holidays = {tomorrow}\n" in file(office).read_text("utf-8")
    code, page = send(client, opened(client), do="add", closed_from=week_off[0], closed_until=week_off[-1])
    assert (code, f'name="kept" value="{week_off[0]}/{week_off[-1]}" checked' in page) == (200, True)
    assert week_off[0] not in file(office).read_text("utf-8")  # it is in the list, and not kept yet
    form = opened(client)
    assert form["kept"] == [f"{tomorrow}/{tomorrow}"]
    code, page = send(client, form, kept=[*form["kept"], f"{week_off[0]}/{week_off[-1]}"], holidays="GB")
    assert f"holidays = GB, {', '.join([tomorrow, *week_off])}\n" in file(office).read_text("utf-8")
    assert "closed on those of GB" in page
    form = opened(client)
    assert form["holidays"] == ["GB"]
    assert kept(send(client, form, kept=[form["kept"][1]], holidays="")[1])
    assert f"holidays = {', '.join(week_off)}\n" in file(office).read_text("utf-8")
    assert kept(send(client, opened(client), kept=["nonsense", "2026-01-01/2099-01-01"])[1])
    assert "holidays =\n" in file(office).read_text("utf-8")


def test_typed_days_and_those_of_the_file(office: Office, client: FlaskClient) -> None:
    day = today(office) + timedelta(days=40)
    assert kept(send(client, opened(client), holidays=f"gb, {day.day}.{day.month}.")[1])
    assert f"holidays = GB, {day}\n" in file(office).read_text("utf-8")
    assert opened(client)["kept"] == [f"{day}/{day}"]
    # As an older form, or a program, sends it: all in one.
    assert kept(send(client, {"seen": opened(client)["seen"]}, holidays=f"GB {day}")[1])
    assert office.loop.settings.hours.holidays.dates == (day,)


def test_days_that_are_over_are_not_shown_and_are_swept_away_on_saving(
    office: Office, client: FlaskClient
) -> None:
    gone, coming = today(office) - timedelta(days=3), today(office) + timedelta(days=3)
    file(office).write_text(
        file(office).read_text("utf-8") + f"[hours]\nholidays = {gone}, {coming}\n", "utf-8"
    )
    form = opened(client)
    assert form["kept"] == [f"{coming}/{coming}"]
    assert kept(send(client, form)[1])
    assert f"holidays = {coming}\n" in file(office).read_text("utf-8")


def test_it_shows_how_it_is_understood_and_keeps_nothing(office: Office, client: FlaskClient) -> None:
    before = file(office).read_bytes()
    code, page = send(client, opened(client), do="show", monday="9-5", friday="10-2")
    assert code == 200
    assert "<p><b>Monday</b> 09:00–17:00</p>" in page
    assert "<p><b>Friday</b> 10:00–14:00, or 10:00–02:00 the next day?</p>" in page
    assert file(office).read_bytes() == before


def test_closed_tomorrow_is_one_press_and_so_is_open(office: Office, client: FlaskClient) -> None:
    day = today(office) + timedelta(days=1)
    for do, button, closed in (
        ("close", "Open tomorrow after all", True),
        ("open", "Closed tomorrow", False),
    ):
        form = {"do": do, "csrf_token": token(client, "/contacts")}
        page = client.post("/status/tomorrow", data=form, follow_redirects=True).text
        assert (f">{button}</button>" in page, day in office.loop.settings.hours.holidays.dates) == (
            True,
            closed,
        )


def test_closed_days_that_cannot_be_read_are_not_written_over(office: Office, client: FlaskClient) -> None:
    path = file(office)
    path.write_text(path.read_text("utf-8") + "[hours]\nholidays = some day\n", "utf-8")
    form = {"do": "close", "csrf_token": token(client, "/contacts")}
    assert (
        client.post("/status/tomorrow", data=form).headers["Location"].endswith("/settings/hours#closed-days")
    )
    assert "holidays = some day" in path.read_text("utf-8")
