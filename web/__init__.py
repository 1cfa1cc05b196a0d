"""The web room: pages, forms and people logged in; it speaks no AT and no SQL."""

from web.app import create_app

__all__ = ["create_app"]
