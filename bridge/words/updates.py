"""The sentences of updates: why there is no newer release, and what has become of one that was to be installed."""

from bridge.rules.releases import ReleaseTrouble
from bridge.rules.updating import Outcome
from bridge.words.catalogue import N_, gettext
from modem.contract import Coded

SENTENCES: dict[str, str] = {
    ReleaseTrouble.NO_ADDRESS: N_(
        "The box does not know where to look for newer releases. Enter the address in config.ini under "
        "[updates] as url, or install a package that you have: sudo textback update FILE.deb"
    ),
    ReleaseTrouble.NO_KEYS: N_(
        "This textback came without its makers' keys, so it cannot tell whether a newer release is genuine."
    ),
    ReleaseTrouble.NOT_FETCHED: N_("{address} cannot be reached ({error}). Is the box on the internet?"),
    ReleaseTrouble.TOO_LARGE: N_("{address} is too large to be news of a release."),
    ReleaseTrouble.NOT_SIGNED: N_("{address} is not signed by the makers of textback, so it was ignored."),
    ReleaseTrouble.NO_NOTICE: N_(
        "This release cannot read {address}. docs/updates.md says how to update by hand."
    ),
    ReleaseTrouble.EXPIRED: N_(
        "The notice of textback {version} was only valid until {until}, so it was ignored. Is the box's "
        "clock right?"
    ),
    ReleaseTrouble.SAME: N_("textback {version} is the newest release."),
    ReleaseTrouble.OLDER: N_("textback {version} is older than {present}, which is installed."),
    ReleaseTrouble.NOT_FOR_HERE: N_("textback {version} cannot run on this machine ({architecture})."),
    ReleaseTrouble.CHANGED: N_(
        "{file} is not what the makers of textback signed, so it was not installed. Try again later."
    ),
    Outcome.DONE: N_("textback was updated to {new}."),
    Outcome.NOT_BEGUN: N_("The update could not be started; nothing was changed."),
    Outcome.WENT_BACK: N_(
        "textback {new} did not work on this box, so it went back to {old}. Nothing was lost."
    ),
    Outcome.STAYED: N_(
        "textback {new} does not work well on this box, and going back to {old} would lose calls. Ask "
        "somebody to look at it."
    ),
    Outcome.STUCK: N_(
        "textback {new} did not work on this box, and going back to {old} failed too. Ask somebody to look "
        "at it."
    ),
}


def update_in_words(told: Coded) -> str:
    """What people read of it; a code that is none of these stays one.

    >>> update_in_words(Coded.of("update_went_back", old="0.2.0", new="0.3.0"))
    'textback 0.3.0 did not work on this box, so it went back to 0.2.0. Nothing was lost.'
    """
    if told.code not in SENTENCES:
        return told.to_text()
    sentence, why = (
        gettext(SENTENCES[told.code], **told.values),
        Coded.from_text(str(told.values.get("why", ""))),
    )
    if why.code == ReleaseTrouble.SAME:
        return update_in_words(why)
    return f"{sentence} {update_in_words(why)}".strip()
