"""How sales get their number: four switches, of which eleven combinations mean something (SuperOffice, 1.6)."""

from attrs import field, frozen

from salespipeline.errors import BrokenTable, InvalidValue
from salespipeline.model.value import Value

# Allocate, unique, read-only, allow blank: the combinations there are, and what each does.
COMBINATIONS: dict[str, str] = {
    "": "free typing",
    "A": "allocated, may be changed",
    "AU": "allocated, may be changed to another unique number; one sale may have none",
    "AUR": "allocated, fixed",
    "AURB": "allocated, fixed",
    "AUB": "allocated, may be changed to a unique number or to none",
    "AR": "allocated, fixed; what comes from outside is not checked",
    "U": "typed, must be unique; one sale may have none",
    "UB": "typed, must be unique; any sale may have none",
    "RB": "nobody sets it here",
    "R": "nobody sets it here; one sale may have none",
}


def _in_order(switches: object) -> str:
    if not isinstance(switches, str):
        raise InvalidValue("switches", switches, "give the letters of those that are on, such as 'AUR'")
    return "".join(sorted(switches.upper(), key="AURB".find))


def _first(value: int) -> int:
    if type(value) is not int or not 1 <= value < 10**15:
        raise InvalidValue("first", value, "give a whole number from 1 to 999999999999999")
    return value


@frozen(eq=False, repr=False)
class Numbering(Value):
    """The number series of a firm: `Numbering("AUR")`, with the letters of the switches that are on.

    A allocates a number to every new sale, from `first` on; U keeps numbers unique; R makes them
    read-only; B allows any number of sales without one. Raises `BrokenTable` for a combination that
    means nothing, with those there are.
    """

    switches: str = field(default="", converter=_in_order)
    first: int = field(default=10001, converter=_first)

    def __attrs_post_init__(self) -> None:
        if self.switches not in COMBINATIONS:
            listed = ", ".join(repr(known) for known in COMBINATIONS)
            raise BrokenTable("numbering", [f"{self.switches!r} is not one of the combinations {listed}"])

    @property
    def allocates(self) -> bool:
        """Whether a new sale gets the next number."""
        return "A" in self.switches

    @property
    def is_unique(self) -> bool:
        """Whether no two sales may have the same number."""
        return "U" in self.switches

    @property
    def is_fixed(self) -> bool:
        """Whether nobody types a number."""
        return "R" in self.switches

    @property
    def one_blank(self) -> bool:
        """Whether at most one sale may be without a number."""
        return self.switches in ("AU", "U", "R")
