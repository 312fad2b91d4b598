"""One entry of the catalogue, as a terminal and the reference pages show it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A key that an entry may have in YAML: what may stand there, its default (None: it must be written), its meaning.

    `shared` settings are those of all faults of its place.
    """

    name: str
    kind: str
    meaning: str = ""
    default: str | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What there is to know of a fault, a check or a scenario.

    `sentence` says it in one line, `text` goes on in paragraphs; `facts` are pairs of a label and a text; `remedies` are
    what usually mends a failure.

    >>> Entry(kind="fault", name="down", sentence="The CRM is away.").settings
    ()
    """

    kind: str
    name: str
    sentence: str
    text: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    settings: tuple[Setting, ...] = ()
    example: str = ""
    source: str = ""
    remedies: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[Setting, ...]:
        """The settings that are particular to it."""
        return tuple(setting for setting in self.settings if not setting.shared)

    @property
    def shared(self) -> tuple[Setting, ...]:
        """The settings that it has in common with others."""
        return tuple(setting for setting in self.settings if setting.shared)
