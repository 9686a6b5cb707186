"""Groups of commands made from the table of contents: they help and complain without the code of any command, and
import the module of the one that is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand, TyperGroup

from api.cli.contents import Entry, Section
from api.cli.speaking import in_chinese, speak
from api.settings import Lang
from geo.errors import Words

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

Panels = Mapping[Words, Mapping[str, Entry | Section]]


def make_group(
    name: str, purpose: Words, panels: Panels, options: Callable[..., None] | None = None, *, lang: Lang
) -> TyperGroup:
    """A group of the commands of `panels`, its help in `lang`; `options` are its own and run before each of them."""
    app = typer.Typer(
        name=name,
        cls=LazyGroup,
        help=purpose.text(lang),
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(options or _nothing)
    group = typer.main.get_group(app)
    assert isinstance(group, LazyGroup)  # noqa: S101  as asked for above
    group.panels, group.lang = panels, lang
    speak(group, lang)
    group.commands = {
        name: _spine(name, entry, lang) for entries in panels.values() for name, entry in entries.items()
    }
    return group


def load(name: str, entry: Entry, lang: Lang) -> TyperCommand:
    """The command of an entry, its module imported."""
    module, _, function = entry.where.partition(":")
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, cls=OneCommand, help=entry.purpose.text(lang))(
        getattr(import_module(f"api.cli.{module}"), function)
    )
    command = typer.main.get_command(app)
    assert isinstance(command, OneCommand)  # noqa: S101  one command alone is no group
    command.lang = lang
    speak(command, lang)
    return command


class OneCommand(TyperCommand):
    """A command whose help is in one language."""

    lang: Lang = "zh"

    def get_help(self, ctx: Context) -> str:
        """The help page, its headings in the language of the rest."""
        page = super().get_help(ctx)
        return in_chinese(page) if self.lang == "zh" else page


class LazyGroup(TyperGroup):
    """A group that holds names and purposes until one of its commands is called."""

    panels: Panels
    lang: Lang = "zh"

    def get_help(self, ctx: Context) -> str:
        """The help page, its headings in the language of the rest."""
        page = super().get_help(ctx)
        return in_chinese(page) if self.lang == "zh" else page

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """The command that is called, loaded."""
        name, command, rest = super().resolve_command(ctx, args)
        found = {own: entry for entries in self.panels.values() for own, entry in entries.items()}.get(
            name or ""
        )
        return name, load(name or "", found, self.lang) if isinstance(found, Entry) else command, rest

    def format_commands(self, _ctx: Context, formatter: HelpFormatter) -> None:
        """The commands under their headings, all purposes in one column."""
        widest = max(map(len, self.commands))
        limit = formatter.width - 6 - widest
        for heading, entries in self.panels.items():
            with formatter.section(heading.text(self.lang)):
                formatter.write_dl(
                    [(name.ljust(widest), self.commands[name].get_short_help_str(limit)) for name in entries]
                )


def _spine(name: str, entry: Entry | Section, lang: Lang) -> TyperCommand | TyperGroup:
    """What stands in the help for a command, as the spine of a book stands for what is in it."""
    if isinstance(entry, Section):
        return make_group(name, entry.purpose, {Words("Commands", "命令"): entry.entries}, lang=lang)
    return TyperCommand(name, help=entry.purpose.text(lang), rich_markup_mode=None)


def _nothing() -> None:
    """Options of a group that has none."""
