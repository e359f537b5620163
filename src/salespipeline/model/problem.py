"""Why an action is refused: one `Problem` a reason, one `Refused` with all of them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import attrs
from attrs import frozen

from salespipeline.errors import InvalidValue, SalesPipelineError, ascii_safe, one_of, shown
from salespipeline.model.problem_texts import ENGLISH
from salespipeline.model.value import Value


def _plain(value: object) -> object:
    """The value itself when it is small, plain and equal to itself, else its text: problems travel and are compared."""
    if value is None or isinstance(value, (bool, date)):
        return value
    if isinstance(value, str):
        return str.__str__(value)[:200]
    if type(value) is int and abs(value) < 10**30:
        return value
    if (
        type(value) is Decimal
        and value.is_finite()
        and abs(value.adjusted()) < 30
        and len(value.as_tuple().digits) < 60
    ):
        return value
    return Shown(shown(value))


class Shown(str):
    """The text of a value that was too odd to keep; it is shown as it is."""

    __slots__ = ()


def _typed(value: object) -> str:
    return str(value) if isinstance(value, (date, Decimal, Shown)) else shown(value)


class _Words(dict[str, object]):
    """The words of a template; one that a problem has no value for is shown as a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"


def _pairs(value: Mapping[str, object] | Iterable[tuple[str, object]]) -> tuple[tuple[str, object], ...]:
    return tuple((name, _plain(given)) for name, given in dict(value).items())


@frozen(eq=False, repr=False)
class Problem(Value):
    """One reason why an action cannot be carried out, as data.

    `code` names the reason, `field` the parameter or field it is about (empty: the action as a whole),
    `given` the value that was asked for, `accepted` what would have been, `params` further values for
    the text. `str()` gives the English text; `text(templates)` any other language's.
    """

    code: str
    field: str = ""
    given: object = attrs.field(default=None, converter=_plain)
    accepted: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    params: tuple[tuple[str, object], ...] = attrs.field(default=(), converter=_pairs)

    def text(self, templates: Mapping[str, str] = ENGLISH) -> str:
        """The reason in words; a code without template shows its `message` parameter."""
        params = dict(self.params)
        template = templates.get(self.code) or ENGLISH.get(self.code)
        if template is None:
            return ascii_safe(str(params.get("message", self.code)))
        names = {name: ascii_safe(value) if isinstance(value, str) else value for name, value in params.items()}
        words = {"field": self.field, "given": _typed(self.given), "accepted": one_of(self.accepted)}
        return template.format_map(_Words(names | words))

    def __str__(self) -> str:
        return self.text()

    @staticmethod
    def of(error: InvalidValue) -> "Problem":
        """The problem that a refused value is."""
        return Problem("invalid-value", error.field, error.given, params={"reason": error.accepted})


class Refused(SalesPipelineError, ValueError):
    """An action was refused and nothing has changed; `problems` holds every reason.

    `sale_id`, `action` and `standing` are plain texts: the sale's id, the action's name and the
    standing the sale is in.
    """

    def __init__(self, sale_id: str, action: str, standing: str, problems: Iterable[Problem]) -> None:
        problems = tuple(problems)
        super().__init__(sale_id, action, standing, problems)
        self.sale_id = sale_id
        self.action = action
        self.standing = standing
        self.problems = problems

    def __str__(self) -> str:
        head = f"cannot carry out {self.action} on sale {shown(self.sale_id)} ({self.standing}): "
        if len(self.problems) == 1:
            return head + str(self.problems[0])
        return head + f"{len(self.problems)} problems" + "".join(f"\n- {problem}" for problem in self.problems)


class BulkRefused(SalesPipelineError, ValueError):
    """An action on several sales was refused for some, so none has changed; `refusals` holds each."""

    def __init__(self, refusals: Iterable[Refused], asked: int) -> None:
        refusals = tuple(refusals)
        super().__init__(refusals, asked)
        self.refusals = refusals
        self.asked = asked

    def __str__(self) -> str:
        head = f"cannot change any of {self.asked} sales: {len(self.refusals)} refused"
        return head + "".join(f"\n{refusal}" for refusal in self.refusals)


class CatalogRefused(SalesPipelineError, ValueError):
    """A change of the catalog was refused and nothing has changed; `problems` holds every reason."""

    def __init__(self, change: str, problems: Iterable[Problem]) -> None:
        problems = tuple(problems)
        super().__init__(change, problems)
        self.change = change
        self.problems = problems

    def __str__(self) -> str:
        return f"cannot {self.change}: " + "; ".join(map(str, self.problems))
