"""While one group's file is read, whatever it does, the others are answered and letters are finished."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import typst

from benchmarks.report_shapes import pdf_source, single
from bot.domain.drafts import SavedPage
from bot.domain.errors import Refused
from bot.domain.identity import GuildId, UserId
from bot.rehearsal.reading import text_of
from bot.sources import foreign

SENTENCE = (
    "Conclusions and recommendations\n1. We recommend that the Government should act. (Paragraph 12)\n2. We recommend action "
    "(paragraphs 5, 8, 12, 14, 17, 21, 22, 25, 29, 33, 36, 40, 41, 44, 48, 52, 55, 58, 61, 63, 66, 69, 71, 77 and Annex A)"
)
FORM = {"what": ["report"], "of": ["-"], "text": "", "link": ""}


@pytest.mark.asyncio
async def test_a_sentence_full_of_numbers_is_read_at_once(group: Any) -> None:
    form = await group.organiser.slash(group.channel, "reports import")
    draft = await group.organiser.submit_modal(form, FORM | {"text": SENTENCE})
    assert "Draft: nothing is imported yet" in text_of(draft.response)


@pytest.mark.asyncio
async def test_somebody_else_is_answered_while_a_file_holds_its_reader(
    group: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child = tmp_path / "stuck.py"
    child.write_text("import re\nre.match('(a+)+$', 'a' * 60 + 'b')\n")
    monkeypatch.setattr(foreign, "CHILD", child)
    imports = group.app.services.imports
    hanging = [asyncio.create_task(imports.read_report(GuildId(9000 + n), single())) for n in range(4)]
    await asyncio.sleep(0.2)
    started = await group.member.slash(group.channel, "start")
    assert "Read the recommendations" in text_of(started.response) + str(started.response.components)
    assert not any(task.done() for task in hanging)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


@pytest.mark.asyncio
async def test_a_reading_that_takes_too_long_imports_nothing(
    group: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child = tmp_path / "stuck.py"
    child.write_text("import re\nre.match('(a+)+$', 'a' * 60 + 'b')\n")
    monkeypatch.setattr(foreign, "CHILD", child)
    monkeypatch.setattr(group.app.services.imports._reader, "_seconds", 0.5)
    form = await group.organiser.slash(group.channel, "reports import")
    told = await group.organiser.submit_modal(form, FORM | {"text": SENTENCE})
    assert "so Postbag stopped" in text_of(told.response)
    assert "Nothing was imported" in text_of(told.response)
    assert not await group.app.services.imports.open_drafts(group.guild_id)


@pytest.mark.asyncio
async def test_a_letter_is_finished_while_seven_groups_upload_pdfs(group: Any) -> None:
    pdf = typst.compile(pdf_source().encode())
    imports, finished = group.app.services.imports, []

    async def upload(number: int) -> None:
        await imports.read_report(GuildId(9100 + number), [SavedPage(f"{n}.pdf", pdf) for n in range(3)])
        finished.append("read")

    uploads = [asyncio.create_task(upload(number)) for number in range(7)]
    await asyncio.sleep(0)
    opened = await group.member.slash(group.channel, "letter write", recommendation="never-again/1", mp="Tarning")
    assert opened.modal is not None
    await asyncio.to_thread(finished.append, "a thread of everybody's")
    before = list(finished)
    await asyncio.gather(*uploads)
    assert "a thread of everybody's" in before
    assert len(before) < len(finished) == 8


@pytest.mark.asyncio
async def test_one_set_up_file_waits_for_each_group(group: Any) -> None:
    moving = group.app.services.moving
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    content = (await moving.export(group.guild_id)).content
    elsewhere, other = GuildId(4_000_000_000_000_000_777), GuildId(4_000_000_000_000_000_778)
    first = await moving.show(elsewhere, content)
    kept = await moving.show(other, content)
    second = await moving.show(elsewhere, content)
    assert len(moving._shown) == 2
    with pytest.raises(Exception, match="has gone"):
        await moving.take(elsewhere, person, first.token)
    await moving.take(elsewhere, person, second.token)
    await moving.take(other, person, kept.token)
    with pytest.raises(Refused, match="JSON"):
        await moving.show(elsewhere, b"[" * 100_000)
