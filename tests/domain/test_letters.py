"""Letters: the right ask for a post, checks before sending, facts with their citations, parts that fit a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import letters
from bot.domain.errors import Refused
from bot.domain.identity import ItemKey, ReportSlug
from bot.domain.letter_asks import ASKS, ROLE_NOTES, ROLE_SOURCES, fitting
from bot.domain.letter_checks import Weight, look_over
from bot.domain.letter_facts import Topic, call, citations, facts_for, place, subject
from bot.domain.letters import (
    LEAST_OWN_WORDS,
    NAME_GAP,
    Letter,
    LetterFrame,
    Question,
    Recipient,
    Standing,
    in_parts,
)
from bot.domain.members import Member, MemberRole
from bot.domain.own_words import Part, own_share, own_word_count, sibling_score
from bot.domain.reports import Chapter, Confidence, House, Recommendation, Report, ResponseFacts, Source

MEMBER = Member(1, "Ms Amina Example", "Rt Hon Amina Example MP", "Ms Example", "Example, Amina", "Party", "Aberwick")
FRAME = LetterFrame(
    "raise",
    "Raise",
    "Your MP",
    "Raise it.",
    ("salutation", "gist", "ask"),
    tuple(ASKS),
    (Question("why", "Why do you care?", required=True), Question("local", "Anything local?")),
)
ITEM = Recommendation(
    key=ItemKey("3"),
    number="3",
    theme="Rivers",
    summary="Measure every river.",
    chapter="2",
    paragraphs="18",
    sources=("S1",),
)
UNNUMBERED = replace(ITEM, key=ItemKey("T-12"), number=None, paragraphs="26–31", confidence=Confidence.REPORTED)
REPORT = Report(
    slug=ReportSlug("rivers"),
    title="Rivers: Clean by When?",
    short_title="Rivers",
    committee="Waters Committee",
    house=House.COMMONS,
    paper="HC 99",
    session="2020–21",
    published_on=date(2021, 7, 8),
    url="https://committee.example/rivers",
    as_of=date(2021, 7, 8),
    licence="Open Parliament Licence v3.0",
    chapters=(Chapter("2", "Measuring"),),
    doors=(),
    recommendations=(ITEM, UNNUMBERED),
    sources=(Source("S1", "The list", "https://committee.example/list"),),
)
TWENTY = (
    "My street floods every winter and the water that comes in is brown; my son has been ill from it twice already."
)


def letter(
    why: str = TWENTY, local: str = "", *, recipient: Recipient | None = None, shared: str = "A fact."
) -> Letter:
    recipient = recipient or Recipient("Aberwick", Standing.IN_OFFICE, 7, MEMBER)
    parts = [Part(f"{recipient.salutation}\n\n"), Part(why, "why"), Part(f"\n\n{shared}\n\n"), Part(local, "local")]
    return Letter(FRAME, recipient, tuple(part for part in parts if part.text), "A subject")


def found(made: Letter) -> set[str]:
    return {check.slug for check in look_over(made)}


# Asks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(MemberRole))
def test_every_post_has_an_ask_that_fits(role: MemberRole) -> None:
    assert fitting(tuple(ASKS), role)
    assert ASKS["write-to-minister"] in fitting(tuple(ASKS), role)


@pytest.mark.parametrize(
    "role", [MemberRole.MINISTER, MemberRole.WHIP, MemberRole.SPEAKER, MemberRole.ABSTAINING, MemberRole.UNKNOWN]
)
def test_only_backbenchers_table_questions(role: MemberRole) -> None:
    slugs = {ask.slug for ask in fitting(tuple(ASKS), role)}
    assert not slugs & {"written-question", "question-when", "question-position", "table-this"}
    assert role in ROLE_NOTES
    assert {"written-question", "question-when"} <= {a.slug for a in fitting(tuple(ASKS), MemberRole.BACKBENCHER)}


def test_what_a_post_forbids_has_its_source() -> None:
    assert set(ROLE_SOURCES) == set(ROLE_NOTES) - {MemberRole.UNKNOWN}
    for source in ROLE_SOURCES.values():
        assert source.url.startswith("https://")
        assert source.title


@pytest.mark.parametrize("role", list(MemberRole))
def test_every_mp_can_be_asked_to_write_to_the_minister(role: MemberRole) -> None:
    assert "write-to-minister" in {ask.slug for ask in fitting(tuple(ASKS), role)}


def test_only_who_may_table_a_question_is_asked_to() -> None:
    for ask in ASKS.values():
        if "written question" in f"{ask.label} {ask.words}" or "table" in ask.words.casefold():
            assert ask.roles == {MemberRole.BACKBENCHER}, ask.slug


def test_a_member_who_abstains_is_asked_to_write_only() -> None:
    assert {a.slug for a in fitting(tuple(ASKS), MemberRole.ABSTAINING)} == {
        "write-to-minister",
        "ask-when",
        "ask-position",
        "answer-point",
        "reply",
        "tell-me-more",
        "minister-answered",
        "write-again",
    }


def test_nobody_bound_by_office_is_asked_to_take_sides() -> None:
    for role in (MemberRole.MINISTER, MemberRole.WHIP, MemberRole.SPEAKER):
        assert ASKS["your-view"] not in fitting(tuple(ASKS), role)


@pytest.mark.parametrize("ask", ASKS.values(), ids=lambda ask: ask.slug)
def test_an_ask_is_one_question_and_fits_a_select(ask: object) -> None:
    assert ASKS
    made = ASKS[getattr(ask, "slug")]  # noqa: B009
    assert made.words.count("?") == 1
    assert made.words.endswith("?")
    assert len(made.label) <= 100
    assert len(made.hint) <= 100


# Checks ----------------------------------------------------------------------------------------------------------


def test_a_letter_of_twenty_own_words_passes() -> None:
    made = letter()
    assert made.own_words >= LEAST_OWN_WORDS
    assert not [check for check in look_over(made) if check.weight is Weight.STOP]


@pytest.mark.parametrize("why", ["", "   ", "… — \u200b \u200f 🙂"])
def test_an_untouched_frame_is_stopped(why: str) -> None:
    stops = [check for check in look_over(letter(why)) if check.weight is Weight.STOP]
    assert [check.slug for check in stops] == ["own-words-missing"]
    assert "Why do you care?" in stops[0].message
    assert stops[0].next_step


def test_too_few_own_words_are_stopped_with_how_many_are_wanting() -> None:
    stops = [check for check in look_over(letter("I care about our river very much.")) if check.weight is Weight.STOP]
    assert [check.slug for check in stops] == ["own-words-few"]
    assert "13 more" in stops[0].message


def test_words_copied_from_the_frame_are_not_own_words() -> None:
    shared = (
        "The committee asks ministers to measure every river each month and to publish what they find within a week."
    )
    assert "own-words-few" in found(letter(shared, shared=shared))


def test_nineteen_words_stop_and_twenty_do_not() -> None:
    words = " ".join(f"word{n}" for n in range(20))
    assert "own-words-few" in found(letter(words.rsplit(" ", 1)[0]))
    assert "own-words-few" not in found(letter(words))


def test_a_second_ask_is_noticed() -> None:
    assert "second-ask" in found(letter(TWENTY + " Please vote against the next bill."))
    assert "second-ask" in found(letter(TWENTY + " Will you come and look?"))
    assert "second-ask" not in found(letter(TWENTY + " Nobody told us."))


def test_a_long_letter_is_warned_of() -> None:
    assert "too-long" in found(letter(" ".join(f"word{n}" for n in range(351))))


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("I live at ZZ9 9ZZ.", "a postcode"),
        ("Answer me at amina@example.org please", "an email address"),
        ("or ring 020 7946 0000 any time", "a telephone number"),
    ],
)
def test_personal_data_in_the_text_is_pointed_out(typed: str, kind: str) -> None:
    checks = [check for check in look_over(letter(TWENTY + " " + typed)) if check.slug == "personal"]
    assert len(checks) == 1
    assert kind in checks[0].message


def test_years_and_numbers_are_no_personal_data() -> None:
    assert "personal" not in found(letter(TWENTY + " In 2021 some 1,200 of 45000 homes, HC 198, paragraph 18."))


def test_shouting_is_nudged() -> None:
    assert "shouting" in found(letter(TWENTY.upper()))
    assert "shouting" not in found(letter("维吾尔" * 20))


def test_the_worst_comes_first() -> None:
    weights = [c.weight for c in look_over(letter("short", recipient=Recipient("Aberwick", Standing.VACANT, 7)))]
    assert weights[0] is Weight.STOP
    assert weights == sorted(weights, key=list(Weight).index)


def test_a_vacant_seat_and_a_typed_name_are_said() -> None:
    vacant = letter(recipient=Recipient("Aberwick", Standing.VACANT, 7))
    assert "vacant" in found(vacant)
    assert f"Dear {NAME_GAP}," in vacant.text
    typed = letter(recipient=Recipient("Aberwick", Standing.NOT_CHECKED, typed_name="Ms Example"))
    assert "not-checked" in found(typed)
    assert "Dear Ms Example," in typed.text


def test_what_is_measured_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card and its checks ask for the same figures many times, and a letter may be as long as four full fields."""
    counted: list[str] = []

    def noted(name: str) -> None:
        real = getattr(letters, name)
        monkeypatch.setattr(letters, name, lambda *given: counted.append(name) or real(*given))

    noted("own_word_count")
    noted("sibling_score")
    made = letter("I live by the river and it smells.")
    figures = [(made.share, made.own_words, made.score, made.is_too_alike) for _ in range(3)]
    look_over(made)
    assert counted == ["own_word_count", "sibling_score"]
    assert figures == [(own_share(made.parts), own_word_count(made.parts), sibling_score(made.parts), False)] * 3
    assert made == letter("I live by the river and it smells."), "what was measured makes no other letter of it"


