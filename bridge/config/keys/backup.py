"""[backup] The backups that the box makes by itself."""

from bridge.config import checks as values
from bridge.config.setting import About, Setting

ABOUT = About()
KEYS: dict[str, Setting] = {
    "nightly": Setting(
        "on",
        values.boolean,
        comment="Make a backup every night: on | off",
        doc="make a [backup](backup.md) every night and keep the last ones on the box: `on` or `off`",
    ),
    "folder": Setting(
        "",
        values.folder,
        comment=(
            "Another folder that gets a copy of each backup, such as /mnt/nas/textback: one inside a network "
            "share, so that\nit is missing while the share is away."
        ),
        doc=(
            "another folder that gets a copy of each backup, such as `/mnt/nas/textback`; a USB stick "
            "[needs none](backup.md#on-a-usb-stick-or-a-network-share)"
        ),
    ),
    "passphrase": Setting(
        "",
        values.passphrase,
        comment="Only who knows this passphrase can read these backups; empty = not protected.",
        doc=(
            "only who knows it can read these backups. Write it down somewhere else: without it nobody can "
            "restore them. Empty: not protected"
        ),
    ),
}
