"""After each fault of the modem new callers are texted: none is lost or without number, nobody is texted twice; how soon, the
bench says (`make recovery`)."""

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

from tests.recovery import FAULTS, PHASES, SIDE_BY_SIDE, run


def test_after_each_fault_new_callers_are_texted_once_and_with_their_number() -> None:
    jobs = list(zip(FAULTS, cycle(PHASES), strict=False))
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        found = dict(zip(jobs, pool.map(lambda job: run(*job), jobs), strict=True))
    wrong = {job: one for job, one in found.items() if one.nameless or one.doubled or one.lost}
    assert not wrong
    assert not [job for job, one in found.items() if one.seconds is None]
