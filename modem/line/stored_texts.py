"""Stored texts and reports: which storage is selected, what has been read where, and what may be deleted;
they are handed on and stay until the bridge has them."""

import logging
from collections.abc import Callable, Generator

from modem.at import commands
from modem.contract import Slot
from modem.procedures import reading, steps
from modem.procedures.steps import Reply, Step

log = logging.getLogger(__name__)

# So many digits at the end of a PDU tell one message from the next in the same place: time stamp and text are
# there.
MARK = 64


class StoredTexts:
    """line: its name, for the log. received: takes each PDU that was read, and where it lies."""

    def __init__(self, line: str, received: Callable[[str, Slot], None]) -> None:
        self._line = line
        self._received = received
        self._selected = ""
        # What was read where and has not been deleted since: only that may be deleted.
        self._read: dict[tuple[str, int], str] = {}

    def set_up(self, storage: str) -> None:
        """The modem has been set up; this storage is selected."""
        self._selected = storage

    def fetch(self, storage: str, index: int | None) -> Generator[Step, Reply, None]:
        """Read the text at `index`, or, where there is none, all that lie in the storage, and hand them
        on."""
        yield from self._select(storage)
        if index is not None and (pdu := (yield from reading.read_one(index))):
            self._take(pdu, storage, index)
            return
        for place, pdu in (yield from reading.read_all()):
            self._take(pdu, storage, place)

    def delete(self, slots: tuple[Slot, ...]) -> Generator[Step, Reply, None]:
        """Delete what was read there, unless it has gone already and another message may lie there now. What
        the modem will not delete stays; the log tells."""
        for slot in slots:
            place = slot.storage, slot.index
            if self._read.get(place) != slot.mark:
                continue
            yield from self._select(slot.storage)
            response = yield from steps.ask(commands.delete(slot.index))
            del self._read[place]
            if not response.ok and response.error().code != commands.NO_SUCH_INDEX:
                log.warning(
                    "%s: text %d stays in %s: %s", self._line, slot.index, slot.storage, response.final
                )

    def _select(self, storage: str) -> Generator[Step, Reply, None]:
        """Select the storage that is read and deleted (27.005 CPMS), if it is another than now."""
        if storage and storage != self._selected and (yield from steps.ask(commands.use_storage(storage))).ok:
            self._selected = storage

    def _take(self, pdu: str, storage: str, index: int) -> None:
        slot = Slot(storage, index, pdu[-MARK:])
        self._read[storage, index] = slot.mark
        self._received(pdu, slot)
