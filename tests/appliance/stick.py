"""Runs inside the machine: a USB stick that is a drive until it is told to be a modem, as Huawei's are (12d1:1446, then an
E1550 as 12d1:1001), behind the kernel's vhci-hcd, which speaks usbip with it (Documentation/usb/usbip_protocol.rst)."""

import socket
import struct
from pathlib import Path

ATTACH = Path("/sys/devices/platform/vhci_hcd.0/attach")
VENDOR, DRIVE, MODEM = 0x12D1, 0x1446, 0x1001
HIGH_SPEED, STALLED, UNLINKED = 3, -32, -104
SUBMIT, UNLINK, SUBMITTED, UNLINKED_ANSWER = 1, 2, 3, 4
GET_DESCRIPTOR, GET_STATUS, GET_MAX_LUN = (0x80, 6), (0x80, 0), (0xA1, 0xFE)
WORDS = ("", "HUAWEI Technology", "HUAWEI Mobile")
# (class, subclass, protocol) of each interface.
AS_DRIVE, AS_MODEM = [(8, 6, 0x50)], [(0xFF, 0xFF, 0xFF)] * 3


def interface(number: int, triple: tuple[int, int, int]) -> bytes:
    """With a bulk endpoint in and one out."""
    ends = (struct.pack("<BBBBHB", 7, 5, way + number + 1, 2, 512, 0) for way in (0x80, 0))
    return struct.pack("<9B", 9, 4, number, 0, 2, *triple, 0) + b"".join(ends)


class Stick:
    """One life of it, at this port of the virtual hub. switched: was it told to be a modem?"""

    def __init__(self, port: int, product: int, triples: list[tuple[int, int, int]]) -> None:
        self.switched = False
        self._waiting: set[int] = set()
        body = b"".join(interface(number, triple) for number, triple in enumerate(triples))
        self._descriptors = {
            1: struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x200, 0, 0, 0, 64, VENDOR, product, 0, 1, 2, 0, 1),
            2: struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), len(triples), 1, 0, 0x80, 250) + body,
        }
        self._wire, kernels = socket.socketpair()
        ATTACH.write_text(f"{port} {kernels.fileno()} {port + 1} {HIGH_SPEED}")
        kernels.close()

    def serve(self) -> None:
        """Until it is told to be something else."""
        with self._wire:
            while not self.switched:
                head = self._read(48)
                command, number, _, way, end = struct.unpack(">5I", head[:20])
                if command == SUBMIT:
                    length = struct.unpack(">I", head[24:28])[0]
                    self._submit(number, end, way == 1, length, head[40:48])
                elif command == UNLINK:
                    victim = struct.unpack(">I", head[20:24])[0]
                    status = UNLINKED if victim in self._waiting else 0
                    self._waiting.discard(victim)
                    self._wire.sendall(struct.pack(">5Ii24x", UNLINKED_ANSWER, number, 0, 0, 0, status))

    def _submit(self, number: int, end: int, comes_in: bool, length: int, setup: bytes) -> None:
        data = b"" if comes_in else self._read(length)
        if end == 0:
            answer = self._control(setup)
            self._answer(
                number, b"" if answer is None else answer[:length], 0 if answer is not None else STALLED
            )
        elif comes_in:
            self._waiting.add(number)  # it has nothing to say
        else:
            self._answer(number, b"", 0, len(data))
            # Bulk-only transport, and the command of Huawei's that nobody else uses (11 06).
            self.switched = data[:4] == b"USBC" and data[15:17] == b"\x11\x06"

    def _control(self, setup: bytes) -> bytes | None:
        """What it answers, None if it knows no such request."""
        kind, request, value, _, _ = struct.unpack("<BBHHH", setup)
        if (kind, request) == GET_DESCRIPTOR:
            which, index = value >> 8, value & 0xFF
            if which == 3 and index < len(WORDS):
                text = WORDS[index].encode("utf-16-le") if index else b"\x09\x04"
                return bytes([len(text) + 2, 3]) + text
            return self._descriptors.get(which)
        if (kind, request) == GET_STATUS:
            return bytes(2)
        return bytes(1) if (kind, request) == GET_MAX_LUN else b""

    def _answer(self, number: int, data: bytes, status: int, length: int | None = None) -> None:
        done = len(data) if length is None else length
        self._wire.sendall(struct.pack(">5Ii4I8x", SUBMITTED, number, 0, 0, 0, status, done, 0, 0, 0) + data)

    def _read(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            data = self._wire.recv(count - len(got))
            if not data:
                raise SystemExit("the kernel has let it go")
            got += data
        return got


if __name__ == "__main__":
    Stick(0, DRIVE, AS_DRIVE).serve()
    print("told to be a modem", flush=True)
    Stick(1, MODEM, AS_MODEM).serve()
