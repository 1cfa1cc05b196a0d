"""What follows from each step of an update: a table."""

from itertools import product

import pytest

from bridge.rules.updating import Facts, Outcome, Step, following

WELL, NOT = Facts(True), Facts(False)
TABLE = [
    (Step.KEEP, WELL, Step.INSTALL),
    (Step.KEEP, NOT, Outcome.NOT_BEGUN),
    (Step.INSTALL, WELL, Step.WAIT),
    (Step.INSTALL, Facts(False, unchanged=True), Outcome.NOT_BEGUN),
    (Step.INSTALL, Facts(False, same_tables=True), Step.INSTALL_OLD),
    (Step.INSTALL, Facts(False, same_tables=False, was_ready=False, has_copy=True), Step.PUT_BACK),
    (Step.INSTALL, Facts(False, same_tables=False, was_ready=True, has_copy=True), Outcome.STAYED),
    (Step.INSTALL, Facts(False, same_tables=False, was_ready=False, has_copy=False), Outcome.STAYED),
    (Step.WAIT, WELL, Outcome.DONE),
    (Step.WAIT, Facts(True, same_tables=False), Outcome.DONE),
    (Step.WAIT, Facts(False, same_tables=True, was_ready=True), Step.INSTALL_OLD),
    (Step.WAIT, Facts(False, same_tables=False, was_ready=False, has_copy=True), Step.PUT_BACK),
    (Step.WAIT, Facts(False, same_tables=False, was_ready=True, has_copy=True), Outcome.STAYED),
    (Step.PUT_BACK, WELL, Step.INSTALL_OLD),
    (Step.PUT_BACK, NOT, Outcome.STAYED),
    (Step.INSTALL_OLD, WELL, Step.WAIT_OLD),
    (Step.INSTALL_OLD, NOT, Outcome.STUCK),
    (Step.WAIT_OLD, WELL, Outcome.WENT_BACK),
    (Step.WAIT_OLD, NOT, Outcome.STUCK),
]
EVERYTHING = [Facts(*one) for one in product((False, True), repeat=5)]


@pytest.mark.parametrize(("step", "came", "then"), TABLE)
def test_what_follows(step: Step, came: Facts, then: Step | Outcome) -> None:
    assert following(step, came) == then


def test_every_update_ends_whatever_comes_of_each_step() -> None:
    """No step is done twice: each leads to a later one, or to the end."""
    order = list(Step)
    for step, came in product(Step, EVERYTHING):
        then = following(step, came)
        assert isinstance(then, Outcome) or order.index(then) > order.index(step)


def test_data_from_before_are_never_put_back_over_what_has_come_in_since() -> None:
    for step, came in product(Step, EVERYTHING):
        if following(step, came) is Step.PUT_BACK:
            assert not came.was_ready
            assert came.has_copy


def test_an_old_release_never_meets_tables_that_it_does_not_know() -> None:
    for step, came in product((Step.INSTALL, Step.WAIT), EVERYTHING):
        if following(step, came) is Step.INSTALL_OLD:
            assert came.same_tables
