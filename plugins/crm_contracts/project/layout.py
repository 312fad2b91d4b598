"""Where a project keeps its files: `crm_paths` and `crm_scenarios`, from pytest or from the ini files themselves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_contracts.model.language import _

PATHS = ("contracts", "scenarios")
"""`crm_paths` where none is written."""
BUILTIN = "builtin"
_SHIPPED = ("acme-crm",)
DEFAULT_SCENARIOS = "builtin:ci"
"""`crm_scenarios` of a project that has no scenarios of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioSource:
    """A folder of scenarios (or one file); `builtin` ones are shown as `builtin/...` and may be chosen by one tag."""

    folder: Path
    builtin: bool = False
    tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything is. Ids and messages show files relative to `root`."""

    root: Path
    paths: tuple[Path, ...]
    sources: tuple[ScenarioSource, ...]

    @classmethod
    def of(cls, root: Path, paths: Iterable[str] = (), scenarios: Iterable[str] = ()) -> "Layout":
        """The layout of a project, from the words of its ini file; none of a kind means its default.

        Raises ValueError for a word of `crm_scenarios` that begins with builtin and means nothing.
        """
        chosen = tuple(root / path for path in (tuple(paths) or PATHS))
        words = tuple(scenarios) or _default(root)
        return cls(root=root, paths=chosen, sources=tuple(_source(root, word) for word in words))

    @property
    def known_issues(self) -> Path:
        """The file of expected failures; it need not exist."""
        return self.root / "known_issues.yaml"

    @property
    def existing(self) -> tuple[Path, ...]:
        """What there is to collect: the paths, scenario folders and shipped scenarios that exist."""
        places = (*self.paths, *(source.folder for source in self.sources))
        found = dict.fromkeys(place.resolve() for place in places if place.exists())
        return tuple(place for place in found if not set(place.parents) & set(found))

    def shown(self, path: Path) -> str:
        """A file's name in ids and messages: relative to the project's root, `builtin/...` for a shipped scenario."""
        for source in self.sources:
            if source.builtin and path.is_relative_to(source.folder):
                return f"{BUILTIN}/{path.relative_to(source.folder).as_posix()}"
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def source_of(self, path: Path) -> ScenarioSource | None:
        """The source that a scenario file lies in."""
        return next((source for source in self.sources if path.is_relative_to(source.folder)), None)


def shipped_scenarios() -> Path:
    """The folder of the scenarios that come with us: in the wheel beside the code, in a checkout at its root."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "shipped" / "scenarios"
    return shipped if shipped.is_dir() else package.parent.parent / "scenarios"


def shipped_contracts() -> dict[str, Path]:
    """The folders of the contracts that come with us, by name."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "shipped" / "contracts"
    home = shipped if shipped.is_dir() else package.parent.parent / "contracts"
    return {name: home / name for name in _SHIPPED if (home / name).is_dir()}


def _default(root: Path) -> tuple[str, ...]:
    return ("scenarios",) if (root / "scenarios").is_dir() else (DEFAULT_SCENARIOS,)


def _source(root: Path, word: str) -> ScenarioSource:
    kind, colon, tag = word.partition(":")
    if kind != BUILTIN:
        return ScenarioSource(folder=(root / word).resolve())
    if colon and not tag:
        raise ValueError(
            _("crm_scenarios: {word!r} lacks a tag; write {example}").format(
                word=word, example=DEFAULT_SCENARIOS
            )
        )
    return ScenarioSource(folder=shipped_scenarios(), builtin=True, tag=tag or None)


def layout_here(start: Path) -> Layout:
    """The layout of the project around a folder, for commands: read from the ini files that pytest reads.

    The project's root is the nearest folder upwards that has such a file with settings of pytest, else the folder itself.
    """
    for folder in (start, *start.parents):
        for settings in _settings(folder):
            return Layout.of(folder, _words(settings, "crm_paths"), _words(settings, "crm_scenarios"))
    return Layout.of(start)


def _settings(folder: Path) -> Iterator[dict[str, object]]:
    """Pytest's own settings in a folder, in the order in which pytest looks for them."""
    import configparser
    import tomllib

    for name, places in _TOML.items():
        if (folder / name).is_file():
            table: object = tomllib.loads((folder / name).read_text(encoding="utf-8"))
            yield from (found for place in places if (found := _at(table, place)) is not None)
    for name, section in _INI.items():
        parser = configparser.ConfigParser(interpolation=None)
        if (folder / name).is_file() and parser.read(folder / name, encoding="utf-8"):
            if parser.has_section(section):
                yield dict(parser.items(section))
            elif name.endswith("pytest.ini"):
                yield {}


_TOML = {
    "pytest.toml": (("pytest",),),
    ".pytest.toml": (("pytest",),),
    "pyproject.toml": (("tool", "pytest", "ini_options"), ("tool", "pytest")),
}
_INI = {"pytest.ini": "pytest", ".pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}


def _at(table: object, place: tuple[str, ...]) -> dict[str, object] | None:
    for step in place:
        table = table.get(step) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else None


def _words(settings: dict[str, object], name: str) -> tuple[str, ...]:
    value = settings.get(name, ())
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(map(str, value)) if isinstance(value, list) else ()
