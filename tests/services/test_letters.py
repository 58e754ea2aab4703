"""Drafts in memory: one owner, one hour; whom and what a letter is about; the hand-over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from bot.clock import MovableClock
from bot.documents.maker import LetterMaker
from bot.domain.errors import DraftGone, NotFound, Refused, Unfinished
from bot.domain.identity import GuildId, ReportSlug, UserId
from bot.domain.letter_checks import Weight, look_over
from bot.domain.letters import FrameKind, Standing
from bot.domain.members import Constituency, Directory, Dissolution, Member, MemberRole
from bot.domain.own_words import ASKED, MOST_SHARED, count_words
from bot.domain.records import Overlay
from bot.domain.reports import Report
from bot.resources import packs_folder, templates_folder
from bot.search import RecommendationIndex
from bot.services import letter_drafts
from bot.services.letter_drafts import Draft
from bot.services.letters import ANSWER_LIMIT, LetterService
from bot.services.reports import ReportService
from bot.templating import JinjaTemplates
from storage.departments import read_departments
from storage.packs import read_pack

AMINA, OTHER = UserId(1), UserId(2)
WHY = (
    "I read this report in one night, because my neighbour's mother is one of the people it is about, and I have thought of "
    "little else since then. Nobody on our street knew what to tell her children."
)


class Packs:
    """The shipped report, followed by nobody."""

    async def all(self) -> Sequence[Report]:
        return (read_pack(packs_folder() / "never-again.toml"),)

    async def responses_read(self) -> dict[ReportSlug, tuple[()]]:
        return {}

    async def overlays(self) -> Mapping[GuildId, Overlay]:
        return {}

    async def overlay(self, guild_id: GuildId) -> Overlay:
        return Overlay()

    async def follow(self, guild_id: GuildId, report: ReportSlug, now: datetime) -> bool:
        return False

    async def unfollow(self, guild_id: GuildId, report: ReportSlug) -> bool:
        return False

    async def followed(self, guild_id: GuildId) -> Sequence[ReportSlug]:
        return ()

    async def followers(self, report: ReportSlug) -> Sequence[GuildId]:
        return ()


@dataclass
class House:
    """A House of three seats."""

    directory: Directory
    dissolution: Dissolution = field(default_factory=Dissolution)

    @property
    def suspects_dissolution(self) -> bool:
        return False

    async def with_contact(self, seat: Constituency) -> Constituency:
        return seat

    def as_of_line(self, now: datetime) -> str:
        return "MP data as of today."

    def near(self, text: str, limit: int = 25) -> Sequence[Constituency]:
        return [s for s in self.directory.constituencies if text.casefold() in s.name.casefold()][:limit]


def numbered(word: str, count: int) -> str:
    return " ".join(f"{word}{place}" for place in range(count))


def member(number: int, seat: str, role: MemberRole) -> Member:
    return Member(number, f"Member {number}", f"Member {number} MP", "", f"{number}, Member", "Party", seat, role)


@dataclass
class Desk:
    letters: LetterService
    house: House
    clock: MovableClock

    def draft(self, *, frame: str = "", about: str = "never-again/3", seat: str = "Aberwick") -> Draft:
        recipient = self.letters.recipient(seat)
        return self.letters.start(AMINA, frame=frame, topic=self.letters.topic(about), recipient=recipient)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = MovableClock(datetime(2026, 3, 2, 10, tzinfo=UTC))
    reports = ReportService(Packs(), clock, RecommendationIndex, read_departments())
    await reports.load()
    house = House(
        Directory(
            (
                Constituency(1, "Aberwick", member(11, "Aberwick", MemberRole.BACKBENCHER)),
                Constituency(2, "Aberwickham", member(12, "Aberwickham", MemberRole.MINISTER)),
                Constituency(3, "Farfield", None),
            ),
            as_of=clock.now(),
        )
    )
    yield Desk(LetterService(JinjaTemplates(templates_folder()), reports, house, clock, LetterMaker()), house, clock)


@pytest.mark.claim("C-18", "P-11")
@pytest.mark.asyncio
async def test_a_draft_is_its_owners_alone_for_an_hour(desk: Desk) -> None:
    draft = desk.draft()
    assert desk.letters.draft(draft.token, AMINA) == draft
    with pytest.raises(DraftGone):
        desk.letters.draft(draft.token, OTHER)
    desk.clock.advance(timedelta(minutes=59))
    desk.letters.written(desk.letters.draft(draft.token, AMINA), "meet", {"why": WHY})
    desk.clock.advance(timedelta(minutes=59))
    assert desk.letters.draft(draft.token, AMINA).own["why"] == WHY
    desk.clock.advance(timedelta(minutes=1))
    with pytest.raises(DraftGone) as gone:
        desk.letters.draft(draft.token, AMINA)
    assert "60 minutes" in gone.value.message
    assert list(desk.letters.drafts) == []


@pytest.mark.asyncio
async def test_memory_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_drafts, "MOST_DRAFTS", 3)
    tokens = [desk.draft().token for _ in range(5)]
    assert list(desk.letters.drafts) == tokens[2:]


@pytest.mark.asyncio
async def test_words_never_show_in_a_representation(desk: Desk) -> None:
    draft = desk.letters.written(
        desk.letters.to(desk.draft(), desk.letters.typed("Zqseat", "Zqname")), "write-to-minister", {}
    )
    draft = replace(draft, own={"why": "Zqwords " + WHY})
    assert "Zq" not in repr(draft)
    finished = await desk.letters.finish(draft)
    assert "Zqwords" not in repr(replace(finished, letter=None))  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_an_ask_that_does_not_fit_is_refused_and_the_words_stay(desk: Desk) -> None:
    draft = desk.draft(seat="Aberwickham")
    with pytest.raises(Refused, match="Choose one thing"):
        desk.letters.written(draft, "written-question", {"why": WHY})
    assert desk.letters.draft(draft.token, AMINA).own["why"] == WHY


@pytest.mark.asyncio
async def test_another_mp_takes_back_an_ask_that_does_not_fit(desk: Desk) -> None:
    draft = desk.letters.written(desk.draft(), "written-question", {"why": WHY})
    minister = desk.letters.recipient("aberwickham")
    assert minister is not None
    moved = desk.letters.to(draft, minister)
    assert moved.ask == ""
    assert moved.own["why"] == WHY
    assert desk.letters.to(replace(moved, ask="meet"), minister).ask == "meet"


@pytest.mark.asyncio
async def test_an_exact_name_is_never_a_near_one(desk: Desk) -> None:
    found = desk.letters.recipient("ABERWICK")
    assert found is not None
    assert found.constituency == "Aberwick"
    assert desk.letters.recipient("Aber") is None
    assert [r.constituency for r in desk.letters.near("aber")] == ["Aberwick", "Aberwickham"]
    assert desk.letters.near("  \u200f ") == ()
    vacant = desk.letters.recipient_in("3")
    assert vacant is not None
    assert vacant.standing is Standing.VACANT
    assert desk.letters.recipient_in("99") is None
    assert desk.letters.recipient_in("; drop") is None


@pytest.mark.asyncio
async def test_a_finished_letter_has_text_and_file(desk: Desk) -> None:
    draft = desk.letters.written(desk.draft(), "meet", {"why": WHY, "local": "", "other": "ignored"})
    finished = await desk.letters.finish(draft)
    assert "".join(finished.texts) in (finished.letter.text, finished.letter.as_mail())
    assert "ignored" not in finished.letter.text
    assert finished.letter.citations[0][1].startswith("https://publications.parliament.uk/")
    lines = finished.files[0].content.decode("utf-8-sig").split("\r\n")
    assert lines[:3] == ["[your address and postcode]", "", "2 March 2026"]
    assert lines[4:8] == ["Member 11 MP", "House of Commons", "London", "SW1A 0AA"]
    assert lines[-1] == "[your full name]", "only the letter: its sources are another file"
    assert finished.files[-1].name == "sources.txt"
    assert "https://publications.parliament.uk/" in finished.files[-1].content.decode("utf-8-sig")
    assert finished.gaps == ("[your full name]", "[your address and postcode]")
    assert "Dear Member 11," in lines


@pytest.mark.asyncio
@pytest.mark.parametrize("own", [{}, {"why": ""}, {"why": "Too few of them."}])
async def test_an_untouched_frame_cannot_be_finished(desk: Desk, own: dict[str, str]) -> None:
    draft = desk.letters.written(desk.draft(), "meet", own)
    with pytest.raises(Unfinished) as refused:
        await desk.letters.finish(draft)
    assert refused.value.next_step


@pytest.mark.asyncio
async def test_a_letter_longer_than_three_messages_is_a_file(desk: Desk) -> None:
    draft = desk.letters.written(desk.draft(), "meet", {"why": numbered("word", 400), "local": numbered("other", 400)})
    assert len(draft.own["why"]) <= ANSWER_LIMIT
    finished = await desk.letters.finish(draft)
    assert finished.texts == ()
    assert finished.files[0].content.count(b"other") == 400


@pytest.mark.asyncio
async def test_every_letter_sets_for_every_recipient(desk: Desk) -> None:
    desk.clock.move_to(datetime(2021, 10, 20, 9, tzinfo=UTC))
    recipients = [desk.letters.recipient_in(str(n)) for n in (1, 2, 3)] + [desk.letters.typed("Elsewhere", "")]
    for frame in desk.letters.frames():
        for recipient in recipients:
            assert recipient is not None
            draft = desk.letters.start(AMINA, frame=frame.slug, topic=desk.letters.topic("never-again/3"))
            draft = desk.letters.to(draft, recipient)
            for ask in desk.letters.asks(draft):
                written = desk.letters.written(draft, ask.slug, dict.fromkeys(frame.sample, WHY))
                letter = desk.letters.letter(written)
                if frame.kind is FrameKind.LETTER:
                    assert letter.text.startswith("Dear ")
                    assert letter.text.endswith("Yours sincerely,")
                assert letter.words <= frame.kind.most_words
                assert not [check for check in look_over(letter) if check.weight is Weight.STOP]
                assert letter.text.count("?") == 1
                assert "HC 198" in letter.text
                assert "{{" not in letter.text


@pytest.mark.asyncio
async def test_a_frame_shrinks_where_little_is_written(desk: Desk) -> None:
    draft = desk.draft()
    little = desk.letters.letter(desk.letters.written(draft, "meet", {"why": WHY}))
    much = desk.letters.letter(desk.letters.written(draft, "meet", {"why": f"{WHY} {numbered('thought', 200)}"}))
    assert little.text.startswith(
        "Dear Member 11,\n\nI live in Aberwick. In July 2021 the Foreign Affairs Committee asked"
    )
    assert "I am one of your constituents in Aberwick. In July 2021 the Foreign Affairs Committee asked" in much.text
    assert little.shared_words < much.shared_words <= MOST_SHARED
    for letter in (little, much):
        assert "(Never Again, HC 198, paragraph 18)" in letter.text
        assert letter.recipient.salutation in letter.text


@pytest.mark.asyncio
async def test_the_short_path_has_thirty_shared_words_beside_the_reason(desk: Desk) -> None:
    draft = desk.draft(frame="short-letter")
    for ask in desk.letters.asks(draft):
        letter = desk.letters.letter(desk.letters.written(draft, ask.slug, {"reason": "family", "why": WHY}))
        picked = [part for part in letter.parts if part.picked]
        assert [part.is_own for part in picked] == [False]
        asked = [part for part in letter.parts if part.fact == ASKED]
        assert letter.shared_words - count_words(picked[0].text) - count_words(asked[0].text) <= 30
        kept = desk.letters.written(draft, ask.slug, {"reason": picked[0].text, "why": WHY})
        assert desk.letters.letter(kept).text == letter.text, "a picked reason read back from the preview"
    none = desk.letters.written(draft, "meet", {"reason": "none", "why": WHY})
    assert not [part for part in desk.letters.letter(none).parts if part.picked]


@pytest.mark.asyncio
async def test_the_words_of_a_question_come_only_with_the_request_to_table_it(desk: Desk) -> None:
    draft = desk.draft(frame="written-question")
    tabled = desk.letters.letter(desk.letters.written(draft, "table-this", {"why": WHY})).text
    assert "To ask the Secretary of State for Foreign, Commonwealth and Development Affairs, what steps the" in tabled
    other = desk.letters.letter(desk.letters.written(draft, "write-to-minister", {"why": WHY})).text
    assert "To ask the Secretary" not in other
    minister = desk.draft(frame="written-question", seat="Aberwickham")
    assert [ask.slug for ask in desk.letters.asks(minister)] == ["write-to-minister"]


@pytest.mark.asyncio
async def test_the_chaser_of_autumn_2021(desk: Desk) -> None:
    desk.clock.move_to(datetime(2021, 9, 22, 9, tzinfo=UTC))
    draft = desk.draft(frame="response-overdue", about="never-again")
    text = desk.letters.letter(desk.letters.written(draft, "ask-when", {"why": WHY})).text
    assert "An answer was expected by 8 September 2021." in text
    much = {"why": f"{WHY} {numbered('thought', 150)}"}
    text = desk.letters.letter(desk.letters.written(draft, "ask-when", much)).text
    assert "expected by 8 September 2021. That was 14 days ago, and I have not seen it." in text
    for word in ("breach", "illegal", "failed"):
        assert word not in text
    desk.clock.move_to(datetime(2021, 11, 1, 9, tzinfo=UTC))
    with pytest.raises(Refused, match="Answered on 1 November 2021, 54 days late"):
        desk.draft(frame="response-overdue", about="never-again")
    with pytest.raises(Refused, match="overdue"):
        desk.letters.letter(desk.letters.written(draft, "ask-when", {"why": WHY}))


@pytest.mark.asyncio
async def test_a_letter_about_one_needs_one(desk: Desk) -> None:
    draft = desk.draft(about="never-again")
    assert draft.topic == ""
    with pytest.raises(Refused, match="n't complete"):
        desk.letters.letter(draft)
    assert desk.letters.about(draft, desk.letters.topic("T-12")).topic == "never-again/T-12"


@pytest.mark.asyncio
async def test_letters_pause_while_parliament_is_dissolved(desk: Desk) -> None:
    draft = desk.letters.written(desk.draft(), "meet", {"why": WHY})
    desk.house.dissolution = Dissolution(date(2026, 3, 1), date(2026, 5, 12))
    with pytest.raises(Refused, match="dissolved on 1 March 2026"):
        desk.draft()
    with pytest.raises(Refused, match="there are no MPs"):
        await desk.letters.finish(draft)
    desk.clock.move_to(datetime(2026, 5, 12, 9, tzinfo=UTC))
    assert desk.draft()


@pytest.mark.asyncio
async def test_a_rebuilt_draft_holds_only_what_still_fits(desk: Desk) -> None:
    minister = desk.letters.recipient("Aberwickham")
    how = {"frame": "raise-a-recommendation", "topic": "never-again/3"}
    draft = desk.letters.rebuilt("token", AMINA, recipient=minister, ask="written-question", own={"why": WHY}, **how)
    assert (draft.ask, draft.own["why"]) == ("", WHY)
    assert desk.letters.draft("token", AMINA) == draft
    foreign = desk.letters.rebuilt("token", OTHER, recipient=minister, **how)
    assert foreign.token != "token"
    assert desk.letters.draft("token", AMINA) == draft, "nobody can push another's draft aside"
    for bad in ({"frame": "gone"}, {"topic": "never-again/99"}):
        with pytest.raises(DraftGone):
            desk.letters.rebuilt("t", AMINA, recipient=None, **(how | bad))


@pytest.mark.asyncio
async def test_names_that_are_not_known_are_said(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no letter with that name"):
        desk.draft(frame="sonnet")
    with pytest.raises(Refused, match="Which constituency"):
        desk.letters.typed(" \n ")
    assert desk.letters.typed("x" * 300).constituency == "x" * 100
    assert desk.letters.frame("the response is overdue").slug == "response-overdue"
    assert desk.letters.frame("phone").slug == "phone-script", (
        "what the suggestions find is found when it is sent as it is"
    )
    with pytest.raises(NotFound, match="no letter with that name") as several:
        desk.letters.frame("repl")
    assert several.value.next_step == "Choose one of: You replied, but did not answer; You have not replied yet."
