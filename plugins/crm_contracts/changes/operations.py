"""What changed in the operations of a contract: addresses, parameters, bodies, answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from crm_contracts.changes.change import Change, Direction
from crm_contracts.changes.shapes import Shapes, Shift
from crm_contracts.contracts import Schemas
from crm_contracts.model.contract import Contract, Media, Operation, Parameter, Response
from crm_contracts.model.json import Schema
from crm_contracts.model.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """One operation in both contracts."""

    old: Operation
    new: Operation

    def change(self, kind: str, sentence: str, direction: Direction, **more: object) -> Change:
        """A change of it; breaking unless `breaking=False` is said."""
        breaking, field = more.get("breaking", True) is True, more.get("field")
        return Change(
            kind=kind,
            sentence=sentence,
            breaking=breaking,
            direction=direction,
            operation=self.old.id,
            field=None if field is None else str(field),
        )


class OperationChanges:
    """Compares the operations of two contracts."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self._old, self._new = old, new
        self._schemas = Schemas(old.documents), Schemas(new.documents)

    def __iter__(self) -> Iterator[Change]:
        matched: set[str] = set()
        for operation in self._old.operations.values():
            found = _same(operation, self._new)
            if found is None:
                yield _removed(operation)
            else:
                matched.add(found.id)
                yield from self._pair(_Pair(old=operation, new=found))
        for name, operation in self._new.operations.items():
            if name not in matched:
                sentence = _("the operation is new: {method} {path}").format(
                    method=operation.method, path=operation.path
                )
                yield Change(
                    kind="operation_added",
                    sentence=sentence,
                    breaking=False,
                    direction=Direction.REQUEST,
                    operation=name,
                )

    def _pair(self, pair: _Pair) -> Iterator[Change]:
        yield from _address(pair)
        yield from _access(pair)
        yield from self._parameters(pair)
        yield from self._body(pair)
        yield from self._answers(pair)

    def _parameters(self, pair: _Pair) -> Iterator[Change]:
        ours, theirs = _by_name(pair.old.parameters), _by_name(pair.new.parameters)
        for key, parameter in ours.items():
            if key in theirs:
                yield from self._parameter(pair, parameter, theirs[key])
            elif parameter.where != "path":
                sentence = _("the {where} parameter {name} is not known any more")
                told = sentence.format(where=parameter.where, name=parameter.name)
                yield pair.change("parameter_removed", told, Direction.REQUEST)
        for key, parameter in theirs.items():
            if key not in ours and parameter.where != "path":
                sentence = _("the {where} parameter {name} is new")
                if parameter.required:
                    sentence = _("the {where} parameter {name} is new, and required")
                told = sentence.format(where=parameter.where, name=parameter.name)
                yield pair.change("parameter_added", told, Direction.REQUEST, breaking=parameter.required)

    def _parameter(self, pair: _Pair, old: Parameter, new: Parameter) -> Iterator[Change]:
        about = _("the {where} parameter {name}").format(where=old.where, name=old.name)
        if old.required != new.required:
            sentence = _("{about} is required now") if new.required else _("{about} is optional now")
            yield pair.change(
                "parameter_required", sentence.format(about=about), Direction.REQUEST, breaking=new.required
            )
        for shift in self._shifts(old.schema, new.schema, Direction.REQUEST):
            where = _("{about}, {field}").format(about=about, field=shift.field) if shift.field else about
            told = f"{where}: {shift.sentence}"
            yield pair.change(f"parameter_{shift.kind}", told, Direction.REQUEST, breaking=shift.breaking)

    def _body(self, pair: _Pair) -> Iterator[Change]:
        old, new = pair.old.body, pair.new.body
        if old is None or new is None:
            if old is not None:
                yield pair.change("body_removed", _("no body is taken any more"), Direction.REQUEST)
            elif new is not None and new.required:
                yield pair.change("body_required", _("a body is required now"), Direction.REQUEST)
            return
        if new.required and not old.required:
            yield pair.change("body_required", _("the body is required now"), Direction.REQUEST)
        yield from self._media(pair, old.media, new.media, Direction.REQUEST, "")

    def _answers(self, pair: _Pair) -> Iterator[Change]:
        for status, old in pair.old.responses.items():
            new = pair.new.responses.get(status)
            if new is None:
                sentence = _("the answer {status} is not documented any more").format(status=status)
                yield pair.change(
                    "answer_removed", sentence, Direction.RESPONSE, breaking=status.startswith("2")
                )
            else:
                yield from self._answer(pair, old, new)
        for status in pair.new.responses.keys() - pair.old.responses.keys():
            sentence = _("the answer {status} is new").format(status=status)
            # Another way to succeed is one that no caller knows; errors come without being documented, too.
            yield pair.change("answer_added", sentence, Direction.RESPONSE, breaking=status.startswith("2"))

    def _answer(self, pair: _Pair, old: Response, new: Response) -> Iterator[Change]:
        about = "" if old.status.startswith("2") else _("answer {status}").format(status=old.status)
        for name in old.headers:
            if name.lower() not in {other.lower() for other in new.headers}:
                told = _("the header {name} is gone").format(name=name)
                sentence = f"{about}: {told}" if about else told
                yield pair.change("header_removed", sentence, Direction.RESPONSE)
        yield from self._media(pair, old.media, new.media, Direction.RESPONSE, about)

    def _media(
        self, pair: _Pair, old: Mapping[str, Media], new: Mapping[str, Media], way: Direction, about: str
    ) -> Iterator[Change]:
        for name, media in old.items():
            if name not in new:
                told = _("it does not travel as {type} any more").format(type=name)
                yield pair.change("media_removed", f"{about}: {told}" if about else told, way)
                continue
            for shift in self._shifts(media.schema or {}, new[name].schema or {}, way):
                yield _of_shift(pair, shift, way, about)

    def _shifts(self, old: Schema, new: Schema, way: Direction) -> tuple[Shift, ...]:
        side: Literal["request", "response"] = "response" if way is Direction.RESPONSE else "request"
        ours, theirs = self._schemas[0].whole(old, side), self._schemas[1].whole(new, side)
        return () if ours == theirs else Shapes(ours, theirs, way).compare(ours, theirs)


