"""Every kind of letter for every kind of MP, as text and as pages; frames left as they are stopped, real letters let through."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from bot.clock import MovableClock
from bot.config import Settings
from bot.documents.maker import LetterMaker
from bot.domain.errors import Refused, Unfinished
from bot.domain.identity import UserId
from bot.domain.letter_asks import ASKS
from bot.domain.letter_checks import Weight
from bot.domain.letters import NAME_GAP, FrameKind, Letter, Recipient, Standing
from bot.domain.members import Constituency, Directory, Dissolution, Member, MemberRole
from bot.packs_alone import reports_alone
from bot.resources import templates_folder
from bot.services.letter_drafts import Draft
from bot.services.letters import LetterService, recipient_of
from bot.templating import JinjaTemplates

ME = UserId(1)
ROLES = {
    "backbencher": MemberRole.BACKBENCHER,
    "minister": MemberRole.MINISTER,
    "whip": MemberRole.WHIP,
    "speaker": MemberRole.SPEAKER,
    "abstaining": MemberRole.ABSTAINING,
    "unknown": MemberRole.UNKNOWN,
}
OWN = {
    "why": "Grandmother kept eleven polite answers inside a shoe box, tied with string. My daughter should one day find "
    "something in there that was done.",
    "local": "Old men above our chip shop ask on Thursdays what became of those envelopes.",
    "gap": "Not one line of your answer said what ministers themselves intend, although that was all I had wanted to know from you.",
    "thanks": "You rang back within two days, asked good questions, and my daughter heard you do it; she talks of little else now.",
    "reason": "promise",
}
CALLED = {"speaker": "Mr Speaker", "unknown": ""}


def member(role: str) -> Member:
    return Member(1, "Órla Ŵyn", "Rt Hon Órla Ŵyn MP", CALLED.get(role, "Ms Ŵyn"), "", "", "Ynys Wŷdd", ROLES[role])


def recipient(kind: str) -> Recipient:
    if kind == "vacant":
        return Recipient("Ynys Wŷdd", Standing.VACANT, 1)
    if kind == "typed":
        return Recipient("Ynys Wŷdd", Standing.NOT_CHECKED, typed_name="Ms Ŵyn")
    return recipient_of(Constituency(1, "Ynys Wŷdd", member(kind)))


class House:
    """A House that holds what a test puts into it."""

    def __init__(self) -> None:
        self.directory = Directory()
        self.dissolution = Dissolution()
        self.suspects_dissolution = False

    def as_of_line(self, now: datetime) -> str:
        return "MP data as of today."

    def near(self, text: str, limit: int = 25) -> tuple[Constituency, ...]:
        return ()

    async def with_contact(self, seat: Constituency) -> Constituency:
        return seat


async def service(house: House | None = None) -> LetterService:
    clock = MovableClock(datetime(2021, 10, 20, 9, tzinfo=UTC))
    templates = JinjaTemplates(templates_folder())
    reports = await reports_alone(Settings())
    reports._clock = reports._shared._clock = clock
    return LetterService(templates, reports, house or House(), clock, LetterMaker())


def started(letters: LetterService, frame: str, to: Recipient) -> Draft:
    about = "never-again/3" if letters.frame(frame).is_about_one else "never-again"
    return letters.start(ME, frame=frame, topic=letters.topic(about), recipient=to)


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", [*ROLES, "vacant", "typed"])
async def test_every_kind_of_letter_suits_its_reader(kind: str) -> None:
    letters, to = await service(), recipient(kind)
    for frame in letters.frames():
        draft = started(letters, frame.slug, to)
        asks = letters.asks(draft)
        assert asks, f"{frame.slug} has nothing to ask of {kind}"
        for ask in asks:
            made = letters.letter(letters.written(draft, ask.slug, OWN))
            _suits(made, kind)
            assert not [check for check in letters.checks(draft, made) if check.weight is Weight.STOP]
        if kind != "backbencher":
            assert not {"written-question", "question-when", "question-position", "table-this"} & {a.slug for a in asks}


def _suits(made: Letter, kind: str) -> None:
    text = made.text
    for bad in ("{{", "{%", "None", "[the day", "\n\n\n", "  ", " ,", " .", "()", "“”"):
        assert bad not in text, f"{made.frame.slug} for {kind}: {bad!r}"
    assert text.count("?") - sum(part.text.count("?") for part in made.parts if part.is_own) == 1
    assert "Ynys Wŷdd" in text
    assert made.words <= made.frame.kind.most_words
    if made.frame.kind is not FrameKind.LETTER:
        return
    opening = {"vacant": f"Dear {NAME_GAP},", "speaker": "Dear Mr Speaker,", "unknown": "Dear Órla Ŵyn,"}
    assert text.startswith(opening.get(kind, "Dear Ms Ŵyn,"))
    assert text.endswith("Yours sincerely,")
    first = {"vacant": NAME_GAP, "typed": "Ms Ŵyn"}.get(kind, "Rt Hon Órla Ŵyn MP")
    assert made.recipient.envelope == (first, "House of Commons", "London", "SW1A 0AA")


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["backbencher", "vacant"])
async def test_every_kind_is_one_page(kind: str) -> None:
    letters, to = await service(), recipient(kind)
    for frame in letters.frames():
        draft = started(letters, frame.slug, to)
        finished = await letters.finish(letters.written(draft, letters.asks(draft)[0].slug, OWN))
        names = [file.name for file in finished.files]
        assert finished.notes == ()
        if frame.kind is FrameKind.CALL:
            assert names == ["phone-script.txt", "sources.txt"]
            continue
        pdf = next(file for file in finished.files if file.name.endswith(".pdf"))
        pages = PdfReader(io.BytesIO(pdf.content)).pages
        assert len(pages) == 1, frame.slug
        said = "".join(pages[0].extract_text().split())
        for paragraph in finished.letter.text.split("\n\n"):
            assert "".join(paragraph.split()) in said, frame.slug
        assert ("HouseofCommonsLondon" in said) is (frame.kind is FrameKind.LETTER)


# Stopped, and let through ----------------------------------------------------------------------------------------

REAL = {
    "raise-a-recommendation": (
        "My grandmother came here in 1958 with one case. She would not talk about the camp, not to my father and not to me, but "
        "she wrote to her MP every year until she died. I found the answers in a shoe box: eleven letters, all of them kind, and "
        "not one of them said what was going to be done. I do not want to leave my daughter a shoe box."
    ),
    "response-overdue": (
        "Every week I drive my father to the hospital, and every week he asks me what the Government said. He worked in cotton for "
        "forty years, in Bolton and then in Izmir, and he can tell by the thread where a shirt was made. He turns the labels out "
        "in shops and shows them to strangers. I would like to have something to tell him in the car."
    ),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("slug", REAL)
async def test_a_frame_left_as_it_is_is_stopped_and_a_real_letter_passes(slug: str) -> None:
    letters, to = await service(), recipient("backbencher")
    draft = started(letters, slug, to)
    ask = letters.asks(draft)[0].slug
    frame = letters.blank(draft).text
    for untouched in (
        {},
        {"why": letters.frame(slug).questions[0].hint[:30]},
        {"why": "please " * 60},
        {"why": f"{ASKS[ask].said(letters.office(letters.topic('3')).minister)} " * 3},
    ):
        with pytest.raises(Unfinished) as stopped:
            await letters.finish(letters.written(draft, ask, untouched))
        assert stopped.value.next_step
    pasted = letters.letter(letters.written(draft, ask, {"why": frame.split("[")[0] + frame.split("]")[-1]}))
    assert pasted.own_words < 20, "the frame pasted into the box is nobody's own"
    copied = letters.letter(letters.written(draft, ask, dict(letters.frame(slug).sample)))
    assert copied.own_words < 20, "nor is the sample"
    finished = await letters.finish(letters.written(draft, ask, {"why": REAL[slug]}))
    assert finished.may_write_to_them
    assert finished.letter.score < 0.5
    assert finished.letter.share >= 0.45


@pytest.mark.asyncio
async def test_a_draft_to_a_former_mp_goes_to_the_new_one_and_says_so() -> None:
    house = House()
    letters = await service(house)
    house.directory = Directory((Constituency(1, "Ynys Wŷdd", member("backbencher")),), letters._clock.now())
    draft = started(letters, "raise-a-recommendation", recipient("backbencher"))
    draft = letters.written(draft, "meet", {"why": REAL["raise-a-recommendation"]})
    assert "mp-changed" not in {check.slug for check in letters.checks(draft, letters.letter(draft))}
    after = Member(2, "Bo Newly", "Bo Newly MP", "Mr Newly", "", "", "Ynys Wŷdd", MemberRole.BACKBENCHER)
    house.directory = Directory((Constituency(1, "Ynys Wŷdd", after),), letters._clock.now())
    made = letters.letter(draft)
    assert made.text.startswith("Dear Mr Newly,")
    changed = next(check for check in letters.checks(draft, made) if check.slug == "mp-changed")
    assert "Bo Newly now" in changed.message
    house.directory = Directory((Constituency(1, "Ynys Wŷdd", None),), letters._clock.now())
    finished = await letters.finish(draft)
    assert {"mp-changed", "vacant"} <= {check.slug for check in finished.checks}
    assert not finished.may_write_to_them
    assert finished.link == ""


@pytest.mark.asyncio
async def test_old_data_and_a_house_of_nobody_are_said_and_a_dissolution_stops() -> None:
    house = House()
    letters = await service(house)
    house.directory = Directory(
        (Constituency(1, "Ynys Wŷdd", member("backbencher")),), datetime(2021, 9, 1, tzinfo=UTC)
    )
    house.suspects_dissolution = True
    draft = started(letters, "raise-a-recommendation", recipient("backbencher"))
    draft = letters.written(draft, "meet", {"why": REAL["raise-a-recommendation"]})
    assert {"stale", "maybe-dissolved"} <= {check.slug for check in letters.checks(draft, letters.letter(draft))}
    house.dissolution = Dissolution(datetime(2021, 10, 1, tzinfo=UTC).date())
    for step in (letters.letter, letters.finished_letter):
        with pytest.raises(Refused, match="there are no MPs"):
            step(draft)


@pytest.mark.asyncio
async def test_a_slow_source_of_contacts_delays_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    house = House()
    letters = await service(house)
    monkeypatch.setattr("bot.services.letters.CONTACT_WAIT", 0.01)

    async def slow(seat: Constituency) -> Constituency:
        await asyncio.sleep(30)
        return seat

    monkeypatch.setattr(house, "with_contact", slow)
    draft = started(letters, "raise-a-recommendation", recipient("backbencher"))
    finished = await letters.finish(letters.written(draft, "meet", {"why": REAL["raise-a-recommendation"]}))
    assert len(finished.files) == 5
