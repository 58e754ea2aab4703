"""All kinds of letters × all shipped rows × three lengths: the ask is stated in every one, and nothing in them reads wrongly."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.clock import MovableClock
from bot.config import Settings
from bot.documents.maker import LetterMaker
from bot.domain.errors import Refused
from bot.domain.identity import ItemKey, UserId
from bot.domain.letter_asks import NOBODY_KNOWN
from bot.domain.letter_facts import Topic, committee_asked, government_answered, since
from bot.domain.letters import FrameKind, Letter, LetterFrame
from bot.domain.members import Constituency, Member, MemberRole
from bot.domain.own_words import MOST_SHARED, OWN_AIM, SCORE_CLOSES
from bot.domain.reports import Answer, AnswerStatus, Evidence, House, Recommendation, Report, RowKind
from bot.packs_alone import reports_alone
from bot.resources import templates_folder
from bot.services.letters import LetterService, recipient_of
from bot.templating import JinjaTemplates
from tests.services.test_letter_kinds import House as Commons

pytestmark = pytest.mark.every_pack
ME = UserId(1)
MEMBER = Member(1, "Ms Elif Harker", "Elif Harker MP", "Ms Harker", "", "", "Bristol West", MemberRole.BACKBENCHER)
LENGTHS = (20, 50, 120)
SMALLEST = 62
"""Words of the shared text of a shipped first letter at fifty own words, as a rule; a long line of a pack adds to it."""
TEXT = (
    "My mother worked for thirty years in a mill where nobody asked where the bales came from. Since she retired she reads every "
    "label in every shop, and she has taught my two boys to do the same. Last month the older one asked me in the queue what "
    "happens to a person who is told to pick cotton and says no. I had no answer for him. Our allotment society talked about it "
    "for a whole evening, between the seed orders and the tea rota. A nurse there told us about a colleague who cannot ring "
    "home any more. The man beside her, who never speaks at meetings, said that he had stopped buying from two shops because of "
    "it. We are forty people with muddy boots and no experts among us. All of us would be glad to hear something definite before "
    "the summer."
)
WORDS = TEXT.split()
FORBIDDEN = (
    r"\bits call on\b",
    r"\basks? for this\b",
    r"\bT-\d",
    r"  ",
    r"\.\.",
    r" [.,;:?]",
    r"\(\)",
    r"\(, |, \)",
    r"“[^”]*“",
    r"\bNone\b",
    r"\{|\}",
    r"\bthe the\b",
    r"\bparagraph not confirmed\b",
    r"\bSecretary of State responsible\b",
    r"\basked the Government to [A-Z]",
    r"\bheld\b|\brung\b",
    r"\btook note\b",
    r"\bministers now agree\b",
    r"\bshould do this\b",
    r"\bsteps [^.]* to (?:take action|accept)\b",
    r"^Subject:|Asking the Government",
)
"""What may not occur in a letter: our own labels, facts with a pronoun inside, joints that gape."""


def words(count: int) -> str:
    return " ".join(WORDS[:count])


@dataclass
class Made:
    """One letter with what it was made of."""

    frame: LetterFrame
    topic: Topic
    length: int
    letter: Letter

    @property
    def item(self) -> Recommendation:
        assert self.topic.item is not None
        return self.topic.item

    @property
    def where(self) -> str:
        return f"{self.frame.slug}, {self.topic.value}, {self.length} own words"


_MADE: dict[date, tuple[LetterService, list[Topic], list[Made]]] = {}


async def every_letter(day: date) -> tuple[LetterService, list[Topic], list[Made]]:
    if day not in _MADE:
        _MADE[day] = await _made(day)
    return _MADE[day]


async def _made(day: date) -> tuple[LetterService, list[Topic], list[Made]]:
    reports = await reports_alone(Settings())
    clock = MovableClock(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    letters = LetterService(JinjaTemplates(templates_folder()), reports, Commons(), clock, LetterMaker())
    to = recipient_of(Constituency(1, "Bristol West", MEMBER))
    held = [report for report in reports.for_group(None).reports() if report.published_on <= day]
    topics = [
        Topic(report.as_known_on(day), item) for report in held for item in report.as_known_on(day).recommendations
    ]
    found = []
    for frame in letters.frames():
        for topic in topics:
            if "expected_by" in frame.needs and (day.year > 2021 or topic.report.slug != "never-again"):
                continue  # the answer came
            if not letters.fits(letters.start(ME, frame=frame.slug), topic):
                continue  # refused: see test_no_letter_asks_for_what_nobody_can_do
            for length in LENGTHS:
                draft = letters.start(ME, frame=frame.slug, topic=topic, recipient=to)
                own = {frame.written[0].name: words(length)}
                letter = letters.letter(letters.written(draft, frame.asks[0], own))
                found.append(Made(frame, topic, length, letter))
    return letters, topics, found


@pytest.mark.asyncio
@pytest.mark.parametrize("day", [date(2021, 10, 20), date(2026, 11, 28)], ids=["overdue", "long answered"])
async def test_the_ask_is_in_every_letter_and_every_letter_reads_well(day: date) -> None:
    _, topics, made = await every_letter(day)
    assert len(made) >= 9 * len(topics) * len(LENGTHS)
    for one in made:
        text, line, where = one.letter.text, one.item.letter_line, one.where
        if one.item.kind is not RowKind.RECOMMENDATION:
            assert committee_asked(one.topic.report, one.item, aloud=one.frame.kind is FrameKind.CALL) in text, where
            assert one.topic.caution, "nothing was asked of the Government, which is said before a letter is written"
            continue
        assert line is not None
        assert f"asked the Government to {line}" in text, where
        assert (
            "Secretary" in text
            or "Cabinet Office" in text
            or "Chancellor" in text
            or "Prime Minister" in text
            or NOBODY_KNOWN in text
        ), where
        for pattern in FORBIDDEN:
            found = re.search(pattern, text)
            assert found is None, f"{where}: “{found[0] if found else ''}” in\n{text}"
        assert not [mark for mark in '“”"' if mark in text], where
        if one.frame.kind is FrameKind.LETTER:
            assert one.letter.shared_words <= MOST_SHARED, where
            assert text.index(line) < text.index(words(20)[:40]) < text.rindex("?"), f"{where}: the order"
        if one.frame.kind is FrameKind.CALL and one.length == 50:
            assert one.letter.words <= 140, where


async def measured() -> str:
    """Give the table of every kind over every row at three lengths, as ``docs/samples/measured.md`` keeps it."""
    letters, _, of_2021 = await every_letter(date(2021, 10, 20))
    _, _, of_today = await every_letter(date(2026, 11, 28))
    made = [*of_today, *(one for one in of_2021 if "expected_by" in one.frame.needs)]
    lines = []
    for frame in letters.frames():
        for length in LENGTHS:
            some = [
                one
                for one in made
                if one.frame.slug == frame.slug and one.length == length and one.item.kind is RowKind.RECOMMENDATION
            ]
            stated = sum(f"asked the Government to {one.item.letter_line}" in one.letter.text for one in some)
            shared = sorted(one.letter.shared_words for one in some)
            scores = sorted(one.letter.score for one in some)
            door = (
                f"{sum(score < SCORE_CLOSES for score in scores)} of {len(some)} | {scores[0]:.2f} to {scores[-1]:.2f}"
            )
            door = door if frame.kind is FrameKind.LETTER else "- | -"
            lines.append(
                f"| {frame.title} | {length} | {stated} of {len(some)} | {door} | {shared[0]} to {shared[-1]} |"
            )
    return MEASURED + "\n".join(lines) + "\n"


MEASURED = """# Every kind of letter, measured

