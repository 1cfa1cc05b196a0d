"""The OpenAPI document, made of the views and the shapes (spectree); it judges no request: `reading` does, in our words."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import SecuritySchemeData, Server

from bridge.rules.scopes import Scope
from web import limits
from web.api.shapes.base import Problem

View = TypeVar("View", bound=Callable[..., Any])

# Each way to bring a key.
WAYS: dict[str, dict[str, Any]] = {
    "basic": {"type": "http", "scheme": "basic", "description": "Any name, and a key as the password."},
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key, or a token that was made with one.",
    },
    "header": {"type": "apiKey", "field_in": "header", "name": "x-api-key", "description": "A key."},
}
EITHER: Any = [{way: []} for way in WAYS]
REFUSALS = {f"HTTP_{code}": Problem for code in (400, 401, 403, 429, 503)}


def _name(model: Any) -> str:
    return f"{get_args(model)[0].__name__}List" if get_origin(model) is list else str(model.__name__)


spec = SpecTree(
    "flask",
    title="textback",
    description=(
        "Texts and calls through the shop's own SIM. SMSGate's clients (Android SMS gateway) work with it unchanged; what is "
        "ours stands beside it in the same style. Keys are made on the page, under Settings, or by `textback key add`."
    ),
    version=version("textback"),
    openapi_version="3.1.0",
    mode="strict",
    annotations=False,
    validation_error_status=400,
    validation_error_model=Problem,
    naming_strategy=_name,
    nested_naming_strategy=lambda _parent, child: child,
    security_schemes=[
        SecurityScheme(name=name, data=SecuritySchemeData(**facts)) for name, facts in WAYS.items()
    ],
    servers=[Server(url=prefix) for prefix in limits.API_PREFIXES],
)


def document(
    tag: str,
    *scopes: Scope,
    json: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answers: dict[int, Any] | None = None,
    open_to_all: bool = False,
) -> Callable[[View], View]:
    """What the document says of a view. scopes: one of which it takes; answers: by status, the shape or None; open_to_all: no
    key is asked for."""
    told = {f"HTTP_{code}": shape for code, shape in (answers or {200: None}).items()}
    refusals = {"HTTP_503": Problem} if open_to_all else REFUSALS

    def note(view: View) -> View:
        if scopes:
            view.__doc__ = f"{view.__doc__}\n\nScope: {' or '.join(scopes)}."
        return spec.validate(  # type: ignore[no-any-return]
            json=json,
            query=query,
            resp=Response(**{**refusals, **told}),
            tags=[tag],
            security={} if open_to_all else EITHER,
            skip_validation=True,
        )(view)

    return note
