"""A group's own letter templates, pressed as organisers would: drafts, previews, the second organiser, versions."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.cards.templates import START_TEXT
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import UserId
from bot.domain.letters import LetterFrame
from bot.rehearsal.reading import buttons_of, text_of

WORDS = {"title": "Lantern letter", "summary": "About the lanterns.", "text": START_TEXT}


async def write(group: Any, actor: Any, **changes: Any) -> Any:
    form = await actor.slash(group.channel, "admin template new")
    return await actor.submit_modal(form, WORDS | changes)


async def opened(group: Any, actor: Any, template: str = "Lantern letter") -> Any:
    return (await actor.slash(group.channel, "admin template review", template=template)).response


async def live(group: Any) -> None:
    await write(group, group.organiser)
    await group.second_organiser.click(await opened(group, group.second_organiser), label="Approve")


async def kinds(group: Any) -> str:
    return text_of((await group.member.slash(group.channel, "letter templates")).response)


@pytest.mark.asyncio
async def test_a_second_organiser_reads_previews_and_approves(group: Any) -> None:
    draft = (await write(group, group.organiser)).response
    assert draft.ephemeral
    assert "another organiser" in text_of(draft)
    assert "Approve" not in buttons_of(draft)
    assert "Lantern letter" not in await kinds(group)
    await group.restart()
    card = await opened(group, group.second_organiser)
    for role, words in {
        "backbencher": "Dear Ms Fennimore",
        "minister": "Mr Tallowby",
        "vacant": "name of the MP",
    }.items():
        seen = await group.second_organiser.select(card, [role])
        assert seen.response.ephemeral
        assert words in text_of(seen.response).replace("\\", "")
    done = await group.second_organiser.click(card, label="Approve")
    assert "version 1" in text_of(done.response)
    assert "your group's own" in await kinds(group)
    assert "Lantern letter" not in text_of(await group.outsider.slash("letter templates"))


@pytest.mark.asyncio
async def test_what_is_wrong_is_named_and_cannot_be_approved(group: Any) -> None:
    draft = (await write(group, group.organiser, text=START_TEXT + "\n{{ ''.__class__ }}\n")).response
    assert "Line 13: looking inside a field" in text_of(draft)
    card = await opened(group, group.second_organiser)
    assert "Approve" not in buttons_of(card)


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["a\u202eb", "   "])
async def test_what_cannot_be_kept_is_handed_back(group: Any, text: str) -> None:
    answer = (await write(group, group.organiser, text=text)).response
    assert "can't save this" in text_of(answer)
    assert "The text is in the file below" in text_of(answer)
    assert group.app.services.templates.list(group.guild_id) == ()


@pytest.mark.asyncio
async def test_an_open_letter_keeps_its_version_through_a_new_one_a_roll_back_and_retiring(group: Any) -> None:
    await live(group)
    templates, letters = group.app.services.templates, group.app.services.letters
    (first,) = templates.for_group(group.guild_id).frames()
    draft = letters.start(UserId(5), group=group.guild_id, frame=first.slug)
    card = await opened(group, group.organiser)
    form = await group.organiser.click(card, label="New version")
    newer = START_TEXT.replace("I live", "My home is")
    await group.organiser.submit_modal(form, WORDS | {"text": newer})
    (waiting,) = [one for one in templates.list(group.guild_id) if one.template.version == 0]
    theirs = await opened(group, group.second_organiser, waiting.template.slug)
    await group.second_organiser.click(theirs, label="Approve")
    (second,) = templates.for_group(group.guild_id).frames()
    assert second.slug != first.slug
    assert draft.frame == first.slug
    assert letters.frame_of(draft) == first
    assert letters.start(UserId(6), group=group.guild_id, frame=first.slug).frame == second.slug
    assert letters.current(first.slug, group.guild_id) == second
    about = letters.topic("never-again/3")

    def text_in(frame: LetterFrame) -> str:
        return str(letters.sample_of(frame, about, group=group.guild_id).text)

    assert "I live in" in text_in(first)
    assert "My home is in" in text_in(second)
    await group.organiser.click(await opened(group, group.organiser, first.slug), label="Use this version again")
    assert templates.for_group(group.guild_id).frames() == (first,)
    asked = await group.organiser.slash(group.channel, "admin template retire", template=first.slug)
    await group.organiser.click(asked.response, label="Retire")
    assert templates.for_group(group.guild_id).frames() == ()
    assert letters.frame(second.slug, group.guild_id) == second
    assert letters.current(second.slug, group.guild_id) is None
    assert letters.start(UserId(7), group=group.guild_id, frame=second.slug).frame == "raise-a-recommendation"
    with pytest.raises(NotFound):
        letters.frame(first.slug)
    with pytest.raises(NotFound):
        letters.frame(first.slug, type(group.guild_id)(77))


@pytest.mark.asyncio
async def test_a_draft_that_moved_on_is_neither_approved_nor_overwritten(group: Any) -> None:
    await write(group, group.organiser)
    seen = await opened(group, group.second_organiser)
    form = await group.organiser.click(await opened(group, group.organiser), label="Edit")
    late = await group.organiser.click(await opened(group, group.organiser), label="Edit")
    await group.organiser.submit_modal(form, WORDS | {"summary": "Changed."})
    assert "changed after you opened it" in text_of(
        (await group.second_organiser.click(seen, label="Approve")).response
    )
    answer = (await group.organiser.submit_modal(late, WORDS | {"summary": "Lost?"})).response
    assert "nothing was overwritten" in text_of(answer)
    assert "Lost?" in text_of(answer)
    (one,) = group.app.services.templates.list(group.guild_id)
    assert (one.template.summary, one.template.version) == ("Changed.", 0)


@pytest.mark.asyncio
async def test_the_author_cannot_approve_even_by_an_old_button_and_members_cannot_look(group: Any) -> None:
    await write(group, group.organiser)
    (one,) = group.app.services.templates.list(group.guild_id)
    with pytest.raises(Refused, match="You wrote this draft"):
        await group.app.services.templates.approve(group.guild_id, one.template.template_id, 1, one.template.author)
    for command in ("new", "review", "retire"):
        said = await group.member.slash(group.channel, f"admin template {command}", template="Lantern letter")
        assert "for organisers" in text_of(said.response)
