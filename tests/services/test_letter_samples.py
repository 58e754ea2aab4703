"""Twelve letters, four kinds about three reports, kept in ``docs/samples`` to be read: what Postbag sets today is what is kept.

After a change that is meant, write them anew with ``python -m tests.services.test_letter_samples`` and read them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import MovableClock
from bot.config import Settings
from bot.documents.maker import LetterMaker
from bot.documents.page import page_of
from bot.documents.text import page_as_text
from bot.domain.identity import UserId
from bot.domain.letters import Letter, Signature
from bot.domain.members import Constituency, Member, MemberRole
from bot.packs_alone import reports_alone
from bot.resources import templates_folder
from bot.services.letters import LetterService, recipient_of
from bot.templating import JinjaTemplates
from tests.services.test_letter_kinds import House

pytestmark = pytest.mark.every_pack
FOLDER = Path(__file__).parents[2] / "docs" / "samples"
DAY = datetime(2026, 11, 28, 9, tzinfo=UTC)
MEMBER = Member(
    1, "Ms Amina Thackwell", "Amina Thackwell MP", "Ms Thackwell", "", "", "Tarning", MemberRole.BACKBENCHER
)


@dataclass(frozen=True)
class Sample:
    """What a made-up writer chose and wrote."""

    name: str
    about: str
    kind: str
    ask: str
    writer: str
    why: str
    local: str = ""
    reason: str = ""


SAMPLES = (
    Sample(
        "cotton", "never-again/T-18", "raise-a-recommendation", "write-to-minister", "Pia Example",
        "My mother sewed shirts in a factory here until it closed, and she taught me to read the label before the price. Last "
        "month my daughter asked me whether the person who picked the cotton had been paid. I told her that I did not know, and "
        "that I would ask somebody who could find out.",
    ),
    Sample(
        "genocide", "never-again/1", "short-letter", "your-view", "Rhys Example",
        "The man who repairs our shoes came from Urumqi, and he has not heard his brother's voice since 2017. He does not ask "
        "anybody for anything. I am writing because he will not, and because I think you should know that he lives here. His "
        "shop is the one beside the station, and half of Tarning walks past it every morning.",
        reason="faith",
    ),
    Sample(
        "genocide-today", "never-again/1", "government-position", "ask-position", "Nadia Example",
        "I studied law as a mature student, and I have never understood who is meant to decide if no court can hear the case. My "
        "tutor said that it was a fair question. I should like to be able to tell this year's students what ministers think now, "
        "because they ask me every term.",
    ),
    Sample(
        "solar", "never-again/T-21", "written-question", "table-this", "Tomos Example",
        "I fit solar panels for a living, on roofs all over this town. Customers ask me where the panels come from, and I show "
        "them the papers that the supplier gives me. The papers name a factory and say nothing of the silicon. I believe in this "
        "work and I want to go on doing it with a good conscience. If a minister answers your question I shall print the answer "
        "and keep it in the van, because it would help me more than any leaflet has done.",
    ),
    Sample(
        "import-ban", "forced-labour/F-03", "raise-a-recommendation", "write-to-minister", "Gwen Example",
        "I run a small shop that sells school uniforms. Every August parents ask me whether I can promise that no child or "
        "prisoner made them, and I cannot. Larger shops have people for this, and I have a telephone and an evening. A law that "
        "holds for everybody would help me more than it would cost me.",
    ),
    Sample(
        "right-to-sue", "forced-labour/F-05", "short-letter", "write-to-minister", "Elif Example",
        "I teach English to people who escaped from work that they were never paid for. One of them asked me how to complain about "
        "the company at the end of the chain. I looked for an hour and found nobody who would hear her. She thanked me all the "
        "same, and went back to her homework.",
        reason="work",
    ),
    Sample(
        "modern-slavery", "forced-labour/F-06", "government-position", "ask-position", "Owen Example",
        "I sit on the ethics group of our parish, which buys coffee, candles and cloth from four suppliers. We wrote to each of "
        "them and asked what they had done. Two sent us a statement which said, in good English, that they had done nothing. I "
        "was surprised to learn that this is allowed.",
    ),
    Sample(
        "due-diligence", "forced-labour/F-02", "written-question", "table-this", "Mair Example",
        "I keep the books for a firm that makes garden furniture. We asked eleven suppliers where their steel and their timber came "
        "from. Five answered, three sent a brochure, and three did not reply. We are too small to make them. My employer would "
        "gladly do what a law asked of us if it also asked it of our competitors, and he said that I might tell you so. What we "
        "need most is to know what is coming and when, so that we can plan for it.",
    ),
    Sample(
        "police-training", "transnational-repression/R-05", "raise-a-recommendation", "write-to-minister", "Sioned Example",
        "A student who rents my upstairs room was followed home twice last winter and photographed at our gate. She went to the "
        "police, who were kind, wrote it down, and asked her what a consulate had to do with it. She did not go back. I would like "
        "the next officer she meets to know the answer.",
    ),
    Sample(
        "hotline", "transnational-repression/R-04", "short-letter", "write-to-minister", "Bo Example",
        "My neighbour receives telephone calls at night from people who know where her parents live. When she asked me for help, the "
        "only number that I could find was the one for reporting a burglary. She has not rung it, because she thinks that nobody "
        "there would know what she meant.",
        reason="family",
    ),
    Sample(
        "definition", "transnational-repression/R-01", "government-position", "ask-position", "Iwan Example",
        "I chair a residents' association with people from eleven countries in it, and three of them have stopped coming to "
        "meetings because they do not want to be in the photographs. When I tried to explain this to the council I had no word for "
        "it. I think that a word would be a beginning.",
    ),
    Sample(
        "influence-register", "transnational-repression/R-06", "written-question", "table-this", "Catrin Example",
        "I teach at a college where some of my students will not speak in seminars when certain others are in the room. They have "
        "told me why, in the car park, with their telephones left inside. I am not able to judge what is true in each case. I "
        "can see that they are afraid, and that they came here to be able to talk. An answer on the record would let me tell them "
        "what this country has decided, which is more than I can tell them today.",
    ),
)  # fmt: skip


async def service() -> LetterService:
    reports = await reports_alone(Settings())
    return LetterService(JinjaTemplates(templates_folder()), reports, House(), MovableClock(DAY), LetterMaker())


def letter_of(letters: LetterService, sample: Sample) -> Letter:
    to = recipient_of(Constituency(1, "Tarning", MEMBER))
    draft = letters.start(UserId(1), frame=sample.kind, topic=letters.topic(sample.about), recipient=to)
    own = {"why": sample.why, "local": sample.local, "reason": sample.reason}
    return letters.letter(letters.written(draft, sample.ask, own))


def text_of(letter: Letter, sample: Sample) -> str:
    signature = Signature(sample.writer, "1 Invented Lane\nTarning\nZA1 1AA")
    page = page_of(letter, "28 November 2026", signature)
    return page_as_text(page).content.decode("utf-8-sig").replace("\r\n", "\n") + "\n"


@pytest.mark.asyncio
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.name)
async def test_what_is_kept_is_what_is_set(sample: Sample) -> None:
    letter = letter_of(await service(), sample)
    kept = (FOLDER / f"{sample.name}.txt").read_text(encoding="utf-8")
    assert kept == text_of(letter, sample)
    assert letter.share >= 0.5
    if sample.kind != "written-question":
        assert letter.score < 0.5, "WriteToThem is open to each of them"


def test_nothing_else_is_kept() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == {f"{sample.name}.txt" for sample in SAMPLES}


async def write_anew() -> AsyncIterator[Path]:
    letters = await service()
    for sample in SAMPLES:
        path = FOLDER / f"{sample.name}.txt"
        path.write_text(text_of(letter_of(letters, sample), sample), encoding="utf-8")
        yield path


async def _all() -> None:
    async for path in write_anew():
        print(path)


if __name__ == "__main__":
    asyncio.run(_all())
