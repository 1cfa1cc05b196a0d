"""What can be wrong besides what the modem tells (modem/troubles): codes with their facts; bridge/words has the sentences."""

from enum import StrEnum


class BoxTrouble(StrEnum):
    """What is wrong. Behind each, its facts where it has some."""

    # The line, as the modem tells of network and storage.
    NOT_REGISTERED = "not_registered"
    SEARCHING = "searching"
    REFUSED_SIM = "refused_sim"
    REGISTRATION_UNKNOWN = "registration_unknown"
    EMERGENCY_ONLY = "emergency_only"
    NO_CALLS = "no_calls"
    STORAGE_NEARLY_FULL = "storage_nearly_full"  # storage, used, total
    STORAGE_FULL = "storage_full"  # the same
    # The line, as the box treats it.
    STARTING = "starting"
    QUEUE_STOPPED = "queue_stopped"  # why: a trouble as a column holds it
    # The files.
    CONFIG_OPEN = "config_open"  # file
    CONFIG = "config_wrong"  # problems: in the sentences of its checks
    # The clock.
    CLOCK_BEFORE_RELEASE = "clock_before_release"  # shown, by the box
    CLOCK_BEFORE_ROWS = "clock_before_rows"  # shown, stored
    CLOCK_DIFFERS = "clock_differs"  # shown, source: a member of `TimeTeller`, told
    CLOCK_MOVED_FORWARD = "clock_moved_forward"  # seconds
    CLOCK_MOVED_BACK = "clock_moved_back"  # seconds
    # What the line told, and the database refused.
    PUT_ASIDE = "put_aside"  # what: text, report, call or news
    # A text.
    LEFT_SENDING = "left_sending"
    UNDELIVERED = "undelivered"  # why: one of the following, "" if the network does not say
    PHONE_TAKES_NO_TEXTS = "phone_takes_no_texts"
    NUMBER_UNREACHABLE = "number_unreachable"
    NETWORK_TAKES_NO_TEXTS = "network_takes_no_texts"
    NOT_READ_FROM_ROWS = "not_read_from_rows"  # the box fails on what is stored of it


class ListTrouble(StrEnum):
    """What is wrong with the block lists. list: the file's name; line: a number there; text: what stands in it."""

    BEING_READ = "lists_being_read"
    NOT_FOUND = "list_not_found"  # list: as config.ini names it, error: of the system
    UNREADABLE = "list_unreadable"  # list, error: of the system
    NO_PREFIX = "list_no_prefix"  # list, line, text, least: in digits
    NO_NUMBER = "list_no_number"  # list, line, text
    NO_EXPRESSION = "list_no_expression"  # list, line, text, error: of the compiler
    LARGE_EXPRESSION = "list_large_expression"  # list, line, text
    MANY_EXPRESSIONS = "list_many_expressions"  # list, line, text
    BLOCKS_EVERYBODY = "list_blocks_everybody"  # list, line, text
    MORE = "list_more"  # more: so many lines besides


class ClosedForNow(StrEnum):
    """That somebody here has closed the shop, whatever its hours are."""

    OPEN_END = "shop_closed"
    UNTIL = "shop_closed_until"  # until, now: by the shop's clock, ISO 8601


class DatabaseTrouble(StrEnum):
    """What is wrong with the database."""

    LOCKED = "database_locked"
    DISK_FULL = "disk_full"
    QUOTA = "disk_quota"
    READ_ONLY_DISK = "disk_read_only"
    READ_ONLY = "database_read_only"
    NOT_OPENED = "database_not_opened"
    DISK_FAILS = "disk_fails"
    DAMAGED = "database_damaged"
    NO_DATABASE = "no_database"
    NEWER = "database_newer"  # its tables are of a newer release
    AWAY = "database_away"  # the server
    NOT_LET_IN = "database_lets_nobody_in"  # the server refuses the log-in, or the name of the database
    # One that had been here. Automatic texts stand still until somebody decides.
    MISSING = "database_missing"
    EMPTIED = "database_emptied"
    REPLACED = "database_replaced"
    BEGUN_ANEW = "database_begun_anew"  # kept: the file's name where the old one lies now
    PUT_BACK = "database_put_back"
    OTHER_PUT_ASIDE = "database_other_put_aside"  # kept: the file's name where the other one lies now
    NOT_SOUND = "database_not_sound"
    # One that is older than what the box has known: a backup that was put back.
    OLDER_COPY = "database_older_copy"
    FAILS = "database_fails"  # error: of the database


class MachineTrouble(StrEnum):
    """What is wrong with the machine that the box runs on, by its own account."""

    WEAK_POWER = "weak_power"
    HOT = "too_hot"
    NEARLY_FULL = "disk_nearly_full"
    CARD_ERRORS = "card_errors"
    READ_ONLY = "card_read_only"
    NOT_KEPT = "card_not_kept"  # an overlay: what is written is lost at the next start
    NO_LED = "led_not_lit"  # led: its name, error: of the system


class MqttTrouble(StrEnum):
    """Why the MQTT broker cannot be spoken with. broker: its host and port."""

    AWAY = "mqtt_away"  # broker, error: of the system
    NOT_LET_IN = "mqtt_lets_nobody_in"  # broker
    GONE = "mqtt_gone"  # broker


class FileTrouble(StrEnum):
    """Why the system refuses a file; what file it is, and what was to be done with it, says whoever tells."""

    DISK_FULL = "file_disk_full"
    QUOTA = "file_quota"
    READ_ONLY_DISK = "file_read_only_disk"
    NOT_ALLOWED = "file_not_allowed"
    DISK_FAILS = "file_disk_fails"
    NOT_THERE = "file_not_there"
    FAILS = "file_fails"  # error: of the system


class TimeTeller(StrEnum):
    """The sources of the time besides the box's own clock."""

    MODEM = "modem"  # its clock
    REPORT = "report"  # the discharge time of a delivery report
    TEXT = "text"  # the SMSC's stamp of a text
