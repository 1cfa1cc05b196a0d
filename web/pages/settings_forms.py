"""The settings that the page can change, as data: which field asks for which key of config.ini, in which words. What is right
to write, bridge.config.schema knows."""

from dataclasses import dataclass

from bridge.config.schema import DAYS

YES_NO = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True)
class Field:
    """kind: text, area (several lines to type, one to keep), number, phone or choice (with its choices)."""

    key: str
    label: str
    hint: str = ""
    kind: str = "text"
    choices: dict[str, str] | None = None


@dataclass(frozen=True)
class Form:
    """The form of a section of config.ini; lead: what stands above its fields."""

    title: str
    fields: tuple[Field, ...]
    lead: str = ""


FORMS: dict[str, Form] = {
    "shop": Form(
        "The shop",
        (
            Field("name", "Name", "Stands in the texts as {shop}."),
            Field("phone", "Phone", "Stands in the texts as {phone}.", "phone"),
            Field("country", "Country", "auto, or a code such as GB. auto takes that of the SIM."),
            Field("timezone", "Time zone", "auto, or a name such as Europe/London."),
            Field("own_numbers", "Own numbers", "Never texted: your mobile, your voicemail; with commas."),
        ),
    ),
    "textback": Form(
        "Automatic texts",
        (
            Field("enabled", "Text people back?", kind="choice", choices=YES_NO),
            Field("message", "The text", "{shop} {phone} {name} {time} {reopens} are filled in.", "area"),
            Field(
                "closed",
                "While the shop is closed",
                kind="choice",
                choices={
                    "same": "Send the same text",
                    "other": "Send the text below",
                    "wait": "Let the text wait for the opening",
                    "skip": "Send none",
                },
            ),
            Field("closed_message", "The text when closed", "{reopens} says when you open again.", "area"),
            Field("delay_seconds", "Wait after a call", "Seconds.", "number"),
            Field("cooldown_hours", "One text a number in", "Hours.", "number"),
            Field("expire_minutes", "Too late after", "Minutes. What could not go out by then is not sent.", "number"),
            Field("opt_out_hint", "Say in the first text how to opt out?", "Where that costs nothing.", "choice", YES_NO),
            Field("opt_out_text", "In these words"),
        ),
    ),
    "hours": Form(
        "Opening hours",
        (
            *(Field(day, day.capitalize()) for day in DAYS),
            Field("holidays", "Holidays", "A country code for its public holidays, dates such as 2026-12-24, or both."),
        ),
        "Write spans like 9:00-12:30, 14:00-18:00; one may pass midnight, like 18:00-2:00. A day without is closed; with "
        "no day filled in the shop counts as always open.",
    ),
    "filters": Form(
        "Who is texted",
        (
            Field("countries", "Countries", "home, any, or codes such as GB IE."),
            Field("landlines", "Landlines", kind="choice", choices={"skip": "Not texted", "text": "Texted too"}),
            Field("min_rings", "Shortest ring", "Strangers who ring less often get no text; 0 counts every ring.", "number"),
            Field("blocklists", "Block lists", "Files or folders on the box, with commas."),
            Field(
                "notices",
                "The operator's “missed call” texts",
                kind="choice",
                choices={"off": "Show them as texts", "on": "Read them as calls"},
            ),
        ),
    ),
    "limits": Form(
        "Limits",
        (
            Field("per_minute", "Automatic texts a minute", "More of them wait.", "number"),
            Field("per_day", "Automatic texts a day", "More of them are not sent.", "number"),
            Field("strangers_per_10_minutes", "Strangers in ten minutes", "With more, the box stops and asks you.", "number"),
        ),
        "They keep a burst of robot calls from costing money.",
    ),
    "notify": Form(
        "What you are told",
        (
            Field("sms_to", "Your mobile", "It is told when somebody answers; your reply goes to the customer.", "phone"),
            Field("urls", "Other services", "Apprise addresses, such as ntfy://my-topic."),
            Field("quiet", "Quiet hours", "No alerts in this span, such as 21:00-08:00."),
            Field("digest", "Daily summary", "Off, or a time such as 08:00: yesterday's calls and texts, and who waits."),
        ),
    ),
}  # fmt: skip
