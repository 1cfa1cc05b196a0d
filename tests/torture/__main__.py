"""The command behind `make torture`."""

import argparse
import random
import sys

from tests.torture import faults, kills
from tests.torture.verdict import Verdict

CAMPAIGNS = {"kills": kills.run, "faults": faults.run}


def main() -> int:
    """Run the campaigns that the command line names, else all, and print what each shows; 1 if anything is lost, doubled or
    stuck."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Torture the real service.")
    parser.add_argument("campaign", nargs="*", choices=[[], *CAMPAIGNS], default=[])
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="does a run again")
    parser.add_argument("--minutes", type=float, default=3.0, help="for each campaign")
    asked = parser.parse_args()
    bad = False
    for name in asked.campaign or CAMPAIGNS:
        print(f"{name}: --seed {asked.seed} --minutes {asked.minutes:g}", flush=True)
        verdict: Verdict = CAMPAIGNS[name](asked.seed, asked.minutes * 60)
        print(f"{name}: {verdict}", flush=True)
        bad |= verdict.bad
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
