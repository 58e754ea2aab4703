"""Recording answers and evidence in Discord, pressed as organisers would."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.chat.ui import Act, Card
from bot.rehearsal.reading import buttons_of, controls_of, options_of, text_of

LINK = "https://www.example.org/written-answer"
FORM = {"answer": ["noted"], "date": "1 November 2021", "by": "", "words": "It said that it would look.", "link": LINK}
EVIDENCE = {"date": "4 May 2023", "words": "A review began.", "link": LINK, "status": ["under way"]}


async def answered(room: Any, actor: Any, item: str = "T-12", **changes: Any) -> Any:
    form = await actor.slash(room.channel, "reports record-answer", recommendation=item)
    preview = await actor.submit_modal(form, FORM | changes)
    return await actor.click(preview.response, label="Save")


async def card(room: Any, actor: Any, item: str = "T-12") -> str:
    shown = await actor.slash(room.channel, "recommendations show", number=item)
    return text_of(shown.response)


def everything_public(room: Any) -> list[str]:
    return [text_of(m) for m in room.channel.history() if not m.flags.ephemeral]


@pytest.mark.asyncio
async def test_an_answer_is_typed_previewed_kept_and_read_by_everybody_in_the_server(group: Any) -> None:
    form = await group.organiser.slash(
        group.channel, "reports record-answer", recommendation="never-again/T-12", answer="noted"
    )
    assert form.modal is not None
    preview = await group.organiser.submit_modal(form, FORM)
    assert preview.response.ephemeral
    shown = text_of(preview.response)
    assert "Preview: not saved yet" in shown
    assert "**Now**: Unknown" in shown
    assert "Noted, by the Government of 2021, 1 November 2021" in shown
    assert "Unknown" in await card(group, group.member)
    await group.restart()
    kept = await group.organiser.click(preview.response, label="Save")
    assert "Everyone in this server can see it now" in text_of(kept.response)
    read = await group.member.slash(group.channel, "recommendations show", number="T-12")
    assert "Noted, by the Government of 2021, 1 November 2021" in text_of(read.response)
    assert "recorded by a group's organisers, from the link" in text_of(read.response)
    assert "It said that it would look." in text_of(read.response)
    assert everything_public(group) == []
    await group.restart()
    assert "Noted, by the Government of 2021" in await card(group, group.member)
    listed = await group.member.slash(group.channel, "recommendations browse", answer="noted")
    assert "never-again/T-12" in [o["value"] for o in options_of(listed.response)]


@pytest.mark.asyncio
async def test_nobody_elsewhere_reads_what_a_group_recorded(group: Any) -> None:
    await answered(group, group.organiser)
    outside = await group.outsider.slash("recommendations show", number="T-12")
    assert "The Government's answer: Unknown" in text_of(outside)
    found = await group.outsider.slash("recommendations browse", answer="noted")
    assert "never-again/T-12" not in [o["value"] for o in options_of(found)]


@pytest.mark.asyncio
async def test_history_names_people_to_organisers_only(group: Any) -> None:
    await answered(group, group.organiser)
    seen = await group.member.slash(group.channel, "recommendations show", number="T-12")
    history = await group.member.click(seen.response, label="History")
    shown = text_of(history.response)
    assert "Noted, by the Government of 2021" in shown
    assert "Recorded <t:" in shown
    assert "<@" not in shown
    opened = await group.member.select(history.response, [options_of(history.response)[0]["value"]])
    assert "<@" not in text_of(opened.response)
    assert "Undo it" not in buttons_of(opened.response)
    seen = await group.second_organiser.slash(group.channel, "recommendations show", number="T-12")
    history = await group.second_organiser.click(seen.response, label="History")
    assert f"by <@{group.organiser.id}>" in text_of(history.response)
    assert history.response.ephemeral
    held = await group.organiser.slash(group.channel, "privacy show")
    assert "recorded, confirmed or undid" in text_of(held.response)
    await group.app.services.people.forget(group.organiser.id)
    history = await group.second_organiser.click(seen.response, label="History")
    assert "somebody whose details Postbag has erased" in text_of(history.response)
    assert "Noted" in await card(group, group.member)


@pytest.mark.asyncio
async def test_undo_gives_back_what_stood_before(group: Any) -> None:
    await answered(group, group.organiser)
    await answered(group, group.organiser, answer=["agreed"])
    typed = await group.organiser.autocomplete(group.channel, "reports undo", "record", "agreed")
    assert len(typed) == 1
    assert typed[0]["name"].startswith("Answer, T-12 ")
    assert typed[0]["name"].endswith("Agreed, by the Government of 2021, 1 November 2021")
    ask = await group.organiser.slash(group.channel, "reports undo", record=typed[0]["value"])
    assert "Undo this?" in text_of(ask.response)
    assert "Agreed" in await card(group, group.member)
    late = await group.organiser.slash(group.channel, "reports undo", record=typed[0]["value"])
    undone = await group.organiser.click(ask.response, label="Undo it")
    assert "The answer now reads: **Noted" in text_of(undone.response)
    assert "Noted, by the Government of 2021" in await card(group, group.member)
    twice = await group.organiser.click(late.response, label="Undo it")
    assert "already been undone" in text_of(twice.response)
    rest = await group.organiser.slash(group.channel, "reports undo")
    assert len(options_of(rest.response)) == 1


@pytest.mark.asyncio
async def test_evidence_needs_a_date_and_a_link_and_hands_back_what_was_typed(group: Any) -> None:
    for changes, words in (
        ({"link": "example.org"}, "isn't a full web address"),
        ({"date": "soon"}, "date"),
        ({"date": "3 March 2026"}, "is in the future"),
        ({"date": "4 May 2020"}, "before the report was published"),
    ):
        form = await group.organiser.slash(group.channel, "reports record-evidence", recommendation="3")
        refused = await group.organiser.submit_modal(form, EVIDENCE | changes)
        assert words in text_of(refused.response)
        assert "A review began." in text_of(refused.response)
    again = await group.organiser.click(refused.response, label="Try again")
    assert again.modal is not None
    preview = await group.organiser.submit_modal(again, EVIDENCE)
    changed = await group.organiser.click(preview.response, label="Change it")
    assert changed.modal is not None
    preview = await group.organiser.submit_modal(changed, EVIDENCE | {"words": "A review began at last."})
    await group.organiser.click(preview.response, label="Save")
    opened = await group.member.slash(group.channel, "recommendations show", number="3")
    every = text_of((await group.member.click(opened.response, label="All 6 since then")).response)
    assert "4 May 2023: **Under way.** A review began at last." in every
    assert "www.example.org" in every


@pytest.mark.asyncio
async def test_cancelling_keeps_nothing(group: Any) -> None:
    form = await group.organiser.slash(group.channel, "reports record-evidence", recommendation="3")
    preview = await group.organiser.submit_modal(form, EVIDENCE)
    cancelled = await group.organiser.click(preview.response, label="Cancel")
    assert "Nothing was recorded" in text_of(cancelled.response)
    assert buttons_of(cancelled.response) == []
    assert "A review" not in await card(group, group.member, "3")


@pytest.mark.asyncio
async def test_a_word_outside_the_list_is_refused_with_the_list(group: Any) -> None:
    refused = await group.organiser.slash(
        group.channel, "reports record-answer", recommendation="3", answer="accepted **fully**"
    )
    assert refused.modal is None
    assert "Agreed, Partly agreed, Noted, Not agreed, Not yet answered, Unknown" in text_of(refused.response)
    typed = await group.organiser.autocomplete(group.channel, "reports record-answer", "answer", "agreed")
    assert [t["name"] for t in typed] == ["Agreed", "Partly agreed", "Not agreed"]


@pytest.mark.asyncio
async def test_only_organisers_record_and_only_in_a_server(group: Any) -> None:
    for actor, where, words in ((group.member, [group.channel], "for organisers"), (group.outsider, [], "in a server")):
        for command, options in (
            ("reports record-answer", {"recommendation": "3"}),
            ("reports record-evidence", {"recommendation": "3"}),
            ("reports undo", {}),
        ):
            refused = await actor.slash(*where, command, **options)
            assert refused.modal is None
            assert words in text_of(refused)
    form = await group.second_organiser.slash(group.channel, "reports record-answer", recommendation="3")
    assert form.modal is not None


@pytest.mark.asyncio
async def test_what_fits_several_is_asked_before_the_form(group: Any) -> None:
    asked = await group.organiser.slash(group.channel, "reports record-answer", recommendation="para 54")
    form = await group.organiser.select(asked.response, ["never-again/T-26"])
    assert form.modal is not None


@pytest.mark.asyncio
async def test_a_second_organiser_confirms_a_changed_answer_where_the_group_asked(group: Any) -> None:
    setup = await group.organiser.slash(group.channel, "admin setup")
    assert "one organiser can do it" in text_of(setup.response)
    asked = await group.organiser.click(setup.response, label="Require a second organiser")
    assert "needs a second organiser" in text_of(asked.response)
    kept = await answered(group, group.organiser)
    assert "Proposed" in text_of(kept.response)
    assert "The Government's answer: Unknown" in await card(group, group.member)
    report = await group.organiser.slash(group.channel, "reports show", report="never-again")
    listed = await group.organiser.click(report.response, label="What we recorded")
    assert "1 waits for a second organiser" in text_of(listed.response)
    number = options_of(listed.response)[0]["value"]
    own = await group.organiser.select(listed.response, [number])
    refused = await group.organiser.click(own.response, label="Confirm it")
    assert "You proposed this yourself" in text_of(refused.response)
    await group.restart()
    report = await group.second_organiser.slash(group.channel, "reports show", report="never-again")
    listed = await group.second_organiser.click(report.response, label="What we recorded")
    opened = await group.second_organiser.select(listed.response, [number])
    confirmed = await group.second_organiser.click(opened.response, label="Confirm it")
    assert f"by <@{group.second_organiser.id}>" in text_of(confirmed.response)
    assert "Noted, by the Government of 2021" in await card(group, group.member)
    late = await group.organiser.click(own.response, label="Confirm it")
    assert "Nobody needs to confirm this" in text_of(late.response)


@pytest.mark.asyncio
async def test_what_only_informs_needs_no_second_organiser(group: Any) -> None:
    await group.set_up(second_confirms=True)
    form = await group.organiser.slash(group.channel, "reports record-evidence", recommendation="3")
    preview = await group.organiser.submit_modal(form, EVIDENCE | {"status": ["none"]})
    kept = await group.organiser.click(preview.response, label="Save")
    assert "Recorded" in text_of(kept.response)


@pytest.mark.asyncio
async def test_two_previews_of_one_answer_do_not_overwrite_each_other(group: Any) -> None:
    form = await group.organiser.slash(group.channel, "reports record-answer", recommendation="T-12")
    first = await group.organiser.submit_modal(form, FORM)
    await answered(group, group.second_organiser, answer=["agreed"])
    late = await group.organiser.click(first.response, label="Save")
    assert "Somebody has changed this recommendation" in text_of(late.response)
    assert "Agreed" in await card(group, group.member)


@pytest.mark.asyncio
async def test_an_answer_recorded_today_is_not_known_to_an_earlier_clock(group: Any) -> None:
    await answered(group, group.organiser, date="1 February 2026")
    group.clock.move_to(datetime(2025, 6, 1, 10, tzinfo=UTC))
    assert "Not yet answered" in await card(group, group.member)


@pytest.mark.asyncio
async def test_hostile_words_are_shown_harmlessly(group: Any) -> None:
    words = "@everyone **x** [link](https://evil.example) <@1> ئۇيغۇر " + "𝒜" * 400
    await answered(group, group.organiser, words=words)
    shown = await card(group, group.member)
    assert "](https://evil.example)" not in shown.replace("\u200b", "|")
    assert "@everyone" not in shown


@pytest.mark.asyncio
async def test_what_a_group_recorded_goes_from_memory_with_the_group(group: Any) -> None:
    await group.set_up(high_risk=True, risk_answered=True)
    await answered(group, group.organiser)
    assert group.app.services.reports.recorded(group.guild_id)
    del group.env.backend.guilds[int(group.guild_id)]
    await group.app.services.departures.left(group.guild_id)
    assert group.app.services.reports.recorded(group.guild_id) == ()


@pytest.mark.asyncio
async def test_taking_a_confirmed_status_back_needs_a_second_organiser_too_and_both_are_told_of(group: Any) -> None:
    await group.set_up(second_confirms=True)

    async def told() -> list[str]:
        await group.sweep()
        channel = group.organiser.user.dm_channel
        private = [text_of(m) for m in channel.history()] if channel is not None else []
        return [t for t in (*private, *everything_public(group)) if "second organiser" in t or "has to agree" in t]

    kept = await answered(group, group.organiser)
    words = await told()
    assert len(words) == 1
    assert "A new answer needs a second organiser" in words[0]
    assert "Noted" in words[0]
    assert str(group.organiser.id) not in words[0]
    report = await group.second_organiser.slash(group.channel, "reports show", report="never-again")
    listed = await group.second_organiser.click(report.response, label="What we recorded")
    opened = await group.second_organiser.select(listed.response, [options_of(listed.response)[0]["value"]])
    await group.second_organiser.click(opened.response, label="Confirm it")
    assert "Noted" in await card(group, group.member)

    ask = await group.organiser.click(kept.response, label="Undo it")
    waits = await group.organiser.click(ask.response, label="Undo it")
    assert "Not undone yet" in text_of(waits.response)
    ask = await group.organiser.click(kept.response, label="Undo it")
    again = await group.organiser.click(ask.response, label="Undo it")
    assert "Not undone yet" in text_of(again.response)
    assert "Noted" in await card(group, group.member)
    assert len(await told()) == 2
    number = (await group.second_organiser.autocomplete(group.channel, "reports undo", "record", ""))[0]["value"]
    ask = await group.second_organiser.slash(group.channel, "reports undo", record=number)
    undone = await group.second_organiser.click(ask.response, label="Undo it")
    assert "Undone" in text_of(undone.response)
    assert "The Government's answer: Unknown" in await card(group, group.member)


@pytest.mark.asyncio
async def test_what_is_only_proposed_is_taken_back_by_one(group: Any) -> None:
    await group.set_up(second_confirms=True)
    kept = await answered(group, group.organiser)
    ask = await group.organiser.click(kept.response, label="Undo it")
    undone = await group.organiser.click(ask.response, label="Undo it")
    assert "Undone" in text_of(undone.response)


@pytest.mark.asyncio
async def test_nobody_becomes_a_second_organiser_by_being_forgotten(group: Any) -> None:
    await group.set_up(second_confirms=True)
    kept = await answered(group, group.organiser)
    report = await group.second_organiser.slash(group.channel, "reports show", report="never-again")
    listed = await group.second_organiser.click(report.response, label="What we recorded")
    opened = await group.second_organiser.select(listed.response, [options_of(listed.response)[0]["value"]])
    await group.second_organiser.click(opened.response, label="Confirm it")

    async def presses_undo(actor: Any) -> str:
        ask = await actor.click(kept.response, label="Undo it")
        return text_of((await actor.click(ask.response, label="Undo it")).response)

    assert "Not undone yet" in await presses_undo(group.organiser)
    asked = await group.organiser.slash(group.channel, "privacy forget-me")
    await group.organiser.click(asked.response, label="Forget me")
    assert "Not undone yet" in await presses_undo(group.organiser)
    await group.restart()
    assert "Not undone yet" in await presses_undo(group.organiser)
    assert "Noted" in await card(group, group.member)
    number = (await group.second_organiser.autocomplete(group.channel, "reports undo", "record", ""))[0]["value"]
    ask = await group.second_organiser.slash(group.channel, "reports undo", record=number)
    undone = await group.second_organiser.click(ask.response, label="Undo it")
    assert "Undone" in text_of(undone.response)


@pytest.mark.asyncio
async def test_a_preview_or_proposal_is_shown_to_organisers_alone(group: Any) -> None:
    await group.set_up(second_confirms=True)
    kept = await answered(group, group.organiser)
    record = next(
        part for part in controls_of(kept.response) if str(part.get("custom_id", "")).startswith("pb:record.")
    )
    drawn = Card("Old").buttons(Act("Show", "record.show", (str(record["custom_id"]).split(":")[2],)))
    message = await group.app.client.get_channel(group.channel.id).send(view=drawn.view())
    seen = await group.member.click(message, label="Show")
    assert "Noted" not in text_of(seen.response)
    assert "organiser" in text_of(seen.response)
    assert "Noted" in text_of((await group.second_organiser.click(message, label="Show")).response)
