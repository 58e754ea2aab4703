"""From a writer's own earlier letter: its day, and the one sentence that says what was asked."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.errors import Refused
from bot.domain.own_letters import MOST_QUOTED, MOST_SIGNS, OwnLetter, taken_from

TODAY = date(2026, 11, 28)
LETTER = """1 Invented Lane
Tarning

3 March 2026

Amina Thackwell MP
House of Commons

Dear Ms Thackwell,

A subject line about lamps

I live in Tarning. In July 2021 a committee asked for lamps. Have you seen the dark?

My neighbour wrote on 9 May 2019 and heard nothing.

Please will you write to the
Foreign Secretary about this?

Yours sincerely,

Pia Example
Would you believe this is a name?
"""


def test_the_day_and_the_request_are_taken() -> None:
    taken = taken_from(LETTER)
    assert taken == OwnLetter("Please will you write to the Foreign Secretary about this?", date(2026, 3, 3))
    assert taken.quotation(TODAY) == (
        "On 3 March 2026 I wrote to you: “Please will you write to the Foreign Secretary about this?”"
    )


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("3rd March 2026", date(2026, 3, 3)),
        ("Tuesday, 3 Mar 2026", date(2026, 3, 3)),
        ("March 3, 2026", date(2026, 3, 3)),
        ("2026-03-03", date(2026, 3, 3)),
        ("03/03/2026", date(2026, 3, 3)),
        ("3.3.2026", date(2026, 3, 3)),
        ("31 February 2026", None),
        ("99/99/9999", None),
        ("no day at all", None),
    ],
)
def test_a_date_is_read_as_people_write_it(head: str, day: date | None) -> None:
    assert taken_from(f"{head}\n\nDear Ms Thackwell,\n\nPlease will you write?\n\nYours sincerely").written_on == day


@pytest.mark.parametrize("day", [None, date(2027, 1, 1)])
def test_a_day_that_is_not_known_or_still_to_come_is_left_out(day: date | None) -> None:
    assert (
        OwnLetter("Please will you write?", day).quotation(TODAY) == "I wrote to you before: “Please will you write?”"
    )


def test_a_day_that_a_mail_says_of_itself_goes_before_one_in_its_text() -> None:
    assert taken_from(LETTER, date(2026, 3, 4)).written_on == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("I am angry about it. I urge you to raise this in the House.", "I urge you to raise this in the House."),
        ("Who answers for the lamps? They are dark tonight.", "Who answers for the lamps?"),
        ("The lamps of Tarning are dark. Nobody minds it much.", "The lamps of Tarning are dark."),
        ("Will you say “yes” to this one?", "Will you say ‘yes’ to this one?"),
        (
            "It is dark. Please will you write to Mr. Lammy about the lamps?",
            "Please will you write to Mr. Lammy about the lamps?",
        ),
        ("我的邻居没有听到她母亲的声音。您能写信给部长吗？谢谢您的帮助。", "您能写信给部长吗？"),
        ("لم أسمع صوت أمي منذ سنوات. هل تكتب إلى الوزير من أجلي؟ شكرا لك على كل شيء", "هل تكتب إلى الوزير من أجلي؟"),
        (
            "Please will you write to her?\n\n> Would you like our newsletter, dear reader?\n> Yes",
            "Please will you write to her?",
        ),
        (
            "Please will you write to her?\n\n-----Original Message-----\nWould you come to tea with us?",
            "Please will you write to her?",
        ),
    ],
)
def test_the_sentence_that_asks_is_found(body: str, sentence: str) -> None:
    assert taken_from(f"Dear Ms Thackwell,\n\n{body}\n\nYours sincerely,\nPia").sentence.startswith(sentence[:20])
    assert taken_from(f"Dear Ms Thackwell,\n\n{body}\n\nYours sincerely,\nPia").sentence == sentence


@pytest.mark.parametrize(
    "close",
    ["Thanks", "Regards,", "Best", "Cheers!", "Kind regards", "Many thanks,", "Thanks, Pia", "Best, Pia", "Thank you very much",
     "Yours", "All the best", "Yours sincerely, Pia Example", "Sent from my telephone", "--"],
)  # fmt: skip
def test_what_stands_below_the_close_is_never_quoted(close: str) -> None:
    body = "Dear Ms Thackwell,\n\nPlease will you write to the Home Secretary?"
    below = "Pia Example\n1 Invented Lane\nWould you please think before you print this?"
    assert taken_from(f"{body}\n\n{close}\n{below}").sentence == "Please will you write to the Home Secretary?"


@pytest.mark.parametrize("word", ["best.", "thanks to them?", "Best of all would be a lamp?"])
def test_a_word_inside_the_letter_does_not_end_it(word: str) -> None:
    text = f"Dear Ms Thackwell,\n\nThe neighbours did their\n{word}\n\nPlease will you write to the Home Secretary?"
    assert taken_from(text).sentence == "Please will you write to the Home Secretary?"


@pytest.mark.parametrize("where", ["ZA1 1AA", "07700 900123", "+44 7700 900123", "pia@example.org", "1 Invented Lane"])
def test_a_sentence_with_where_somebody_is_reached_is_never_quoted(where: str) -> None:
    text = f"Dear Ms Thackwell,\n\nPlease will you write to the minister? Would you please answer me at {where}?"
    assert taken_from(text).sentence == "Please will you write to the minister?"


@pytest.mark.parametrize(
    "reply",
    [
        "Dear Constituent,\n\nWould you please send my office your address?",
        "Dear Pia,\n\nThank you for contacting me about this. Would you please send my office your address?",
        "Dear Pia,\n\nMany thanks for getting in touch. I hope that you will be glad to hear this.",
        "Dear Pia,\n\nThank you for your letter about the lamps.\n\nYours sincerely,\n\nAmina Thackwell MP",
    ],
)
def test_an_mps_reply_is_not_quoted_as_the_writers_own(reply: str) -> None:
    with pytest.raises(Refused, match="reply from an MP"):
        taken_from(reply)


def test_a_writer_may_thank_for_a_reply() -> None:
    text = "Dear Ms Thackwell,\n\nThank you for your letter of May. Will you now write to her?\n\nYours,\nPia Example"
    assert taken_from(text).sentence == "Will you now write to her?"


def test_a_very_long_sentence_is_cut_and_says_so() -> None:
    taken = taken_from("Dear Sir,\n\n" + "Please will you " + "and again " * 4000 + "?")
    assert len(taken.sentence.split()) == MOST_QUOTED + 1
    assert taken.sentence.endswith(" …")


def test_a_script_without_spaces_is_cut_too() -> None:
    assert len(taken_from("Dear Sir,\n\n" + "我的邻居没有听到" * 500).sentence) <= MOST_SIGNS + 2


@pytest.mark.parametrize("text", ["", "\n\n", "Dear Ms Thackwell,\n\nYours sincerely,\nPia", "hello", "\u202e\u200b"])
def test_a_file_without_a_sentence_is_refused_kindly(text: str) -> None:
    with pytest.raises(Refused, match="no sentence") as refused:
        taken_from(text)
    assert "type the sentence yourself" in refused.value.next_step
