"""[shop] The shop itself."""

from bridge.config import checks as values
from bridge.config.setting import About, Ask, FieldKind, Setting
from bridge.words.catalogue import codes

ABOUT = About("The shop")
KEYS: dict[str, Setting] = {
    "name": Setting(
        "",
        values.text,
        comment="The shop's name, in texts {shop}.",
        doc="the shop's name; `{shop}` in texts",
        ask=Ask("Name", hint="Stands in the texts as {shop}."),
    ),
    "phone": Setting(
        "",
        values.phone,
        comment="The shop's phone number as people write it, in texts {phone}.",
        doc="the shop's phone number as people write it; `{phone}` in texts; it is never texted",
        ask=Ask("Phone", hint="Stands in the texts as {phone}.", kind=FieldKind.PHONE),
    ),
    "country": Setting(
        "auto",
        values.country,
        comment="ISO code such as GB, DE or US; auto = from the SIM.",
        doc=("ISO code such as `GB`: how numbers without `+` are read. `auto`: that of the SIM, by its IMSI"),
        ask=Ask("Country", hint="auto, or a code such as GB. auto takes that of the SIM."),
    ),
    "language": Setting(
        "auto",
        values.texts_language,
        comment=f"The language of the box's own texts: auto | {' | '.join(codes())}; auto = that of the country.",
        doc=(
            "the language of what the box itself writes to customers and to the owner's mobile, such as the answer to STOP, "
            f"`{{reopens}}` and the shipped text: `{' '.join(codes())}`. `auto`: that of the country; English where it "
            "has several"
        ),
        ask=Ask(
            "Language of the texts",
            kind=FieldKind.CHOICE,
            hint="Of the answer to STOP, of when you open again. What you write yourself stays as you write it.",
            choices={"auto": "That of the country", **{code: code for code in codes()}},
        ),
    ),
    "timezone": Setting(
        "auto",
        values.timezone,
        comment="IANA name such as Europe/London; auto = the system's.",
        doc="IANA name such as `Europe/London`. `auto`: the system's",
        ask=Ask("Time zone", hint="auto, or a name such as Europe/London."),
    ),
    "own_numbers": Setting(
        "",
        values.phones,
        comment=(
            "Numbers that are never texted: our own, the divert target, voicemail. Separated by commas."
        ),
        doc="numbers that are never texted: our own, the one calls are diverted to, voicemail",
        ask=Ask("Own numbers", hint="Never texted: your mobile, your voicemail; with commas."),
    ),
    "text_price": Setting(
        "",
        values.price,
        comment="What the operator charges for one text, such as £0.05 or 0,09 €; empty: nobody reckons.",
        doc="what the operator charges for one text, such as `£0.05` or `0,09 €`: the page then says what texts cost",
        ask=Ask(
            "Price of a text", hint="Such as £0.05 or 0,09 €. The figures then say what your texts cost."
        ),
    ),
}
