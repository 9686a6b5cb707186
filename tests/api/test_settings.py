"""Settings come from the environment; what cannot be used is refused before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import Settings
from geo.errors import InputError


def test_by_default_only_this_machine_and_the_embedded_store() -> None:
    settings = Settings.read({})
    assert (settings.host, settings.workers, settings.database_url) == ("127.0.0.1", 1, None)
    assert settings.maps == Path("wangge-data/maps")
    assert settings.area == ("",)


def test_each_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", "postgresql://u:secret-word@h/d")
    monkeypatch.setenv("WANGGE_AREA", "610402001, 610402002")
    monkeypatch.setenv("WANGGE_PORT", "")
    settings = Settings.read()
    assert settings.area == ("610402001", "610402002")
    assert settings.port == 8000
    assert "secret-word" not in repr(settings)
    assert settings.database_url is not None
    assert settings.database_url.startswith("postgresql://u:secret-word")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "many"),
        ("WORKERS", "0"),
        ("LANG", "fr"),
        ("LOG_LEVEL", "loud"),
        ("LOG_JSON", "perhaps"),
        ("INDEX_POLL_S", "nan"),
        ("AREA", "6104,,6105"),
        ("AREA", "Qindu"),
        ("PUBLIC", "review"),
        ("REVIEW_TOKEN", "short-secret"),
    ],
)
def test_what_cannot_be_used_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"WANGGE_{name}", value)
    with pytest.raises(InputError, match=f"WANGGE_{name}") as refused:
        Settings.read()
    assert "secret" not in str(refused.value)
