"""Reading recommendations and following reports in Discord, pressed as a person would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.chat.showing import Showing
from bot.clock import MovableClock
from bot.config import Settings
from bot.domain.errors import Refused
from bot.rehearsal.reading import buttons_of, links_of, options_of, text_of
from bot.rehearsal.stage import Stage, open_stage


def public(room: Any) -> list[str]:
    return [text_of(m) for m in room.channel.history() if not m.flags.ephemeral]


def value_of(shown: Any, words: str) -> str:
    return next(str(option["value"]) for option in options_of(shown) if words in option["label"])


@pytest.mark.asyncio
async def test_a_newcomer_reaches_a_card_in_four_interactions(room: Any) -> None:
    start = await room.member.slash(room.channel, "start")
    doors = await room.member.click(start.response, label="Read the recommendations")
    assert len([b for b in buttons_of(doors.response) if b != "About this report"]) == 5
    listed = await room.member.click(doors.response, label="Support for the diaspora")
    card = await room.member.select(listed.response, [value_of(listed.response, "Asylum")])
    shown = text_of(card.response)
    assert "T-10 (number not confirmed): Asylum" in shown
    assert "The Government's answer: Unknown" in shown
    for result in (start, doors, listed, card):
        assert result.acknowledged
        assert result.response.ephemeral
    assert public(room) == []


@pytest.mark.asyncio
async def test_one_command_opens_a_card_with_answer_and_sources(room: Any) -> None:
    result = await room.member.slash(room.channel, "recommendations show", number="1")
    shown = text_of(result.response)
    assert "Recommendation 1: Genocide determination" in shown
    assert "Not agreed, by the Government of 2021, 1 November 2021" in shown
    assert "Not endorsed by Parliament" in shown
    assert "Read the report" in links_of(result.response)
    assert result.response.ephemeral
    sources = await room.member.click(result.response, label="Sources")
    for part in ("**What it asks**", "**The Government's answer**", "**What's happened since**"):
        assert part in text_of(sources.response)
    back = await room.member.click(sources.response, label="Back to the card")
    assert "Recommendation 1: Genocide determination" in text_of(back.response)


@pytest.mark.asyncio
@pytest.mark.parametrize("number", ["T-12", "t12", "never-again/T-12", "harassment"])
async def test_a_recommendation_is_named_in_many_ways(room: Any, number: str) -> None:
    result = await room.member.slash(room.channel, "recommendations show", number=number)
    assert "T-12 (number not confirmed)" in text_of(result.response)


@pytest.mark.asyncio
async def test_an_unknown_number_says_which_are_confirmed_and_offers_the_list(room: Any) -> None:
    result = await room.member.slash(room.channel, "recommendations show", number="27")
    assert "Confirmed numbers: 1–6" in text_of(result.response)
    assert buttons_of(result.response) == ["See the list"]
    listed = await room.member.click(result.response, label="See the list")
    assert "37 in all" in text_of(listed.response)


@pytest.mark.asyncio
async def test_what_fits_several_is_asked(room: Any) -> None:
    result = await room.member.slash(room.channel, "recommendations show", number="para 54")
    assert [o["value"] for o in options_of(result.response)] == ["never-again/T-25", "never-again/T-26"]
    card = await room.member.select(result.response, ["never-again/T-26"])
    assert "Universities" in text_of(card.response)


@pytest.mark.asyncio
@pytest.mark.parametrize("number", ["", " ", "@everyone", "**bold** [x](https://evil.example)", "x" * 100])
async def test_bad_input_is_answered_kindly_and_privately(room: Any, number: str) -> None:
    result = await room.member.slash(room.channel, "recommendations show", number=number)
    shown = text_of(result.response)
    assert result.response.ephemeral
    assert "Something went wrong" not in shown
    assert "/recommendations browse" in shown or options_of(result.response)
    assert public(room) == []


@pytest.mark.asyncio
async def test_autocomplete_offers_while_typing(room: Any) -> None:
    typed = await room.member.autocomplete(room.channel, "recommendations show", "number", "genocde")
    assert typed[0] == {"name": "1 · Genocide determination", "value": "never-again/1"}
    assert len(await room.member.autocomplete(room.channel, "recommendations show", "number", "")) == 25
    reports = await room.member.autocomplete(room.channel, "reports show", "report", "nev")
    assert [r["value"] for r in reports] == ["never-again"]
    themes = await room.member.autocomplete(room.channel, "recommendations browse", "theme", "olym")
    assert [t["name"] for t in themes[:2]] == ["Beijing Olympics", "Winter Olympics: attendance"]
    assert (
        await room.member.autocomplete(room.channel, "recommendations show", "number", "x", report="no such")
        is not None
    )


@pytest.mark.asyncio
async def test_browsing_pages_back_and_forth_and_survives_a_restart(room: Any) -> None:
    first = await room.member.slash(room.channel, "recommendations browse")
    assert "Page 1 of 5" in text_of(first.response)
    await room.restart()
    second = await room.member.click(first.response, label="Next")
    assert "Page 2 of 5" in text_of(second.response)
    card = await room.member.select(second.response, [str(options_of(second.response)[0]["value"])])
    assert "T-03" in text_of(card.response)
    await room.restart()
    back = await room.member.click(card.response, label="Back to the list")
    assert "Page 2 of 5" in text_of(back.response)
    again = await room.member.click(back.response, label="Previous")
    assert "Page 1 of 5" in text_of(again.response)


@pytest.mark.asyncio
async def test_browsing_by_department_and_by_what_happened_since(room: Any) -> None:
    offered = await room.member.autocomplete(room.channel, "recommendations browse", "department", "hmrc")
    assert [choice["name"] for choice in offered] == ["HM Revenue & Customs"]
    revenue = await room.member.slash(room.channel, "recommendations browse", department="hmrc")
    assert "HM Revenue & Customs" in text_of(revenue.response)
    wanted = [
        i
        for i in room.app.services.reports.for_group(None).browse("never-again")
        if "HM Revenue & Customs" in i.item.addressees
    ]
    assert len(wanted) == 2
    assert all(found.item.theme in text_of(revenue.response) for found in wanted)
    silent = await room.member.slash(
        room.channel, "recommendations browse", report="never-again", since="nothing recorded"
    )
    assert "since then: nothing recorded" in text_of(silent.response)
    sought = await room.member.slash(
        room.channel, "recommendations browse", report="never-again", since="no evidence found"
    )
    assert "UNESCO" in text_of(sought.response) or "Next" in [b["label"] for b in buttons_of(sought.response)]
    second = await room.member.click(sought.response, label="Next")
    assert "since then: no evidence found" in text_of(second.response), "the filter outlives the press"
    none = await room.member.slash(room.channel, "recommendations browse", department="Ministry of Magic")
    assert "It asks these to act: Foreign, Commonwealth & Development Office" in text_of(none.response)
    several = await room.member.slash(room.channel, "recommendations browse", department="department for")
    assert "Several match" in text_of(several.response)


@pytest.mark.asyncio
async def test_browsing_by_theme_and_answer(room: Any) -> None:
    refused = await room.member.slash(room.channel, "recommendations browse", answer="not agreed")
    assert [o["value"].rpartition("/")[2] for o in options_of(refused.response)] == ["1", "T-18", "T-19", "T-28"]
    theme = await room.member.slash(room.channel, "recommendations browse", theme="Cotton", report="never-again")
    assert [o["value"] for o in options_of(theme.response)] == ["never-again/T-18"]
    olympics = await room.member.slash(room.channel, "recommendations browse", theme="olympics")
    assert len(options_of(olympics.response)) == 5
    nothing = await room.member.slash(room.channel, "recommendations browse", theme="ئۇيغۇر تىلى" * 9)
    assert "Nothing matches" in text_of(nothing.response)
    assert buttons_of(nothing.response) == ["See all"]


@pytest.mark.asyncio
async def test_searching_forgives_and_finds_nothing_kindly(room: Any) -> None:
    found = await room.member.slash(room.channel, "recommendations search", query="coton ban")
    assert options_of(found.response)[0]["value"] == "never-again/T-18"
    nothing = await room.member.slash(room.channel, "recommendations search", query="zzqq @everyone")
    assert "Nothing matches" in text_of(nothing.response)
    card = await room.member.select(found.response, ["never-again/T-18"])
    assert "Cotton" in text_of(card.response)


@pytest.mark.asyncio
async def test_show_to_everyone_posts_the_bots_own_message_and_does_not_say_who(room: Any) -> None:
    card = await room.member.slash(room.channel, "recommendations show", number="3")
    done = await room.member.click(card.response, label="Show to everyone")
    (message,) = [m for m in room.channel.history() if not m.flags.ephemeral]
    shown = text_of(message)
    assert "Recommendation 3: Observer access" in shown
    assert "tomos" not in shown.casefold()
    assert message.interaction_metadata is None
    assert message.reference is None
    assert "doesn't say who asked" in text_of(done)
    assert buttons_of(message) == ["Use in my letter", "Sources", "Remind me", "Something wrong?"]
    post = next(
        r for r in room.env.http_requests if r.path == f"/channels/{room.channel.id}/messages" and r.method == "POST"
    )
    assert post.json["allowed_mentions"]["parse"] == []
    taken_up = await room.second_organiser.click(message, label="Use in my letter")
    assert taken_up.modal is not None or taken_up.response.ephemeral
    assert public(room) == [shown], "a press on the public card changes nothing for others"
    again = await room.member.click(card.response, label="Show to everyone")
    assert "posted here a few minutes ago" in text_of(again)
    assert len(public(room)) == 1


@pytest.mark.asyncio
async def test_a_card_is_not_shown_where_the_person_may_not_write(room: Any) -> None:
    silent = discord.PermissionOverwrite(send_messages=False)
    notices = room.guild.create_text_channel("read-only", overwrites={room.guild.default_role: silent})
    card = await room.member.slash(notices, "recommendations show", number="3")
    refused = await room.member.click(card.response, label="Show to everyone")
    assert "You can't post in this channel" in text_of(refused)
    assert [m for m in notices.history() if not m.flags.ephemeral] == []


@pytest.mark.asyncio
async def test_a_missing_permission_of_the_bot_is_named(room: Any) -> None:
    bot = room.guild.me
    closed = room.guild.create_text_channel(
        "closed", overwrites={bot: discord.PermissionOverwrite(send_messages=False)}
    )
    card = await room.member.slash(closed, "recommendations show", number="3")
    refused = await room.member.click(card.response, label="Show to everyone")
    assert "It's missing Send Messages" in text_of(refused)


@pytest.mark.asyncio
async def test_a_card_is_not_shown_to_everyone_in_direct_messages(room: Any) -> None:
    private = await room.outsider.slash("recommendations show", number="3")
    told = await room.outsider.click(private.response, label="Show to everyone")
    assert "only show cards in a server" in text_of(told)


def test_a_channel_cannot_be_flooded() -> None:
    showing, now = Showing(), datetime(2026, 3, 2, tzinfo=UTC)
    for item in ("a", "b", "c"):
        showing.begin(1, item, now)
    with pytest.raises(Refused, match="wait a minute"):
        showing.begin(1, "d", now)
    showing.begin(2, "d", now)
    showing.begin(1, "d", now + timedelta(minutes=2))
    found = showing.find(1, "a", now + timedelta(minutes=9))
    assert found is not None
    showing.forget(found)
    assert showing.find(1, "a", now + timedelta(minutes=9)) is None
    assert showing.find(1, "b", now + timedelta(minutes=11)) is None


@pytest.mark.asyncio
async def test_the_closed_clock_is_told_honestly(room: Any) -> None:
    listed = await room.member.slash(room.channel, "reports list")
    assert "54 days late" in text_of(listed.response)
    result = await room.member.slash(room.channel, "reports show", report="never-again")
    shown = text_of(result.response)
    for words in (
        "8 July 2021",
        "8 September 2021",
        "2 calendar months",
        "1 November 2021",
        "54 days late",
        "Licence v3.0",
    ):
        assert words in shown
    assert result.response.ephemeral
    unknown = await room.member.slash(room.channel, "reports show", report="nothing")
    assert "Postbag has: Never Again" in text_of(unknown.response)


@pytest.mark.asyncio
async def test_an_organiser_follows_and_unfollows(group: Any) -> None:
    followed = await group.organiser.slash(group.channel, "reports follow", report="never-again")
    assert "This group follows Never Again" in text_of(followed)
    assert "54 days late" in text_of(followed)
    assert "followed here" in text_of((await group.member.slash(group.channel, "reports list")).response)
    await group.restart()
    assert "followed here" in text_of((await group.member.slash(group.channel, "reports list")).response)
    gone = await group.organiser.slash(group.channel, "reports unfollow")
    assert "No longer followed: Never Again" in text_of(gone)
    none = await group.organiser.slash(group.channel, "reports unfollow")
    assert "doesn't follow any report" in text_of(none)
    again = await group.organiser.click(gone.response, label="Follow it again")
    assert "This group follows Never Again" in text_of(again)
    assert public(group) == []


@pytest.mark.asyncio
async def test_following_is_for_organisers_in_a_server(group: Any) -> None:
    refused = await group.member.slash(group.channel, "reports follow", report="never-again")
    assert "organisers" in text_of(refused)
    card = await group.member.slash(group.channel, "reports show", report="never-again")
    assert "Follow this report" not in buttons_of(card.response), "nobody is offered what they would be refused"
    theirs = await group.organiser.slash(group.channel, "reports show", report="never-again")
    assert "Follow this report" in buttons_of(theirs.response)
    alone = await group.outsider.slash("reports follow", report="never-again")
    assert "in its server" in text_of(alone)
    assert "followed here" not in text_of((await group.member.slash(group.channel, "reports list")).response)


@pytest.mark.asyncio
async def test_it_works_in_direct_messages(room: Any) -> None:
    card = await room.outsider.slash("recommendations show", number="T-18")
    assert "Cotton" in text_of(card.response)
    doors = await room.outsider.click((await room.outsider.slash("start")).response, label="Read the recommendations")
    assert "Never Again" in text_of(doors.response)
    report = await room.outsider.slash("reports show", report="never-again")
    assert "Follow this report" not in buttons_of(report.response)


@pytest.mark.asyncio
async def test_in_2021_the_cards_know_2021_only(tmp_path: Path) -> None:
    start = datetime(2021, 7, 8, 10, tzinfo=UTC)
    async with open_stage(Settings(data=tmp_path), MovableClock(start), kind=Stage) as stage:
        card = await stage.member.slash(stage.channel, "recommendations show", number="1")
        assert "Not yet answered" in text_of(card.response)
        assert "November" not in text_of(card.response)
        report = await stage.member.slash(stage.channel, "reports show", report="never-again")
        assert "Running: expected by 8 September 2021" in text_of(report.response)
        await stage.move_to(datetime(2021, 11, 1, 10, tzinfo=UTC))
        early = text_of((await stage.member.slash(stage.channel, "recommendations show", number="1")).response)
        assert "The committee received it on 1 November 2021" in early
        assert "Politics.co.uk" not in early
        assert "competent court" not in early
        await stage.move_to(datetime(2021, 11, 14, 10, tzinfo=UTC))
        later = await stage.member.slash(stage.channel, "recommendations show", number="1")
        assert "Not agreed" in text_of(later.response)
        assert stage.env.strict.refused == []