def test_mostly_shared_text_is_too_alike() -> None:
    long = "The committee asks ministers to measure every river each month and to publish what they find. " * 1
    shared = (
        long + "It asks them to pay for this from fines, to name those who owe them, and to say by when it is done."
    )
    made = letter(TWENTY[:110], shared=shared)
    assert made.is_too_alike
    assert "too-alike" in found(made)
    assert not letter(TWENTY + " " + " ".join(f"thought{n}" for n in range(60)), shared=shared).is_too_alike


# Recipients ------------------------------------------------------------------------------------------------------


def test_an_envelope_adds_nothing_to_what_the_source_says() -> None:
    known = Recipient("Aberwick", Standing.IN_OFFICE, 7, MEMBER)
    assert known.envelope == ("Rt Hon Amina Example MP", "House of Commons", "London", "SW1A 0AA")
    assert known.salutation == "Dear Ms Example,"
    bare = replace(MEMBER, full_title="", address_as="")
    assert Recipient("Aberwick", Standing.IN_OFFICE, 7, bare).salutation == "Dear Ms Example,"
    assert Recipient("Aberwick", Standing.VACANT, 7).envelope[0] == NAME_GAP


# Facts -----------------------------------------------------------------------------------------------------------

ALL = ("salutation", "constituency", "committee", "report", "source", "call", "place", "gist", "ask", "close", "today")
TO = Recipient("Aberwick", Standing.IN_OFFICE, 7, MEMBER)


