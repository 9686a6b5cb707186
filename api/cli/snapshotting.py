"""The command that writes the version in force as files: snapshot."""

from __future__ import annotations

import typer

from api.cli.options import AsOf
from api.cli.shell import shell
from layers.rights.viewer import OPERATOR


def snapshot(ctx: typer.Context, as_of: AsOf = None) -> None:
    """What is in force as files that live on without us: a GeoPackage QGIS opens as drawn, tiles, GeoJSON, CSV, workbooks."""
    from api.answers.snapshot import make_snapshot, snapshot_folder
    from layers.lookup.snapshots import current_state

    run = shell(ctx)
    with run.store() as store:
        folder = snapshot_folder(run.settings.home, current_state(store).version)
        made = make_snapshot(store, OPERATOR, folder, as_of=run.day(as_of))
    run.say(f"{len(made)} files → {folder}", f"{len(made)} 个文件 → {folder}")
