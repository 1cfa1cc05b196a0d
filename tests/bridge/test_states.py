"""The states of what is kept: which sets they fall into, and that the columns take and give nothing else."""

import json

import pytest
from jinja2 import Template
from sqlalchemy.dialects.sqlite import dialect

from bridge.records.tables import coded
from bridge.rules.retries import POLICIES
from bridge.rules.states import COOLING, PENDING, WENT_OUT, MessageStatus
from modem.contract import Refusal


def test_which_statuses_fall_into_which_set() -> None:
    assert WENT_OUT == ("sent", "delivered", "unconfirmed")
    assert PENDING == ("queued", "sending")
    assert COOLING == ("sending", "sent", "delivered", "unconfirmed")


def test_a_state_is_its_word_in_templates_and_json() -> None:
    assert Template("{{ it }} {{ it == 'sent' }}").render(it=MessageStatus.SENT) == "sent True"
    assert json.dumps({"status": MessageStatus.SENT}) == '{"status": "sent"}'


def test_a_column_gives_the_member_back_and_refuses_other_words() -> None:
    column = coded(MessageStatus, "message.status")()
    assert column.process_bind_param(MessageStatus.SENT, dialect()) == "sent"
    assert column.process_result_value("sent", dialect()) is MessageStatus.SENT
    assert column.process_result_value(None, dialect()) is None
    with pytest.raises(ValueError, match=r"'gone' in message\.status is no MessageStatus"):
        column.process_result_value("gone", dialect())


def test_every_kind_of_refusal_has_its_policy() -> None:
    assert set(POLICIES) == set(Refusal)
