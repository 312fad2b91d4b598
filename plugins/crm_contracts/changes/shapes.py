"""What changed between two schemas, and whether it breaks a caller: it depends on the direction.

In a response everything that the CRM may newly say breaks who did not expect it; in a request everything that it no
longer takes. A response field that is gone breaks whoever read it, a request field that is gone is not understood any more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from crm_contracts.changes.change import Direction
from crm_contracts.changes.view import EXACT, LIMITS, View, shape, view
from crm_contracts.model.json import JSON
from crm_contracts.model.language import _

_DEEPEST = 12
_MOST_PLACES = 8
"""A schema that several names lead to is compared at so many places: contracts whose schemas all know each other end, too."""
Whole = Mapping[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One change of a shape: `field` is the dotted path, "" for the whole body."""

    kind: str
    field: str
    sentence: str
    breaking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the comparison is: two schemas, the path to them, and the references that it is inside of."""

    old: JSON
    new: JSON
    field: str = ""
    inside: tuple[tuple[str | None, str | None], ...] = ()

    def at(self, name: str, old: JSON, new: JSON) -> "_Place":
        return replace(self, old=old, new=new, field=f"{self.field}.{name}" if self.field else name)


class Shapes:
    """Compares schemas of one direction.

    >>> shapes = Shapes({}, {}, Direction.RESPONSE)
    >>> old, new = {"properties": {"total": {"type": "number"}}}, {"properties": {}}
    >>> [(one.kind, one.field, one.breaking) for one in shapes.compare(old, new)]
    [('field_removed', 'total', True)]
    """

    def __init__(self, old: Whole, new: Whole, direction: Direction) -> None:
        self._old, self._new = old, new
        self._response = direction is Direction.RESPONSE
        self._expanded: Counter[tuple[str | None, str | None]] = Counter()
        self._hidden = "writeOnly" if self._response else "readOnly"

    def compare(self, old: JSON, new: JSON) -> tuple[Shift, ...]:
        """Return what changed between two schemas, each once."""
        return tuple(dict.fromkeys(self._at(_Place(old=old, new=new))))

    def _at(self, place: _Place) -> Iterator[Shift]:
        old, new = view(place.old, self._old), view(place.new, self._new)
        pair = (old.reference, new.reference)
        if (old.reference and pair in place.inside) or len(place.inside) > _DEEPEST:
            return
        if old.reference:
            self._expanded[pair] += 1
            if self._expanded[pair] > _MOST_PLACES:
                return
        place = replace(place, inside=(*place.inside, pair))
        yield from self._types(place, old, new)
        yield from self._values(place, old, new)
        yield from self._rules(place, old, new)
        yield from self._properties(place, old, new)
        yield from self._branches(place, old, new)
        if old.items is not None and new.items is not None:
            yield from self._at(replace(place, old=old.items, new=new.items))
        if isinstance(old.others, dict) and isinstance(new.others, dict):
            yield from self._at(place.at("*", old.others, new.others))

    def _types(self, place: _Place, old: View, new: View) -> Iterator[Shift]:
        if old.types == new.types or old.branches or new.branches:
            return
        wider, narrower = _wider(old.types, new.types), _wider(new.types, old.types)
        breaks = wider if self._response else narrower
        sentence = _("its type was {old}, it is {new}").format(old=_told(old.types), new=_told(new.types))
        if self._response and _only_null(old.types, new.types):
            sentence = _("it may be null now")
        yield Shift(kind="type", field=place.field, sentence=sentence, breaking=breaks)

    def _values(self, place: _Place, old: View, new: View) -> Iterator[Shift]:
        before, after = old.values, new.values
        if before == after or (before is None and after is None):
            return
        come = [value for value in after or () if value not in (before or ())]
        gone = [value for value in before or () if value not in (after or ())]
        if before is None or after is None:
            listed = (
                _("its values are listed now: {values}")
                if before is None
                else _("its values are not listed any more")
            )
            sentence = listed.format(values=", ".join(after or ()))
            yield Shift(
                kind="values",
                field=place.field,
                sentence=sentence,
                breaking=(after is None) is self._response,
            )
            return
        if come:
            sentence = _("it has a new value: {values}").format(values=", ".join(come))
            yield Shift(kind="value_added", field=place.field, sentence=sentence, breaking=self._response)
        if gone:
            sentence = _("it has lost a value: {values}").format(values=", ".join(gone))
            yield Shift(
                kind="value_removed", field=place.field, sentence=sentence, breaking=not self._response
            )

    def _rules(self, place: _Place, old: View, new: View) -> Iterator[Shift]:
        for word in (*LIMITS, *EXACT):
            before, after = old.rules.get(word), new.rules.get(word)
            if before == after:
                continue
            tighter = _tighter(word, before, after)
            looser = _tighter(word, after, before)
            sentence = _("{word} was {old}, it is {new}").format(
                word=word, old=_said(before), new=_said(after)
            )
            breaks = looser if self._response else tighter
            yield Shift(kind="limit", field=place.field, sentence=sentence, breaking=breaks)

    def _properties(self, place: _Place, old: View, new: View) -> Iterator[Shift]:
        ours = {name for name, node in old.properties.items() if not self._is_hidden(node, self._old)}
        theirs = {name for name, node in new.properties.items() if not self._is_hidden(node, self._new)}
        come = [name for name in new.properties if name in theirs - ours]
        for name in old.properties:
            if name in ours - theirs:
                yield self._gone(place.at(name, None, None), name, old, new, come)
            elif name in ours:
                inner = place.at(name, old.properties[name], new.properties[name])
                yield from self._demand(inner.field, name in old.required, name in new.required)
                yield from self._at(inner)
        for name in come:
            yield self._come(place.at(name, None, None).field, required=name in new.required)
        if new.closed and not old.closed and not self._response:
            sentence = _("other fields than those named are refused now")
            yield Shift(kind="closed", field=place.field, sentence=sentence, breaking=True)

    def _is_hidden(self, node: JSON, whole: Whole) -> bool:
        """Whether a property does not travel in this direction."""
        if not isinstance(node, dict):
            return False
        name = str(node.get("$ref", "")).removeprefix("#/$defs/")
        defs = whole.get("$defs")
        target = defs.get(name) if isinstance(defs, dict) and name else None
        return node.get(self._hidden) is True or (
            isinstance(target, dict) and target.get(self._hidden) is True
        )

    def _gone(self, place: _Place, name: str, old: View, new: View, come: list[str]) -> Shift:
        same = shape(old.properties[name], self._old)
        like = [other for other in come if shape(new.properties[other], self._new) == same]
        if self._response:
            sentence = _("it is gone")
        elif new.closed:
            sentence = _("it is refused now")
        else:
            sentence = _("it is not known any more")
        if len(like) == 1:
            sentence += _("; {name}, of the same shape, is new (renamed?)").format(name=like[0])
        return Shift(kind="field_removed", field=place.field, sentence=sentence, breaking=True)

    def _come(self, field: str, *, required: bool) -> Shift:
        if required and not self._response:
            return Shift(
                kind="field_required", field=field, sentence=_("it is new, and required"), breaking=True
            )
        return Shift(kind="field_added", field=field, sentence=_("it is new"), breaking=False)

    def _demand(self, field: str, before: bool, after: bool) -> Iterator[Shift]:  # noqa: FBT001 - two states of one thing
        if before is after:
            return
        sentence = _("it is required now") if after else _("it may be missing now")
        breaks = before if self._response else after
        yield Shift(kind="required", field=field, sentence=sentence, breaking=breaks)

    def _branches(self, place: _Place, old: View, new: View) -> Iterator[Shift]:
        ours = {_name(branch, n): branch for n, branch in enumerate(old.branches)}
        theirs = {_name(branch, n): branch for n, branch in enumerate(new.branches)}
        for name, branch in ours.items():
            if name in theirs:
                yield from self._at(replace(place, old=branch, new=theirs[name]))
            else:
                sentence = _("it has lost a shape: {name}").format(name=name)
                yield Shift(
                    kind="shape_removed", field=place.field, sentence=sentence, breaking=not self._response
                )
        for name in theirs.keys() - ours.keys():
            sentence = _("it has a new shape: {name}").format(name=name)
            yield Shift(kind="shape_added", field=place.field, sentence=sentence, breaking=self._response)


def _name(branch: JSON, number: int) -> str:
    if isinstance(branch, dict):
        for word in ("$ref", "title", "type"):
            if isinstance(said := branch.get(word), str):
                return said.removeprefix("#/$defs/")
    return f"#{number + 1}"


def _wider(old: frozenset[str] | None, new: frozenset[str] | None) -> bool:
    """Whether the new types allow what the old ones do not; an integer is a number."""
    if old is None or new is None:
        return old is not None
    known = old | ({"integer"} if "number" in old else set())
    return bool(new - known)


def _only_null(old: frozenset[str] | None, new: frozenset[str] | None) -> bool:
    return old is not None and new is not None and new - old == {"null"} and not old - new


def _told(types: frozenset[str] | None) -> str:
    return _("any") if types is None else " | ".join(sorted(types))


def _said(value: JSON) -> str:
    return _("none") if value is None else str(value)


def _tighter(word: str, old: JSON, new: JSON) -> bool:
    """Whether a rule allows less than before."""
    if old is None or new is None or word in EXACT:
        return new is not None
    if not isinstance(old, int | float) or not isinstance(new, int | float):
        return True
    return new < old if "max" in word.lower() else new > old
