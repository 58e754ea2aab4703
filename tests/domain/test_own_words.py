"""Score and share, against the worked examples and the rules they come from."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.own_words import (
    ASKED,
    GROWS_BELOW,
    GROWS_FROM,
    MOST_SHARED,
    OWN_AIM,
    SCORE_CLOSES,
    Part,
    count_words,
    normalise,
    own_share,
    own_word_count,
    pieces,
    score,
    sibling_score,
)

FRAME = (
    "I am one of your constituents in Aberwick, and I have read the report on rivers that the committee for our waters "
    "published last spring. In its third recommendation, at paragraph eighteen, it asks ministers to "
    "measure rivers each month, to publish what they find within a week, and to pay for the work from the fines "
    "that water companies owe. Will you write to the minister responsible for rivers, ask what was done "
    "since then, and send me the reply?"
)
VOWELS, CONSONANTS = "aeiou", "bcdfghklmnprstvw"


def words(count: int, seed: int) -> str:
    """Invent words of English length that no other seed repeats."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        length = chance.choice((2, 3, 3, 4, 4, 5, 6, 7, 8))
        made.append("".join(chance.choice((CONSONANTS, VOWELS)[place % 2]) for place in range(length)))
    return " ".join(made)


def test_the_frame_of_the_worked_examples_has_81_words() -> None:
    assert count_words(FRAME) == 81


@pytest.mark.parametrize(("own", "expected"), [(40, 0.65), (80, 0.49)])
def test_the_worked_examples(own: int, expected: float) -> None:
    between_two = score(f"{FRAME} {words(own, 1)}", f"{FRAME} {words(own, 2)}")
    assert between_two == pytest.approx(expected, abs=0.025)
    imagined = sibling_score((Part(FRAME + " "), Part(words(own, 1), "why")))
    assert imagined == pytest.approx(between_two, abs=0.03)


def test_forty_words_close_the_hand_over_and_eighty_open_it() -> None:
    assert sibling_score((Part(FRAME), Part(words(40, 1), "why"))) >= SCORE_CLOSES
    assert sibling_score((Part(FRAME), Part(words(80, 1), "why"))) < SCORE_CLOSES


def test_words_spread_through_the_frame_score_lower() -> None:
    half = FRAME.index("In its third")
    block = sibling_score((Part(FRAME), Part(words(40, 1), "why")))
    spread = sibling_score(
        (Part(FRAME[:half]), Part(words(20, 1), "why"), Part(FRAME[half:]), Part(words(20, 3), "local"))
    )
    assert spread < block - 0.02


def test_salutation_and_sign_off_do_not_count() -> None:
    assert normalise("Dear Ms Example,\n\nHello, there!\n\nYours sincerely,\n\nA. Writer\n1 Road") == "hellothere"
    assert normalise("Hello there\n\nKind regards\nA") == "hellothere"
    assert normalise("Dear Ms Example,\n\nYours sincerely,") == ""
    assert normalise("Yours is the only voice we have.\nPlease use it.") == "yoursistheonlyvoicewehavepleaseuseit"
    one = "Dear Ms Example,\n\n" + FRAME + "\n\nYours sincerely,\nA"
    assert score(one, "Dear Sir John,\n\n" + FRAME.upper().replace(" ", "  ") + "\n\nYours sincerely,\nB") == 1.0


def test_the_ends_of_the_scale() -> None:
    assert score(FRAME, FRAME) == 1.0
    assert score(words(60, 1), words(60, 2)) == 0.0
    assert score("", "") == 0.0
    assert sibling_score((Part(FRAME),)) == 1.0
    assert sibling_score((Part(words(60, 1), "why"),)) == 0.0


@given(st.text(max_size=300), st.text(max_size=300))
def test_the_score_is_a_symmetric_share(one: str, other: str) -> None:
    assert 0.0 <= score(one, other) <= 1.0
    assert score(one, other) == score(other, one)
    assert 0.0 <= own_share((Part(one), Part(other, "why"))) <= 1.0


def test_share_is_own_words_over_all_words() -> None:
    parts = (Part("one two three four "), Part("alpha beta gamma delta epsilon zeta", "why"))
    assert own_word_count(parts) == 6
    assert own_share(parts) == pytest.approx(0.6)
    assert own_share(parts) >= OWN_AIM
    assert own_share(()) == 0.0


def test_copying_the_frame_makes_no_own_words() -> None:
    assert own_word_count((Part(FRAME), Part(FRAME, "why"))) == 0
    mixed = "My own thought is here. " + FRAME[:120]
    assert own_word_count((Part(FRAME), Part(mixed, "why"))) in range(5, 8)


SENTENCE = "My neighbour sets a place for her mother every winter and it stays empty."


@pytest.mark.parametrize(
    ("boxes", "count"),
    [
        (("word " * 40,), 3),
        (("care " * 20 + "deeply " * 20,), 6),
        ((f"{SENTENCE} {SENTENCE} {SENTENCE}",), count_words(SENTENCE)),
        ((SENTENCE, SENTENCE), count_words(SENTENCE)),
        ((SENTENCE, SENTENCE.upper() + " I asked her why."), count_words(SENTENCE) + 4),
        (("a b a b b a a a b b b a b a a b",), 6),
    ],
)
def test_what_is_written_twice_counts_once(boxes: tuple[str, ...], count: int) -> None:
    parts = tuple(Part(text, f"box{place}") for place, text in enumerate(boxes))
    assert own_word_count(parts) == count


