"""The command behind `make torture`."""

import argparse
import random
import sys
from collections.abc import Callable
from shutil import which

from tests.support.postgres import programs
from tests.torture import blocks, faults, flood, images, kills, machine, server
from tests.torture.verdict import Verdict

CAMPAIGNS = {
    "kills": kills.run,
    "faults": faults.run,
    "images": images.run,
    "blocks": blocks.run,
    "machine": machine.run,
    "flood": flood.run,
    "postgres": server.run,
}


def _nothing() -> str:
    return ""


# What a campaign lacks on this machine, in words.
MISSING: dict[str, Callable[[], str]] = {
    **dict.fromkeys(CAMPAIGNS, _nothing),
    "blocks": blocks.missing,
    "machine": machine.missing,
    "images": lambda: "" if which("strace") else "Debian's strace is not installed",
    "postgres": lambda: "" if programs() else "Debian's postgresql is not installed",
}


def main() -> int:
    """Run the campaigns that the command line names, else all, and print what each shows; 1 if anything is lost, doubled or
    stuck."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Torture the real service.")
    parser.add_argument("campaign", nargs="*", default=[], help=", ".join(CAMPAIGNS))
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="does a run again")
    parser.add_argument("--minutes", type=float, default=3.0, help="for each campaign")
    asked = parser.parse_args()
    if unknown := set(asked.campaign) - set(CAMPAIGNS):
        parser.error(f"no campaign is called {', '.join(sorted(unknown))}")
    bad = False
    for name in asked.campaign or CAMPAIGNS:
        if missing := MISSING[name]():
            print(f"{name}: skipped, {missing}")
            continue
        print(f"{name}: --seed {asked.seed} --minutes {asked.minutes:g}", flush=True)
        verdict: Verdict = CAMPAIGNS[name](asked.seed, asked.minutes * 60)
        print(f"{name}: {verdict}", flush=True)
        bad |= verdict.bad
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
