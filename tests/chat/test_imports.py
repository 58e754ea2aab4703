"""Bringing a report and its answers into a group, pressed as organisers would, with the real reader and a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from benchmarks.report_shapes import EXPECTED, TITLE, legacy, response_headed, single, split
from bot.domain.drafts import SavedPage
from bot.domain.letter_facts import Topic, committee_asked, reference, subject
from bot.rehearsal import committee as invented
from bot.rehearsal.parliament import ParliamentStandIn
from bot.rehearsal.reading import buttons_of, options_of, text_of
from bot.resources import packs_folder
from bot.sources.committees import CommitteesApi
from bot.sources.http import Http

LINK = "https://publications.example.org/lanterns"
FORM = {"what": ["report"], "of": ["-"], "text": "", "link": LINK}
SLUG = "dark-lanes-who-lights-the-countrys"


def files(pages: list[SavedPage]) -> list[tuple[str, bytes]]:
    return [(page.name, page.content) for page in pages]


async def submit(room: Any, actor: Any, **values: Any) -> Any:
    form = await actor.slash(room.channel, "reports import")
    if form.modal is None and "Import other pages" in buttons_of(form.response):
        form = await actor.click(form.response, label="Import other pages")
    return await actor.submit_modal(form, FORM | values)


async def imported(room: Any, actor: Any, pages: list[SavedPage] | None = None, **values: Any) -> Any:
    draft = await submit(room, actor, files=files(pages or single()), **values)
    return await actor.click(draft.response, label="Confirm")


async def slugs(room: Any, actor: Any) -> list[str]:
    listed = await actor.slash(room.channel, "reports list")
    return [option["value"] for option in options_of(listed.response)]


@pytest.mark.claim("C-08")
@pytest.mark.asyncio
async def test_saved_pages_become_a_draft_and_then_a_report_of_this_server_alone(group: Any) -> None:
    draft = await submit(group, group.organiser, files=files(single()))
    shown = text_of(draft.response)
    assert draft.response.ephemeral
    assert "Draft: nothing is imported yet" in shown
    assert "Dark Lanes" in shown
    assert "8 new" in shown
    assert len(await slugs(group, group.member)) == 1
    await group.restart()
    turned = await group.organiser.click(draft.response, label="Next")
    assert "Page 2 of 2" in text_of(turned.response)
    kept = await group.organiser.click(turned.response, label="Confirm")
    assert "8 items. Everyone in this server can read them" in text_of(kept.response)
    await group.restart()
    (mine,) = [slug for slug in await slugs(group, group.member) if slug != "never-again"]
    for item in EXPECTED:
        read = await group.member.slash(group.channel, "recommendations show", number=f"{mine}/{item.label}")
        assert " ".join(item.text.split("\n")[0].split())[:60].split("[")[0] in text_of(read.response)
    found = await group.member.slash(group.channel, "recommendations search", query="lamplighter ladder")
    assert options_of(found.response)[0]["value"] == f"{mine}/8"
    outside = await group.outsider.slash("reports list")
    assert [option["value"] for option in options_of(outside)] == ["never-again"]
    assert "Nothing matches" in text_of(await group.outsider.slash("recommendations show", number=f"{mine}/8"))
    following = await group.organiser.click(kept.response, label="Follow this report")
    assert "This group follows" in text_of(following.response)
    deadlines = await group.app.services.deadlines.list(group.guild_id)
    assert [d.report for d in deadlines] == [mine]


@pytest.mark.asyncio
async def test_importing_again_changes_nothing_and_loses_nothing(group: Any) -> None:
    await imported(group, group.organiser)
    (mine,) = [slug for slug in await slugs(group, group.member) if slug != "never-again"]
    form = await group.organiser.slash(group.channel, "reports record-answer", recommendation=f"{mine}/3")
    preview = await group.organiser.submit_modal(
        form, {"answer": ["agreed"], "date": "1 May 2024", "by": "", "words": "", "link": LINK}
    )
    await group.organiser.click(preview.response, label="Save")
    again = await submit(group, group.organiser, files=files(legacy()))
    assert "this adds to it" in text_of(again.response)
    changed = legacy()
    changed[0] = SavedPage(changed[0].name, changed[0].content.replace(b"every lantern", b"each and every lantern"))
    draft = await submit(group, group.organiser, files=files(changed))
    shown = text_of(draft.response)
    assert "1 changed" in shown
    assert "[+each and+] every lantern" in shown
    await group.organiser.click(draft.response, label="Confirm")
    read = await group.member.slash(group.channel, "recommendations show", number=f"{mine}/3")
    assert "Agreed, by the Government of 2024" in text_of(read.response)
    read = await group.member.slash(group.channel, "recommendations show", number=f"{mine}/1")
    assert "each and every lantern" in text_of(read.response)


@pytest.mark.asyncio
async def test_pasted_text_whose_facts_are_missing_is_filled_in_by_a_person(group: Any) -> None:
    text = "Conclusions and recommendations\n\n" + "\n\n".join(
        f"{n}. We recommend that the Government light lane {n} by winter. (Paragraph {n + 10})" for n in range(1, 5)
    )
    draft = await submit(group, group.organiser, text=text, link="")
    shown = text_of(draft.response)
    assert "don't say" in shown
    assert "Confirm" not in buttons_of(draft.response)
    form = await group.organiser.click(draft.response, label="Fill it in")
    typed = {"title": "Lanes", "committee": "Lane Committee", "date": "31 February 2024", "link": LINK}
    refused = await group.organiser.submit_modal(form, typed)
    assert "Lane Committee" in text_of(refused.response)
    form = await group.organiser.click(refused.response, label="Try again")
    filled = await group.organiser.submit_modal(form, typed | {"date": "4 March 2024"})
    assert "4 new" in text_of(filled.response)
    kept = await group.organiser.click(filled.response, label="Confirm")
    assert "4 items" in text_of(kept.response)
    assert "lanes" in await slugs(group, group.member)


@pytest.mark.asyncio
async def test_several_pages_at_once_and_cancelling(group: Any) -> None:
    draft = await submit(group, group.organiser, files=files(split()))
    assert "8 items" in text_of(draft.response)
    gone = await group.organiser.click(draft.response, label="Cancel")
    assert "won't import anything more" in text_of(gone.response)
    assert await slugs(group, group.member) == ["never-again"]


@pytest.mark.asyncio
async def test_the_official_page_fills_in_the_shipped_pack_and_asks_where_it_is_not_sure(group: Any) -> None:
    ask = "We recommend that the Government suggest to sports fans and tourists that they do not travel to Beijing."
    text = (
        "Never Again\nHC 198\nConclusions and recommendations\n\n"
        "1. The Government should accept the House of Commons' view that Uyghurs and other minorities in Xinjiang are "
        "suffering genocide and crimes against humanity. (Paragraph 13)\n\n"
        f"7. {ask} (Paragraph 29)\n"
    )
    draft = await submit(group, group.organiser, text=text, of=["never-again"])
    shown = text_of(draft.response)
    assert "Postbag already has *Never Again*; this adds to it." in shown
    questions = next(label for label in buttons_of(draft.response) if label.startswith("Answer "))
    asked = await group.organiser.click(draft.response, label=questions)
    assert "Question 1 of" in text_of(asked.response)
    assert {"Yes, this is it", "Not this one", "Back to the draft"} <= set(buttons_of(asked.response))
    answered, presses = asked, 0
    while "Not this one" in buttons_of(answered.response) and presses < 12:
        answered = await group.organiser.click(answered.response, label="Not this one")
        presses += 1
    assert "No questions left" in text_of(answered.response)
    back = await group.organiser.click(answered.response, label="Back to the draft")
    kept = await group.organiser.click(back.response, label="Confirm")
    assert "Imported" in text_of(kept.response)
    read = await group.member.slash(group.channel, "recommendations show", number="never-again/1")
    assert "In the committee's words" in text_of(read.response)
    assert "Not agreed, by the Government of 2021" in text_of(read.response)
    outside = await group.outsider.slash("recommendations show", number="never-again/1")
    assert "Postbag doesn't have the committee's own words yet" in text_of(outside)


@pytest.mark.asyncio
async def test_a_response_becomes_answers_that_a_person_reads_one_by_one(group: Any) -> None:
    await imported(group, group.organiser)
    (mine,) = [slug for slug in await slugs(group, group.member) if slug != "never-again"]
    listed = await submit(group, group.organiser, files=files(response_headed()), what=["response"], of=[mine], link="")
    shown = text_of(listed.response)
    assert "It won't decide what they amount to" in shown
    assert "nothing is recorded yet" in shown
    before = await group.member.slash(group.channel, "recommendations browse", report=mine, answer="unknown")
    assert "8 in all" in text_of(before.response)
    opened = await group.organiser.select(listed.response, [options_of(listed.response)[0]["value"]])
    assert "In the Government's words" in text_of(opened.response)
    key = options_of(opened.response)[0]["value"]
    form = await group.organiser.select(opened.response, [key])
    assert form.modal is not None
    preview = await group.organiser.submit_modal(
        form,
        {"answer": ["partly agreed"], "date": "1 May 2024", "by": "", "words": "It will count some.", "link": LINK},
    )
    await group.organiser.click(preview.response, label="Save")
    read = await group.member.slash(group.channel, "recommendations show", number=f"{mine}/{key}")
    assert "Partly agreed, by the Government of 2024, 1 May 2024" in text_of(read.response)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": "https://publications.parliament.uk/x.htm", "link": ""}, "doesn't open links"),
        ({"text": "", "link": LINK}, "doesn't open links"),
        ({"text": "", "link": ""}, "nothing to read"),
        ({"text": "Hello. This is not a report at all."}, "doesn't look like a committee's report"),
        ({"text": "x", "link": "javascript:alert(1)"}, "isn't a full web address"),
        ({"files": [("bomb.zip", b"PK\x03\x04" + b"\0" * 100)]}, "zip archive"),
        ({"files": [("empty.html", b"")]}, "empty"),
        ({"files": [("never-again.toml", (packs_folder() / "never-again.toml").read_bytes())]}, "is a report pack"),
        ({"files": [("big.html", b"x" * (10 * 1024 * 1024 + 1))]}, "too large"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_explained_and_nothing_is_imported(
    group: Any, values: dict[str, Any], words: str
) -> None:
    refused = await submit(group, group.organiser, **values)
    shown = text_of(refused.response)
    assert words in shown
    assert "Nothing was imported" in shown
    assert refused.response.ephemeral
    again = await group.organiser.click(refused.response, label="Try again")
    assert again.modal is not None
    assert await slugs(group, group.member) == ["never-again"]


@pytest.mark.asyncio
@pytest.mark.parametrize("publication", ["https://committees.parliament.uk/publications/6624", "soon", "9" * 30])
async def test_a_publication_is_named_by_its_number_alone(group: Any, publication: str) -> None:
    refused = await group.organiser.slash(group.channel, "reports import", publication=publication)
    shown = text_of(refused.response)
    assert "doesn't open links" in shown or "Give the publication's number" in shown


@pytest.mark.asyncio
async def test_only_organisers_import_and_a_draft_lasts_a_day(group: Any) -> None:
    refused = await group.member.slash(group.channel, "reports import")
    assert refused.modal is None
    assert "for organisers" in text_of(refused.response)
    refused = await group.outsider.slash("reports import")
    assert refused.modal is None
    draft = await submit(group, group.second_organiser, files=files(single()))
    group.clock.advance(timedelta(hours=25))
    late = await group.second_organiser.click(draft.response, label="Confirm")
    assert "more than a day old" in text_of(late.response)
    assert "/reports import" in text_of(late.response)


@pytest.mark.asyncio
async def test_a_draft_of_another_server_cannot_be_confirmed(group: Any) -> None:
    draft = await submit(group, group.organiser, files=files(single()))
    assert "Confirm" in buttons_of(draft.response)
    imports = group.app.services.imports
    found = await imports._store.get(group.guild_id, 1, group.clock.now())
    assert found is not None
    assert await imports._store.get(group.guild_id + 1, 1, group.clock.now()) is None
    assert TITLE.split(":")[0] in found.draft.title


@pytest.mark.asyncio
@pytest.mark.loopback
async def test_a_publication_of_parliaments_record_is_read_by_its_number(group: Any) -> None:
    async with ParliamentStandIn(group.clock) as stand_in:
        urls = stand_in.urls
        async with Http((urls.committees_api,), timeout_seconds=2) as http:
            group.app.services.imports._source = CommitteesApi(http, urls.committees_api, group.clock, pause_seconds=0)
            draft = await group.organiser.slash(
                group.channel, "reports import", publication=str(invented.PUBLICATION_ID)
            )
            assert "Draft: nothing is imported yet" in text_of(draft.response)
            kept = await group.organiser.click(draft.response, label="Confirm")
            assert "Imported" in text_of(kept.response)
            assert f"publication-{invented.PUBLICATION_ID}" in await slugs(group, group.member)
            slug = f"publication-{invented.PUBLICATION_ID}"
            report = group.app.services.reports.base(group.guild_id, slug)
            assert report is not None
            assert (report.paper, report.session, report.ordinal) == ("HC 9901", "2026–27", "First Report")
            assert (report.title, report.short_title) == (invented.TITLE, "Lights Out")
            card = text_of((await group.member.slash(group.channel, "reports show", report=slug)).response)
            assert "HC 9901, First Report of session 2026–27" in card
            assert "HC HC" not in card
            topic = Topic(report, report.recommendations[1])
            assert subject(topic) == f"{report.recommendations[1].theme} (Lights Out, HC 9901)"
            assert reference(report, topic.item) == "“Lights Out”, HC 9901, recommendation 2"
            assert "First Report" not in committee_asked(report, topic.item)
            missing = await group.organiser.slash(group.channel, "reports import", publication="999999")
            assert "Draft" not in text_of(missing.response)


@pytest.mark.asyncio
async def test_another_organiser_confirms_what_one_has_read_and_neither_a_second_time(group: Any) -> None:
    first = await submit(group, group.organiser, files=files(single()))
    await imported_answers(group)
    await group.restart()
    listed = await group.second_organiser.slash(group.channel, "reports import")
    assert listed.modal is None
    assert "Any organiser can open one" in text_of(listed.response)
    assert [option["description"] for option in options_of(listed.response)] == [
        "Answers: 3 answers",
        "A report: 8 items",
    ]
    answers = await group.second_organiser.select(listed.response, [options_of(listed.response)[0]["value"]])
    assert "Answers: nothing is recorded yet" in text_of(answers.response)
    opened = await group.second_organiser.select(listed.response, [options_of(listed.response)[1]["value"]])
    kept = await group.second_organiser.click(opened.response, label="Confirm")
    assert "8 items. Everyone in this server can read them" in text_of(kept.response)
    late = await group.organiser.click(first.response, label="Confirm")
    assert "That draft has gone" in text_of(late.response)
    gone = await group.second_organiser.select(listed.response, [options_of(listed.response)[1]["value"]])
    assert "That draft has gone" in text_of(gone.response)


async def imported_answers(room: Any) -> Any:
    return await submit(
        room, room.organiser, files=files(response_headed()), what=["response"], of=["never-again"], link=""
    )


HELD_PAGE = (
    "<!doctype html><html><head><title>Conclusions and recommendations</title></head><body><h1>Never Again: The UK’s "
    "Responsibility to Act on Atrocities in Xinjiang and Beyond</h1><p>Foreign Affairs Committee</p><p>Published: 8 July 2021</p>"
    "<h2>Conclusions and recommendations</h2>"
    + "".join(
        f"<p>{n}. We recommend that invented lantern {n} is lit. (Paragraph {p})</p>"
        for n, p in ((1, 13), (2, 15), (3, 17))
    )
    + "</body></html>"
)


@pytest.mark.asyncio
async def test_a_page_of_a_held_report_is_put_beside_it_and_asked_about_though_it_names_no_number(group: Any) -> None:
    draft = await submit(group, group.organiser, files=[("list.html", HELD_PAGE.encode())])
    shown = text_of(draft.response)
    assert "Is this “Never Again”, which Postbag already has?" in shown
    assert "the same title, committee and day" in shown
    await group.restart()
    kept = await group.organiser.click(draft.response, label="Confirm")
    assert "Never Again" in text_of(kept.response)
    assert await slugs(group, group.member) == ["never-again"]


@pytest.mark.asyncio
async def test_an_organiser_can_say_that_it_is_another_report(group: Any) -> None:
    draft = await submit(group, group.organiser, files=[("list.html", HELD_PAGE.encode())])
    apart = await group.organiser.click(draft.response, label="It's another report")
    assert "Is this" not in text_of(apart.response)
    assert "3 new" in text_of(apart.response)
    await group.organiser.click(apart.response, label="Confirm")
    assert len(await slugs(group, group.member)) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize("press", ["proposed", "chosen"])
async def test_a_row_that_is_two_items_of_the_page_takes_one_press_and_both_numbers_lead_to_it(
    group: Any, press: str
) -> None:
    one = "The Government should establish quickly how widely Uyghurs who live in the UK are being harassed"
    two = "Ministers must find out what would keep them safe."
    if press == "chosen":
        one = f"{one}, and what would keep them safe"
        two = "Uyghurs who live in the UK are being harassed, and the Government should say so quickly."
    text = (
        f"Never Again\nHC 198\nConclusions and recommendations\n\n7. {one}. (Paragraph 33)\n\n8. {two} (Paragraph 34)\n"
    )
    draft = await submit(group, group.organiser, text=text, of=["never-again"])
    asked = await group.organiser.click(
        draft.response, label=next(label for label in buttons_of(draft.response) if label.startswith("Answer "))
    )
    while "T-12" not in text_of(asked.response):
        asked = await group.organiser.click(asked.response, label="Next")
    if press == "proposed":
        assert "Is it two items on the page together?" in text_of(asked.response)
        asked = await group.organiser.click(asked.response, label="Yes, it's both")
    else:
        assert "Yes, it's both" not in buttons_of(asked.response)
        asked = await group.organiser.select(asked.response, ["1"])
    back = await group.organiser.click(asked.response, label="Back to the draft")
    await group.organiser.click(back.response, label="Confirm")
    for number in ("7", "8", "T-12", "7 and 8"):
        card = text_of(
            (
                await group.member.slash(group.channel, "recommendations show", number=number, report="never-again")
            ).response
        )
        assert "Recommendations 7 and 8: Harassment in the UK" in card, number
        assert "paragraphs 33, 34" in card
        assert f"7. {one[:60]}" in card
        assert f"8. {two[:60]}" in card
        assert "In the committee's words" in card
        assert "We don't know its official number" not in card
