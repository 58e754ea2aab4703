"""All shipped reports together, as people press them: start, search over every report, a subject, a card there and back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.ui import custom_id
from bot.rehearsal.reading import buttons_of, links_of, options_of, text_of

pytestmark = [pytest.mark.every_pack, pytest.mark.asyncio]


async def test_start_shows_the_reports_together(room: Any) -> None:
    started = await room.member.slash(room.channel, "start")
    said = text_of(started.response)
    assert "- Never Again, 2021: 37 recommendations" in said
    assert said.index("Transnational repression in the UK, 2025") < said.index("Never Again, 2021")
    values = [option["value"] for option in options_of(started.response)]
    assert "forced-labour" in values
    assert "Forced labour" in values
    read = await room.member.click(started.response, label="Read the recommendations")
    assert "Never Again" in text_of(read.response), "the fullest report is where a newcomer starts"


async def test_a_subject_is_one_list_over_every_report(room: Any) -> None:
    shown = await room.member.slash(room.channel, "recommendations browse", theme="Safety in the UK")
    said = text_of(shown.response)
    assert said.index("Transnational repression in the UK, 2025") < said.index("**R-01**")
    second = await room.member.click(shown.response, label="Next")
    assert "__Never Again, 2021__" in text_of(second.response)
    assert "**T-12** Harassment in the UK\n-# Find out urgently how far Uyghurs in the UK are harassed" in text_of(
        second.response
    )


async def test_search_looks_in_every_report_and_says_where_it_did_not(room: Any) -> None:
    every = await room.member.slash(room.channel, "recommendations search", query="cotton")
    said = text_of(every.response)
    assert said.index("__Never Again, 2021__") < said.index("__Forced Labour in UK Supply Chains, 2025__")
    one = await room.member.slash(room.channel, "recommendations search", query="cotton", report="forced-labour")
    assert "Only Forced Labour in UK Supply Chains was searched" in text_of(one.response)
    assert "more** in other reports" in text_of(one.response)
    opened = await room.member.select(
        one.response, ["never-again/T-18"], custom_id=custom_id("report.card", "elsewhere")
    )
    assert "Cotton" in text_of(opened.response)


async def test_a_group_that_follows_one_report_is_led_to_the_others(room: Any) -> None:
    await room.set_up()
    await room.organiser.slash(room.channel, "reports follow", report="atrocity-prevention")
    missing = await room.member.slash(room.channel, "recommendations show", number="T-21")
    assert "Another report has it" in text_of(missing.response)
    assert [o["value"] for o in options_of(missing.response)] == ["never-again/T-21"]
    found = await room.member.slash(room.channel, "recommendations search", query="national strategy")
    said = text_of(found.response)
    assert said.index("From Srebrenica to a safer tomorrow, 2022") < said.index("Never Again, 2021")


async def test_a_card_leads_to_where_it_was_asked_again_and_back(room: Any) -> None:
    cotton = await room.member.slash(room.channel, "recommendations show", number="never again T-18")
    said = text_of(cotton.response)
    assert "Asked again in** 2025: F-03 Import ban" in said
    assert "now with** Department for Business and Trade" in said
    assert "Read the report" in str(links_of(cotton.response))
    ban = await room.member.click(cotton.response, label="Asked again: F-03, 2025")
    assert "Follows** 2021: T-18 Cotton" in text_of(ban.response)
    back = await room.member.click(ban.response, label="Follows: T-18, 2021")
    assert "T-18 (number not confirmed): Cotton" in text_of(back.response)


async def test_everything_since_is_behind_a_button_in_pages(room: Any) -> None:
    card = await room.member.slash(room.channel, "recommendations show", number="never-again/1")
    assert text_of(card.response).count("\n- ") == 2
    every = await room.member.click(card.response, label="All 7 since then")
    assert "newest first" in text_of(every.response)
    older = await room.member.click(every.response, label="Older")
    assert "25 November 2021" in text_of(older.response)
    assert "Older" not in buttons_of(older.response)
    again = await room.member.click(older.response, label="Back to the card")
    assert "Genocide determination" in text_of(again.response)


async def test_a_report_says_how_its_answers_are_known(room: Any) -> None:
    shown = await room.member.slash(room.channel, "reports show", report="uyghur-forced-labour")
    said = text_of(shown.response)
    assert "How the Government answered** 4 recommendations" in said
    assert "- Not agreed: 3, from news reports or other secondary sources" in said
    assert "- 2 conclusions: no answer is expected" in said
    joint = text_of((await room.member.slash(room.channel, "reports show", report="forced-labour")).response)
    assert "Joint Committee on Human Rights, HL Paper 159, HC 633" in joint
    assert "Answered by 31 October 2025 at the latest, at most 37 days late" in joint
