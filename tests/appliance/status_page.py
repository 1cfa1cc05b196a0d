"""Runs inside the machine, by its own Python and nothing else: logs in with the name and the password that it is given, and
prints the status page."""

import re
import sys
import urllib.request
from urllib.parse import urlencode

SITE = "http://127.0.0.1:8080"


def main(name: str, password: str) -> None:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = opener.open(f"{SITE}/login").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token, page
    form = {"csrf_token": token[1], "name": name, "password": password}
    opener.open(f"{SITE}/login", urlencode(form).encode())
    print(opener.open(f"{SITE}/status").read().decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
