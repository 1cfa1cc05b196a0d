"""Why something that a person asked for is not done: codes with their facts; bridge/words/requests has the sentences."""

from enum import StrEnum

from modem.contract import Coded, Value


class Refused(StrEnum):
    """What stood in the way. Behind each, its facts where it has some."""

    # A text.
    NOT_TEXTABLE = "not_textable"  # address
    EMPTY_TEXT = "empty_text"
    TOO_MANY_PARTS = "too_many_parts"  # parts, most
    NOT_LATER = "not_later"  # days: so far ahead at most
    NOT_SCHEDULED = "not_scheduled"
    OTHER_WORDS_SENT = "other_words_sent"  # the same form was sent before, with other words
    OPTED_OUT = "opted_out"
    NOT_SENT_AGAIN = "not_sent_again"
    NO_OWNERS_MOBILE = "no_owners_mobile"
    NO_SERVICES = "no_services"
    NO_SERVER = "no_server"  # typed
    # A person who has called or written, and what the shop keeps of them.
    NOBODY_THERE = "nobody_there"
    UNDER_WAY = "under_way"
    NO_NUMBER = "no_number"  # typed
    CONTACT_EXISTS = "contact_exists"  # number
    OWN_NUMBER = "own_number"
    SAME_PERSON = "same_person"  # name: of the contact who has the number
    NO_SUCH_KIND = "no_such_kind"  # kind
    NO_SUCH_MARK = "no_such_mark"  # kind
    NOTHING_TO_UNDO = "nothing_to_undo"
    NO_COLLEAGUE = "no_colleague"  # name
    LABEL_LENGTH = "label_length"  # most: in characters
    NOTE_LENGTH = "note_length"  # most, length: in characters
    # Saved replies.
    REPLY_LENGTH = "reply_length"  # most: in characters
    REPLIES_FULL = "replies_full"  # most
    # The box.
    NOT_STORED = "not_stored"  # the database refuses what was typed, or the box fails on it
    NO_BACKUP_NOW = "no_backup_now"  # the database is on a server, or nobody has decided about it
    NO_SUCH_LINE = "no_such_line"
    NOT_LATER_TODAY = "not_later_today"  # back: what was typed
    # Opening hours and closed days.
    NOT_HOURS = "not_hours"
    NO_SUCH_TIME = "no_such_time"  # time: what was typed
    HOURS_OVERLAP = "hours_overlap"
    NEVER_OPEN = "never_open"  # some days are closed, and no day has hours
    ONE_COUNTRY = "one_country"  # first, second
    NOT_A_DATE = "not_a_date"  # typed
    NO_MONTH = "no_month"
    NO_SUCH_DAY = "no_such_day"
    DAY_IS_OVER = "day_is_over"  # day
    DAY_TOO_FAR = "day_too_far"  # day
    DAYS_REVERSED = "days_reversed"  # first, last
    TOO_MANY_DAYS = "too_many_days"  # most
    # Hooks.
    NO_HOOK_ADDRESS = "no_hook_address"  # without what was typed: it may hold a password
    HOOK_NOT_SAFE = "hook_not_safe"  # host
    HOOK_NOT_ALLOWED = "hook_not_allowed"  # host
    NO_SUCH_EVENT = "no_such_event"  # event
    NO_SUCH_HOOK = "no_such_hook"
    HOOK_NAME = "hook_name"  # most: in characters
    HOOK_OF_OTHER_LIST = "hook_of_other_list"
    HOOKS_FULL = "hooks_full"  # most
    SECRET_LENGTH = "secret_length"  # most: in characters
    NOT_TOLD_AGAIN = "not_told_again"
    # Who may log in.
    TAKEN_OVER = "taken_over"
    NO_NAME = "no_name"
    NAME_TOO_LONG = "name_too_long"  # most: in characters
    NO_SUCH_LANGUAGE = "no_such_language"
    NO_SUCH_ROLE = "no_such_role"  # role
    USER_EXISTS = "user_exists"  # name
    NO_SUCH_USER = "no_such_user"  # name
    ONLY_OWNER = "only_owner"  # name
    NO_INVITATION = "no_invitation"
    INVITATION_USED = "invitation_used"
    INVITATION_TAKEN_BACK = "invitation_taken_back"
    INVITATION_TOO_OLD = "invitation_too_old"
    PASSWORD_TOO_SHORT = "password_too_short"  # least: in characters
    PASSWORD_TOO_LONG = "password_too_long"  # most: in characters
    OLD_PASSWORD_WRONG = "old_password_wrong"
    # Programs that use the API, and what they ask for.
    NO_KEY_NAME = "no_key_name"
    KEY_EXISTS = "key_exists"  # name
    NO_SUCH_KEY = "no_such_key"  # name
    NO_SUCH_SCOPE = "no_such_scope"  # scope
    KEY_DAYS = "key_days"  # most
    KEY_LINE = "key_line"  # line
    ID_TAKEN = "id_taken"  # id
    NO_SUBMISSION = "no_submission"
    NOT_PENDING = "not_pending"
    TOKEN_USED = "token_used"


class Refusal(Exception):
    """Raised where something will not be done; `why` has the code and its facts."""

    def __init__(self, code: Refused, **facts: Value) -> None:
        self.why = Coded.of(code, **facts)
        super().__init__(self.why.to_text())
