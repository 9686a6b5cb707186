"""Both demo districts, made once."""

from __future__ import annotations

import pytest

from layers.demo.district import DemoDistrict, generate


@pytest.fixture(scope="session")
def made() -> dict[str, DemoDistrict]:
    return {"small": generate("small"), "district": generate("district")}
