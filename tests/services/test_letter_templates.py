"""Letters that a group makes for itself: drafts, a second organiser's approval, versions that stay as they were."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from bot.domain.errors import NotFound, Overtaken, Refused
from bot.domain.identity import PersonId
from bot.domain.letter_templates import MOST_TEXT, TemplateState
from bot.services import letter_templates as module
from bot.services.letter_templates import HeldTemplate, TemplateService
from tests.builders import GUILD, OTHER, Desk, group_letters

TEXT = "{{ salutation }}\n\nI live in {{ constituency }}. {{ asked }}\n\n{{ why }}\n\n{{ ask }}\n\n{{ close }}\n"


@pytest_asyncio.fixture
async def letters(postbag: Desk) -> TemplateService:
    await postbag.settle()
    return group_letters(postbag)


async def written(letters: TemplateService, person: PersonId, title: str = "Lanterns", **how: Any) -> HeldTemplate:
    return await letters.write(GUILD, person, title, "About lanterns", how.pop("text", TEXT), **how)


async def live(letters: TemplateService, postbag: Desk, title: str = "Lanterns", **how: Any) -> HeldTemplate:
    draft = await written(letters, await postbag.organiser(), title, **how)
    own = draft.template
    return await letters.approve(GUILD, own.template_id, own.revision, await postbag.second())


@pytest.mark.asyncio
async def test_a_draft_is_tidied_kept_and_offered_to_nobody(letters: TemplateService, postbag: Desk) -> None:
    draft = await written(letters, await postbag.organiser(), "  Lanterns \n at dusk ", text=TEXT.replace("\n", "\r\n"))
    assert (draft.template.title, draft.template.text) == ("Lanterns at dusk", TEXT)
    assert draft.letter.problems == ()
    assert letters.for_group(GUILD).frames() == ()
    assert letters.for_group(GUILD).frame(draft.template.slug) is None
    assert letters.for_group(GUILD).offered(draft.template.slug) is None


@pytest.mark.asyncio
async def test_a_second_organiser_puts_a_draft_to_use(letters: TemplateService, postbag: Desk) -> None:
    person = await postbag.organiser()
    own = (await written(letters, person)).template
    with pytest.raises(Refused, match="You wrote this draft"):
        await letters.approve(GUILD, own.template_id, own.revision, person)
    done = await letters.approve(GUILD, own.template_id, own.revision, await postbag.second())
    assert (done.template.state, done.template.version) == (TemplateState.LIVE, 1)
    assert [frame.title for frame in letters.for_group(GUILD).frames()] == ["Lanterns"]
    assert letters.for_group(OTHER).frames() == letters.for_group(None).frames() == ()
    assert await postbag.noted() == [
        "Letter template “Lanterns”: draft written", "Letter template “Lanterns”: approved",
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_what_is_wrong_is_kept_to_be_mended_and_not_approved(letters: TemplateService, postbag: Desk) -> None:
    draft = await written(letters, await postbag.organiser(), text=TEXT + "{{ weather }}\n")
    assert draft.letter.problems
    with pytest.raises(Refused, match="still wrong"):
        await letters.approve(GUILD, draft.template.template_id, draft.template.revision, await postbag.second())


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["   ", "x" * (MOST_TEXT + 1), "a\u202eb"])
async def test_what_cannot_be_kept_is_refused(letters: TemplateService, postbag: Desk, text: str) -> None:
    with pytest.raises(Refused, match="can't save this"):
        await written(letters, await postbag.organiser(), text=text)
    assert letters.list(GUILD) == ()


@pytest.mark.asyncio
async def test_a_title_is_given_once(letters: TemplateService, postbag: Desk) -> None:
    person = await postbag.organiser()
    shipped = next(iter(postbag.templates.frames.values())).title
    with pytest.raises(Refused, match="already a letter called"):
        await written(letters, person, shipped.upper())
    held = await live(letters, postbag)
    with pytest.raises(Refused, match="already a letter called"):
        await written(letters, person, "LANTERNS")
    await letters.retire(GUILD, held.template.template_id)
    await written(letters, person, "LANTERNS")


@pytest.mark.asyncio
async def test_a_draft_is_edited_in_place_and_not_over_what_changed_since(
    letters: TemplateService, postbag: Desk
) -> None:
    person = await postbag.organiser()
    own = (await written(letters, person)).template
    same = await written(letters, person, of=own.template_id, revision=own.revision)
    assert same.template.revision == own.revision, "nothing was changed"
    other = await written(letters, person, "Lamps", of=own.template_id, revision=own.revision)
    assert (other.template.template_id, other.template.title) == (own.template_id, "Lamps")
    with pytest.raises(Overtaken):
        await written(letters, person, "Candles", of=own.template_id, revision=own.revision)
    with pytest.raises(Refused, match="changed after you opened it"):
        await letters.approve(GUILD, own.template_id, own.revision, await postbag.second())


@pytest.mark.asyncio
async def test_a_letter_keeps_the_version_that_it_began_with(letters: TemplateService, postbag: Desk) -> None:
    first = (await live(letters, postbag)).template
    newer = await written(
        letters, await postbag.organiser(), of=first.template_id, text=TEXT.replace("I live", "My home is")
    )
    assert newer.template.template_id != first.template_id
    second = await letters.approve(GUILD, newer.template.template_id, newer.template.revision, await postbag.second())
    own = letters.for_group(GUILD)
    assert [frame.slug for frame in own.frames()] == [second.template.slug]
    old = own.frame(first.slug)
    assert old is not None, "an open letter goes on"
    offered = own.offered(first.slug)
    assert offered is not None
    assert offered.slug == second.template.slug
    facts = dict.fromkeys(old.needs, "fact")
    assert "I live in" in "".join(part.text for part in own.letter(first.slug, facts, {"why": "Dark."}))
    with pytest.raises(Overtaken):
        await written(letters, await postbag.organiser(), "Older", of=first.template_id)
    back = await letters.put_back(GUILD, first.template_id)
    assert back.template.state is TemplateState.LIVE
    assert [frame.slug for frame in letters.for_group(GUILD).frames()] == [first.slug]


@pytest.mark.asyncio
async def test_a_version_is_named_by_slug_title_or_full_name_one_in_use_first(
    letters: TemplateService, postbag: Desk
) -> None:
    first = await live(letters, postbag)
    draft = await written(letters, await postbag.organiser(), of=first.template.template_id, text=TEXT + "\n")
    named = letters.named
    assert named(GUILD, " LANTERNS ").template.template_id == first.template.template_id
    assert named(GUILD, "Lanterns, draft").template.template_id == draft.template.template_id
    assert named(GUILD, draft.template.slug).template.template_id == draft.template.template_id
    for name in ("Oysters", ""):
        with pytest.raises(NotFound):
            named(GUILD, name)


@pytest.mark.asyncio
async def test_a_draft_is_deleted_and_a_letter_in_use_is_retired(letters: TemplateService, postbag: Desk) -> None:
    draft = (await written(letters, await postbag.organiser(), "Drafted")).template
    with pytest.raises(Refused, match="draft, and not in use"):
        await letters.retire(GUILD, draft.template_id)
    await letters.discard(GUILD, draft.template_id, draft.revision)
    with pytest.raises(NotFound):
        letters.get(GUILD, draft.template_id)
    held = (await live(letters, postbag)).template
    await letters.retire(GUILD, held.template_id)
    assert letters.for_group(GUILD).frames() == ()
    assert letters.for_group(GUILD).offered(held.slug) is None
    assert letters.for_group(GUILD).frame(held.slug) is not None, "an open letter goes on"


@pytest.mark.asyncio
async def test_only_so_many_are_drafted_and_in_use(
    letters: TemplateService, postbag: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_HELD", 1)
    first = (await live(letters, postbag)).template
    draft = (await written(letters, await postbag.organiser(), "Second")).template
    with pytest.raises(Refused, match="1 drafts"):
        await written(letters, await postbag.organiser(), "Third")
    with pytest.raises(Refused, match="1 letters in use"):
        await letters.approve(GUILD, draft.template_id, draft.revision, await postbag.second())
    await letters.retire(GUILD, first.template_id)
    await letters.approve(GUILD, draft.template_id, draft.revision, await postbag.second())
    with pytest.raises(Refused, match="1 letters in use"):
        await letters.put_back(GUILD, first.template_id)


@pytest.mark.asyncio
async def test_what_is_stored_is_there_after_a_restart_and_read_again_from_another_process(
    letters: TemplateService, postbag: Desk
) -> None:
    held = (await live(letters, postbag)).template
    again = group_letters(postbag)
    await again.load()
    assert [one.template.slug for one in again.list(GUILD)] == [held.slug]
    await letters.retire(GUILD, held.template_id)
    await again.reload(GUILD)
    assert again.for_group(GUILD).frames() == ()
    await again.reload(OTHER)
    assert again.list(OTHER) == ()


@pytest.mark.asyncio
async def test_a_letter_that_is_not_there_is_not_set(letters: TemplateService) -> None:
    with pytest.raises(NotFound):
        letters.for_group(GUILD).letter("g404", {}, {})