REAL = (
    "I read the report the week it came out, because a friend's brother is in it. He asks me every Friday whether anyone has "
    "answered, and every Friday I have to say that nobody has. He does not ask for much. He asks whether anyone has read it, "
    "and whether anyone will say so. Two shops on our high street have asked their suppliers the questions that the Government "
    "has not, and one of them has had an answer.",
    "My grandmother came here in 1958 with one case. She would not talk about the camp, not to my father and not to me, but she "
    "wrote to her MP every year until she died. I found the answers in a shoe box: eleven letters, all of them kind, and not one "
    "of them said what was going to be done. I do not want to leave my daughter a shoe box. We live above the chip shop now, and "
    "the old men who sit there on Thursdays still ask what became of the letters.",
)


@pytest.mark.parametrize("text", REAL)
def test_real_letters_lose_hardly_a_word(text: str) -> None:
    assert own_word_count((Part(FRAME + " "), Part(text, "why"))) >= 0.95 * count_words(text)
    assert sibling_score((Part(FRAME + " "), Part(text, "why"))) < SCORE_CLOSES + 0.05


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("— … !!! 🙂 \u200b\u200f", 0),
        ("It's a well-known co‑op", 4),
        ("维吾尔人", 4),
        ("ئۇيغۇر خەلقى", 2),
        ("caffè\u200d lungo", 2),
        ("Ynys Môn", 2),
    ],
)
def test_words_are_counted_in_every_script(text: str, count: int) -> None:
    assert count_words(text) == count


# The published method and our own limits, to the letter ----------------------------------------------------------------


def letters(count: int, offset: int = 0) -> str:
    """Write a text of so many different signs, without salutation or spaces."""
    return "".join(chr(0x4E00 + offset + n) for n in range(count))


def test_a_piece_is_32_characters_and_no_other_number() -> None:
    shared = letters(32)
    assert len(pieces(shared)) == 1
    assert len(pieces(letters(33))) == 2
    assert score(shared + letters(10, 500), letters(10, 900) + shared) == pytest.approx(2 / 22)
    short = letters(31)
    assert score(short + letters(10, 500), letters(10, 900) + short) == 0.0


def test_a_letter_shorter_than_a_piece_is_one_piece_and_none_is_like_nothing() -> None:
    assert len(pieces("Hello")) == 1
    assert score("Hello", "hello!") == 1.0
    assert score("", "") == 0.0
    assert score("", "Hello") == 0.0


def numbered(count: int, beginning: str = "w") -> str:
    return " ".join(f"{beginning}{n}" for n in range(count))


def test_six_words_in_a_row_from_the_frame_are_not_the_writers_and_five_are() -> None:
    frame = Part(numbered(10, "frame"))
    six, five = " ".join(numbered(10, "frame").split()[4:]), " ".join(numbered(10, "frame").split()[5:])
    assert len(six.split()) == 6
    assert own_word_count([frame, Part(f"mine {six}", field="why")]) == 1
    assert own_word_count([frame, Part(f"mine {five}", field="why")]) == 6


def test_a_copied_run_at_the_very_end_or_beginning_counts_as_copied() -> None:
    frame = Part(numbered(6, "frame"))
    assert own_word_count([frame, Part(numbered(6, "frame"), field="why")]) == 0
    assert own_word_count([frame, Part(f"{numbered(6, 'frame')} mine", field="why")]) == 1
    assert own_word_count([Part("mine", field="why")], known=[numbered(6, "frame")]) == 1
    assert own_word_count([Part(f"mine {numbered(6, 'frame')}", field="why")], known=[numbered(6, "frame")]) == 1


def test_four_words_said_again_count_once_and_three_twice() -> None:
    assert own_word_count([Part("a1 a2 a3 a4 b c d a1 a2 a3 a4", field="why")]) == 7
    assert own_word_count([Part("a1 a2 a3 b c d e a1 a2 a3", field="why")]) == 10


def test_one_word_over_and_over_counts_three_times() -> None:
    assert own_word_count([Part("no yes no maybe no never no ever no", field="why")]) == 9
    assert own_word_count([Part("no no no no no no no no no no", field="why")]) <= 3


def test_a_letter_of_nothing_has_no_share_and_what_was_asked_never_counts() -> None:
    assert own_share([]) == 0.0
    assert own_share([Part("... !", field="why")]) == 0.0
    asked = Part(numbered(50, "asked"), fact=ASKED)
    assert own_share([asked, Part(numbered(5, "frame") + " "), Part(numbered(5, "mine"), field="why")]) == 0.5


def test_the_limits_are_those_that_are_published() -> None:
    assert (SCORE_CLOSES, OWN_AIM, MOST_SHARED) == (0.50, 0.50, 110)
    assert (GROWS_FROM, GROWS_BELOW) == (0.60, 0.45)


def test_the_very_last_run_of_the_frame_counts_as_copied() -> None:
    frame = "We ask the Government to count every lantern in every lane"  # its last six words are typed again
    assert own_word_count((Part(frame), Part("lantern in every lane", "why"))) == 4, "four are no run"
    assert own_word_count((Part(frame), Part("count every lantern in every lane", "why"))) == 0


def test_the_very_last_run_of_ones_own_words_is_looked_at_too() -> None:
    frame = "We ask the Government to count every lantern in every lane"
    assert own_word_count((Part(frame), Part("Please do count every lantern in every lane", "why"))) == 2
    once = "the ferry never runs"
    assert own_word_count((Part(f"{once} {once}", "why"),)) == 4, (
        "a run of four counts once, also where it ends the text"
    )
    assert own_word_count((Part(f"{once} and so {once}", "why"),)) == 6


def test_two_empty_texts_have_nothing_in_common_and_an_empty_one_has_nothing_of_a_full_one() -> None:
    assert score("", "") == score("", "lanterns in lanes") == score("lanterns in lanes", "")
