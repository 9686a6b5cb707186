"""The command line: `wangge`. Commands parse, call and print; here the one called is run and its errors become
one line and an exit code."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer

from api.about import NAME, program_version
from api.cli.contents import CONTENTS
from api.cli.groups import make_group
from api.cli.speaking import complaint, printable, system_lang
from api.settings import PREFIX, Lang, Settings
from geo.errors import (
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    StoreError,
    WanggeError,
    Words,
)

BAD_INPUT = 2
"""Exit code when what was asked or given cannot be used."""
EXIT_CODES: dict[type[WanggeError], int] = {
    InputError: BAD_INPUT,
    NotFoundError: BAD_INPUT,
    NotAllowedError: BAD_INPUT,
    ConflictError: BAD_INPUT,
    StoreError: 1,
}
"""The one table from error class to exit code; what is not in it is 1."""

_PURPOSE = Words("Draw, check, publish and look up service grids", "网格：划分、检查、发布与查询社区服务网格")


_OBJECTS_BETWEEN_COLLECTIONS = 20_000


def _show_version(asked: bool) -> None:
    if asked:
        print(NAME, program_version())  # noqa: T201
        raise typer.Exit


def _options(
    ctx: typer.Context,
    lang: Annotated[
        Literal["zh", "en"] | None,
        typer.Option("--lang", help="输出语言，可写在任何位置  Language, anywhere on the line"),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="显示版本  Show the version"),
    ] = False,
) -> None:
    # results of a command are laid out by rich; help and complaints are not
    from api.cli.shell import Shell

    settings = Settings.read()
    ctx.obj = Shell.start(settings, lang or system_lang())


def main(args: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code: 0 done, 1 failed, 2 bad input, 130 stopped by the user."""
    if args is None:
        _collect_little()
    given = list(sys.argv[1:] if args is None else args)
    printable()
    lang, front, rest = _lang_first(given)
    sys.exit(_run([*front, *(rest or ["--help"])], lang))


def _collect_little() -> None:
    """What a command loads stays until its process ends: to look among it for what could be thrown away, while loading
    and once more at the end, took a quarter of the time of `wangge locate`."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)


def _run(args: list[str], lang: Lang) -> int:
    try:
        group = make_group(NAME, _PURPOSE, CONTENTS, _options, lang=lang)
        result: Any = group.main(args, prog_name=NAME, standalone_mode=False)
    except typer.TyperException as error:
        message = " ".join(error.format_message().split())
        return _leave(Words(message, f"参数有误：{complaint(message)}"), lang, BAD_INPUT, error)
    except WanggeError as error:
        code = next((EXIT_CODES[cls] for cls in type(error).__mro__ if cls in EXIT_CODES), 1)
        return _leave(error.words, lang, code, error)
    except (KeyboardInterrupt, typer.Abort) as error:
        return _leave(Words("stopped", "已中止"), lang, 130, error)
    except BrokenPipeError:
        # whoever read our output has closed it; what is still buffered must not be complained about at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError as error:
        return _leave(
            Words("not enough memory; take fewer communities at a time", "内存不足；请减少一次处理的社区"),
            lang,
            1,
            error,
        )
    except OSError as error:
        from layers.files.system_faults import refused_by_system  # help and complaints load no layer

        return _leave(refused_by_system(error), lang, 1, error)
    except Exception as error:
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        return _leave(
            Words(
                f"unexpected error, {what}; set WANGGE_DEBUG=1 to see where",
                f"意外错误：{what}；设置 WANGGE_DEBUG=1 可查看位置",
            ),
            lang,
            1,
            error,
        )
    return result if isinstance(result, int) else 0


def _leave(words: Words, lang: Lang, code: int, error: BaseException) -> int:
    if os.environ.get(f"{PREFIX}DEBUG", "").lower() in ("1", "true", "yes"):
        traceback.print_exception(error)
    print(f"wangge: {' '.join(words.text(lang).split())}", file=sys.stderr)  # noqa: T201
    return code


def _lang_first(args: Sequence[str]) -> tuple[Lang, list[str], list[str]]:
    """The language, for errors that come before parsing; `--lang` with its value, taken out of wherever the user put
    it, for the front of the line where the parser wants it; and the rest."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(args)
    for arg in waiting:
        if arg == "--":
            rest += [arg, *waiting]
        elif arg == "--lang":
            front = [arg, *([value] if (value := next(waiting, None)) is not None else [])]
        elif arg.startswith("--lang="):
            front = [arg]
        else:
            rest.append(arg)
    named = front[-1].rpartition("=")[2] if front else system_lang()
    return "en" if named == "en" else "zh", front, rest
