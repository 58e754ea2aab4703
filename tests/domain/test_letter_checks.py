"""Checks of a letter: personal data, tone, gaps, one prompt at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.letter_checks import Weight, look_over, personal_in, without_personal
from bot.domain.letters import FrameKind, Letter, LetterFrame, Question, Recipient, Standing
from bot.domain.own_words import Part

TWENTY = (
    "My street floods every winter and the water that comes in is brown; my son has been ill from it twice already."
)
SHARED = (
    "The committee asks ministers to measure every river each month, to publish what they find within a week, to pay for "
    "this from fines, to name those who owe them, and to say by when it is done."
)


def letter(why: str, local: str = "", *, kind: FrameKind = FrameKind.LETTER, shared: str = SHARED) -> Letter:
    questions = (Question("why", "Why do you care?", required=True), Question("local", "Anything local? (optional)"))
    frame = LetterFrame("x", "X", "", "", (), (), questions, kind=kind)
    parts = (Part("Dear Ms Example,\n\n"), Part(why, "why"), Part(f"\n\n{shared}\n\n"), Part(local, "local"))
    to = Recipient("Aberwick", Standing.IN_OFFICE, 1)
    return Letter(frame, to, tuple(part for part in parts if part.text), "A subject")


def found(made: Letter) -> dict[str, str]:
    return {check.slug: f"{check.message} {check.next_step}" for check in look_over(made)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I live at 12 Invented Lane.", "a street address"),
        ("at 221b, High Street we", "a street address"),
        ("Flat 3, 14 St Mary's Road", "a street address"),
        ("i am at 7 mill lane here", "a street address"),
        ("yn 4 Ffordd Newydd", "a street address"),
        ("my post goes to zz99zz", "a postcode"),
        ("ring +44 20 7946 0000", "a telephone number"),
        ("(020) 7946 0000 is me", "a telephone number"),
        ("to pia.x+y@mail.example.org.", "an email address"),
    ],
)
def test_personal_data_is_seen_in_many_forms(text: str, kind: str) -> None:
    assert [one.kind for one in personal_in(text)] == [kind]
    assert personal_in(without_personal(text)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "In 2021 some 1,200 of 45000 homes, HC 198, paragraph 18.",
        "60 people stood in the road",
        "2 men on the way",
        "We walked 3 miles along the lane.",
        "House of Commons, London SW1A 0AA",
        "For 10 years our street has flooded.",
        "£1,000,000,000 was spent by 2020",
    ],
)
def test_ordinary_words_are_no_personal_data(text: str) -> None:
    assert personal_in(text) == ()
    assert without_personal(text) == text


def test_what_is_taken_out_leaves_tidy_words() -> None:
    assert without_personal("I live at 12 Invented Lane, ZZ9 9ZZ. Nobody came.") == "I live at. Nobody came."
    assert without_personal("Ring 020 7946 0000 please.\n\nThank you.") == "Ring please.\n\nThank you."


@given(st.text(alphabet="AB1 9Zx@.,\n-0", max_size=60))
def test_taking_out_ends_and_adds_nothing(text: str) -> None:
    after = without_personal(text)
    assert len(after) <= len(text)


def test_one_prompt_at_a_time_until_most_of_it_is_theirs() -> None:
    few = found(letter(TWENTY))
    assert "“Anything local?” is still empty." in few["too-alike"]
    assert "share-low" not in few
    both = found(letter(TWENTY, "Our baker closed for an hour."))
    assert "still empty" not in both["too-alike"]
    own = " ".join(f"thought{n}" for n in range(60))
    assert not {"too-alike", "share-low"} & set(found(letter(TWENTY, own)))


def test_a_call_is_no_letter() -> None:
    assert not {"too-alike", "share-low"} & set(found(letter(TWENTY, kind=FrameKind.CALL)))
    long = found(letter(" ".join(f"word{n}" for n in range(160)), kind=FrameKind.CALL))
    assert "140" in long["too-long"]
    assert "script" in found(letter("One two", kind=FrameKind.CALL))["own-words-few"]


@pytest.mark.parametrize("gap", ["[your town]", "____", "XXX", "TODO", "insert name"])
def test_a_gap_is_pointed_out(gap: str) -> None:
    assert gap in found(letter(f"{TWENTY} I come from {gap} here."))["unfilled"]


@pytest.mark.parametrize(
    ("words", "slug", "weight"),
    [
        ("You are a disgrace.", "abuse", Weight.NOTE),
        ("What an idiot.", "abuse", Weight.NOTE),
        ("I know where you live.", "threat", Weight.WARN),
        ("You will pay for this.", "threat", Weight.WARN),
        ("How long!!!", "shouting", Weight.NOTE),
    ],
)
def test_tone_is_nudged_and_never_stopped(words: str, slug: str, weight: Weight) -> None:
    checks = {check.slug: check for check in look_over(letter(f"{TWENTY} {words}"))}
    assert checks[slug].weight is weight
    assert checks[slug].next_step


def test_hard_facts_are_not_taken_for_abuse() -> None:
    plain = (
        f"{TWENTY} They were raped, beaten and called names. You will receive many letters. It is a pigsty. Scunthorpe."
    )
    assert not {"abuse", "threat", "shouting"} & set(found(letter(plain)))
