"""How Home Assistant calls what it sees of the box, in the shop's language."""

from collections.abc import Mapping

from bridge.rules.home_assistant import Entity
from bridge.words.catalogue import N_, gettext

NAMES = {
    Entity.LAST_CALLER: N_("Last caller"),
    Entity.LAST_CALL: N_("Last call"),
    Entity.MISSED: N_("Missed calls today"),
    Entity.UNREAD: N_("Unread texts"),
    Entity.WAITING: N_("People who need a reply"),
    Entity.LINE: N_("Line {line}"),
    Entity.SIGNAL: N_("Signal of line {line}"),
    Entity.PAUSED: N_("Pause automatic texts"),
    Entity.TEXT: N_("Send a text"),
}


def names() -> Mapping[Entity, str]:
    """In the language that is spoken."""
    return {entity: gettext(name) for entity, name in NAMES.items()}
