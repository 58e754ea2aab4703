"""The health card: what was sent, late or not delivered, how old the data is, and how the machine stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.cards.channel_checks import check_lines
from bot.chat.cards.deadlines import stamp
from bot.chat.cards.said import searches_line
from bot.chat.cards.writing import shorten
from bot.chat.ui import Act, Card, clip, plain
from bot.clock import LONDON
from bot.domain.guilds import GuildSettings
from bot.domain.members import Directory
from bot.domain.processes import LiveProcess
from bot.domain.reminders import LATE_AFTER, Reminder, ReminderState
from bot.domain.reports import Report, and_list, long_date
from bot.services.delivery.explained import ledger_words, said_late, said_long
from bot.services.ledger_files import message_link
from bot.services.ports.deliveries import LedgerEntry, ReminderHealth, Told
from bot.services.ports.installation import MachineHealth
from bot.services.ports.members import MemberNews
from bot.services.ports.sending import ChannelCheck
from bot.services.publications import WatchHealth
from bot.services.said import SaidHealth

SWEEP_STALE_SECONDS = 600

PROBLEMS_SHOWN = 6

LINES_SHOWN = 3

DECISIONS_SHOWN = 3

PROCESSES_SHOWN = 8


def health_card(
    health: ReminderHealth,
    settings: GuildSettings,
    check: ChannelCheck | None,
    reports: Sequence[Report],
    directory: Directory,
    version: str,
    now: datetime,
    news: MemberNews | None = None,
    watch: WatchHealth | None = None,
    machine: MachineHealth | None = None,
    commands_failed: str = "",
    said: SaidHealth | None = None,
    sent: Sequence[tuple[LedgerEntry, Sequence[Told]]] = (),
) -> Card:
    """Show how deliveries stand: what was sent, what is next, what was not delivered and why, how old the data is."""
    card = Card("Health")
    counts = [f"{state.label}: {health.counts[state]}" for state in ReminderState if health.counts.get(state)]
    lines = [" · ".join(counts) if counts else "No reminders planned yet."]
    lines.append(f"Next: {stamp(health.next_due)}" if health.next_due else "Next: nothing planned.")
    lines.append(f"Sent in the last 7 days: {health.sent_lately}; late: {health.late_lately}")
    lines.append(f"Sent twice: {health.duplicates}")
    lines.append(_sweep(health.last_sweep, now))
    if health.waiting_since is not None and now - health.waiting_since > LATE_AFTER:
        lines.append(f"**Running behind**: a reminder due {stamp(health.waiting_since)} hasn't gone out yet")
    card.text("**Reminders of this group**\n" + "\n".join(f"- {line}" for line in lines))
    if sent:
        card.text("**Sent**\n" + "\n".join(f"- {_sent(entry, told)}" for entry, told in sent))
    if health.late:
        card.text("**Late**\n" + "\n".join(f"- {_late(entry)}" for entry in health.late[:LINES_SHOWN]))
    if health.outages:
        card.text("**Outages**\n" + "\n".join(f"- {_outage(entry)}" for entry in health.outages[:LINES_SHOWN]))
    card.text("**Channel**\n" + check_lines(check))
    if health.problems:
        shown = [f"- {_problem(reminder)}" for reminder in health.problems[:PROBLEMS_SHOWN]]
        if len(health.problems) > PROBLEMS_SHOWN:
            shown.append(f"- and {len(health.problems) - PROBLEMS_SHOWN} more")
        card.text("**Not delivered**\n" + "\n".join(shown))
    else:
        card.text("**Not delivered**\nNothing.")
    data = [f"{plain(report.short_title)}: as of {long_date(report.as_of)}" for report in reports[:5]]
    if directory.as_of is None:
        data.append("MPs: Postbag has no list yet. People type their MP's name, and Postbag marks it as not checked")
    else:
        stale = " (out of date: more than 30 days old)" if directory.is_stale(now) else ""
        data.append(f"MPs: as of {long_date(directory.as_of.date())}{stale}")
    if watch is not None:
        data.append(_record(watch))
    if said is not None:
        data.append(searches_line(said))
        if said.behind:
            count = "1 followed question" if said.behind == 1 else f"{said.behind} followed questions"
            data.append(f"**Postbag is behind with {count}.** It looks first at those that have waited longest")
    card.text("**Data**\n" + "\n".join(f"- {line}" for line in data))
    if news is not None:
        card.text(
            f"**Changes to the list of MPs, {long_date(news.as_of.astimezone(LONDON).date())}**\n"
            + "\n".join(f"- {plain(line)}" for line in news.lines)
        )
    if commands_failed:
        card.text(
            f"**Commands**\nDiscord hasn't accepted Postbag's commands yet ({plain(commands_failed)}), so some may be missing or old. "
            "Postbag keeps trying until it does."
        )
    if machine is not None:
        card.text("**Where Postbag runs**\n" + "\n".join(f"- {line}" for line in _machine(machine)))
    controls = [Act("Set-up", "admin.setup")]
    if settings.channel_id is not None:
        controls.append(Act("Send me a test", "admin.test"))
    controls.append(Act("Look again", "admin.health", ("again",)))
    controls.append(Act("Download the ledger", "admin.ledger"))
    controls.append(Act("See what changed", "audit.page"))
    _decisions(card, health.problems[:PROBLEMS_SHOWN])
    return card.buttons(*controls).small(f"Postbag {version}. Only you can see this.")


def _record(watch: WatchHealth) -> str:
    """Say when Parliament's record was last read, and that a failed look is no answer."""
    last = f"last read in full {stamp(watch.last_good)}" if watch.last_good is not None else "not read yet"
    wording = (
        "\n**Postbag couldn't read the official wording of some reports.** Cards show our own summaries until it can. "
        "It tries again every day"
        if watch.lacks_wording
        else ""
    ) + _unhelped(watch.unhelped)
    if not watch.problems:
        return f"Parliament's record of reports and responses: {last}{wording}"
    count = len(watch.problems)
    tried = f" at {stamp(watch.last_tried)}" if watch.last_tried is not None else ""
    parts = "part" if count == 1 else "parts"
    return (
        f"**Postbag couldn't read all of Parliament's record of reports and responses{tried}** ({count} {parts} failed; {last}). "
        f"A failed check never counts as “no response”: reminders carry on{wording}"
    )


