"""Settings come from the environment; what cannot be used is refused before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings


def test_by_default_only_this_machine_and_the_embedded_store() -> None:
    settings = Settings()
    assert (settings.host, settings.workers, settings.database_url) == ("127.0.0.1", 1, None)
    assert settings.maps == Path("wangge-data/maps")
    assert settings.area == ("",)


def test_each_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", "postgresql://u:secret-word@h/d")
    monkeypatch.setenv("WANGGE_AREA", "610402001, 610402002")
    monkeypatch.setenv("WANGGE_PORT", "")
    settings = Settings()
    assert settings.area == ("610402001", "610402002")
    assert settings.port == 8000
    assert "secret-word" not in repr(settings)
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value().startswith("postgresql://u:secret-word")


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "70000"), ("WORKERS", "0"), ("LANG", "fr"), ("LOG_LEVEL", "loud")]
)
def test_what_cannot_be_used_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"WANGGE_{name}", value)
    with pytest.raises(ValidationError):
        Settings()
