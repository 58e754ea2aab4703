"""The forms of an import: the pages, and what the pages do not say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import discord

from bot.chat.lengths import FIELD_LIMIT
from bot.chat.ui import Field, Option, form, select_field, text_field
from bot.chat.views.deadlines import DATE_HINT
from bot.domain.dates.folding import LONGEST
from bot.domain.drafts import DraftReport
from bot.domain.links import LINK_LIMIT
from bot.domain.reports import Report, long_date
from bot.domain.staged import Given

REPORT, RESPONSE = "report", "response"
BY_ITSELF = "-"
MOST_FILES = 10


def pages_form(held: Sequence[Report]) -> discord.ui.Modal:
    """Ask for up to ten saved pages or a pasted text, what they are, and which report they belong to."""
    options = [Option("Find out from the page, or make a new report", BY_ITSELF, chosen=True)]
    options += [Option(report.short_title, report.slug) for report in reversed(held)]
    return form(
        "Import a report or its answers",
        "import.pages",
        Field(
            "Saved pages",
            discord.ui.FileUpload(custom_id="files", required=False, min_values=0, max_values=MOST_FILES),
            "HTML, PDF or text: the page “Conclusions and recommendations”",
        ),
        text_field(
            "text",
            "Or paste the text",
            description="For a long list, save the page instead. Postbag doesn't open links.",
            required=False,
            long=True,
            most=FIELD_LIMIT,
        ),
        select_field(
            "what",
            "What is it?",
            [
                Option("The committee's report", REPORT, chosen=True),
                Option("The Government's response to a report", RESPONSE),
            ],
        ),
        select_field("of", "Which report?", options),
        text_field(
            "link",
            "Where anyone can read it",
            description="The address of the page, for a new report",
            required=False,
            most=LINK_LIMIT,
            placeholder="https://",
        ),
    )


def missing_form(staged_id: int, draft: DraftReport, given: Given) -> discord.ui.Modal:
    """Ask for what the pages do not say."""
    day = given.published_on or draft.published_on
    return form(
        "What the pages don't say",
        "import.filled",
        text_field("title", "The report's title", value=given.title or draft.title, most=300),
        text_field("committee", "The committee", value=given.committee or draft.committee, most=200),
        text_field("date", "Published on", description=DATE_HINT, value=long_date(day) if day else "", most=LONGEST),
        text_field(
            "link", "The address of the report", value=given.url or draft.url, most=LINK_LIMIT, placeholder="https://"
        ),
        args=(staged_id,),
    )


def response_form(staged_id: int, day: date | None, link: str) -> discord.ui.Modal:
    """Ask for the day and the address of a response, once for all of its answers."""
    return form(
        "The Government's response",
        "sitting.source",
        text_field(
            "date", "Date of the response", description=DATE_HINT, value=long_date(day) if day else "", most=LONGEST
        ),
        text_field("link", "Its web address", value=link, most=LINK_LIMIT, placeholder="https://"),
        args=(staged_id,),
    )