def _unhelped(reports: Sequence[Report]) -> str:
    """Name the reports that Parliament's record did not help with, and say what whoever runs Postbag can do."""
    if not reports:
        return ""
    named = and_list([f"*{plain(shorten(report.short_title, 60))}*" for report in reports[:REPORTS_NAMED]])
    more = f" and {len(reports) - REPORTS_NAMED} more" if len(reports) > REPORTS_NAMED else ""
    lack = "lacks" if len(reports) == 1 else "lack"
    return (
        f"\n**{named}{more} still {lack} the committee's own words.** Postbag found nothing it could use in Parliament's record, and "
        "looks again within a week. Whoever runs Postbag can save the report's page and run "
        f"`postbag reports complete PAGE --report {reports[0].slug}`"
    )


REPORTS_NAMED = 3


def _machine(machine: MachineHealth) -> list[str]:
    lines = [
        f"Database: {machine.database}, {_megabytes(machine.size)}, {'sound' if not machine.problems else 'not sound'}"
    ]
    lines += [f"**{plain(problem)}** Tell whoever runs Postbag." for problem in machine.problems]
    if machine.processes:
        lines.append(f"Postbag processes: {len(machine.processes)}")
        lines += [f"  - {_process(one)}" for one in machine.processes[:PROCESSES_SHOWN]]
    lines.append(f"Space left on the disk: {_megabytes(machine.disk_free)}")
    if machine.stuck_at is not None:
        lines.append(
            f"**Postbag stopped responding for a while ({stamp(machine.stuck_at)}).** Tell whoever runs Postbag: the log says where"
        )
    if machine.restored is not None:
        lines.append(
            f"The database was restored from a copy on {stamp(machine.restored.restored_at)}. The copy was made on "
            f"{stamp(machine.restored.copied_at)}. Reminders between the two that Postbag can't be sure of are listed above"
        )
        if not machine.restored.is_listed or machine.restored.unread:
            lines.append(
                "**Somebody who used /privacy forget-me between the two may be in the database again**: the list of those "
                "requests was missing or couldn't be read. They can use it again. Tell whoever runs Postbag"
            )
    if machine.days_off_end is not None:
        lines.append(
            f"**The list of bank holidays ends on {long_date(machine.days_off_end)}.** After that, reminders may fall on one. "
            "Tell whoever runs Postbag."
        )
    if machine.backed_up_at is not None:
        lines.append(f"Last backup: {stamp(machine.backed_up_at)}")
    elif machine.database == "SQLite":
        lines.append("Last backup: none yet. Postbag makes one every night while it runs")
    return lines


