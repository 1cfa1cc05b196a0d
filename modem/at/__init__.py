"""The AT language: whose line is it, what each command and each URC looks like; pure."""
