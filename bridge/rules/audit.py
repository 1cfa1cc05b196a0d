"""What people change at the page, as the audit log keeps it: codes, with their facts."""

from enum import StrEnum


class Change(StrEnum):
    """What somebody changed. The comment behind each names its facts."""

    PAUSED = "paused"  # minutes
    PAUSED_TODAY = "paused_today"
    PAUSED_OPEN = "paused_open"  # until somebody resumes
    RESUMED = "resumed"
    CLOSED_UNTIL = "closed_until"  # back: a time of that day
    CLOSED_TODAY = "closed_today"
    USUAL_HOURS = "usual_hours"
    BREAKER_RESET = "breaker_reset"
    DATABASE_ACCEPTED = "database_accepted"
    TRIED_AGAIN = "tried_again"  # line
    UPDATE_WANTED = "update_wanted"  # version
    NUMBER = "number"
    SETTINGS = "settings"  # keys, form
    REPLY_ADDED = "reply_added"
    REPLY_CHANGED = "reply_changed"
    REPLY_DROPPED = "reply_dropped"
    # About hooks. host: of the receiver; addresses may hold secrets.
    HOOK_ADDED = "hook_added"  # host, event
    HOOK_CHANGED = "hook_changed"  # host, event
    HOOK_REMOVED = "hook_removed"  # host, event
    HOOK_PAUSED = "hook_paused"  # host, event
    HOOK_RESUMED = "hook_resumed"  # host, event
    HOOK_SECRET = "hook_secret"  # host, event
    # About a contact.
    IMPORTED = "imported"  # contacts: how many
    CONTACT_ADDED = "contact_added"
    NUMBER_ADDED = "number_added"
    SNOOZED = "snoozed"
    SNOOZE_ENDED = "snooze_ended"
    DESCRIBED = "described"
    FORGOT = "forgot"
    MARKED_OUT = "marked_out"
    MARKED_IN = "marked_in"
    MARKED_DOUBT = "marked_doubt"
    MARKED_FINE = "marked_fine"
    MARKED_NEVER = "marked_never"
    MARKED_WELCOME = "marked_welcome"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    # About those who may log in.
    TOOK_OVER = "took_over"
    USER_ADDED = "user_added"  # name, role
    INVITED = "invited"  # name, role
    INVITED_SOMEBODY = "invited_somebody"  # role
    INVITATION_TAKEN_BACK = "invitation_taken_back"
    JOINED = "joined"
    ROLE = "role"  # name, role
    PASSWORD = "password"  # name
    OWN_PASSWORD = "own_password"
    LOGGED_OUT = "logged_out"  # name
    LOGGED_OUT_ELSEWHERE = "logged_out_elsewhere"
    USER_REMOVED = "user_removed"  # name
    # About programs.
    KEY_ADDED = "key_added"  # name
    KEY_REVOKED = "key_revoked"  # name
    API_SETTINGS = "api_settings"  # keys
