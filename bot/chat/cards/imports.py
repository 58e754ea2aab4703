"""A draft of a report or of answers, as an organiser sees it: what was read, what is unsure, what it would change."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.cards.writing import shorten
from bot.chat.ui import Act, Card, Option, clip
from bot.domain.drafts import Doubt, DraftItem, DraftReport
from bot.domain.report_changes import Candidate, Change, Decision, Fit, ItemChange
from bot.domain.reports import Report, long_date
from bot.domain.staged import Staged
from bot.services.imports import AnswersDraft, ReportDraft

PAGE = 6
DOUBTS = 5
WHOLE, PART, NONE, BOTH = "same", "part", "none", "both"
ORDER = (Change.HELD_BACK, Change.CHANGED, Change.FILLED, Change.NEW, Change.MISSING, Change.UNCHANGED)


def report_draft_card(found: ReportDraft, page: int = 0) -> Card:
    """Show a staged report: counts, doubts, a page of what it changes. Nothing is kept until *Confirm*."""
    number = found.staged.staged_id
    draft = found.draft
    card = Card("Draft: nothing is imported yet")
    title = found.merge.after.title if found.merge else (found.staged.given.title or draft.title or "Title not known")
    card.text(f"**{shorten(title, 200, 400)}**\n{_from_pages(found)}")
    if found.staged.likely and found.held is not None:
        card.text(
            f"**Is this “{shorten(found.held.short_title, 80)}”, which Postbag already has?** {shorten(found.staged.likely, 200)} "
            "*Confirm* adds these pages to it."
        )
    if found.merge is None:
        card.text(f"**{shorten(found.missing, 300)}** Postbag doesn't guess: please fill it in.")
        card.text(_doubts(draft.every_doubt))
        card.buttons(
            Act("Fill it in", "import.fill", (number,), discord.ButtonStyle.primary),
            Act("Cancel", "import.drop", (number,)),
        )
        return card.small(_kept())
    changes = sorted(found.merge.changes, key=lambda c: ORDER.index(c.change))
    shown = [c for c in changes if c.change not in (Change.MISSING, Change.UNCHANGED)]
    pages = max(1, -(-len(shown) // PAGE))
    page = min(max(page, 0), pages - 1)
    counts = ", ".join(f"{found.merge.counts[c]} {c.value}" for c in Change if found.merge.counts.get(c))
    card.text(f"**What it would change**: {counts}.")
    card.text(_doubts((*found.merge.doubts, *(d for item in draft.items for d in item.doubts))))
    for change in shown[page * PAGE : (page + 1) * PAGE]:
        card.text(_line(change))
    turns = []
    if page > 0:
        turns.append(Act("Previous", "import.page", (number, page - 1)))
    if page < pages - 1:
        turns.append(Act("Next", "import.page", (number, page + 1)))
    if found.merge.questions:
        count = len(found.merge.questions)
        turns.append(Act(f"Answer {count} question{'' if count == 1 else 's'}", "import.ask", (number, 0)))
    acts = []
    if found.held is None or found.merge.is_change:
        acts.append(Act("Confirm", "import.keep", (number,), discord.ButtonStyle.success))
    else:
        card.text("Postbag already has everything on these pages.")
    if found.staged.likely and found.held is not None:
        acts.append(Act("It's another report", "import.apart", (number,)))
    card.buttons(*acts, Act("Cancel", "import.drop", (number,))).buttons(*turns)
    place = f"Page {page + 1} of {pages}. " if pages > 1 else ""
    return card.small(f"{place}You can leave a question open. Postbag changes nothing it isn't sure of. {_kept()}")


def question_card(found: ReportDraft, place: int, at: int = 0) -> Card:
    """Ask whether a held item is the item of the page that is likeliest; ``at`` others were said not to be it."""
    number = found.staged.staged_id
    questions = found.merge.questions if found.merge else ()
    if not questions:
        return (
            Card("No questions left")
            .text("You've answered every question.")
            .buttons(Act("Back to the draft", "import.page", (number, 0)))
        )
    place = min(max(place, 0), len(questions) - 1)
    question = questions[place]
    card = Card(f"Question {place + 1} of {len(questions)}")
    card.text(f"**{shorten(question.key, 20)}**: {shorten(question.asks, 500, 1000)}\n{shorten(question.why, 200)}")
    shown: list[tuple[Candidate, ...]] = [(c,) for c in question.candidates]
    if question.both is not None:
        pair = (question.candidates[0], *(c for c in question.candidates if c.place == question.both))
        shown.insert(0, tuple(sorted(pair, key=lambda c: c.place)))
    at = min(max(at, 0), len(shown) - 1)
    said = (number, question.key)
    acts = []
    also: list[Option] = []
    if shown and len(shown[at]) > 1:
        items = [c.item for c in shown[at]]
        card.text(f"**Is it two items on the page together?**{''.join(_item_quote(item, 450) for item in items)}")
        pressed = (*said, BOTH, shown[at][0].place, place, shown[at][1].place)
        acts.append(Act("Yes, it's both", "import.answer", pressed, discord.ButtonStyle.primary))
    elif shown:
        candidate = shown[at][0]
        item = candidate.item
        where = f" (paragraph {item.paragraphs})" if item.paragraphs else ""
        card.text(f"**Is it {shorten(item.name, 60)} on the page?**{where}\n> {shorten(item.text, 700, 1400)}")
        yes = discord.ButtonStyle.primary
        acts.append(Act("Yes, this is it", "import.answer", (*said, WHOLE, candidate.place, place), yes))
        if question.may_be_part:
            acts.append(Act("It's part of this", "import.answer", (*said, PART, candidate.place, place)))
        others = [c for c in question.candidates if c is not candidate] if question.may_be_part else []
        also = [Option(clip(f"{c.item.name}: {c.item.text}", 100), str(c.place)) for c in others]
    if at + 1 < len(shown):
        again = "Only one of them, or neither" if len(shown[at]) > 1 else "Not this one"
        acts.append(Act(again, "import.ask", (number, place, at + 1)))
        if len(shown[at]) == 1:
            card.small(f"The page has {len(shown) - at - 1} more that may match.")
    else:
        acts.append(Act("Not this one", "import.answer", (*said, NONE, -1, place)))
    card.buttons(*acts)
    if also and shown:
        both = (*said, BOTH, shown[at][0].place, place)
        card.select("import.answer", also, args=both, placeholder="It's this one and also …")
    turns = [Act("Back to the draft", "import.page", (number, 0))]
    if len(questions) > 1:
        turns.insert(0, Act("Next", "import.ask", (number, (place + 1) % len(questions))))
    return card.buttons(*turns)


def open_drafts_card(drafts: Sequence[Staged]) -> Card:
    """List the drafts that wait for any organiser of the group, and offer to give new pages."""
    card = Card("Drafts").text("None of these is imported yet. Any organiser can open one and confirm it.")
    options = []
    for staged in drafts[:25]:
        draft = staged.draft
        title = staged.given.title or draft.title or staged.report or "Title not known"
        if isinstance(draft, DraftReport):
            count, what = len(draft.items), "item"
        else:
            count, what = len(draft.answers), "answer"
        kind = "A report" if staged.kind == "report" else "Answers"
        told = f"{kind}: {count} {what}{'' if count == 1 else 's'}"
        options.append(Option(clip(title, 100), str(staged.staged_id), told))
    card.select("import.open", options, placeholder="Open a draft")
    return card.buttons(Act("Import other pages", "import.form")).small("Drafts last one day.")


def imported_card(report: Report, *, followed: bool) -> Card:
    """Say what was kept, for whom, and what can be done now."""
    card = Card("Imported").text(
        f"**{shorten(report.title, 200, 400)}**: {len(report.recommendations)} items. Everyone in this server can read them."
    )
    card.text("Answers and evidence already recorded haven't changed.")
    acts = [Act("Read the recommendations", "report.doors", (report.slug,), discord.ButtonStyle.primary)]
    if not followed:
        acts.append(Act("Follow this report", "report.follow", (report.slug,)))
    return card.buttons(*acts, Act("About this report", "report.show", (report.slug,)))


def answers_draft_card(found: AnswersDraft, page: int = 0) -> Card:
    """List the answers that were read, each with the item it may be about. Their status is for a person to read."""
    number = found.staged.staged_id
    count = len(found.proposed)
    card = Card("Answers: nothing is recorded yet")
    card.text(
        f"Postbag found {count} {'answer' if count == 1 else 'answers'} to *{shorten(found.report.short_title, 60, 150)}*. "
        "It won't decide what they amount to: read each one, and choose."
    )
    card.text(_doubts(found.draft.every_doubt))
    pages = max(1, -(-count // PAGE))
    page = min(max(page, 0), pages - 1)
    start = page * PAGE
    lines, options = [], []
    for place, proposed in enumerate(found.proposed[start : start + PAGE], start=start):
        item = found.report.recommendation(proposed.keys[0]) if proposed.keys else None
        about = f"{item.name} {item.theme}" if item else "no match found"
        sure = "" if proposed.sure else " – please check"
        lines.append(
            f"**{shorten(proposed.answer.name, 80)}** → {shorten(about, 80, 180)}{sure}\n-# {shorten(proposed.why, 100)}. "
            f"Recorded now: {item.answer.status.label if item else 'nothing'}"
        )
        options.append(Option(clip(f"{proposed.answer.name} → {about}", 100), str(place)))
    for line in lines:
        card.text(line)
    card.select("import.read", options, args=(number,), placeholder="Open an answer")
    turns = []
    if page > 0:
        turns.append(Act("Previous", "import.answers", (number, page - 1)))
    if page < pages - 1:
        turns.append(Act("Next", "import.answers", (number, page + 1)))
    card.buttons(
        Act("Go through them one by one", "sitting.begin", (number,), discord.ButtonStyle.primary),
        *turns,
        Act("Close without saving", "import.drop", (number,)),
    )
    return card.small(_kept())


def answer_card(found: AnswersDraft, place: int) -> Card:
    """Show one answer in the Government's words beside the items it may be about, to be read by a person."""
    proposed = found.proposed[place]
    answer = proposed.answer
    card = Card(shorten(f"{answer.name[:1].upper()}{answer.name[1:]}", 100, 250))
    if answer.restated:
        card.text(f"**As the response repeats it**\n> {shorten(answer.restated, 500, 1000)}")
    card.text(f"**In the Government's words**\n> {shorten(answer.text, 1500, 3600)}")
    items = [item for key in proposed.keys if (item := found.report.recommendation(key)) is not None]
    for item in items[:2]:
        card.text(f"**{shorten(item.heading, 60)}**: {shorten(item.gist, 300, 600)}")
    card.text(f"{shorten(proposed.why, 100)}. Which one does it answer? You then say what the answer amounts to.")
    known = {item.key for item in items}
    rest = [item for item in found.report.recommendations if item.key not in known]
    options = [
        Option(clip(f"{item.name} {item.theme}", 100), item.key, f"Recorded now: {item.answer.status.label}")
        for item in (*items, *rest)[:25]
    ]
    card.select(
        "import.item", options, args=(found.staged.staged_id, place), placeholder="Record it as the answer to …"
    )
    if len(items) + len(rest) > 25:
        card.small("Not in the list? Use /reports record-answer with its number.")
    return card.buttons(Act("Back to the answers", "import.answers", (found.staged.staged_id, place // PAGE)))


def _from_pages(found: ReportDraft) -> str:
    draft = found.draft
    parts = [part for part in (draft.committee, draft.paper, draft.session) if part]
    parts += [long_date(draft.published_on)] if draft.published_on else []
    held = (
        f"Postbag already has *{shorten(found.held.short_title, 60)}*; this adds to it."
        if found.held
        else "This will be a new report."
    )
    read = f"Read from {', '.join(shorten(name, 40) for name in draft.sources[:10])}." if draft.sources else ""
    return f"{shorten(' · '.join(parts), 200, 450)}\n{len(draft.items)} items. {held} {read}".strip()


def _doubts(doubts: Sequence[Doubt]) -> str:
    if not doubts:
        return "Nothing looked doubtful."
    lines = [f"- {shorten(str(doubt), 220, 450)}" for doubt in doubts[:DOUBTS]]
    left = len(doubts) - DOUBTS
    return "\n".join(["**Check these on the page**", *lines, *([f"… and {left} more."] if left > 0 else [])])


def _line(change: ItemChange) -> str:
    name = change.key or change.label or "without a number"
    fields = "; ".join(field.shown for field in change.fields)
    why = f" ({shorten(change.reason, 140)})" if change.reason else ""
    told = f"\n-# {shorten(fields, 220, 450)}" if fields else ""
    return f"**{shorten(name, 20)}** {shorten(change.theme, 60, 140)}: {change.change.value}{why}{told}"


def _item_quote(item: DraftItem, most: int) -> str:
    where = f" (paragraph {item.paragraphs})" if item.paragraphs else ""
    return f"\n**{shorten(item.name, 60)}**{where}\n> {shorten(item.text, most, most * 2)}"


def decision_of(word: str, place: int, other: int) -> Decision:
    """Read what was pressed on a question."""
    if word == BOTH:
        return Decision(Fit.SAME, place, (other,))
    if word == WHOLE:
        return Decision(Fit.SAME, place)
    return Decision(Fit.PART, place) if word == PART else Decision(Fit.NONE)


def _kept() -> str:
    return (
        "Only you can see this. For one day, any organiser can open the draft with /reports import. Once it's confirmed, only this "
        "server sees it."
    )
