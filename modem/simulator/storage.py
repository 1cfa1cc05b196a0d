"""Where texts lie on the SIM and in the modem: slots by storage; what is put there, and what is told of it, others know."""

from dataclasses import dataclass
from enum import IntEnum


class StoredStatus(IntEnum):
    """<stat> of AT+CMGL in PDU mode (27.005, 3.1)."""

    UNREAD = 0
    READ = 1
    UNSENT = 2
    SENT = 3


@dataclass(frozen=True)
class Stored:
    """What one slot holds. pdu: hex, with the SMSC."""

    status: StoredStatus
    pdu: str


class Storages:
    """SM (the SIM), ME (the modem) and SR (delivery reports), each with `size` slots from 1 on; they outlive a restart."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._storages: dict[str, dict[int, Stored]] = {"SM": {}, "ME": {}, "SR": {}}

    @property
    def names(self) -> tuple[str, ...]:
        """The storages that there are, such as SM and ME."""
        return tuple(self._storages)

    def slots(self, storage: str) -> dict[int, Stored]:
        """What is in use, by index. Raises KeyError for a storage that is none."""
        return self._storages[storage]

    def store(self, storage: str, pdu: str, status: StoredStatus) -> int | None:
        """Put it into the first free slot and return the index; None where the storage is full."""
        slots = self.slots(storage)
        index = next((i for i in range(1, self.size + 1) if i not in slots), None)
        if index is not None:
            slots[index] = Stored(status, pdu)
        return index
