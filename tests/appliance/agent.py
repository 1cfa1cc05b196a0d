"""Runs inside the machine, by its own Python and nothing else: takes commands from the port that leads outside, one JSON
object a line with a number, and answers each with that number, its exit code and what it printed."""

import json
import subprocess
from pathlib import Path

PORT = "/dev/virtio-ports/agent"


def main() -> None:
    with Path(PORT).open("r+b", buffering=0) as port:
        port.write(b"\n")
        rest = b""
        while True:
            while b"\n" not in rest:
                rest += port.read(4096) or b""
            line, _, rest = rest.partition(b"\n")
            if line.strip():
                asked = json.loads(line)
                done = subprocess.run(
                    ["bash", "-c", asked["command"]],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    check=False,
                )
                answer = {"number": asked["number"], "code": done.returncode}
                answer["output"] = done.stdout.decode("utf-8", "replace")
                port.write(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
