"""The cards of reports and recommendations: honest, harmless, and within Discord's limits whatever they hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import discord
import pytest

from bot.chat.cards.recommendation_lists import (
    ListState,
    ambiguous_card,
    doors_card,
    list_card,
    search_card,
    unknown_card,
)
from bot.chat.cards.recommendations import recommendation_card, sources_card
from bot.chat.cards.reports import followed_card, report_card, reports_card
from bot.chat.cards.since import since_card
from bot.chat.cards.writing import shorten
from bot.chat.ui import Card
from bot.domain.deadlines import response_clock
from bot.domain.departments import responsible_today
from bot.domain.errors import Ambiguous, UnknownNumber
from bot.domain.identity import GuildId, ItemKey, ReportSlug
from bot.domain.references import Found
from bot.domain.report_links import related_rows
from bot.domain.reports import Answer, AnswerStatus, Confidence, Evidence, Report
from storage.departments import read_departments
from storage.packs import pack_files, read_pack, shipped_packs

TODAY = date(2026, 11, 24)
NASTY = "@everyone <@1> **bold** [x](https://evil.example) `code` # big\n> quote || spoiler"
SCRIPTS = {
    "uyghur": "ئۇيغۇر تىلىدا ",
    "chinese": "联合王国政府应当采取行动",
    "latin": "words and words ",
    "marks": "*_`~|",
}


@pytest.fixture(scope="module")
def report() -> Report:
    return read_pack(shipped_packs() / "never-again.toml")


def text(card: Card) -> str:
    return "".join(i.content for i in card.view().walk_children() if isinstance(i, discord.ui.TextDisplay))


def buttons(card: Card) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    return [i for i in card.view().walk_children() if isinstance(i, discord.ui.Button)]


def options(card: Card) -> list[discord.SelectOption]:
    selects = [i for i in card.view().walk_children() if isinstance(i, discord.ui.Select)]
    return [option for select in selects for option in select.options]


def fits(card: Card) -> None:
    view, written = card.view(), text(card)
    assert view.total_children_count <= 40
    assert len(written) <= 4000
    assert len(written.encode()) <= 10_000
    assert "(shortened)" not in written, "the card planned its own room"
    ids = [
        i.custom_id
        for i in view.walk_children()
        if isinstance(i, discord.ui.Button | discord.ui.Select) and i.custom_id
    ]
    assert len(ids) == len(set(ids))
    assert all(len(i) <= 100 for i in ids)
    assert all(b.label and len(b.label) <= 80 for b in buttons(card))
    for option in options(card):
        assert 1 <= len(option.label) <= 100
        assert 1 <= len(option.value) <= 100


def full(report: Report, filling: str) -> Report:
    """Fill every field of a report to the brim."""
    words = filling * (4000 // len(filling))
    evidence = tuple(
        Evidence(date(2022, 1, n), words[:1000], confidence=Confidence.REPORTED, sources=("S1",), when=words[:40])
        for n in range(1, 20)
    )
    answer = Answer(
        AnswerStatus.AGREED, words[:120], date(2021, 11, 1), words, words[:1000], Confidence.REPORTED, ("S8",)
    )
    sources = tuple(replace(s, title=words[:80]) for s in report.sources)
    items = tuple(
        replace(
            item,
            theme=words[:60],
            summary=words[:1000],
            official=words,
            addressees=(words[:200], words[:200]),
            note=words[:1000],
            sources=tuple(s.key for s in sources[:20]),
            answer=answer,
            evidence=evidence,
            key=ItemKey(f"Z-{n}"),
        )
        for n, item in enumerate(report.recommendations)
    )
    return replace(
        report,
        slug=ReportSlug("s" * 40),
        title=words[:300],
        short_title=words[:60],
        committee=words[:300],
        paper=words[:60],
        session=words[:60],
        licence=words[:300],
        note=words,
        recommendations=items,
        sources=sources,
        doors=tuple(replace(d, title=words[:60], summary=words[:100]) for d in report.doors),
        timeline=tuple(replace(e, text=words[:1000]) for e in report.timeline),
        response=replace(report.response, title=words[:300], note=words),
        invented=True,
    )


def every_card(report: Report) -> list[Card]:
    found = [Found(report, item) for item in report.recommendations]
    other = replace(report, slug=ReportSlug("other"))
    state = ListState(report.slug, report.doors[0].key, "", "", 2)
    clock = response_clock(report, GuildId(1))
    return [
        list_card(report.title, found, state, several=True),
        list_card(report.title, (), state, several=False),
        list_card("", found, ListState("", "", "~12345678", "not yet answered", 999), several=True),
        search_card("q" * 4000, found[:25], several=True),
        search_card(NASTY * 50, (), several=True),
        doors_card(report, [other] * 30),
        report_card(report, TODAY, followed=False),
        reports_card([replace(report, slug=ReportSlug(f"r-{n}")) for n in range(30)], TODAY, ()),
        followed_card(report, clock, TODAY, channel_set=False),
        ambiguous_card(Ambiguous("Which?", found)),
        unknown_card(UnknownNumber(NASTY, "Next.", report.slug)),
    ]


def test_every_real_item_fits_and_names_its_sources(report: Report) -> None:
    for item in report.recommendations:
        card = recommendation_card(Found(report, item), back=ListState(report.slug, "multilateral"))
        fits(card)
        assert [b.label for b in buttons(card)].count("Sources") == 1
        listed = sources_card(Found(report, item))
        fits(listed)
        for key in (*item.sources, *item.answer.sources, *(key for event in item.evidence for key in event.sources)):
            source = report.source(key)
            assert source is not None
            assert source.url in text(listed) or source.url == report.url, "every source is behind the one button"
        assert "Not endorsed by Parliament" in text(card)
        assert ("number not confirmed" in text(card)) == (item.number is None)


@pytest.mark.parametrize("filling", SCRIPTS.values(), ids=SCRIPTS)
def test_the_fullest_item_fits_and_keeps_its_answer_and_footer(report: Report, filling: str) -> None:
    stuffed = full(report, filling)
    for public in (False, True):
        card = recommendation_card(Found(stuffed, stuffed.recommendations[7]), public=public)
        fits(card)
        written = text(card)
        assert "The Government's answer: Agreed" in written
        assert "read the rest at the source" in written
        assert "Not endorsed by Parliament" in written
        assert "earlier." in written, "evidence left out is counted"


@pytest.mark.parametrize("filling", SCRIPTS.values(), ids=SCRIPTS)
def test_every_other_card_fits_too(report: Report, filling: str) -> None:
    for held in (report, full(report, filling)):
        for card in every_card(held):
            fits(card)
        assert "Not endorsed by Parliament" in text(report_card(held, TODAY))


def test_data_cannot_mention_or_format(report: Report) -> None:
    stuffed = full(report, NASTY)
    for card in [recommendation_card(Found(stuffed, stuffed.recommendations[0])), *every_card(stuffed)]:
        written = text(card)
        fits(card)
        assert "@everyone" not in written
        assert "<@1>" not in written.replace("\\<", "")
        assert "**bold**" not in written
        assert "](https://evil" not in written


def test_an_answer_is_told_with_who_when_and_how_it_is_known(report: Report) -> None:
    written = text(recommendation_card(Found(report, report.recommendations[0])))
    assert "The Government's answer: Not agreed, by the Government of 2021, 1 November 2021" in written
    assert "From a news report or another secondary source, not the response itself." in written
    assert "paragraph 13" in written
    assert "As of 26 February 2026" in written
    assert f"[Read them in the report](<{report.url}>)" in written
    assert (
        next(b.url for b in buttons(recommendation_card(Found(report, report.recommendations[0]))) if b.url)
        == report.url
    )


def test_an_unknown_answer_and_an_unconfirmed_chapter_say_so(report: Report) -> None:
    item = report.recommendation("T-24")
    unknown = report.recommendation("T-23")
    assert item is not None
    assert unknown is not None
    assert "Chapter not confirmed" in text(recommendation_card(Found(report, item)))
    written = text(recommendation_card(Found(report, unknown)))
    assert "answer: Unknown**" in written
    assert "only inferred" in written


def test_official_words_stand_apart_from_ours(report: Report) -> None:
    item = replace(report.recommendations[0], official="The words\nof the committee.")
    written = text(recommendation_card(Found(report, item)))
    assert "(in our words)" in written
    assert "**In the committee's words**\n> The words of the committee." in written


def test_since_then_is_newest_first_dated_and_linked(report: Report) -> None:
    item = report.recommendation("T-02")
    assert item is not None
    written = text(recommendation_card(Found(report, item)))
    assert written.index("- 20 February 2022") < written.index("- 15 December 2021")
    assert "8 December 2021" not in written
    assert "… and 2 earlier." in written
    assert "(<https://www.parallelparliament.co.uk/question/90938>)" in written
    every = since_card(Found(report, item), 0)
    assert (
        text(every).index("- 15 December 2021")
        < text(every).index("- 8 December 2021")
        < text(every).index("- 15 July 2021")
    )
    assert "All 4 since then" in [b.label for b in buttons(recommendation_card(Found(report, item)))]


def test_everything_since_is_paged_and_leads_back(report: Report) -> None:
    item = report.recommendation("T-18")
    assert item is not None
    found = Found(report, item)
    first, second = since_card(found, 0), since_card(found, 1)
    assert [b.label for b in buttons(first) if not b.url] == ["Older", "Sources", "Back to the card"]
    assert [b.label for b in buttons(second) if not b.url] == ["Newer", "Sources", "Back to the card"]
    assert text(first).count("\n- ") + text(second).count("\n- ") >= len(item.evidence) - 2
    assert "Looked for up to 26 February 2026. Page 2 of 2." in text(since_card(found, 99))
    silent = report.recommendation("T-14")
    assert silent is not None
    assert "No evidence found** (looked for up to 26 February 2026)" in text(recommendation_card(Found(report, silent)))


def test_who_was_asked_and_who_answers_now_are_both_told(report: Report) -> None:
    item = report.recommendation("T-18")
    assert item is not None
    table = read_departments()
    now = responsible_today(item, table)
    written = text(recommendation_card(Found(report, item), responsible=now, today=TODAY))
    assert "Asked of** (our reading): Department for International Trade" in written
    assert "**now with** Department for Business and Trade (the Business and Trade Secretary)" in written
    late = text(recommendation_card(Found(report, item), responsible=now, today=date(2030, 1, 1)))
    assert "Check that the Business and Trade Secretary still answers on this" in late
    same = report.recommendation("1")
    assert same is not None
    assert "now with" not in text(recommendation_card(Found(report, same), responsible=responsible_today(same, table)))


def test_a_row_leads_to_where_it_was_asked_before_and_again() -> None:
    reports = [read_pack(path) for path in pack_files([shipped_packs()])]
    held = {r.slug: r for r in reports}

    def card(slug: str, key: str) -> Card:
        item = held[ReportSlug(slug)].recommendation(key)
        assert item is not None
        found = Found(held[ReportSlug(slug)], item)
        return recommendation_card(found, ties=related_rows(found, reports))

    cotton, ban = card("never-again", "T-18"), card("forced-labour", "F-03")
    assert "Asked again in** 2025: F-03 Import ban (*Forced Labour in UK Supply Chains*)" in text(cotton)
    assert "Follows** 2021: T-18 Cotton (*Never Again*)" in text(ban)
    assert any(b.label == "Asked again: F-03, 2025" for b in buttons(cotton))
    assert any(b.label == "Follows: T-18, 2021" for b in buttons(ban))
    for shown in (cotton, ban):
        rows = [len(row.children) for row in shown.view().walk_children() if isinstance(row, discord.ui.ActionRow)]
        assert len(rows) == 2
        assert max(rows) <= 5
    assert "Asked again in** 2022" in text(card("never-again", "T-31"))
    conclusion = card("uyghur-forced-labour", "1")
    assert "the Government isn't expected to answer" in text(conclusion)
    assert "Use in my letter" not in [b.label for b in buttons(conclusion)]


def test_the_closed_clock_is_told_with_its_working(report: Report) -> None:
    written = text(report_card(report, TODAY))
    for words in (
        "Published: 8 July 2021",
        "8 September 2021",
        "2 calendar months",
        "Received: 1 November 2021",
        "54 days late",
        "36 recommendations",
        "Open Parliament Licence v3.0",
        "As of 26 February 2026",
    ):
        assert words in written
    links = [b.url for b in buttons(report_card(report, TODAY)) if b.url]
    assert "https://erskinemay.parliament.uk/section/5937/government-replies-to-reports" in links
    assert report.response.url in links


def test_before_the_response_the_clock_knows_nothing_of_it(report: Report) -> None:
    day = date(2021, 9, 10)
    card = report_card(report.as_known_on(day), day)
    assert "overdue" in text(card)
    assert "November" not in text(card)
    assert report.response.url not in [b.url for b in buttons(card)]


def test_a_list_pages_through_everything_once(report: Report) -> None:
    found = [Found(report, item) for item in report.recommendations]
    seen = [
        option.value
        for page in range(5)
        for option in options(list_card("x", found, ListState(report.slug, page=page), several=False))
    ]
    assert seen == [f.value for f in found]
    assert [b.label for b in buttons(list_card("x", found, ListState(page=0), several=False))] == ["Next"]
    assert [b.label for b in buttons(list_card("x", found, ListState(page=4), several=False))] == ["Previous"]


def test_an_empty_search_offers_the_list(report: Report) -> None:
    assert [b.label for b in buttons(search_card("zzz", (), several=False))] == ["See the list"]


def test_shortening_counts_the_marks_it_adds() -> None:
    assert shorten("short", 20) == "short"
    for filling in SCRIPTS.values():
        cut = shorten(filling * 100, 50, 90)
        assert len(cut) <= 50
        assert len(cut.encode()) <= 90
        assert cut.endswith("…")
        assert not cut.endswith("\\…")
