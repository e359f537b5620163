"""What can be saved: sales that can be read again, under ids that nobody has."""

from salespipeline.desk.ids import SaleIds, folded
from salespipeline.desk.knowing import unstorable
from salespipeline.errors import InvalidValue
from salespipeline.model.catalog import Catalog
from salespipeline.model.problem import Problem, Refused
from salespipeline.model.sale import Sale


def id_of(sale: object) -> str:
    """The id that a sale, or the id of one, stands for; `InvalidValue` for anything else."""
    if isinstance(sale, Sale):
        return sale.id
    if isinstance(sale, str):
        return sale
    raise InvalidValue("sale", sale, "give a Sale, or the id of one")


def taken(id: object, ids: SaleIds) -> tuple[Problem, ...]:
    """The problem of an id that another sale has, or one that looks like it."""
    other = ids.taken(id) if isinstance(id, str) else None
    return (Problem("id-taken", "id", id, params={"other": other}),) if other else ()


def unsaveable(sales: tuple[Sale, ...], catalog: Catalog, ids: SaleIds) -> list[Refused]:
    """The refusals of sales that could not be read again, or whose ids are taken, by each other too."""
    refusals: list[Refused] = []
    seen: set[str] = set()
    for sale in sales:
        id = id_of(sale)
        found = [*unstorable(sale, catalog)]
        if sale.stored.revision is None:
            found += taken(id, ids) or ([Problem("id-taken", "id", id)] if folded(id) in seen else [])
        seen.add(folded(id))
        if found:
            refusals.append(Refused(id, "Save", sale.standing.value, found))
    return refusals
