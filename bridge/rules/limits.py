"""How long what people write may be, and the kinds of contacts; pages ask for no more than the handlers keep."""

from bridge.rules.states import ContactKind

# Of a contact; empty: nobody in particular.
KINDS = tuple(ContactKind)
LONGEST_NAME, LONGEST_NOTES = 80, 1000
# Of a label; how many conversations are marked at once.
LONGEST_LABEL, MOST_AT_ONCE = 30, 100
# Of a note to colleagues in a conversation, and of a saved reply; how many replies are kept.
LONGEST_NOTE = 1000
LONGEST_REPLY, MOST_REPLIES = 1600, 50
# Of a text that a person writes: so many parts are charged as so many texts.
MOST_PARTS = 10
# Of the id that a client gives a hook; how many hooks there may be.
LONGEST_HOOK_ID, MOST_HOOKS = 100, 1000
# Of a file with contacts (bytes).
LARGEST_FILE = 32 * 1024 * 1024
# Of a backup that is brought to the page of a new box (bytes); a larger one is restored by the command.
LARGEST_BACKUP = 200 * 1024 * 1024
