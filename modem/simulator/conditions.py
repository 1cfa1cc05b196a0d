"""The conditions that a simulated modem works under: all that may be changed while it runs, but for AT settings."""

from dataclasses import dataclass, field, fields

from modem.simulator.profiles import FRAMES


@dataclass
class Conditions:
    """The parts of one modem read them anew each time; `Simulator.set` changes them. Times are seconds."""

    # ---- the modem
    imei: str = "490154203237518"
    # divides its own waiting times: rings, the network's delay, reports, the banner
    speed: float = 1.0
    # how a line is framed, a key of profiles.FRAMES
    frame: str = "normal"
    # octets written at once; 0: whole lines
    split: int = 0
    # each n-th octet to the host is lost; 0: none
    lose_every: int = 0
    # before each n-th octet to the host come some that nobody sent; 0: none
    noise_every: int = 0
    # how far its clock is fast
    clock_offset: float = 0.0
    # texts cannot be stored, only handed over by +CMT (27.005, 3.4.1)
    direct_only: bool = False

    # after a restart it is deaf and not reachable for so long
    boot_time: float = 0.0
    # a restart prints the profile's banner
    banner: bool = True
    # how long after a RING its +CLIP comes; 0: in the same write
    clip_after: float = 0.0

    # ---- the SIM
    sim_present: bool = True
    # how long after a boot it is not ready yet
    sim_busy: float = 0.0
    iccid: str = "8944110068123456789"
    imsi: str = "234150123456789"
    # what AT+CNUM says (27.007, 7.1); empty: nothing
    own_number: str = ""
    # asked for at each boot; empty: none
    pin: str = ""
    # wrong PINs that it still takes before it wants the PUK
    pin_tries: int = 3
    # it waits for its PIN
    locked: bool = False
    # AT+CPINR works (27.007, 8.65)
    counts_pins: bool = False

    # ---- the network
    # <rssi> of AT+CSQ (27.007, 8.5)
    signal: int = 17
    # delivery reports: auto (one follows each text that asks for it, after report_delay), manual (by `report`), off
    reports: str = "auto"
    report_delay: float = 2.0
    # from a text's being taken to +CMGS, and until a text that was kept arrives
    network_delay: float = 0.2
    # between the parts of a long text that comes
    part_pause: float = 1.0
    # codes of AT+CUSD, and what the network answers to each (27.007, 7.15); to others, that it knows none
    ussd: dict[str, str] = field(default_factory=lambda: {"*100#": "Your balance is £12.34"})

    def change(self, **values: object) -> None:
        """Change some by name. Raises ValueError for a name or a value that is none, and changes nothing then."""
        names = [one.name for one in fields(self)]
        if unknown := set(values) - set(names):
            raise ValueError(f"{', '.join(sorted(unknown))} cannot be set; there are {', '.join(names)}")
        speed = values.get("speed", self.speed)
        if not isinstance(speed, int | float) or speed <= 0 or values.get("frame", self.frame) not in FRAMES:
            raise ValueError(f"speed is more than 0, and frame one of {', '.join(FRAMES)}")
        for name, value in values.items():
            setattr(self, name, value)
