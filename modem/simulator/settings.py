"""The simulated modem's volatile settings, as data: what power-up leaves, what a value may look like, what =? says."""

# Settings that a restart forgets, as they are after power-up; a profile adds those of its vendor.
POWER_UP = {
    "E": "1", "V": "1", "Q": "0", "S0": "0", "+CMEE": "0", "+CLIP": "0", "+CRC": "0", "+CCWA": "0", "+CSSN": "0,0",
    "+COLP": "0", "+CLIR": "0,0", "+CMGF": "0", "+CNMI": "0,0,0,0,0", "+CSMS": "0", "+CPMS": "SM,SM,SM", "+CMMS": "0",
    "+CSDH": "0", "+CREG": "0", "+CGREG": "0", "+CEREG": "0", "+CSCS": '"GSM"', "+CMER": "0,0,0,0,0", "+CFUN": "1",
    "+CTZU": "0", "+CPBS": '"SM"', "+CSMP": "17,167,0,0", "+COPS": "0,0", "+CTZR": "0", "+CSCA": '"+447802000332",145',
    "+CSCB": "0", "+CMOD": "0", "+CR": "0", "+CSTA": "129",
}  # fmt: skip
# What a value must match; others are not looked at.
VALID = {
    "+CMEE": "[012]", "+CLIP": "[01]", "+CRC": "[01]", "+CCWA": "[01](,.*)?", "+CMGF": "[01]", "+CSMS": "[01]",
    "+CNMI": r"[0-3]?(,[0-3]?){0,2}(,[0-2]?)?(,[01]?)?", "+CREG": "[012]", "+CGREG": "[012]", "+CEREG": "[0-2]",
    "+CLCC": "[01]", "+CMMS": "[012]", "+CSCS": '"(GSM|IRA|UCS2|HEX)"', "+CFUN": r"[014](,[01])?", "+CSSN": "[01],[01]",
    "+COPS": r"[0-4](,.*)?",
}  # fmt: skip
RANGES = {
    "+CMGF": "(0-1)", "+CNMI": "(0-3),(0-3),(0,2),(0-2),(0,1)", "+CSMS": "(0,1)", "+CSCS": '("GSM","IRA","UCS2","HEX")',
    "+CPMS": '("SM","ME"),("SM","ME"),("SM","ME")', "+CMEE": "(0-2)", "+CREG": "(0-2)", "+CGREG": "(0-2)",
    "+CEREG": "(0-2)", "+CLIP": "(0,1)", "+CRC": "(0,1)", "+CCWA": "(0,1)", "+CLCC": "(0-1)", "+CMGL": "(0-4)",
    "+CPBR": "(1-50),40,16", "+CFUN": "(0,1,4),(0,1)", "+COPS": '(2,"Testnet","TN","23415"),,(0-4),(0-2)',
    "+CIND": '("battchg",(0-5)),("signal",(0-5)),("service",(0-1)),("call",(0-1)),("callsetup",(0-3))',
    "+CMER": "(0-3),(0),(0),(0-1),(0)", "+CHLD": "(0,1,2)", "+CMMS": "(0-2)", "+CSQ": "(0-31,99),(0-7,99)",
    "+CSSN": "(0,1),(0,1)", "+COLP": "(0,1)",
}  # fmt: skip
# Storages that AT+CPMS takes, with those they stand for; SR holds delivery reports (27.005).
STORAGES = {"SM": "SM", "ME": "ME", "MT": "ME", "SR": "SR"}
