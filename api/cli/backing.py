"""Commands that put the whole store into one file and back: backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.shell import shell, writable
from geo.errors import ConflictError, InputError

if TYPE_CHECKING:
    from layers.store.keys import Keys


def backup(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="备份文件，如 wangge-2026-11-29.zip  File to write")],
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys", help="密钥另存为此文件，与备份分开保管  Where a copy of the keys goes, apart from it"
        ),
    ] = None,
) -> None:
    """One state of the whole store, its jobs, snapshots and rules in one file that only its owner reads, while the server
    runs. Maps, exports and fault lists are not in it: they can be made anew."""
    from layers.backup.whole import write_backup
    from layers.files.atomic import drafted

    run = shell(ctx)
    if keys is not None and keys.absolute().parent == out.absolute().parent:
        raise InputError(
            "keep the keys apart from the backup: name another folder",
            "密钥须与备份分开存放；请指定其他文件夹",
        )
    with run.store() as store:
        with drafted(writable(out)) as draft:
            made = write_backup(store, run.settings.home, draft, now=run.now)
        held = store.keys.read()
        if keys is not None and held is not None:
            with drafted(writable(keys)) as draft:
                draft.write_text(held.text(), "ascii")
    rows = sum(made.rows.values())
    run.say(
        f"{rows:,} rows of schema {made.revision} and {made.files} files → {out}",
        f"{rows:,} 行（结构 {made.revision}）、{made.files} 个文件 → {out}",
    )
    if keys is None and held is not None:
        run.complain(
            run.text(
                "the secret keys are not in it: keep a copy apart (--keys), or nothing personal can be read after a restore",
                "备份中不含密钥；请另存一份（--keys），否则恢复后无法读取住户信息",
            )
        )


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="备份文件  The backup")],
    keys: Annotated[Path | None, typer.Option("--keys", help="密钥文件  The copy of the keys")] = None,
) -> None:
    """Put a backup into an empty store and folder, of either kind; all or nothing."""
    from layers.backup.whole import restore_backup
    from layers.store.database import Store

    run = shell(ctx)
    settings = run.settings
    store = Store.open(url=settings.database_url, home=settings.home, keys=settings.keys)
    try:
        here = store.keys.read()
        brought = here if keys is None else _brought(keys, here)
        done = restore_backup(store, settings.home, file, keys=brought)
        if here is None and brought is not None and store.keys.path is not None:
            _keep(brought, store.keys.path)
    finally:
        store.close()
    rows = sum(done.backup.rows.values())
    run.say(
        f"{rows:,} rows and {done.backup.files - done.closed} files as of {done.backup.made:%Y-%m-%d %H:%M} UTC are back",
        f"已恢复 {rows:,} 行、{done.backup.files - done.closed} 个文件，截至 {done.backup.made:%Y-%m-%d %H:%M} UTC",
    )
    if done.closed:
        run.complain(
            run.text(
                f"{done.closed} files stayed in the backup: uploads and what jobs made open with the keys only (--keys)",
                f"有 {done.closed} 个文件未恢复：上传文件与任务结果须有密钥（--keys）才能取出",
            )
        )


def _brought(file: Path, here: Keys | None) -> Keys:
    """The keys of a file. Raises `InputError` where it cannot be read, `ConflictError` where there are others already."""
    from layers.store.keys import Keys

    try:
        brought = Keys.parse(file.read_text("ascii"), source=str(file))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not ASCII"
        raise InputError(f"cannot read {file}: {why}", f"无法读取 {file}：{why}") from error
    if here is not None and here != brought:
        raise ConflictError(
            "this folder has other keys already; take them away first", "此处已有其他密钥；请先移走"
        )
    return brought


def _keep(keys: Keys, place: Path) -> None:
    from layers.files.atomic import drafted

    with drafted(place, make_folder=True) as draft:
        draft.write_text(keys.text(), "ascii")
