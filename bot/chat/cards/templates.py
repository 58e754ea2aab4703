"""Cards of a group's own letter templates: the list, one version with what is wrong with it, and its previews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.chat.cards.letters import MAIN
from bot.chat.ui import CHOICE_LIMIT, Act, Card, Option, clip, form, text_field
from bot.chat.ui import Field as FormField
from bot.chat.views.letters import as_shown_by_discord
from bot.domain.letter_templates import MOST_SUMMARY, MOST_TEXT, MOST_TITLE, GroupTemplate, TemplateState
from bot.domain.letters import Letter, Recipient, Standing
from bot.domain.members import Member, MemberRole
from bot.services.letter_templates import HeldTemplate
from bot.services.ports.files import File

SEAT = "Lanternwick"


def _invented(name: str, called: str, role: MemberRole, post: str = "") -> Recipient:
    member = Member(0, name, f"{name} MP", called, name, "Lantern Party (invented)", SEAT, role, post)
    return Recipient(SEAT, Standing.IN_OFFICE, member=member)


PREVIEWS = {
    "backbencher": ("A backbencher", _invented("Odalys Fennimore", "Ms Fennimore", MemberRole.BACKBENCHER)),
    "minister": (
        "A minister",
        _invented("Peregrine Tallowby", "Mr Tallowby", MemberRole.MINISTER, "Minister of Lanterns (invented)"),
    ),
    "vacant": ("A vacant seat", Recipient(SEAT, Standing.VACANT)),
}
"""Whom a preview is written to; all are made up."""


def list_card(held: Sequence[HeldTemplate]) -> Card:
    """List drafts and what is in use; older versions are found on the card of each."""
    listed = [one for one in held if one.template.state in (TemplateState.DRAFT, TemplateState.LIVE)]
    newest = {one.template.series: one for one in reversed(held) if one.template.state is TemplateState.RETIRED}
    shown_series = {one.template.series for one in listed}
    listed += [one for series, one in newest.items() if series not in shown_series]
    card = Card("Your group's letter templates")
    if not listed:
        card.text("None yet. Only this server will see a template, and only once a second organiser has approved it.")
        return card.buttons(Act("Write one", "template.new", style=MAIN))
    lines = [f"- **{as_shown_by_discord(one.template.title)}**: {_standing(one)}" for one in listed[:CHOICE_LIMIT]]
    card.text("\n".join(lines))
    card.select(
        "template.open",
        [
            Option(one.template.name, str(one.template.template_id), one.template.state.label)
            for one in listed[:CHOICE_LIMIT]
        ],
        placeholder="Open one",
    )
    return card.buttons(Act("Write a new one", "template.new"))


def _standing(one: HeldTemplate) -> str:
    label = one.template.state.label.lower()
    if one.template.version:
        label += f", version {one.template.version}"
    return f"{label}; {len(one.letter.problems)} to fix" if one.letter.problems else label


def template_card(one: HeldTemplate, held: Sequence[HeldTemplate], *, mine: bool) -> tuple[Card, tuple[File, ...]]:
    """Show one version with its text and what may be done with it; the whole text is in the file."""
    template = one.template
    card = Card(template.name).text(f"{as_shown_by_discord(template.summary)}\n**{template.state.label}**")
    if one.letter.problems:
        lines = [f"- Line {line}: {as_shown_by_discord(why)}" for line, why in one.letter.problems[:12]]
        card.text("**Fix these before it can be approved**\n" + "\n".join(lines))
    else:
        card.select(
            "template.see",
            [Option(label, key) for key, (label, _) in PREVIEWS.items()],
            args=(template.template_id,),
            placeholder="Preview it, written to …",
        )
    card.text("\n".join(f"> {line}" for line in as_shown_by_discord(clip(template.text, 1500)).splitlines()))
    acts = [
        Act(
            "Edit" if template.state is TemplateState.DRAFT else "New version", "template.edit", (template.template_id,)
        )
    ]
    at = (template.template_id, template.revision)
    if template.state is TemplateState.DRAFT:
        if not one.letter.problems and not mine:
            acts.insert(0, Act("Approve", "template.approve", at, MAIN))
        acts.append(Act("Delete the draft", "template.discard", at))
        if mine:
            card.small("You wrote this, so another organiser has to approve it: /admin template review.")
    elif template.state is TemplateState.LIVE:
        acts.append(Act("Retire", "template.retire", (template.template_id,)))
    else:
        acts.insert(0, Act("Use this version again", "template.back", (template.template_id,)))
    card.buttons(*acts, Act("All templates", "template.list"))
    others = [
        other.template
        for other in held
        if other.template.series == template.series and other.template.template_id != template.template_id
    ]
    if others:
        options = [Option(o.name, str(o.template_id), o.state.label) for o in others[:CHOICE_LIMIT]]
        card.select("template.open", options, args=("other",), placeholder="Other versions")
    return card, (text_file_of(template.title, template.summary, template.text),)


def text_file_of(title: str, summary: str, text: str) -> File:
    """Give the words of a template as a file, so that nothing typed is lost."""
    words = f"{{# {title}: {summary} #}}\n{text}" if not text.strip() else text
    return File("template.txt", "text/plain", words.encode(errors="replace"))


def preview_of(one: HeldTemplate, label: str, letter: Letter) -> Card:
    """Show the sample as it would be written to one invented Member."""
    card = Card(f"{one.template.title}: {label.lower()}")
    card.text("\n".join(f"> {line}" for line in as_shown_by_discord(letter.text).splitlines()))
    return card.small(
        f"{letter.words} words. The MP, the constituency and the writer's words are made up. Nothing was sent or saved."
    )


def template_form(template: GroupTemplate | None) -> discord.ui.Modal:
    """Ask for a template's words, with what there is."""
    upload: discord.ui.FileUpload[Any] = discord.ui.FileUpload(
        custom_id="file", required=False, min_values=0, max_values=1
    )
    fields = [
        text_field("title", "Title", value=template.title if template else "", most=MOST_TITLE),
        text_field(
            "summary", "What it's for, in a sentence", value=template.summary if template else "", most=MOST_SUMMARY
        ),
        text_field(
            "text",
            "The text",
            description="Fields in braces: {{ salutation }} {{ why }} {{ ask }} {{ close }}. /help lists them.",
            value=template.text if template else START_TEXT,
            long=True,
            most=MOST_TEXT,
            required=False,
        ),
        FormField("Or a text file", upload, "UTF-8, used instead of the text above"),
    ]
    args = (template.template_id, template.revision) if template else ()
    return form("A letter of your group's own", "template.keep", *fields, args=args)


START_TEXT = """{{ salutation }}

I live in {{ constituency }}. {{ asked }} {{ answered }}

{{ why }}

{{ local }}

{{ ask }}

{{ close }}
"""
