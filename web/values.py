"""The door of what browsers bring: query strings, forms and addresses lose what no database takes. It knows no page."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Request, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from bridge.rules.one_line import storable


class CleanValues(ImmutableMultiDict[str, Any]):
    """The values of a query string or a form, as Werkzeug has read them, without NULs and halves of surrogate pairs. Files stay
    as they are."""

    def __init__(self, mapping: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        pairs = MultiDict(mapping).items(multi=True)
        super().__init__([(storable(key), _clean(value)) for key, value in pairs])


class CleanRequest(Request):
    """A request whose values are clean."""

    parameter_storage_class = CleanValues


def clean_address() -> None:
    """Before each request: what its address names, such as a number."""
    if request.view_args:
        request.view_args = {name: _clean(value) for name, value in request.view_args.items()}


def _clean(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
