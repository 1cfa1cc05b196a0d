"""[filters] Who is texted."""

from bridge.config import checks as values
from bridge.config.setting import About, Ask, FieldKind, Setting

ABOUT = About("Who is texted")
KEYS: dict[str, Setting] = {
    "countries": Setting(
        "home",
        values.countries,
        comment=(
            "Whose callers are texted: home | any | ISO codes such as GB IE; home = the SIM's region, with "
            "GG JE IM for GB and PR VI GU MP AS for US, never all of +1."
        ),
        doc=(
            "whose callers are texted: `home`, `any`, or ISO codes such as `GB IE`. `home` is the "
            "SIM's region, with Guernsey, Jersey and Man for Britain and Puerto Rico, the Virgin "
            "Islands, Guam, the Marianas and Samoa for the United States; never all of +1"
        ),
        ask=Ask("Countries", hint="home: your own. any: all of them. Or some of them, such as GB IE."),
    ),
    "landlines": Setting(
        "skip",
        values.one_of("skip", "text"),
        comment="Landlines, most of which cannot receive texts: skip | text",
        doc="`text` texts landlines too: some operators read such texts aloud, most refuse them",
        ask=Ask("Landlines", kind=FieldKind.CHOICE, choices={"skip": "Not texted", "text": "Texted too"}),
    ),
    "min_rings": Setting(
        "0",
        values.number(0, 100),
        comment="Fewer rings than this from a stranger are a one-ring call; 0 = off.",
        doc="a stranger who rings fewer times than this is not texted; `0`: off",
        ask=Ask(
            "Shortest ring",
            hint="Strangers who ring less often get no text; 0 counts every ring.",
            kind=FieldKind.NUMBER,
        ),
    ),
    "blocklists": Setting(
        "",
        values.listed,
        comment="Files or folders with one number, prefix* or /regex/ a line. Separated by commas.",
        doc=(
            "[block lists](texting.md): files or folders with one number, `prefix*` or `/regex/` a line, of NCID or the FTC"
        ),
        ask=Ask("Block lists", hint="Files or folders on the box, with commas."),
    ),
    "notices": Setting(
        "off",
        values.boolean,
        comment='Read the operator\'s "missed call" texts: off | on',
        doc='read the operator\'s "missed call" texts as calls',
        ask=Ask(
            "The operator's “missed call” texts",
            kind=FieldKind.CHOICE,
            choices={"off": "Show them as texts", "on": "Read them as calls"},
        ),
    ),
}
