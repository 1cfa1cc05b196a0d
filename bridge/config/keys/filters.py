"""[filters] Who is texted."""

from bridge.config import checks as values
from bridge.config.setting import About, Ask, FieldKind, Setting

ABOUT = About("Who is texted")
KEYS: dict[str, Setting] = {
    "countries": Setting(
        "home",
        values.countries,
        comment=(
            "Which countries' callers are texted: home | any | country codes such as GB IE; home = the "
            "SIM's country, with GG JE IM for GB and PR VI GU MP AS for US, never all of +1."
        ),
        doc=(
            "which countries' callers are texted: `home`, `any`, or country codes such as `GB IE`. `home` "
            "is the SIM's country, with Guernsey, Jersey and the Isle of Man for Britain, and Puerto Rico, "
            "the Virgin Islands, Guam, the Marianas and Samoa for the United States; never all of +1"
        ),
        ask=Ask("Countries", hint="home: your own country. any: all countries. Or list them, such as GB IE."),
    ),
    "landlines": Setting(
        "skip",
        values.one_of("skip", "text"),
        comment="Landlines; most cannot receive texts: skip | text",
        doc="`text` texts landlines too: some operators read such texts aloud, most refuse them",
        ask=Ask(
            "Landlines", kind=FieldKind.CHOICE, choices={"skip": "Don't text them", "text": "Text them too"}
        ),
    ),
    "min_rings": Setting(
        "0",
        values.number(0, 100),
        comment="Strangers who let it ring fewer times than this are not texted; 0 = off.",
        doc="strangers who let it ring fewer times than this are not texted; `0`: off",
        ask=Ask(
            "Shortest ring",
            hint="Strangers who let it ring fewer times than this get no text; 0 means every ring counts.",
            kind=FieldKind.NUMBER,
        ),
    ),
    "blocklists": Setting(
        "",
        values.listed,
        comment="Files or folders with one number, prefix* or /pattern/ per line. Separated by commas.",
        doc=(
            "[block lists](texting.md#block-lists): files or folders with one number, `prefix*` or "
            "`/pattern/` per line, or lists from NCID or the FTC"
        ),
        ask=Ask("Block lists", hint="Files or folders on the box, separated by commas."),
    ),
    "notices": Setting(
        "off",
        values.boolean,
        comment='Treat "missed call" texts from the operator as calls: off | on',
        doc='treat "missed call" texts from the operator as calls',
        ask=Ask(
            "“Missed call” texts from your operator",
            kind=FieldKind.CHOICE,
            choices={"off": "Show them as texts", "on": "Treat them as missed calls"},
        ),
    ),
}
