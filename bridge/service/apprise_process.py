"""`python -m bridge.service.apprise_process`: tells Apprise services what stands in the JSON object on standard input
(urls, title, body); exit code 0 if all were told. The URLs hold passwords, so they are no arguments."""

import json
import sys


def main() -> int:
    """Reads the object from standard input and tells the services. The exit code: 0 if all were told, else 1."""
    import apprise

    item = json.load(sys.stdin)
    services = apprise.Apprise()
    known = [services.add(url) for url in item["urls"]]
    told = services.notify(title=item["title"], body=item["body"])
    return 0 if all(known) and told else 1


if __name__ == "__main__":
    sys.exit(main())
