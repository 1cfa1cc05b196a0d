"""Where things lie: the project, and the shared folder (TEXTBACK_SHARED, else beside the project)."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
TRANSCRIPTS = ROOT / "tests" / "transcripts"
SHARED = Path(os.environ.get("TEXTBACK_SHARED", ROOT.parent / "shared"))


def shared_lines(name: str) -> list[dict[str, Any]]:
    """The JSON objects of a shared file, none where the shared folder is absent."""
    file = SHARED / name
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