def _of_shift(pair: _Pair, shift: Shift, way: Direction, about: str) -> Change:
    place = f"`{shift.field}`" if shift.field else _("the body")
    told = f"{about}, {place}: {shift.sentence}" if about else f"{place}: {shift.sentence}"
    # An error's body is read by its own code: which of a consumer's fields it is cannot be told.
    field = None if about else shift.field or None
    return pair.change(shift.kind, told, way, breaking=shift.breaking, field=field)


def _removed(operation: Operation) -> Change:
    sentence = _("the operation is gone: {method} {path}").format(
        method=operation.method, path=operation.path
    )
    return Change(
        kind="operation_removed",
        sentence=sentence,
        breaking=True,
        direction=Direction.REQUEST,
        operation=operation.id,
    )


def _same(operation: Operation, contract: Contract) -> Operation | None:
    """The operation of the same id, else the one at the same address."""
    if operation.id in contract.operations:
        return contract.operations[operation.id]
    address = (operation.method, operation.path)
    return next((one for one in contract.operations.values() if (one.method, one.path) == address), None)


def _address(pair: _Pair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    if (old.method, old.path, old.base_path) != (new.method, new.path, new.base_path):
        sentence = _("it was {old}, it is {new}").format(
            old=f"{old.method} {old.base_path or ''}{old.path}",
            new=f"{new.method} {new.base_path or ''}{new.path}",
        )
        yield pair.change("moved", sentence, Direction.REQUEST)
    if new.deprecated and not old.deprecated:
        yield pair.change("deprecated", _("it is deprecated"), Direction.REQUEST, breaking=False)


def _access(pair: _Pair) -> Iterator[Change]:
    old, new = pair.old, pair.new
    if new.secured and not old.secured:
        yield pair.change("secured", _("it needs a credential now"), Direction.REQUEST)
    if come := [scope for scope in new.scopes if scope not in old.scopes]:
        sentence = _("it needs another scope: {scopes}").format(scopes=", ".join(come))
        yield pair.change("scopes", sentence, Direction.REQUEST)
    if old.effect is not new.effect:
        sentence = _("its effect was {old}, it is {new}").format(old=old.effect.value, new=new.effect.value)
        yield pair.change("effect", sentence, Direction.REQUEST, breaking=new.effect.value == "write")


def _by_name(parameters: Iterable[Parameter]) -> dict[tuple[str, str], Parameter]:
    return {(one.name.lower() if one.where == "header" else one.name, one.where): one for one in parameters}
