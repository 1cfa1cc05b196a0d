"""Flask, but for the addresses that it would write into the log: they hold phone numbers; and with clean values."""

from typing import Any

from flask import Flask, request

from web.values import CleanRequest


class QuietFlask(Flask):
    """An application whose log names views and never paths."""

    request_class = CleanRequest

    def log_exception(self, exc_info: Any) -> None:
        """Logs an error with the name of the view alone: the path may hold a phone number."""
        self.logger.error("The page %s failed.", request.endpoint, exc_info=exc_info)
