"""GET /api/maps/grids.html: one page that fetches nothing, drawn once per version."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from api.http.map_cache import MapCache, Page


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
    assert answer.headers["location"] == "/map"


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


def test_a_map_is_drawn_once_for_all_days_between_two_changes(client: Any, standing: Any) -> None:
    """However many days are asked about, there are as many maps as the grids have states."""
    day = standing.since.isoformat()
    since = client.get(f"/api/maps/grids.html?as_of={day}")
    assert f"{day} 以来不变" in since.text
    assert client.get("/api/maps/grids.html").headers["etag"] == since.headers["etag"]
    before = {
        client.get(f"/api/maps/grids.html?as_of=20{year:02}-01-01").headers["etag"] for year in range(26)
    }
    assert len(before) == 1
    assert before != {since.headers["etag"]}
    later = {client.get(f"/api/maps/grids.html?as_of=2099-01-{i:02}").headers["etag"] for i in range(1, 29)}
    assert later == {since.headers["etag"]}


def pages_of(cache: MapCache, names: str) -> list[str]:
    """The names that were drawn when these were asked for, one after another."""
    drawn: list[str] = []

    async def draw(name: str) -> Page:
        drawn.append(name)
        return Page.of(name)

    async def ask() -> None:
        for name in names:
            assert (await cache.get(name, lambda name=name: draw(name))).plain == name.encode()

    asyncio.run(ask())
    return drawn


def test_the_cache_stays_within_its_bounds() -> None:
    room = len(Page.of("a").zipped)
    assert pages_of(MapCache(max_bytes=2 * room), "aabbab") == ["a", "b"]
    assert pages_of(MapCache(max_bytes=2 * room), "abcab") == ["a", "b", "c", "a", "b"]
    assert pages_of(MapCache(max_bytes=1), "aa") == ["a", "a"]


def test_a_page_many_want_is_drawn_once_and_one_that_fails_is_tried_again() -> None:
    cache, drawn = MapCache(), 0

    async def draw() -> Page:
        nonlocal drawn
        drawn += 1
        await asyncio.sleep(0.01)
        if drawn == 1:
            raise ValueError("no")
        return Page.of("now")

    async def ask() -> None:
        first = await asyncio.gather(*(cache.get("a", draw) for _ in range(5)), return_exceptions=True)
        assert [str(error) for error in first] == ["no"] * 5
        assert {page.plain for page in await asyncio.gather(*(cache.get("a", draw) for _ in range(5)))} == {
            b"now"
        }

    asyncio.run(ask())
    assert drawn == 2
