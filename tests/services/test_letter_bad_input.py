"""Letters of whatever people type, about rows of which little is known: clear words, and nothing lost."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy

import docx
import pytest

from bot.clock import MovableClock
from bot.config import Settings
from bot.documents.maker import LetterMaker
from bot.domain.errors import Refused
from bot.domain.identity import ItemKey, UserId
from bot.domain.letter_asks import ASKS, NOBODY_KNOWN
from bot.domain.letter_facts import Topic
from bot.domain.letters import DEPARTMENT_GAP, FrameKind
from bot.domain.members import Dissolution
from bot.domain.plain_text import without_invisible_signs
from bot.domain.reports import Recommendation
from bot.packs_alone import reports_alone
from bot.resources import templates_folder
from bot.services.letters import ANSWER_LIMIT, LetterService
from bot.templating import JinjaTemplates
from tests.services.test_letter_kinds import OWN, House, recipient, service, started

SCRIPTS = {
    "Latin": "Ĝis la revido, Ŵyl y tŷ, dŵr a golau",
    "Uyghur": "مەن خەت يازدىم ئانامنىڭ ئاۋازىنى ئاڭلىمىدىم",
    "Arabic": "كتبت رسالة ولم أسمع صوت أمي",
    "Hebrew": "כתבתי מכתב ולא שמעתי את קולה",
    "Chinese": "我的邻居没有听到她母亲的声音",
    "Tibetan": "ངས་ཡི་གེ་བྲིས་པ་ཡིན",
    "Cyrillic": "Мен хат яздым, анамның авазын аңламидим",
    "Greek": "Έγραψα ένα γράμμα και δεν άκουσα",
    "Devanagari": "मैंने चिट्ठी लिखी और आवाज़ नहीं सुनी",
    "Bengali": "আমি চিঠি লিখেছি কিন্তু শুনিনি",
    "Korean": "저는 편지를 썼지만 듣지 못했습니다",
}
UNSEEN = "\u202e\u200b\u2066\ufeff\u00ad\x07"


def four_thousand() -> str:
    """Give as much as a form takes: eleven scripts, right-to-left and left-to-right by turns, every sentence another one."""
    text, number = "", 0
    while len(text) < ANSWER_LIMIT:
        for words in SCRIPTS.values():
            number += 1
            text += f"{words} {number}{UNSEEN if number % 5 == 0 else ''}.\n"
    return text[:ANSWER_LIMIT].rstrip()


def signs(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.asyncio
async def test_four_thousand_characters_of_eleven_scripts_lose_nothing() -> None:
    letters, to, typed = await service(), recipient("backbencher"), four_thousand()
    assert len(typed) > ANSWER_LIMIT - 60
    for frame in letters.frames():
        draft = started(letters, frame.slug, to)
        first = frame.written[0].name
        draft = letters.written(draft, frame.asks[0], {**OWN, first: typed})
        finished = await letters.finish(draft)
        wanted = signs(without_invisible_signs(typed))
        assert wanted in signs(finished.letter.text), frame.slug
        files = {file.name.rpartition(".")[2] + file.name[:2]: file.content for file in finished.files}
        text = next(
            file.content for file in finished.files if file.name.endswith(".txt") and "sources" not in file.name
        )
        assert wanted in signs(text.decode("utf-8-sig")), frame.slug
        if "docxle" in files:
            words = "\n".join(p.text for p in docx.Document(io.BytesIO(files["docxle"])).paragraphs)
            assert wanted in signs(words.replace("\u200b", "")), frame.slug
        if "emlle" in files:
            body = message_from_bytes(files["emlle"], policy=policy.default).get_content()  # type: ignore[attr-defined]
            assert wanted in signs(body), frame.slug
        for unseen in UNSEEN:
            assert unseen not in finished.letter.text, (
                "a sign that nobody sees can turn the words of an office's screen"
            )


BARE = Recommendation(ItemKey("X-1"), "Lamps", "Count the lamps.", "", official="")
ROWS = {
    "a line of ours": replace(BARE, letter_line="count every lamp in the streets of Farfield"),
    "the committee's words": replace(BARE, summary="", official="We recommend that the Government counts the lamps."),
    "a summary alone": BARE,
}


@pytest.mark.asyncio
@pytest.mark.parametrize("row", ROWS)
async def test_a_row_without_addressee_number_or_paragraph_reads_well_in_every_letter(row: str) -> None:
    reports = await reports_alone(Settings())
    report = reports.for_group(None).report("never-again")
    letters = LetterService(
        JinjaTemplates(templates_folder()), reports, House(), MovableClock(datetime(2021, 10, 20, 9, tzinfo=UTC)), LetterMaker()
    )  # fmt: skip
    topic, to = Topic(report, ROWS[row]), recipient("backbencher")
    for frame in letters.frames():
        for level in range(4):
            for slug in frame.asks:
                made = letters._set(frame, topic, to, ASKS[slug], OWN, None, levels=(level,))
                text = made.text
                assert "Lamp" in text or "lamp" in text, (frame.slug, "the ask is stated")
                for bad in (
                    "None",
                    "()",
                    "(, ",
                    ", )",
                    "  ",
                    " .",
                    " ,",
                    "..",
                    "X-1",
                    "not confirmed",
                    "recommendation ,",
                    "{{",
                ):
                    assert bad not in text, f"{frame.slug}, {slug}, {level}: {bad!r} in\n{text}"
                assert text.count("?") - sum(p.text.count("?") for p in made.parts if p.is_own) == 1
                if slug == "write-to-minister":
                    assert NOBODY_KNOWN in text
                if slug == "table-this":
                    assert DEPARTMENT_GAP in text
                    assert made.gaps == (DEPARTMENT_GAP,)


@pytest.mark.asyncio
@pytest.mark.parametrize("day", [date(2021, 10, 20), date(2021, 10, 21)], ids=["the day itself", "the day after"])
async def test_on_a_dissolution_and_the_day_after_nothing_is_made_and_the_reason_is_said(day: date) -> None:
    house = House()
    letters = await service(house)
    drafts = [started(letters, frame.slug, recipient("backbencher")) for frame in letters.frames()]
    drafts = [letters.written(draft, letters.asks(draft)[0].slug, OWN) for draft in drafts]
    house.dissolution = Dissolution(date(2021, 10, 20))
    letters._clock = MovableClock(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    for draft in drafts:
        for refused in (letters.letter, letters.blank):
            with pytest.raises(Refused, match="dissolved on 20 October 2021, so there are no MPs") as why:
                refused(draft)
            assert "Letters pause" in why.value.next_step
        with pytest.raises(Refused, match="there are no MPs"):
            await letters.finish(draft)
        assert letters.draft(draft.token, UserId(1)).own, "what was written is still there"


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["Vacant", "-", "TBC", "no MP", "there is no MP", "TBC MP"])
async def test_a_typed_name_that_is_nobodys_is_asked_for_again(name: str) -> None:
    letters = await service()
    with pytest.raises(Refused, match="isn't the name of an MP") as why:
        letters.typed("Tarning", name)
    assert "leave it empty" in why.value.next_step
    with pytest.raises(Refused, match="Which constituency"):
        letters.typed(name)


@pytest.mark.asyncio
async def test_a_typed_name_is_taken_as_it_is_said() -> None:
    letters = await service()
    with pytest.raises(Refused) as why:
        letters.typed("Tarning", "Thackwell, Ms Amina")
    assert "Ms Amina Thackwell" in why.value.next_step
    assert letters.typed("Tarning", "Dear Ms Thackwell,").salutation == "Dear Ms Thackwell,"
    assert letters.typed("Tarning", "mr bo oyster").envelope[0] == "Mr Bo Oyster"
    assert letters.typed("Tarning").salutation == "Dear [name of the MP],"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("seat", "name"), [("ZA1 1AA Tarning", ""), ("my postcode is ZA11AA", ""), ("Tarning", "ZA1 1AA")]
)
async def test_a_postcode_is_never_set_into_a_letter(seat: str, name: str) -> None:
    letters = await service()
    with pytest.raises(Refused, match="looks like a postcode") as why:
        letters.typed(seat, name)
    assert "ZA1" not in str(why.value)


@pytest.mark.asyncio
async def test_an_mp_nobody_checked_is_named_as_typed_and_never_as_a_minister() -> None:
    letters = await service()
    to = letters.typed("Ynys Wŷdd\u202e", "  Rt Hon Sir  John\n Hayes CBE MP ")
    assert to.salutation == "Dear Sir John,"
    for frame in letters.frames():
        draft = started(letters, frame.slug, to)
        made = letters.letter(letters.written(draft, letters.asks(draft)[0].slug, OWN))
        assert "your own department" not in made.text
        if frame.kind is FrameKind.LETTER:
            assert made.text.startswith("Dear Sir John,\n\n")
