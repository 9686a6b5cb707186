"""Errors on their way out, and what every answer carries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from api.http.needs import door
from api.http.problems import KINDS, kind_of
from geo import errors
from geo.errors import Fault, FrameError, NotAllowedError, StoreError, Words


def subclasses(of: type[Exception]) -> list[type[Exception]]:
    return [of, *(deeper for cls in of.__subclasses__() for deeper in subclasses(cls))]


def test_every_error_of_the_tree_has_a_status() -> None:
    listed = {cls for cls in subclasses(errors.WanggeError) if cls is not errors.WanggeError}
    assert {cls for cls in listed if not issubclass(cls, tuple(KINDS))} == set()
    assert {kind.name for kind in KINDS.values()} == {kind_of(cls.__new__(cls)).name for cls in KINDS}


@pytest.fixture
def raising(standing: Any, run_app: Callable[..., Any]) -> Any:
    """An app over the standing town with a route that raises what it is told to."""
    app = standing.app()
    box: list[Exception] = []

    @app.get("/raise")
    async def raise_it() -> None:
        raise box[0]

    with run_app(app) as client:

        def ask(error: Exception, query: str = "?lang=en") -> Any:
            box[:] = [error]
            return client.get(f"/raise{query}")

        yield ask


def test_an_unexpected_error_tells_nothing(raising: Any, caplog: pytest.LogCaptureFixture) -> None:
    answer = raising(RuntimeError("password is hunter2"))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "hunter2" in caplog.text  # the log has it


def test_the_roots_own_error_is_unexpected_too(raising: Any) -> None:
    answer = raising(errors.WanggeError("something internal"))
    assert answer.status_code == 500
    assert "internal" not in answer.json()["detail"]


def test_a_store_error_does_not_tell_where_the_store_is(raising: Any) -> None:
    answer = raising(StoreError("cannot reach postgresql://x@db.internal/y"))
    assert answer.status_code == 503
    assert "db.internal" not in answer.text
    assert "/ready" in answer.json()["detail"]


def test_a_lack_of_right_is_403_in_both_languages(raising: Any) -> None:
    error = NotAllowedError("outside your area", "不在您的权限范围内")
    assert raising(error).json()["detail"] == "outside your area"
    chinese = raising(error, "")
    assert chinese.status_code == 403
    assert chinese.json()["detail"] == "不在您的权限范围内"


def test_a_frame_error_brings_its_faults(raising: Any) -> None:
    fault = Fault(3, "name", "", Words("name is empty", "名称为空"))
    body = raising(FrameError("buildings", [fault])).json()
    assert body["status"] == 422
    assert body["faults"] == [{"row": 3, "column": "name", "value": "", "reason": "name is empty"}]
    assert body["type"] == "urn:wangge:problem:bad-input"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/nowhere", 404),
        ("put", "/api/locate", 405),
        ("post", "/api/suggest", 405),
        ("get", "/docs", 404),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(
    client: Any, method: str, path: str, status: int
) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["instance"] == path
    assert not body["title"].isascii()


def test_an_instance_never_holds_the_query(client: Any) -> None:
    body = client.get("/api/locate?lon=108.123456&lat=x").json()
    assert body["instance"] == "/api/locate"


@pytest.mark.parametrize("path", ["/health", "/api/locate?lon=1&lat=2", "/nowhere", "/api/maps/grids.html"])
def test_every_answer_carries_the_security_headers(client: Any, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


def test_coordinates_do_not_reach_the_log(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    client.get("/api/locate?lon=108.765432&lat=34.3")
    client.get("/api/locate?lon=108.765432&lat=x")
    ours = [record.getMessage() for record in caplog.records if record.name != "httpx"]
    assert "108.765432" not in " ".join(ours)


def test_the_document_is_complete_and_points_nowhere(client: Any) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        "/health",
        "/ready",
        "/api/locate",
        "/api/locate/batch",
        "/api/suggest",
        "/api/chain",
        "/api/find",
        "/api/layers/{layer}",
        "/api/reach",
        "/api/reach/compare",
        "/api/site",
        "/api/stations",
        "/api/stations.{form}",
        "/api/review",
        "/api/review/list.xlsx",
        "/api/review/rates",
        "/api/review/names",
        "/api/review/{record}",
        "/api/review/{record}/undo",
        "/api/session/places",
        "/api/accounts",
        "/api/accounts/{name}/grants",
        "/api/accounts/{name}/lock",
        "/api/accounts/{name}/open",
        "/api/accounts/{name}/reset",
        "/api/tokens",
        "/api/tokens/{number}",
        "/api/settings",
        "/api/audit",
        "/api/audit.csv",
        "/api/audit/verdict",
        "/api/maps/grids.html",
        "/api/maps/reach.html",
        "/api/maps/stations.html",
        "/api/maps/all.html",
        "/api/maps/members.html",
        "/api/maps/match.html",
        "/metrics",
        "/api/workload",
        "/api/maps/reach.json",
        "/api/session",
        "/api/session/password",
        "/api/jobs",
        "/api/jobs/all",
        "/api/jobs/events",
        "/api/jobs/{job}",
        "/api/jobs/{job}/resume",
        "/api/jobs/{job}/file",
        "/api/jobs/cells",
        "/api/jobs/partition",
        "/api/jobs/match",
        "/api/jobs/sheets",
        "/api/jobs/export",
        "/api/jobs/papers",
        "/api/jobs/snapshot",
        "/api/snapshots",
        "/api/snapshots/{version}/{name}",
        "/api/jobs/walk",
        "/api/imports",
        "/api/imports/layers",
        "/api/imports/{upload}",
        "/api/imports/{upload}/look",
        "/api/imports/{upload}/load",
        "/api/imports/{upload}/residents",
        "/api/imports/undo",
        "/api/plans",
        "/api/plans/{plan}",
        "/api/plans/{plan}/cells",
        "/api/plans/{plan}/grids",
        "/api/plans/{plan}/checks",
        "/api/plans/{plan}/compare",
        "/api/plans/{plan}/edits",
        "/api/plans/{plan}/undo",
        "/api/plans/{plan}/redo",
        "/api/plans/{plan}/step",
        "/api/plans/{plan}/way",
        "/api/plans/{plan}/submit",
        "/api/plans/{plan}/recall",
        "/api/plans/{plan}/approve",
        "/api/plans/{plan}/return",
        "/api/plans/{plan}/preview",
        "/api/plans/{plan}/publish",
        "/api/plans/{plan}/withdraw",
        "/api/plans/{plan}/exceptions",
        "/api/plans/{plan}/exceptions/end",
        "/api/plans/{plan}/notes",
        "/api/plans/{plan}/notes.csv",
        "/api/plans/{plan}/notes/{number}",
        "/api/plans/{plan}/consultation",
        "/api/plans/{plan}/consultation/end",
        "/api/plans/{plan}/notice.html",
        "/api/notices",
        "/api/rules",
        "/api/changes",
        "/api/jobs/sheets/files",
        "/api/plans/{plan}/walked",
        "/api/plans/{plan}/walked/end",
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = ["text/html"] if door(method.upper(), path).page else []
            assert operation["summary"], path
            assert operation["description"], path
            for status, said in operation["responses"].items():
                assert said["description"], (path, status)
                if int(status) >= 400:
                    wanted = ["application/problem+json", *(shown if status == "403" else [])]
                    assert list(said["content"]) == wanted, (path, status)
    text = client.get("/openapi.json").text
    refs = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert refs <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in text
    assert not re.search(r"https?://(?!test)", text)
