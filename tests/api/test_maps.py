"""GET /api/maps/grids.html: one page that fetches nothing, drawn once per version."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest

from api.map_cache import MapCache


def test_the_page_shows_the_grids_and_fetches_nothing(client: Any) -> None:
    answer = client.get("/api/maps/grids.html")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "第一网格" in answer.text
    assert "内部工作用图" in answer.text
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_browser_without_a_path_is_sent_to_the_map(client: Any) -> None:
    answer = client.get("/")
    assert answer.status_code == 307
    assert answer.headers["location"] == "/api/maps/grids.html"


def test_language_and_community_make_other_pages(client: Any) -> None:
    english = client.get("/api/maps/grids.html?lang=en").text
    assert "Internal working map" in english
    one = client.get("/api/maps/grids.html?community=999901001002").text
    assert "乙社区" in one
    assert "甲社区" not in one
    street = client.get("/api/maps/grids.html?community=999901001")
    assert "甲社区" in street.text


def test_an_unchanged_page_is_not_sent_again(client: Any) -> None:
    first = client.get("/api/maps/grids.html")
    again = client.get("/api/maps/grids.html", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    other = client.get("/api/maps/grids.html", headers={"if-none-match": '"something else"'})
    assert other.status_code == 200


def test_compressed_where_the_browser_takes_it(client: Any) -> None:
    plain = client.get("/api/maps/grids.html", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    zipped = client.get("/api/maps/grids.html", headers={"accept-encoding": "gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert int(zipped.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert zipped.text == plain.text


def test_an_unknown_community_is_not_found(client: Any) -> None:
    answer = client.get("/api/maps/grids.html?community=110101&lang=en")
    assert answer.status_code == 404
    assert "110101" in answer.json()["detail"]
    assert client.get("/api/maps/grids.html?community=%27;--").status_code == 422


def test_an_area_hides_the_rest(standing: Any, run_app: Any) -> None:
    with run_app(standing.app(area=("999901001002",))) as client:
        page = client.get("/api/maps/grids.html").text
        assert "乙社区" in page
        assert "甲社区" not in page
        assert client.get("/api/maps/grids.html?community=999901001001").status_code == 404
        west = client.get("/api/locate", params={"lon": standing.west[0], "lat": standing.west[1]}).json()
        assert west["status"] == "outside"
        right = client.get("/api/locate", params={"lon": standing.right[0], "lat": standing.right[1]}).json()
        assert right["status"] == "matched"


def test_the_cache_stays_within_its_bounds() -> None:
    cache = MapCache(max_bytes=1)
    drawn: list[str] = []

    def draw(name: str) -> str:
        drawn.append(name)
        return name

    for name in ("a", "a", "b", "b", "a"):
        assert gzip.decompress(cache.get(name, lambda name=name: draw(name)).zipped).decode() == name
    assert drawn == ["a", "b", "a"]


def test_a_drawing_that_fails_is_tried_again() -> None:
    cache = MapCache()

    def fail() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.get("a", fail)
    assert cache.get("a", lambda: "now").plain == b"now"