def _process(one: LiveProcess) -> str:
    """Say one process: since when, which of Discord's shards it carries, and what it does for all."""
    parts = [f"since {stamp(one.started_at)}", f"shards {one.shards}" if one.shards else "all servers"]
    parts += ["does the daily work"] if one.leads else []
    parts += ["answers you now"] if one.is_this else []
    return ", ".join(parts)


def _megabytes(size: int) -> str:
    if size < 2**20:
        return "less than 1 MB"
    return f"{size / 2**20:,.0f} MB" if size < 10 * 2**30 else f"{size / 2**30:,.0f} GB"


def _sweep(last: datetime | None, now: datetime) -> str:
    if last is None:
        return "Last check for reminders due: none yet"
    late = (now - last).total_seconds() > SWEEP_STALE_SECONDS
    return f"Last check for reminders due: {stamp(last)}" + (
        ". **That was a long time ago: tell whoever runs Postbag.**" if late else ""
    )


def _decisions(card: Card, problems: Sequence[Reminder]) -> None:
    """Let an organiser who has looked, or mended the reason, say what is to become of a message."""
    seen: set[int] = set()
    for problem in problems:
        number = problem.delivery_id
        if number is None or number in seen or problem.person_id is not None:
            continue
        if len(seen) == DECISIONS_SHOWN:
            break
        seen.add(number)
        controls = [Act(f"Send message {number} again", "admin.again", (number,))]
        if problem.state is ReminderState.UNKNOWN:
            controls.insert(0, Act(f"Message {number} is there", "admin.found", (number,)))
        card.buttons(*controls)


def own_test_card(words: str, settings: GuildSettings, check: ChannelCheck | None) -> Card:
    """Show a test message to who asked for it alone, with what would keep one from the channel; posting it there is one press more."""
    card = Card("A test that only you can see").text(f"> {words.strip()}").text("**Channel**\n" + check_lines(check))
    if settings.channel_id is not None:
        card.buttons(Act("Post it in the channel too", "admin.test", ("channel",)))
    return card.small("Nothing was posted. Only you can see this.")


def _sent(entry: LedgerEntry, told: Sequence[Told]) -> str:
    """Say what was sent and when, with a link to the message where it is in a channel."""
    about = plain(clip(ledger_words(told), 200)) if told else "no longer in Postbag"
    link = next(filter(None, map(message_link, told)), "")
    where = f" ([the message]({link}))" if link else ""
    return f"{stamp(entry.at)}: {about}{where}"


def _late(entry: LedgerEntry) -> str:
    return f"Sent {stamp(entry.at)}, {said_late(entry.late_seconds or 0)}: {plain(entry.detail)}"


def _outage(entry: LedgerEntry) -> str:
    return f"Until {stamp(entry.at)}, for {said_long(entry.late_seconds or 0)}: {plain(entry.detail)}"


def _problem(reminder: Reminder) -> str:
    reason = plain(reminder.reason) or "no reason recorded"
    number = f" (message {reminder.delivery_id})" if reminder.delivery_id is not None else ""
    return f"{reminder.state.label}{number}, due {stamp(reminder.due_at)}: {reason}. {_fix(reminder)}"


def _fix(reminder: Reminder) -> str:
    if reminder.state is ReminderState.UNKNOWN:
        return "Check whether it's in the channel, then press a button below."
    if reminder.guild_id is None:
        return "They'll see it next time they use Postbag."
    return "Check the channel with /admin setup, then send it again below. Later reminders use the channel you choose there."
