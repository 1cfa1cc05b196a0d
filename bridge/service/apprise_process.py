"""`python -m bridge.service.apprise_process`: tells Apprise services what stands in the JSON object on standard input
(urls, title, body), and writes what came of it at each as a JSON list of codes (bridge/rules/services). The URLs hold
passwords, so they are no arguments, and nothing of them is written."""

import json
import smtplib
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import wraps
from typing import Any

from bridge.rules.services import Answered, Heard, Told, Way, outcome
from modem.contract import Coded


def main() -> None:
    """Reads the object from standard input, tells the services, and writes what came of it."""
    item = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):  # what the plugins write is for nobody
        came = tell(item["urls"], item["title"], item["body"])
    json.dump([one.to_text() for one in came], sys.stdout)


def tell(urls: list[str], title: str, body: str) -> list[Coded]:
    """Tells one service after the other, and what came of it at each."""
    import apprise

    heard: list[Heard] = []
    _listen(heard)
    came = []
    for place, url in enumerate(urls, 1):
        service = apprise.Apprise.instantiate(url)
        if service is None:
            came.append(Coded.of(Told.NOT_KNOWN, place=place))
            continue
        heard.clear()
        one = apprise.Apprise()
        one.add(service)
        told = bool(one.notify(title=title, body=body))
        came.append(outcome(str(service.service_name), told, heard))
    return came


def _listen(heard: list[Heard]) -> None:
    """Notes from now on what services answer: Apprise itself says only whether they took it."""
    import requests

    http: Any = requests.adapters.HTTPAdapter
    http.send = _noting_http(http.send, heard, requests.exceptions)
    smtp: Any = smtplib.SMTP
    smtp.getreply = _noting_smtp(smtp.getreply, heard)
    smtp.connect = _noting_smtp(smtp.connect, heard)


def _noting_http(send: Callable[..., Any], heard: list[Heard], errors: Any) -> Callable[..., Any]:
    @wraps(send)
    def noting(*args: Any, **options: Any) -> Any:
        try:
            answer = send(*args, **options)
        except errors.Timeout:
            heard.append(Told.SLOW)
            raise
        except errors.SSLError:
            heard.append(Told.UNTRUSTED)
            raise
        except errors.RequestException:
            heard.append(Told.UNREACHABLE)
            raise
        heard.append(Answered(Way.HTTP, answer.status_code))
        return answer

    return noting


def _noting_smtp(ask: Callable[..., Any], heard: list[Heard]) -> Callable[..., Any]:
    @wraps(ask)
    def noting(*args: Any, **options: Any) -> Any:
        try:
            answer = ask(*args, **options)
        except OSError as error:  # SMTPException is one too
            heard.append(Told.SLOW if isinstance(error, TimeoutError) else Told.UNREACHABLE)
            raise
        heard.append(Answered(Way.SMTP, answer[0]))
        return answer

    return noting


if __name__ == "__main__":
    main()