def test_facts_carry_their_citation() -> None:
    frame = replace(FRAME, needs=ALL)
    facts = facts_for(frame, Topic(REPORT, ITEM), TO, ASKS["meet"], date(2021, 8, 1))
    assert facts["source"] == "House of Commons, HC 99, 8 July 2021"
    assert facts["call"] == "recommendation 3"
    assert facts["place"] == "paragraph 18"
    assert facts["ask"] == "Please will you meet me to talk about what the minister responsible should do?"
    assert set(facts) == set(ALL)
    assert citations(Topic(REPORT, ITEM))[1] == ("The list", "https://committee.example/list")


def test_an_unconfirmed_number_is_never_given() -> None:
    assert call(UNNUMBERED) == "a recommendation"
    assert place(UNNUMBERED) == "chapter 2, paragraphs 26–31"
    assert place(replace(UNNUMBERED, chapter_note="Chapter not confirmed")) == "paragraphs 26–31"
    assert place(replace(UNNUMBERED, chapter="", paragraphs="")) == "paragraph not confirmed"
    assert "T-12" not in subject(Topic(REPORT, UNNUMBERED))
    assert "secondary source" in Topic(REPORT, UNNUMBERED).caution
    assert Topic(REPORT, ITEM).caution == ""


def test_the_chaser_counts_the_days() -> None:
    frame = replace(FRAME, needs=("expected_by", "late"))
    facts = facts_for(frame, Topic(REPORT), TO, ASKS["ask-when"], date(2021, 9, 22))
    assert facts == {"expected_by": "8 September 2021", "late": "14 days"}


@pytest.mark.parametrize(
    ("report", "today"),
    [
        (REPORT, date(2021, 9, 8)),
        (replace(REPORT, response=ResponseFacts(received_on=date(2021, 11, 1))), date(2021, 11, 2)),
        (replace(REPORT, response=ResponseFacts(expected=False)), date(2022, 1, 1)),
    ],
)
def test_no_chaser_while_nothing_is_overdue(report: Report, today: date) -> None:
    frame = replace(FRAME, needs=("expected_by", "late"))
    with pytest.raises(Refused) as refused:
        facts_for(frame, Topic(report), TO, ASKS["ask-when"], today)
    assert refused.value.next_step


# Parts -----------------------------------------------------------------------------------------------------------


def test_a_letter_is_cut_between_paragraphs() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 60 for n in range(14))
    parts = in_parts(text)
    assert len(parts) == 3
    assert all(part.startswith("Paragraph") for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(max_size=9000), st.integers(min_value=20, max_value=2000))
def test_parts_fit_and_lose_nothing(text: str, most: int) -> None:
    parts = in_parts(text, most)
    assert all(0 < len(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