Each kind over every recommendation that is shipped (66 of 70 rows: two are conclusions and two were asked of others than the
Government, and no letter is about them; a written question and a call are about none that is over), with 20, 50 and 120 own
words. *Stated*: the letter says what the committee asked. *Open*: its score on WriteToThem's published measure is under 0.50,
so that it is not taken for a copy of another letter in the same frame. The overdue letter is set as it was in October 2021.
`python -m tests.services.test_letter_texts` writes this page anew, and a test holds it to what Postbag sets.

*Ask for a written question* wants about 80 own words, and its form says so: the House's form of a question names the minister by
the full title and says what was asked a second time, so its shared text is half as long again as that of any other letter.

An answer is given to the Government of its year at every length ("The 2021 Government refused."), so that nobody takes it for
today's. That word closes the door at fifty own words for five rows more of *You replied, but did not answer* than without it.

| kind | own words | stated | open | score | shared words |
|---|---|---|---|---|---|
"""
KEPT = Path(__file__).parents[2] / "docs" / "samples" / "measured.md"


@pytest.mark.asyncio
async def test_the_table_that_is_kept_is_what_is_measured() -> None:
    assert KEPT.read_text(encoding="utf-8") == await measured()


@pytest.mark.asyncio
async def test_fifty_own_words_keep_the_door_open() -> None:
    letters, _, of_2021 = await every_letter(date(2021, 10, 20))
    _, _, of_today = await every_letter(date(2026, 11, 28))
    made = [*of_today, *(one for one in of_2021 if "expected_by" in one.frame.needs)]
    for frame in letters.frames():
        if frame.kind is not FrameKind.LETTER or frame.slug == "written-question":
            continue  # the House's form of a question says what is asked a second time: see the next test
        fifty = [
            one
            for one in made
            if one.frame.slug == frame.slug and one.length == 50 and one.item.kind is RowKind.RECOMMENDATION
        ]
        shared = sorted(one.letter.shared_words for one in fifty)
        most = 0.8 if frame.slug == "second-letter" else 0.9  # it thanks for the reply too: the table says so
        assert sum(one.letter.score < SCORE_CLOSES for one in fifty) >= most * len(fifty), frame.slug
        assert shared[len(shared) // 2] <= SMALLEST + 6, frame.slug
        assert all(one.letter.share >= OWN_AIM for one in fifty), frame.slug


@pytest.mark.asyncio
async def test_a_written_question_asks_for_as_many_own_words_as_keep_the_door_open() -> None:
    letters, topics, _ = await every_letter(date(2026, 11, 28))
    frame = letters.frame("written-question")
    wanted = re.search(r"about (\d+) words", frame.questions[0].hint)
    assert wanted is not None
    scores = []
    for topic in topics:
        if topic.item is None or topic.item.kind is not RowKind.RECOMMENDATION or topic.is_over:
            continue
        to = letters.typed("Bristol West", "Ms Elif Harker")
        draft = letters.start(ME, frame=frame.slug, topic=topic, recipient=replace(to, member=MEMBER))
        letter = letters.letter(letters.written(draft, "table-this", {"why": words(int(wanted[1]))}))
        assert "To ask the " in letter.text
        scores.append(letter.score)
    assert sum(score < 0.5 for score in scores) >= 0.9 * len(scores)
    assert int(wanted[1]) > 50, "the docs say why fifty are too few here"


@pytest.mark.asyncio
async def test_every_sample_passes_its_own_meter_and_a_blank_frame_states_the_ask() -> None:
    letters, topics, _ = await every_letter(date(2026, 11, 28))
    topics = [one for one in topics if one.item is not None and one.item.kind is RowKind.RECOMMENDATION]
    for frame in letters.frames():
        for topic in topics:
            item = topic.item
            sample = letters.sample(frame.slug, topic)
            assert item is not None
            assert item.letter_line is not None
            assert item.letter_line in sample.text
            if frame.kind is FrameKind.LETTER:
                assert sample.share >= OWN_AIM, (frame.slug, topic.value, sample.share)
            if frame.slug == "written-question":
                assert "To ask the " in sample.text
                assert "?" not in sample.text[sample.text.index("To ask the ") :]
            if "expected_by" in frame.needs or not letters.fits(letters.start(ME, frame=frame.slug), topic):
                continue
            draft = letters.start(ME, frame=frame.slug, topic=topic)
            assert f"asked the Government to {item.letter_line}" in letters.blank(draft).text
        if frame.kind is FrameKind.LETTER:
            assert letters.sample(frame.slug, topics[0]).own_words >= 45


@pytest.mark.asyncio
async def test_a_call_is_spoken_in_a_minute() -> None:
    letters, topics, _ = await every_letter(date(2026, 11, 28))
    spoken = []
    for topic in topics:
        if topic.item is None or topic.item.kind is not RowKind.RECOMMENDATION or topic.is_over:
            continue
        to = letters.typed("Bristol West", "Ms Elif Harker")
        draft = letters.start(ME, frame="phone-script", topic=topic, recipient=to)
        script = letters.letter(letters.written(draft, "write-to-minister", {"why": words(40)}))
        spoken.append(script.words)
        assert script.words <= 100
        assert "IF YOU GET AN ANSWERING MACHINE" in script.text
        assert "Would Ms Harker please write to the" in script.text
    assert sum(spoken) / len(spoken) <= 88, "about eighty-five words, of which forty are the caller's own"


@pytest.mark.asyncio
async def test_a_letter_grows_with_what_is_written() -> None:
    _, topics, made = await every_letter(date(2026, 11, 28))
    for slug in ("raise-a-recommendation", "short-letter"):
        for topic in topics:
            if topic.item is None or topic.item.kind is not RowKind.RECOMMENDATION:
                continue
            few, _, many = (o.letter for o in made if o.frame.slug == slug and o.topic is topic)
            assert few.shared_words < many.shared_words <= MOST_SHARED
            assert many.share >= OWN_AIM


ITEM = Recommendation(ItemKey("T-9"), "Lamps", "Count the lamps.", "", official="")
REPORT_FIELDS = {"committee": "Lamplighters Committee", "paper": "HC 9", "short_title": "Lights Out"}


async def a_report() -> Report:
    return replace((await reports_alone(Settings())).for_group(None).report("never-again"), **REPORT_FIELDS)  # type: ignore[arg-type]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            replace(ITEM, letter_line="count the lamps of Farfield", paragraphs="13"),
            "In July 2021 the Lamplighters Committee asked the Government to count the lamps of Farfield (Lights Out, HC 9, "
            "paragraph 13).",
        ),
        (
            replace(ITEM, letter_line="count the lamps of Farfield", chapter="4"),
            "In July 2021 the Lamplighters Committee asked the Government to count the lamps of Farfield (Lights Out, HC 9, "
            "chapter 4).",
        ),
        (
            replace(ITEM, official="We recommend that “dark” lamps are counted. The rest can wait."),
            "In July 2021 the Lamplighters Committee (Lights Out, HC 9) said: “We recommend that ‘dark’ lamps are counted. The "
            "rest can wait.”",
        ),
        (
            ITEM,
            "In July 2021 the Lamplighters Committee (Lights Out, HC 9) asked, in short: Count the lamps.",
        ),
    ],
    ids=["our line", "no paragraph", "an imported row is quoted", "only a summary"],
)
async def test_what_was_asked_is_said_whatever_is_known(item: Recommendation, said: str) -> None:
    assert committee_asked(await a_report(), item) == said


@pytest.mark.asyncio
async def test_a_committee_of_the_lords_is_named_as_one() -> None:
    report = replace(await a_report(), house=House.LORDS)
    assert "the House of Lords Lamplighters Committee asked" in committee_asked(
        report, replace(ITEM, letter_line="count lamps")
    )
    assert committee_asked(report, None).startswith(
        "In July 2021 the House of Lords Lamplighters Committee published Never Again:"
    )


@pytest.mark.parametrize(
    ("answer", "short", "longer"),
    [
        (Answer(AnswerStatus.UNKNOWN), "I know of no answer.", "I know of no answer to this from the Government."),
        (Answer(AnswerStatus.NOT_YET_ANSWERED), "There is no answer yet.", "The Government has not answered yet."),
        (
            Answer(AnswerStatus.NOT_AGREED, "the Government of 2021", date(2021, 11, 1)),
            "The 2021 Government refused.",
            "The Government of 2021 refused (1 November 2021).",
        ),
        (
            Answer(
                AnswerStatus.PARTLY_AGREED,
                "the Government of 2021",
                date(2021, 11, 1),
                "Agreed. The Government said that lamps matter.",
            ),
            "The 2021 Government agreed in part.",
            "The Government of 2021 agreed in part (1 November 2021). It said that lamps matter.",
        ),
        (
            Answer(
                AnswerStatus.AGREED,
                "the Government of 2021",
                date(2021, 11, 1),
                "The Government agreed to count all the lamps.",
            ),
            "The 2021 Government agreed.",
            "The Government of 2021 agreed to count all the lamps (1 November 2021).",
        ),
    ],
)
def test_an_answer_is_said_in_a_sentence(answer: Answer, short: str, longer: str) -> None:
    item = replace(ITEM, answer=answer)
    assert government_answered(item) == short
    assert government_answered(item, 2) == longer


def test_an_answer_that_was_not_read_is_not_said_to_be_missing() -> None:
    item = replace(ITEM, answer=Answer(AnswerStatus.UNKNOWN))
    assert government_answered(item, has_response=True) == "I have not seen an answer."
    assert government_answered(item, 1, has_response=True) == "I have not seen what the Government answered on this."


def test_somebody_who_rings_names_the_government_that_answered() -> None:
    answer = Answer(AnswerStatus.NOT_AGREED, "the Government of 2021", date(2021, 11, 1))
    assert government_answered(replace(ITEM, answer=answer), aloud=True) == "The Government of 2021 refused."
    nobody = replace(answer, by="")
    assert government_answered(replace(ITEM, answer=nobody), aloud=True) == "The Government refused."


def test_what_happened_since_is_dated_no_more_exactly_than_known() -> None:
    def with_evidence(text: str, when: str = "") -> Recommendation:
        return replace(ITEM, evidence=(Evidence(date(2022, 9, 30), text, when=when),))

    assert since(with_evidence("The Lords debated lamps.")) == "On 30 September 2022, the Lords debated lamps."
    assert since(with_evidence("The lamps had been counted.", "by the end of 2022")) == (
        "By the end of 2022, the lamps had been counted."
    )
    assert since(with_evidence("Government departments counted.", "2022")) == "In 2022, Government departments counted."
    assert since(with_evidence("word " * 40)) == ""
    assert since(ITEM) == ""


@pytest.mark.asyncio
async def test_what_happened_since_is_a_whole_sentence_for_every_shipped_row() -> None:
    _, topics, _ = await every_letter(date(2026, 11, 28))
    for topic in topics:
        assert topic.item is not None
        said = since(topic.item)
        assert not said or re.match(
            r"(?:On|In|By|Since|After) [\w ]+, (?!(?:It|This|High|Home|Lords|Commons)\b)", said
        ), said
        assert "this report" not in said


@pytest.mark.asyncio
async def test_a_row_that_is_over_says_so_at_every_length() -> None:
    letters, topics, _ = await every_letter(date(2026, 11, 28))
    over = [topic for topic in topics if topic.is_over]
    assert over
    for topic in over:
        assert topic.item is not None
        assert topic.over.startswith("Events have overtaken this recommendation.")
        for length in LENGTHS:
            draft = letters.start(ME, topic=topic, recipient=letters.typed("Bristol West"))
            text = letters.letter(letters.written(draft, "write-to-minister", {"why": words(length)})).text
            assert "This is now over." in text or since(topic.item) in text


@pytest.mark.asyncio
async def test_no_letter_asks_for_what_nobody_can_do() -> None:
    letters, topics, _ = await every_letter(date(2026, 11, 28))
    others = [one for one in topics if one.item is not None and one.item.kind is not RowKind.RECOMMENDATION]
    over = [one for one in topics if one.is_over]
    assert len(others) == 4
    assert over
    for frame in letters.frames():
        for topic in others:
            if frame.is_about_one:
                with pytest.raises(Refused) as refused:
                    letters.start(ME, frame=frame.slug, topic=topic)
                assert refused.value.next_step.startswith("Choose ") or "expected_by" in frame.needs
    for slug in ("written-question", "phone-script"):
        for topic in over:
            with pytest.raises(Refused, match="is over") as refused:
                letters.start(ME, frame=slug, topic=topic)
            assert "another recommendation" in refused.value.next_step


if __name__ == "__main__":
    KEPT.write_text(asyncio.run(measured()), encoding="utf-8")
    print(KEPT)
