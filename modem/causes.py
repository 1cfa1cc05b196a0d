"""What +CMS ERROR and +CME ERROR numbers mean, in words for a shopkeeper (27.005 3.2.5, 24.011 annex E, 27.007 9.2)."""

CMS = {
    1: "the number does not exist",
    8: "the operator bars texts from this SIM",
    10: "the operator bars texts from this SIM",
    21: "the network refused the text",
    27: "the number is out of service at present",
    28: "the network does not know the number",
    29: "the operator does not allow this SIM to send texts",
    30: "the network does not know the number",
    38: "the network is out of order",
    41: "the network failed for a moment",
    42: "the network is overloaded",
    47: "the network is overloaded",
    50: "the operator does not allow this SIM to send texts",
    69: "the operator does not allow this SIM to send texts",
    192: "the operator's text centre is busy",
    193: "this SIM has no contract with the operator's text centre",
    194: "the operator's text centre failed",
    195: "the number is not valid",
    196: "the operator bars texts to this number",
    310: "there is no SIM in the modem",
    311: "the SIM asks for its PIN",
    313: "the SIM failed",
    316: "the SIM asks for its PUK",
    330: "the SIM does not know the number of the operator's text centre",
    331: "there is no network",
    332: "the network did not answer in time",
    500: "the modem failed and does not say why (no credit and no network are common)",
    512: "the network failed for a moment",
    513: "the radio link was lost",
    514: "the network is overloaded",
}

# The modem has tried, and whether the text went out nobody knows (27.005: network timeout).
UNSURE = frozenset({332})


def why(code: int | None, final: str) -> str:
    """A sentence without its full stop for a refused text.

    >>> why(38, "+CMS ERROR: 38")
    'The network is out of order (+CMS ERROR: 38)'
    """
    words = CMS.get(code) if code is not None else None
    words = words or "the modem refused the text"
    return f"{words[0].upper()}{words[1:]} ({final})"
