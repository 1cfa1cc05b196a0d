"""Power cuts under a real file system: a thousand, and starts of the service from what they leave."""

import pytest

from tests.support.needs import needs
from tests.torture import blocks

# A run is done again by its seed; nothing here is timed but how long it goes on (seconds).
SEED, SECONDS = 12, 130.0


@needs("qemu-system-common", "fuse3")
@pytest.mark.skipif(blocks.missing() != "", reason=blocks.missing())
def test_nothing_is_lost_and_nobody_texted_twice() -> None:
    verdict = blocks.run(SEED, SECONDS)
    print(verdict.figures)
    assert not verdict.bad, str(verdict)
    assert verdict.seen["services started"] >= 10
