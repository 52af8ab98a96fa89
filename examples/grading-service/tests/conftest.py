"""One service for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from grading_service import create_app

APP = create_app(["mappa-2007", "hmic-2007", "safer-neighbourhoods-2007"], ["mps-2007"])


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with TestClient(APP) as found:
        yield found
