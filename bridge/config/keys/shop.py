"""[shop] The shop itself."""

from bridge.config import checks as values
from bridge.config.setting import About, Ask, FieldKind, Setting
from bridge.words.catalogue import codes

ABOUT = About("The shop")
KEYS: dict[str, Setting] = {
    "name": Setting(
        "",
        values.text,
        comment="The shop's name, {shop} in texts.",
        doc="the shop's name; `{shop}` in texts",
        ask=Ask("Name", hint="Used in texts as {shop}."),
    ),
    "phone": Setting(
        "",
        values.phone,
        comment="The shop's phone number as people write it, {phone} in texts.",
        doc="the shop's phone number as people write it; `{phone}` in texts; it is never texted",
        ask=Ask("Phone", hint="Used in texts as {phone}.", kind=FieldKind.PHONE),
    ),
    "country": Setting(
        "auto",
        values.country,
        comment="Country code such as GB, DE or US; auto = from the SIM.",
        doc=("country code such as `GB`: how numbers without `+` are read. `auto`: the SIM's country"),
        ask=Ask("Country", hint="auto, or a code such as GB. auto uses the SIM's country."),
    ),
    "language": Setting(
        "auto",
        values.texts_language,
        comment=f"The language of the texts that the box writes: auto | {' | '.join(codes())}; auto = the country's.",
        doc=(
            "the language of what the box writes to customers and to the owner's mobile, such as the answer to STOP, "
            f"`{{reopens}}` and the default text: `{' '.join(codes())}`. `auto`: the country's; English if it "
            "has several"
        ),
        ask=Ask(
            "Language of the texts",
            kind=FieldKind.CHOICE,
            hint="For the answer to STOP and for when you open again. What you write yourself stays as it is.",
            choices={"auto": "The country's language", **{code: code for code in codes()}},
        ),
    ),
    "timezone": Setting(
        "auto",
        values.timezone,
        comment="Name such as Europe/London; auto = the system's.",
        doc="name such as `Europe/London`. `auto`: the system's",
        ask=Ask("Time zone", hint="auto, or a name such as Europe/London."),
    ),
    "own_numbers": Setting(
        "",
        values.phones,
        comment=(
            "Numbers that are never texted: your own, the one calls are diverted to, voicemail. Separated "
            "by commas."
        ),
        doc="numbers that are never texted: your own, the one calls are diverted to, voicemail",
        ask=Ask("Own numbers", hint="Never texted: your mobile, your voicemail. Separate them with commas."),
    ),
    "text_price": Setting(
        "",
        values.price,
        comment="What the operator charges for one text, such as £0.05 or 0,09 €; empty: no costs are shown.",
        doc=(
            "what the operator charges for one text, such as `£0.05` or `0,09 €`: the page then shows what "
            "texts cost"
        ),
        ask=Ask("Price of a text", hint="Such as £0.05 or 0,09 €. Figures then shows what your texts cost."),
    ),
}
