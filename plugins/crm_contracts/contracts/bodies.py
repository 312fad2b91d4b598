"""Bodies of requests and answers: content type, strict JSON, schema; with the byte of what is wrong."""

from collections.abc import Mapping
from typing import Final, Literal

from jsonschema_rs import Draft202012Validator

from crm_contracts.contracts.readings import property_of, scalars, types_of
from crm_contracts.contracts.router import query_of
from crm_contracts.contracts.schemas import Direction, Schemas
from crm_contracts.contracts.strict_json import StrictJsonError, strict_json
from crm_contracts.contracts.violations import first_fault, schema_violations
from crm_contracts.model.contract import Body, Media
from crm_contracts.model.exchange import Violation
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

Kind = Literal["json", "form", "other"]

_SOUND: Final[tuple[Violation, ...]] = ()
_FORM: Final = "application/x-www-form-urlencoded"
_UTF8: Final = {"utf-8", "utf8", "us-ascii"}


class MediaCheck:
    """One media type of a body, its schema compiled on first use."""

    def __init__(self, media: Media, schemas: Schemas, direction: Direction) -> None:
        self.kind = kind_of(media.media_type)
        self.media = media
        self._schemas = schemas
        self._direction: Direction = direction
        self._validator: Draft202012Validator | None = None

    def check(self, body: bytes) -> tuple[Violation, ...]:
        """Return what is wrong with the bytes of a body of this type."""
        if self.kind == "other":
            return _SOUND
        return self._json(body) if self.kind == "json" else self._form(body)

    def _json(self, body: bytes) -> tuple[Violation, ...]:
        try:
            value = strict_json(body)
        except StrictJsonError as error:
            return (_told(error),)
        if self.media.schema is None:
            return _SOUND
        validator = self._validator or self._compiled(self.media.schema)
        if validator.is_valid(value):
            return _SOUND
        return schema_violations(validator, value, body)

    def _form(self, body: bytes) -> tuple[Violation, ...]:
        if self.media.schema is None:
            return _SOUND
        validator = self._validator or self._compiled(self.media.schema)
        value = _form_value(body, self._schemas.whole(self.media.schema, self._direction))
        if validator.is_valid(value):
            return _SOUND
        fault = first_fault(validator, value)
        return (Violation(rule=f"form.{fault[0]}", message=fault[1]),) if fault else _SOUND

    def _compiled(self, schema: Mapping[str, JSON]) -> Draft202012Validator:
        self._validator = self._schemas.validator(schema, self._direction)
        return self._validator


class BodyCheck:
    """What an operation asks of a request's body."""

    def __init__(self, body: Body, schemas: Schemas) -> None:
        self.required = body.required
        self.media = MediaTable(body.media, schemas, "request")

    def check(self, body: bytes, headers: Mapping[str, str]) -> tuple[Violation, ...]:
        """Return what is wrong with a body; `headers` by lower-case name."""
        if not body:
            return empty_body() if self.required else _SOUND
        if headers.get("content-encoding", "identity") != "identity":
            return _SOUND
        said = headers.get("content-type", "")
        check = self.media.find(said)
        if check is None:
            alone = self.media.only_json()
            return (_wrong_type(said, self.media.names), *(malformed(body) if alone else _SOUND))
        if check.kind == "json" and ";" in said and (wrong := _wrong_charset(said)):
            return (wrong, *check.check(body))
        return check.check(body)


class MediaTable:
    """The media types of a body by what a Content-Type says: exact, then `application/*`, then `*/*`."""

    def __init__(self, media: Mapping[str, Media], schemas: Schemas, direction: Direction) -> None:
        self._checks = {base_of(name): MediaCheck(one, schemas, direction) for name, one in media.items()}
        self.names = tuple(media)

    def __len__(self) -> int:
        return len(self._checks)

    def find(self, content_type: str) -> MediaCheck | None:
        """Return the check for a Content-Type; where a wildcard took it, by what the type itself is."""
        if (exact := self._checks.get(content_type)) is not None:
            return exact
        base = base_of(content_type)
        for wanted in (base, f"{base.partition('/')[0]}/*", "*/*"):
            if base and wanted in self._checks:
                return self._checks[wanted]
        return None

    def only_json(self) -> bool:
        """Whether JSON alone may travel here."""
        return bool(self._checks) and all(check.kind == "json" for check in self._checks.values())


def base_of(content_type: str) -> str:
    """Return a media type without its parameters.

    >>> base_of("Application/JSON; charset=utf-8")
    'application/json'
    """
    return content_type.partition(";")[0].strip().lower()


def kind_of(media_type: str) -> Kind:
    """Return how a body of a media type is read.

    >>> kind_of("application/problem+json"), kind_of("text/csv")
    ('json', 'other')
    """
    base = base_of(media_type)
    if base in {"application/json", "text/json"} or base.endswith("+json"):
        return "json"
    return "form" if base == _FORM else "other"


def malformed(body: bytes) -> tuple[Violation, ...]:
    """Return the first byte that is no strict JSON, if there is one."""
    try:
        strict_json(body)
    except StrictJsonError as error:
        return (_told(error),)
    return _SOUND


def empty_body() -> tuple[Violation, ...]:
    """Return the violation of a body that is required and was not sent."""
    return (Violation(rule="body.required", message=_("The operation needs a body."), offset=0),)


def _told(error: StrictJsonError) -> Violation:
    return Violation(rule=error.rule, message=error.message, offset=error.offset)


def _wrong_type(said: str, names: tuple[str, ...]) -> Violation:
    allowed = ", ".join(names)
    if not said:
        message = _("The body has no Content-Type; the operation takes {allowed}.").format(allowed=allowed)
        return Violation(rule="content_type.missing", message=message, part="head")
    message = _("The operation does not take {said}; it takes {allowed}.").format(
        said=base_of(said), allowed=allowed
    )
    return Violation(rule="content_type.unknown", message=message, part="head")


def _wrong_charset(said: str) -> Violation | None:
    for parameter in said.lower().split(";")[1:]:
        name, _equals, value = parameter.strip().partition("=")
        if name == "charset" and value.strip("\"' ") not in _UTF8:
            # RFC 8259 section 8.1: JSON between systems is UTF-8.
            message = _("JSON is always UTF-8, not {charset}.").format(charset=value)
            return Violation(rule="content_type.charset", message=message, part="head")
    return None


def _form_value(body: bytes, whole: Mapping[str, JSON]) -> JSON:
    """The members of a form, each as the type that its property asks for."""
    sent: dict[str, list[str]] = {}
    for name, text in query_of(body.decode("utf-8", "replace")):
        sent.setdefault(name.removesuffix("[]"), []).append(text)
    value: dict[str, JSON] = {}
    for name, texts in sent.items():
        schema = property_of(whole, name)
        types = types_of(schema, whole)
        if "array" in types:
            value[name] = list(texts)
        elif types and types <= {"object", "null"}:
            value[name] = _embedded(texts[-1])
        else:
            value[name] = next(scalars(texts[-1], types))
    return value


def _embedded(text: str) -> JSON:
    # OpenAPI: an object inside of a form travels as JSON.
    try:
        return strict_json(text.encode())
    except StrictJsonError:
        return text
