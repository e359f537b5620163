"""Every story at the desk is told with each storage."""

from pathlib import Path

import pytest
from tests.desk.desks import Desk, desk_on, json_store, memory_store

from salespipeline import Pipeline, Sale


@pytest.fixture(params=[memory_store, json_store], ids=["memory", "json"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return desk_on(request.param(tmp_path))


@pytest.fixture
def pipeline(desk: Desk) -> Pipeline:
    return desk()


@pytest.fixture
def sale(pipeline: Pipeline) -> Sale:
    return pipeline.add("120 desks", type="new-business", amount="48000.00")
