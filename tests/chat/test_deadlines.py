"""Deadlines in Discord: seen by all, changed by organisers alone, nothing lost that was typed, told once in the channel."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.chat.cards.deadlines import choice_label, deadline_card, list_card
from bot.clock import LONDON
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.identity import DeadlineId, GuildId
from bot.domain.reminders import ReminderState
from bot.domain.rules import TWO_MONTHS, TWO_MONTHS_LORDS
from bot.rehearsal.reading import controls_of, links_of, options_of, text_of

TEXT = 10
"""The type of a text in a card."""

LINK = "https://council.example/agenda"
NASTY = "@everyone **Vote** [here](https://x.example) <@1> `now`"


async def add(room: Any, title: str = "Vote on the towpath", when: str = "2 June 2026", **more: Any) -> Any:
    given = {"kind": "expected answer", "title": title, "date": when}
    return await room.organiser.slash(room.channel, "deadlines add", **given | more)


async def only(room: Any) -> Deadline:
    deadline: Deadline
    (deadline,) = await room.app.services.deadlines.list(room.guild_id)
    return deadline


# Looking ---------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_adding_shows_what_was_understood_the_working_and_the_reminders_in_local_time(group: Any) -> None:
    added = await add(group, link=LINK)
    said = group.text_of(added)
    assert added.response.ephemeral
    assert "Postbag understood: **Tuesday 2 June 2026**" in said
    assert "Running" in said
    assert "Expected by: 2 June 2026, the date this group gave" in said
    assert "9am on Tuesday 19 May 2026, London time" in said
    first = datetime(2026, 5, 19, 9, tzinfo=LONDON)
    assert f"14 days before: 9am on Tuesday 19 May 2026, London time (<t:{int(first.timestamp())}:R>)." in said
    assert "On the day: 9am on Tuesday 2 June 2026, London time" in said
    assert f"<#{group.channel.id}>" in said
    assert links_of(added) == {"Read source": LINK}
    assert group.posted == []


@pytest.mark.asyncio
async def test_a_publication_gives_the_date_two_months_later(group: Any) -> None:
    added = await group.organiser.slash(
        group.channel, "deadlines add", title="Reply on piers", published="31 December 2025"
    )
    said = group.text_of(added)
    assert "Two calendar months later: **Saturday 28 February 2026**" in said
    assert "already passed" in said
    assert "2 days overdue" in said
    assert "undertaking, not a law" in said
    assert "breach" not in said.lower()


@pytest.mark.asyncio
async def test_a_member_reads_the_list_and_a_clock_but_gets_no_controls(group: Any) -> None:
    await add(group)
    listed = await group.member.slash(group.channel, "deadlines list")
    assert "Vote on the towpath" in group.text_of(listed)
    assert "in 92 days" in group.text_of(listed)
    assert group.buttons_of(listed) == ["Show a picture", "Add to my calendar"]
    shown = await group.member.select(listed.response, [options_of(listed)[0]["value"]])
    assert "How this was worked out" in group.text_of(shown)
    assert group.buttons_of(shown) == ["Remind me"]
    by_words = await group.member.slash(group.channel, "deadlines show", deadline="towpath vote")
    assert "How this was worked out" in group.text_of(by_words)
    assert listed.response.ephemeral
    assert shown.response.ephemeral


@pytest.mark.asyncio
async def test_a_long_list_turns_its_pages_in_place(group: Any) -> None:
    for number in range(10):
        await group.app.services.deadlines.add(
            group.guild_id, None, f"Council vote {number:02}", due_on=date(2026, 6, 1) + timedelta(days=number)
        )
    listed = await group.member.slash(group.channel, "deadlines list")
    assert "Council vote 07" in group.text_of(listed)
    assert "Council vote 08" not in group.text_of(listed)
    assert "Page 1 of 2" in group.text_of(listed)
    turned = await group.member.click(listed.response, label="More")
    assert turned.acknowledged
    now = group.text_of(listed.response)
    assert "Council vote 09" in now
    assert "Council vote 07" not in now


@pytest.mark.asyncio
async def test_an_empty_list_says_how_to_begin(room: Any) -> None:
    listed = await room.member.slash(room.channel, "deadlines list")
    assert "/reports follow" in room.text_of(listed)


@pytest.mark.asyncio
async def test_in_a_direct_message_the_clocks_of_the_reports_are_shown_and_the_rest_is_refused_kindly(
    room: Any,
) -> None:
    listed = await room.outsider.slash("deadlines list")
    said = room.text_of(listed)
    assert "54 days late" in said
    shown = await room.outsider.select(listed.response, [options_of(listed)[0]["value"]])
    said = room.text_of(shown)
    for line in ("Published: 8 July 2021", "Expected by: 8 September 2021", "Received: 1 November 2021"):
        assert line in said
    assert "Read the rule" in links_of(shown)
    for command, options in (
        ("add", {}),
        ("edit", {"deadline": "1"}),
        ("promised", {"deadline": "1"}),
        ("received", {"deadline": "1"}),
        ("withdraw", {"deadline": "1"}),
    ):
        refused = await room.outsider.slash(f"deadlines {command}", **options)
        assert "only works in a server" in room.text_of(refused)
        assert refused.modal is None


@pytest.mark.asyncio
async def test_autocomplete_offers_the_groups_own_dates_within_limits(group: Any) -> None:
    await add(group, "x" * 200)
    await add(group, "Vote on piers", "3 June 2026")
    offered = await group.member.autocomplete(group.channel, "deadlines show", "deadline", "")
    assert len(offered) == 2
    assert all(len(choice["name"]) <= 100 and len(choice["value"]) <= 100 for choice in offered)
    assert offered[0]["name"].endswith("· Running, 2 Jun 2026")
    found = await group.member.autocomplete(group.channel, "deadlines show", "deadline", "piers")
    assert [choice["name"] for choice in found] == ["Vote on piers · Running, 3 Jun 2026"]
    in_private = await group.outsider.autocomplete("deadlines show", "deadline", "never again")
    assert [choice["value"] for choice in in_private] == ["report never-again"]


@pytest.mark.asyncio
async def test_an_unknown_deadline_says_where_to_look(group: Any) -> None:
    for named in ("99", "nothing like it", "9" * 30, "report none"):
        shown = await group.member.slash(group.channel, "deadlines show", deadline=named)
        assert "/deadlines list" in group.text_of(shown)


@pytest.mark.asyncio
async def test_two_that_fit_are_not_guessed_between(group: Any) -> None:
    await add(group)
    await add(group, "Vote on piers")
    shown = await group.member.slash(group.channel, "deadlines show", deadline="vote")
    assert "Several deadlines" in group.text_of(shown)


# Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_members_are_refused_at_every_command_and_button(group: Any) -> None:
    added = await add(group)
    for command, options in (
        ("add", {"title": "Mine", "date": "today"}),
        ("edit", {"deadline": "1", "title": "Mine"}),
        ("promised", {"deadline": "1", "date": "today"}),
        ("received", {"deadline": "1", "date": "today"}),
        ("withdraw", {"deadline": "1"}),
    ):
        refused = await group.member.slash(group.channel, f"deadlines {command}", **options)
        assert "for organisers" in group.text_of(refused)
        assert refused.response.ephemeral
    assert [d.title for d in await group.app.services.deadlines.list(group.guild_id)] == ["Vote on the towpath"]
    assert added.acknowledged


@pytest.mark.asyncio
async def test_the_role_is_asked_for_again_at_every_press(group: Any) -> None:
    added = await group.second_organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Vote on the towpath", date="2 June 2026"
    )
    form = await group.second_organiser.click(added.response, label="Promised")
    await group.app.services.guilds.change(
        group.guild_id, await group.app.services.people.person_for(group.organiser.id), organiser_role_id=None
    )
    for name in ("Answered", "Partly answered", "Promised", "Change", "Withdraw"):
        refused = await group.second_organiser.click(added.response, label=name)
        assert "for organisers" in group.text_of(refused), name
    late = await group.second_organiser.submit_modal(form, {"date": "5 June 2026", "link": ""})
    assert "for organisers" in group.text_of(late)
    assert (await only(group)).promised_on is None


# Forms and faults ------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_what_was_typed_into_a_form_is_never_lost(group: Any) -> None:
    form = await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Vote on the towpath"
    )
    assert form.modal is not None
    typed = {"title": "Vote ```on``` the towpath", "date": "31 February", "published": "", "link": LINK}
    refused = await group.organiser.submit_modal(form, typed)
    said = group.text_of(refused)
    assert "no day 31 in February" in said
    assert LINK in said
    again = await group.organiser.click(refused.response, label="Try again")
    held = {c["custom_id"]: c.get("value", "") for c in controls_of(again) if c.get("type") == 4}
    assert held == {"title": "Vote '''on''' the towpath", "date": "31 February", "published": "", "link": LINK}
    kept = await group.organiser.submit_modal(again, held | {"date": "28 February 2027"})
    assert "Postbag understood: **Sunday 28 February 2027**" in group.text_of(kept)
    assert (await only(group)).source_url == LINK


@pytest.mark.asyncio
async def test_what_was_typed_survives_a_restart(group: Any) -> None:
    refused = await add(group, when="soon", link=LINK)
    await group.restart()
    again = await group.organiser.click(refused.response, label="Try again")
    held = {c["custom_id"]: c.get("value", "") for c in controls_of(again) if c.get("type") == 4}
    assert held == {"title": "Vote on the towpath", "date": "soon", "published": "", "link": LINK}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "options",
    [
        {"date": "soon"},
        {"date": "1 June 2207"},
        {"date": "1 June 2026", "link": "http://council.example"},
        {"date": "1 June 2026", "published": "1 April 2026"},
        {"date": "1 June 2026", "title": "---"},
        {"date": "x" * 60},
    ],
)
async def test_nonsense_is_refused_with_a_hint_and_given_back(group: Any, options: dict[str, str]) -> None:
    refused = await group.organiser.slash(
        group.channel, "deadlines add", **({"title": "Council vote", "kind": "expected answer"} | options)
    )
    assert "Nothing was changed" in group.text_of(refused)
    assert group.buttons_of(refused) == ["Try again"]
    assert await group.app.services.deadlines.list(group.guild_id) == ()


@pytest.mark.asyncio
async def test_a_nasty_title_mentions_nobody_and_is_shown_as_it_was_typed(group: Any) -> None:
    added = await add(group, NASTY)
    listed = await group.member.slash(group.channel, "deadlines list")
    for shown in (added, listed):
        said = "\n".join(part["content"] for part in controls_of(shown) if part.get("type") == TEXT)
        assert "Vote" in said
        for live in ("@everyone", "**Vote**", "](https", " <@1>", " `now`"):
            assert live not in said
    bodies = [
        request.json for request in group.env.http_requests if "@me" in request.path or "webhooks" in request.path
    ]
    answers = [body for body in bodies if isinstance(body, dict) and "components" in body]
    assert answers
    assert all(body["allowed_mentions"] == {"parse": []} for body in answers)
    assert (await only(group)).title == NASTY


@pytest.mark.asyncio
async def test_an_edit_that_somebody_overtook_is_refused_and_given_back(group: Any) -> None:
    added = await add(group)
    form = await group.organiser.click(added.response, label="Change")
    deadline = await only(group)
    await group.app.services.deadlines.edit(group.guild_id, deadline.deadline_id, None, title="Theirs")
    typed = {"title": "Mine", "date": "2 June 2026", "published": "", "link": ""}
    refused = await group.organiser.submit_modal(form, typed)
    assert "so nothing was overwritten" in group.text_of(refused)
    assert "Mine" in group.text_of(refused)
    assert (await only(group)).title == "Theirs"


# The journey -----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_day_passes_a_new_date_is_promised_and_the_answer_comes(group: Any) -> None:
    await group.set_up(high_risk=False)
    await add(group, when="12 March 2026", kind="government response")
    await group.play_to(datetime(2026, 3, 13, 12, tzinfo=LONDON))
    assert len(group.posted) == 3  # three days before, the day, the day after
    assert "1 day overdue" in group.text_of(group.posted[-1])

    shown = await group.organiser.slash(group.channel, "deadlines show", deadline="towpath")
    assert "1 day overdue" in group.text_of(shown)
    form = await group.organiser.click(shown.response, label="Promised")
    kept = await group.organiser.submit_modal(form, {"date": "1 April", "link": LINK})
    assert "Postbag understood: **Wednesday 1 April 2026**" in group.text_of(kept)
    await group.sweep()
    assert "a new date" in group.text_of(group.posted[-1])
    await group.play_to(datetime(2026, 3, 17, 12, tzinfo=LONDON))
    assert len(group.posted) == 4

    await group.play_to(datetime(2026, 3, 20, 12, tzinfo=LONDON))
    count = len(group.posted)
    shown = await group.organiser.slash(group.channel, "deadlines show", deadline="towpath")
    form = await group.organiser.click(shown.response, label="Answered")
    kept = await group.organiser.submit_modal(form, {"date": "yesterday", "link": LINK})
    assert "7 days late" in group.text_of(kept)
    await group.sweep()
    assert len(group.posted) == count + 1
    assert "7 days late" in group.text_of(group.posted[-1])
    await group.play_to(datetime(2026, 6, 20, 12, tzinfo=LONDON))
    assert len(group.posted) == count + 1


@pytest.mark.asyncio
async def test_withdrawing_asks_first_and_cancels_the_reminders(group: Any) -> None:
    added = await add(group)
    asked = await group.organiser.click(added.response, label="Withdraw")
    assert (await only(group)).withdrawn_on is None
    done = await group.organiser.click(asked.response, label="Withdraw it")
    assert "Withdrawn" in group.text_of(done)
    health = await group.app.services.delivery.health(group.guild_id)
    assert health.counts.get(ReminderState.SCHEDULED, 0) == 0
    await group.play_to(datetime(2026, 6, 10, 12, tzinfo=LONDON))
    assert group.posted == []


@pytest.mark.asyncio
async def test_a_partial_answer_by_command_pauses(group: Any) -> None:
    await add(group)
    done = await group.organiser.slash(
        group.channel, "deadlines received", deadline="towpath", date="today", partly=True
    )
    said = group.text_of(done)
    assert "Partly answered" in said
    assert "Paused" in said


@pytest.mark.asyncio
async def test_following_a_report_shows_the_honest_clock_of_2021(group: Any) -> None:
    await group.organiser.slash(group.channel, "reports follow", report="never-again")
    shown = await group.member.slash(group.channel, "deadlines show", deadline="government response")
    said = group.text_of(shown)
    for line in (
        "Published: 8 July 2021",
        "Expected by: 8 September 2021, 2 calendar months after publication (an undertaking, not a law)",
        "Received: 1 November 2021",
        "8 September 2021 to 1 November 2021: 54 days late",
    ):
        assert line in said
    assert "this deadline is closed" in said
    assert "Read the rule" in links_of(shown)


# Why this message ------------------------------------------------------------------------------------------------


@pytest.mark.claim("C-07")
@pytest.mark.asyncio
async def test_why_tells_rule_working_and_ledger_to_anyone_privately_and_names_nobody(group: Any) -> None:
    await add(group, when="5 March 2026")
    await group.play_to(datetime(2026, 3, 5, 12, tzinfo=LONDON))
    asked = await group.member.click(group.posted[-1], label="Why this message?")
    said = group.text_of(asked)
    assert asked.response.ephemeral
    assert "Rule: the date this group gave" in said
    assert "Expected by: 5 March 2026" in said
    assert "an organiser of this group" in said
    assert "Sent at 09:00" in said
    assert "Nadia" not in said
    assert str(group.organiser.id) not in said


@pytest.mark.asyncio
async def test_why_survives_a_restart_and_tells_nothing_to_another_server(group: Any) -> None:
    await add(group, when="5 March 2026")
    await group.play_to(datetime(2026, 3, 5, 12, tzinfo=LONDON))
    await group.restart()
    message = group.posted[-1]
    asked = await group.member.click(message, label="Why this message?")
    assert "Rule:" in group.text_of(asked)
    key = next(c["custom_id"] for c in controls_of(message) if c.get("custom_id", "").startswith("pb:why:"))
    with pytest.raises(Exception, match="no longer has anything"):
        await group.app.services.delivery.why(key.removeprefix("pb:why:"), GuildId(1))


# Limits ----------------------------------------------------------------------------------------------------------


def long_deadline(number: int, title: str) -> Deadline:
    return Deadline(
        DeadlineId(number),
        GuildId(1),
        DeadlineKind.GOVERNMENT_RESPONSE,
        title,
        date(2026, 1, 5),
        TWO_MONTHS,
        started_on=date(2025, 11, 5),
        source_url="https://council.example/" + "x" * 488,
        promised_on=date(2026, 2, 1),
        promised_url="https://council.example/b",
        partly_on=date(2026, 2, 2),
        partly_url="https://council.example/c",
        received_on=date(2026, 2, 3),
        received_url="https://council.example/d",
        note="ن" * 500,
    )


@pytest.mark.parametrize("title", ["ئ" * 200, "*" * 199 + "a", "@everyone " * 19 + "!a", "😀" * 199 + "a"])
def test_cards_stay_within_limits_whatever_the_title(title: str) -> None:
    many = [long_deadline(n, title) for n in range(1, 30)]
    today = date(2026, 3, 1)
    for page in (0, 1, 3, 99, -1):
        view = list_card(many, today, page=page, group=True, organiser=True).view()
        texts = [item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)]
        assert sum(map(len, texts)) <= 4000
        assert sum(len(text.encode()) for text in texts) <= 9500
        assert "shortened" not in "".join(texts)
    view = deadline_card(many[0], today, organiser=True).view()
    assert 0 < view.total_children_count <= 40
    assert len(choice_label(many[0], today)) <= 100


@pytest.mark.asyncio
async def test_a_lords_report_has_the_rule_and_the_wording_of_the_lords(group: Any) -> None:
    added = await group.organiser.slash(
        group.channel,
        "deadlines add",
        title="Reply to the Lords",
        published="31 December 2026",
        rule="two-months-lords",
    )
    refused = group.text_of(added)
    assert "is in the future" in refused
    added = await group.organiser.slash(
        group.channel, "deadlines add", title="Reply to the Lords", published="30 January 2026", rule="two-months-lords"
    )
    said = group.text_of(added)
    assert "in writing, if possible within two months" in said
    assert "Erskine May, paragraph 40.41" in said
    assert "30 January 2026 + 2 calendar months = 30 March 2026" in said
    assert (await only(group)).rule is TWO_MONTHS_LORDS


@pytest.mark.asyncio
async def test_kind_and_house_are_kept_through_the_form_and_another_try(group: Any) -> None:
    form = await group.organiser.slash(group.channel, "deadlines add", kind="written question", rule="two-months-lords")
    typed = {"title": "Reply to the Lords", "date": "", "published": "yesterdayish", "link": ""}
    refused = await group.organiser.submit_modal(form, typed)
    again = await group.organiser.click(refused.response, label="Try again")
    await group.organiser.submit_modal(again, typed | {"published": "30 January 2026"})
    kept = await only(group)
    assert (kept.rule, kept.kind) == (TWO_MONTHS_LORDS, DeadlineKind.WRITTEN_QUESTION)


@pytest.mark.asyncio
async def test_who_recorded_a_fact_is_named_to_organisers_alone(group: Any) -> None:
    added = await group.organiser.slash(
        group.channel,
        "deadlines add",
        kind="expected answer",
        title="Lobby day",
        date="4 May 2026",
        link="https://example.org/day",
    )
    assert added.acknowledged
    (clock,) = await group.app.services.deadlines.list(group.guild_id)
    number = str(clock.deadline_id)
    seen = text_of((await group.second_organiser.slash(group.channel, "deadlines show", deadline=number)).response)
    assert f"Expected: 4 May 2026, by <@{group.organiser.id}>" in seen
    member = text_of((await group.member.slash(group.channel, "deadlines show", deadline=number)).response)
    assert "Expected: 4 May 2026, by an organiser" in member
    assert str(group.organiser.id) not in member


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("the 20th", "20 February 2026"),
        ("a fortnight ago", "16 February 2026"),
        ("end of February", "28 February 2026"),
        ("Friday before last", "20 February 2026"),
        ("Monday", "Monday 23 February 2026 or Monday 2 March 2026"),
        ("tomorrow", "3 March 2026 is in the future"),
    ],
)
async def test_a_day_gone_by_is_understood_or_asked_about(group: Any, typed: str, said: str) -> None:
    await group.app.services.deadlines.add(group.guild_id, None, "Towpath answer", due_on=date(2026, 3, 1))
    done = await group.organiser.slash(group.channel, "deadlines received", deadline="towpath", date=typed)
    assert said in group.text_of(done)
