"""Stages by name: which of a type's stages can be entered."""

from collections.abc import Iterator

from salespipeline.model.problem import Problem
from salespipeline.model.sale_type import SaleType


def stage_faults(type: SaleType, id: str) -> Iterator[Problem]:
    """A named stage belongs to the type and is in use; those that would do are listed."""
    accepted = [stage.id for stage in type.stages if not stage.retired]
    stage = type.stage(id)
    if stage is None:
        yield Problem("unknown-stage", "stage", id, accepted, {"type": type.id})
    elif stage.retired:
        yield Problem("retired-stage", "stage", id, accepted)
