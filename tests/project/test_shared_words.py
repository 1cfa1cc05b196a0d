"""A short sentence that two places share is translated once for both: each is on a list of those that were looked at."""

from collections.abc import Iterator

from tests import catalogues

SHORT = 2  # words; of a longer sentence nobody doubts what it means
# What it is in each of its places -> the words.
REVIEWED = {
    "the name of a page or a section: its heading, the link to it and the form behind it": (
        "Alerts",
        "Automatic texts",
        "Block lists",
        "Calls",
        "Closed days",
        "Colleagues",
        "Contact details",
        "Contacts",
        "Conversation",
        "Conversations",
        "Countries",
        "Figures",
        "First steps",
        "Landlines",
        "Limits",
        "Opening hours",
        "Other programs",
        "Other services",
        "Own numbers",
        "Saved replies",
        "Scheduled texts",
        "Settings",
        "Status",
        "The box",
        "The secret",
        "The shop",
    ),
    "a field of a form, and the fact that it became": (
        "Country",
        "Name",
        "Phone",
        "Phone number",
        "Role",
        "The text",
        "Time zone",
        "Your mobile",
    ),
    "a field or a button of two forms that ask the same": (
        "A password",
        "Don't send",
        "Log in",
        "New text",
        "Save",
        "Send then",
        "Start",
        "Your name",
    ),
    "a button, and a link or a button elsewhere, that do the same": (
        "Add label",
        "Call back",
        "Change",
        "More",
        "More contacts",
        "Resume texts",
        "Send again",
    ),
    "a part of the line, in the check-up and in the facts about it": (
        "Line {name}",
        "Network",
        "Port",
        "Text memory",
    ),
    "what became of a text, as a chip and in a text to the owner, or of what another program is told": (
        "cancelled",
        "no text",
        "not sent",
        "received",
        "text delivered",
        "text failed",
        "text sending",
        "text sent",
        "text unconfirmed",
        "text waiting",
        "waiting",
    ),
    "who it is: a kind of colleague, a kind of contact, the reader, or nobody in particular": (
        "Somebody",
        "hidden number",
        "never texted",
        "owner",
        "staff",
        "you",
    ),
    "a mark or a figure of calls, in a table, a file and a row": (
        "Missed",
        "Texted back",
        "blocked",
        "called back",
        "calls",
        "missed",
        "texted back",
    ),
    "a choice of calls or conversations, both feminine where they are so": ("All",),
    "a conversation with nothing left to do: the list of them, and the button": ("Done",),
    "a time, or the start of one": ("From", "Last week", "date", "just now", "Back {when}"),
    "what was said, and who says so": ("{day}, {time}", "{what}: {why}", "You: {text}"),
    "a shop without times on a day": ("closed",),
    "a remedy or a remark of the check-up": ("Close it.", "See above.", "needs you", "not known"),
    "numbers, days, services or texts of which there are none, all of one gender": ("none",),
    "automatic texts that are held up": ("stopped",),
    "the answer to a question of a form": ("No", "Yes"),
    "what came of the last update, as a card and a line of the check-up": ("Update",),
    "a word of one's own for conversations, as a field and a mark": ("Label",),
}


def shared() -> Iterator[str]:
    """The short ones that are said in more than one place."""
    for message in catalogues.extracted():
        if isinstance(message.id, str) and len(message.locations) > 1 and len(message.id.split()) <= SHORT:
            yield message.id


def test_a_short_sentence_of_two_places_means_the_same_in_both() -> None:
    """`Add` was a contact here and a colleague there, and seven languages gave the contact access. Where two places do not mean
    the same, say more in one of them."""
    reviewed = [words for group in REVIEWED.values() for words in group]
    assert sorted(set(shared()) - {""} - set(reviewed)) == []
    assert sorted(set(reviewed) - set(shared())) == [], "no longer shared: take it off the list"
    assert len(reviewed) == len(set(reviewed))
