"""Files that ask too much, or claim what is not so, are refused before anything is parsed."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from geo.errors import FileError
from layers.files.geopackages import check_geopackage
from layers.files.headers import check_dbf, check_pbf, check_shapefile
from layers.files.limits import Limits, open_file, unpack
from layers.files.workbooks import check_workbook
from tests.layers.files.drawing import two_communities, write_shapefile

SHP = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
SMALL = Limits(unpacked_bytes=1 << 20, free_bytes=1 << 16)


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return path


@pytest.mark.parametrize(
    ("name", "message"),
    [("missing.csv", "no file"), (".", "is a folder"), ("empty.csv", "is empty")],
)
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(FileError, match=message):
        open_file(tmp_path / name)


@pytest.mark.parametrize(
    "name", ["/vsizip/a.zip/b.shp", "/vsicurl/http", "http://host/a.geojson", "a\0b.csv"]
)
def test_a_file_name_is_no_connection(name: str) -> None:
    with pytest.raises(FileError):
        open_file(Path(name))


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FileError, match="ordinary file"):
        open_file(tmp_path / "pipe.csv")


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x" * 2000)
    with pytest.raises(FileError, match="2 KB, more than the 1 KB"):
        open_file(tmp_path / "a.csv", Limits(file_bytes=1024))


def test_a_zip_bomb_is_known_from_its_directory(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "a.zip", a__shp=b"\0" * (1 << 19))
    with pytest.raises(FileError, match="zip bomb"):
        unpack(bomb, tmp_path / "out", suffixes=SHP, limits=SMALL)


def test_a_zip_bomb_that_lies_in_its_directory_is_stopped(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "a.zip", a__shp=os.urandom(200_000))
    data = bytearray(bomb.read_bytes())
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 10)
    bomb.write_bytes(bytes(data))
    with pytest.raises(FileError, match="damaged"):
        unpack(bomb, tmp_path / "out", suffixes=SHP, limits=SMALL)


def test_unpacking_stops_at_the_budget(tmp_path: Path) -> None:
    many = zipped(tmp_path / "a.zip", a__shp=os.urandom(60_000), b__shp=os.urandom(60_000))
    with pytest.raises(FileError, match="zip bomb"):
        unpack(many, tmp_path, suffixes=SHP, limits=Limits(unpacked_bytes=100_000, free_bytes=1 << 30))


@pytest.mark.parametrize("name", ["../../evil.shp", "/etc/evil.shp", "..\\evil.shp", "C:\\evil.shp"])
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(FileError, match="elsewhere"):
        unpack(tmp_path / "a.zip", tmp_path / "out", suffixes=SHP)
    assert not (tmp_path / "out").exists()


def test_links_archives_and_too_many_files_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.shp")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FileError, match="link"):
        unpack(tmp_path / "link.zip", tmp_path, suffixes=SHP)
    with pytest.raises(FileError, match="another archive"):
        unpack(zipped(tmp_path / "nested.zip", inner__zip=b"PK"), tmp_path, suffixes=SHP)
    with pytest.raises(FileError, match="holds 2 files"):
        unpack(zipped(tmp_path / "two.zip", a=b"", b=b""), tmp_path, suffixes=SHP, limits=Limits(members=1))


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    good = zipped(tmp_path / "a.zip", a__shp=os.urandom(5000)).read_bytes()
    (tmp_path / "cut.zip").write_bytes(good[:3000])
    with pytest.raises(FileError, match="damaged"):
        unpack(tmp_path / "cut.zip", tmp_path, suffixes=SHP)


def test_a_workbook_is_a_zip_too(tmp_path: Path) -> None:
    sheet = b"<worksheet>" + b"<c/>" * (1 << 17)
    bomb = zipped(tmp_path / "a.xlsx", **{"[Content_Types].xml": b"<Types/>", "sheet1.xml": sheet})
    with pytest.raises(FileError, match="zip bomb"):
        check_workbook(bomb, SMALL)


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(FileError, match="entities"):
        check_workbook(zipped(tmp_path / "a.xlsx", **{"[Content_Types].xml": b"", "xl/sheet1.xml": laughs}))


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="not an XLSX"):
        check_workbook(zipped(tmp_path / "a.xlsx", a=b"1"))
    openpyxl.Workbook().save(tmp_path / "b.xlsx")
    check_workbook(tmp_path / "b.xlsx")


def claims(path: Path, offset: int, data: bytes) -> None:
    content = bytearray(path.read_bytes())
    content[offset : offset + len(data)] = data
    path.write_bytes(bytes(content))


@pytest.fixture
def shapefile(tmp_path: Path) -> Path:
    return write_shapefile(tmp_path / "c.shp", two_communities(), "utf-8")


def test_a_shapefile_agrees_with_its_headers(shapefile: Path) -> None:
    assert check_shapefile(shapefile, shapefile.with_suffix(".shx"), shapefile.with_suffix(".dbf")) == 2


@pytest.mark.parametrize(
    ("suffix", "offset", "claim"),
    [
        (".shp", 24, struct.pack(">i", 2**30)),  # words: 2 GB of shapes
        (".shx", 24, struct.pack(">i", 2**30)),
        (".shx", 104, struct.pack(">i", 2**29)),  # one record of 1 GB
        (".dbf", 4, struct.pack("<I", 2**31)),  # two billion rows
        (".dbf", 10, struct.pack("<H", 65535)),
        (".shp", 0, b"\0\0\0\0"),
    ],
)
def test_a_header_that_claims_gigabytes_is_refused(
    shapefile: Path, suffix: str, offset: int, claim: bytes
) -> None:
    claims(shapefile.with_suffix(suffix), offset, claim)
    with pytest.raises(FileError):
        check_shapefile(shapefile, shapefile.with_suffix(".shx"), shapefile.with_suffix(".dbf"))


def test_shapes_and_rows_must_be_as_many(shapefile: Path) -> None:
    claims(shapefile.with_suffix(".dbf"), 4, struct.pack("<I", 1))
    with pytest.raises(FileError, match=r"2 shapes but c\.dbf has 1 rows"):
        check_shapefile(shapefile, shapefile.with_suffix(".shx"), shapefile.with_suffix(".dbf"))


def test_a_tiny_dbf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dbf").write_bytes(b"\x03abc")
    with pytest.raises(FileError, match="not a dBase table"):
        check_dbf(tmp_path / "a.dbf")


def test_a_geopackage_as_long_as_it_claims(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    two_communities().assign(geometry=lambda f: f.geometry).to_file(path, driver="GPKG")
    check_geopackage(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match="cut short"):
        check_geopackage(path)
    path.write_bytes(whole)
    claims(path, 68, b"\0\0\0\0")
    with pytest.raises(FileError, match="not a GeoPackage"):
        check_geopackage(path)
    path.write_bytes(b"hello")
    with pytest.raises(FileError, match="not a GeoPackage"):
        check_geopackage(path)


def block(kind: bytes, data: bytes, *, claim: int | None = None, raw: int | None = None) -> bytes:
    """One block of a PBF: raw data in a Blob, its header before it."""

    def varint(value: int) -> bytes:
        out = bytearray()
        while value > 0x7F:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes([*out, value])

    blob = (b"" if raw is None else b"\x10" + varint(raw)) + b"\x0a" + varint(len(data)) + data
    header = b"\x0a" + varint(len(kind)) + kind + b"\x18" + varint(len(blob) if claim is None else claim)
    return struct.pack(">I", len(header)) + header + blob


def test_a_pbf_is_walked_block_by_block(tmp_path: Path) -> None:
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(block(b"OSMHeader", b"head") + block(b"OSMData", b"data" * 50))
    assert check_pbf(path, most_unpacked_bytes=1 << 20) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a pbf at all", "not an OSM PBF"),
        (struct.pack(">I", 2**31) + b"x" * 50, "not an OSM PBF"),
        (block(b"OSMData", b"x"), "not an OSM PBF"),
        (block(b"OSMHeader", b"h") + block(b"OSMData", b"data" * 50)[:-20], "cut short"),
        (block(b"OSMHeader", b"h") + b"\0\0", "cut short"),
        (block(b"OSMHeader", b"h") + block(b"OSMData", b"d", claim=2**31), "damaged"),
        (block(b"OSMHeader", b"h") + block(b"OSMData", b"d", raw=2**31), "damaged"),
        (block(b"OSMHeader", b"h") + struct.pack(">I", 10) + b"\xff" * 10, "damaged"),
        (block(b"OSMHeader", b"h") + block(b"OSMData", b"d", raw=3 << 20) * 2, "more than 4 MB"),
    ],
)
def test_a_pbf_that_makes_no_sense_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(FileError, match=message):
        check_pbf(path, most_unpacked_bytes=4 << 20)
