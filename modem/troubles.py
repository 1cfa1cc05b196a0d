"""What can be wrong with a modem, its SIM or a text, as codes with their facts; the words for people are the bridge's."""

from enum import StrEnum
from typing import Self

from modem.coded import Coded, Value


class TroubleCode(StrEnum):
    """What is wrong. Behind each, its facts where it has some. Every trouble of a text may also tell `sent` of `parts`."""

    # The port.
    PORT_MISSING = "port_missing"  # path
    PORT_FORBIDDEN = "port_forbidden"  # path
    PORT_HELD = "port_held"  # path, holder: the name of the other program's process, "" if not known
    PORT_NOT_SERIAL = "port_not_serial"  # path
    PORT_IS_FOLDER = "port_is_folder"  # path
    PORT_NOT_OPENED = "port_not_opened"  # path, error: of the system
    NO_MODEM = "no_modem"  # ports: what each port is taken for
    NO_MODEM_ANSWERS = "no_modem_answers"  # tried: troubles, see `Trouble.join`; ports: the others
    # The modem.
    MODEM_GONE = "modem_gone"  # path, error: of the system
    MODEM_HUNG_UP = "modem_hung_up"  # path
    MODEM_SILENT = "modem_silent"  # path, command: the one that has had no answer
    MODEM_RESTARTED = "modem_restarted"
    AT_FAILS = "at_fails"
    NOT_THE_NAMED_MODEM = "not_the_named_modem"  # imei, iccid: "" if not known
    MODEM_OF_ANOTHER_LINE = "modem_of_another_line"
    SETTING_UP = "setting_up"
    LINE_BUSY = "line_busy"
    NO_NOTE = "no_note"  # the note before a PDU cannot be made
    # The SIM (27.007 CPIN).
    SIM_MISSING = "sim_missing"
    SIM_PIN = "sim_pin"
    SIM_PUK = "sim_puk"
    SIM_SILENT = "sim_silent"
    SIM_NOT_TAKEN = "sim_not_taken"
    SIM_NOT_READY = "sim_not_ready"
    PIN_REFUSED = "pin_refused"
    PIN_TRIED = "pin_tried"
    # A text that did not go out, or of which nobody knows.
    NO_PROMPT = "no_prompt"
    NO_REFERENCE = "no_reference"
    NOT_ENCODED = "not_encoded"  # detail
    # A text that was refused: final, the modem's line with the number of the error (see modem/sms/causes).
    REFUSED = "refused"
    REFUSED_BARRED = "refused_barred"
    REFUSED_BY_NETWORK = "refused_by_network"
    REFUSED_CENTRE_BUSY = "refused_centre_busy"
    REFUSED_CENTRE_CONTRACT = "refused_centre_contract"
    REFUSED_CENTRE_FAILED = "refused_centre_failed"
    REFUSED_CENTRE_FORM = "refused_centre_form"
    REFUSED_CENTRE_HAS_IT = "refused_centre_has_it"
    REFUSED_CENTRE_UNKNOWN = "refused_centre_unknown"
    REFUSED_EMERGENCY_ONLY = "refused_emergency_only"
    REFUSED_FORM = "refused_form"
    REFUSED_MODEM_FAILED = "refused_modem_failed"
    REFUSED_MODEM_NOT_NOW = "refused_modem_not_now"
    REFUSED_MODEM_NOT_READY = "refused_modem_not_ready"
    REFUSED_MOMENT = "refused_moment"
    REFUSED_NETWORKS_DIFFER = "refused_networks_differ"
    REFUSED_NO_NETWORK = "refused_no_network"
    REFUSED_NOT_ALLOWED = "refused_not_allowed"
    REFUSED_NUMBER_BARRED = "refused_number_barred"
    REFUSED_NUMBER_INVALID = "refused_number_invalid"
    REFUSED_NUMBER_MISSING = "refused_number_missing"
    REFUSED_NUMBER_OUT = "refused_number_out"
    REFUSED_NUMBER_UNKNOWN = "refused_number_unknown"
    REFUSED_OUTAGE = "refused_outage"
    REFUSED_OVERLOADED = "refused_overloaded"
    REFUSED_RADIO_LOST = "refused_radio_lost"
    REFUSED_SIM_BUSY = "refused_sim_busy"
    REFUSED_SIM_FAILED = "refused_sim_failed"
    REFUSED_SIM_MISSING = "refused_sim_missing"
    REFUSED_SIM_NOT_TAKEN = "refused_sim_not_taken"
    REFUSED_SIM_PIN = "refused_sim_pin"
    REFUSED_SIM_PIN2 = "refused_sim_pin2"
    REFUSED_SIM_PUK = "refused_sim_puk"
    REFUSED_SIM_PUK2 = "refused_sim_puk2"
    REFUSED_STORAGE_FAILED = "refused_storage_failed"
    REFUSED_STORAGE_FULL = "refused_storage_full"
    REFUSED_TIMEOUT = "refused_timeout"
    REFUSED_UNEXPLAINED = "refused_unexplained"


class Trouble(Coded):
    """What is wrong: a code of TroubleCode, or of the bridge's own, and its facts."""

    def adding(self, **facts: Value) -> Self:
        """The same with these facts besides."""
        return self.of(self.code, **self.values, **facts)

    @staticmethod
    def join(troubles: "list[Trouble]") -> str:
        """Several as one fact of another; `split` reads it.

        >>> Trouble.join([Trouble.of("port_missing", path="/dev/a"), Trouble("sim_pin")])
        'port_missing?path=%2Fdev%2Fa sim_pin'
        """
        return " ".join(trouble.to_text() for trouble in troubles)

    @classmethod
    def split(cls, fact: str) -> list[Self]:
        """What `join` wrote."""
        return [cls.from_text(text) for text in fact.split()]
