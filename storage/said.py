"""What was said in Parliament as last found, how far each shared search looked, and the words that groups chose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, delete, exists, insert, null, or_, select, update

from bot.domain.identity import GuildId, ReportSlug
from bot.domain.look_words import OwnWords
from bot.domain.said import AnswerState, Said, SaidKind, Signature
from bot.domain.searches import Look
from storage.database import Database
from storage.installation_facts import insert_for
from storage.schema import guilds, look_words, said, said_looks, said_signatures, said_terms

MOST_GIVEN = 400
"""So many of the newest are looked through for one card."""

MOST_TEXT = 2000


class SaidStore:
    """The tables ``said``, ``said_signatures``, ``said_terms``, ``said_looks`` and ``look_words``. Only the last is a group's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Words ----------------------------------------------------------------------------------------------------------

    async def words(self, guild_id: GuildId, report: ReportSlug) -> Mapping[str, OwnWords]:
        """Give a group's own words for a report, by row; those of the report itself under an empty key."""
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(look_words.c.item, look_words.c.words, look_words.c.asked).where(
                    look_words.c.guild_id == guild_id, look_words.c.report == report
                )
            )
            return {item: _own(words, asked) for item, words, asked in rows}

    async def report_words(self) -> Mapping[tuple[GuildId, ReportSlug], OwnWords]:
        """Give the report-wide words that groups chose, of all groups; of one whose server removed the bot none leaves the database."""
        away = exists().where(guilds.c.guild_id == look_words.c.guild_id, guilds.c.left_at.is_not(None))
        chosen = select(
            look_words.c.guild_id,
            look_words.c.report,
            look_words.c.words,
            case((away, null()), else_=look_words.c.asked),
        ).where(look_words.c.item == "")
        async with self._database.reading() as connection:
            rows = await connection.execute(chosen)
            return {(GuildId(guild), ReportSlug(slug)): _own(words, asked) for guild, slug, words, asked in rows}

    async def keep_words_here(self, guild_id: GuildId) -> None:
        """Search for none of a group's own words any more, until an organiser asks for it anew."""
        async with self._database.writing() as connection:
            await connection.execute(update(look_words).where(look_words.c.guild_id == guild_id).values(asked=null()))

    async def put_words(self, guild_id: GuildId, report: ReportSlug, item: str, words: OwnWords | None) -> bool:
        """Save a group's words for a row, or for the report where ``item`` is empty. None: its own words go again.

        Tells whether there were any before.
        """
        key = (look_words.c.guild_id == guild_id, look_words.c.report == report, look_words.c.item == item)
        async with self._database.writing() as connection:
            before = (await connection.execute(delete(look_words).where(*key))).rowcount
            if words is not None:
                await connection.execute(
                    insert(look_words).values(
                        guild_id=guild_id,
                        report=report,
                        item=item,
                        words="\n".join(words.words),
                        asked="\n".join(at.isoformat() for at in words.asked) or None,
                    )
                )
        return before > 0

    # Looks ----------------------------------------------------------------------------------------------------------

    async def looks(self, terms: Collection[str] | None = None) -> Sequence[Look]:
        """Give how far searches looked: all, or those for some terms."""
        chosen = select(said_looks).order_by(said_looks.c.term, said_looks.c.kind)
        if terms is not None:
            chosen = chosen.where(said_looks.c.term.in_(terms))
        async with self._database.reading() as connection:
            return [_look(row) for row in await connection.execute(chosen)]

    async def found(self, look: Look, items: Sequence[Said], now: datetime) -> None:
        """Keep what one search found, in place of what was known of the same things, and how far it looked."""
        async with self._database.writing() as connection:
            for item in items:
                put = insert_for(self._database, said).values(**_values(item, now))
                columns = {name: put.excluded[name] for name in _values(item, now) if name not in ("kind", "key")}
                await connection.execute(put.on_conflict_do_update(index_elements=["kind", "key"], set_=columns))
                term = insert_for(self._database, said_terms).values(term=look.term, kind=item.kind, key=item.key)
                await connection.execute(term.on_conflict_do_nothing())
            await connection.execute(self._put_look(look))

    async def failed(self, look: Look) -> None:
        """Keep that a search failed, and why. What was found before stays."""
        async with self._database.writing() as connection:
            await connection.execute(self._put_look(look))

    def _put_look(self, look: Look) -> Any:
        put = insert_for(self._database, said_looks).values(
            term=look.term,
            kind=look.kind,
            since=look.since.isoformat() if look.since else None,
            looked_at=look.looked_at,
            tried_at=look.tried_at,
            total=look.total,
            problem=look.problem,
        )
        columns = {c.name: put.excluded[c.name] for c in said_looks.columns if not c.primary_key}
        return put.on_conflict_do_update(index_elements=["term", "kind"], set_=columns)

    async def keep_only(self, terms: Collection[str], since: date) -> int:
        """Let go of what no search looks for any more, and of what is older than a day. Gives how many things went."""
        none_left = (
            ~select(said_terms.c.key).where(said_terms.c.kind == said.c.kind, said_terms.c.key == said.c.key).exists()
        )
        async with self._database.writing() as connection:
            looks = await connection.execute(delete(said_looks).where(said_looks.c.term.not_in(terms)))
            found = await connection.execute(delete(said_terms).where(said_terms.c.term.not_in(terms)))
            gone = await connection.execute(delete(said).where((said.c.newest < since.isoformat()) | none_left))
        if looks.rowcount or found.rowcount or gone.rowcount:
            await self._database.forget_log()
        return gone.rowcount

    # What was found -------------------------------------------------------------------------------------------------

    async def by_terms(self, terms: Collection[str], most: int = MOST_GIVEN) -> Sequence[Said]:
        """Give the newest of what the searches for these terms found."""
        fits = (
            select(said_terms.c.key)
            .where(said_terms.c.kind == said.c.kind, said_terms.c.key == said.c.key, said_terms.c.term.in_(terms))
            .exists()
        )
        return await self._given(fits, most=most)

    async def by_member(self, member_id: int, terms: Collection[str]) -> Sequence[Said]:
        """Give the newest of what a Member said or signed that the searches for these terms found.

        A motion of somebody else comes with this Member's signature.
        """
        fits = (
            select(said_terms.c.key)
            .where(said_terms.c.kind == said.c.kind, said_terms.c.key == said.c.key, said_terms.c.term.in_(terms))
            .exists()
        )
        mine = said_signatures.c.member_id == member_id
        signs = (
            select(said_signatures.c.key)
            .where(said_signatures.c.kind == said.c.kind, said_signatures.c.key == said.c.key, mine)
            .exists()
        )
        given = await self._given(fits, or_(said.c.member_id == member_id, signs))
        others = [item.key for item in given if item.member_id != member_id]
        names = await self._signatures(said_signatures.c.key.in_(others), mine) if others else {}
        return [replace(item, signed=names.get(item.key, ())) if item.key in others else item for item in given]

    # Signatures -----------------------------------------------------------------------------------------------------

    async def unread_signatures(
        self, counted: Mapping[str, int | None], now: datetime, after: timedelta
    ) -> Sequence[str]:
        """List the motions whose signatures are to be read, those that waited longest for a try first.

        That is every motion held whose signatures were never read, or not for a while, however old it is; and of those in
        ``counted``, with how many the service lists, each where that is another number than before.
        """
        chosen = select(said.c.key, said.c.signed_count, said.c.signed_at, said.c.signed_tried_at).where(
            said.c.kind == SaidKind.MOTION,
            or_(said.c.key.in_(counted), said.c.signed_at.is_(None), said.c.signed_at <= now - after),
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(chosen)).all()
        due = []
        for row in rows:
            listed = counted.get(row.key)
            if row.signed_at is None or now - row.signed_at >= after or listed not in (None, row.signed_count):
                due.append((row.signed_tried_at or datetime.min.replace(tzinfo=now.tzinfo), row.key))
        return [key for _, key in sorted(due)]

    async def note_try(self, keys: Collection[str], now: datetime) -> None:
        """Note that signatures of motions are being asked for, whatever comes back."""
        tried = update(said).where(said.c.kind == SaidKind.MOTION, said.c.key.in_(keys)).values(signed_tried_at=now)
        async with self._database.writing() as connection:
            await connection.execute(tried)

    async def put_signatures(self, key: str, names: Sequence[Signature], count: int | None, now: datetime) -> None:
        """Keep who signs a motion, in place of what was known. ``count`` is what the service lists."""
        of_it = (said_signatures.c.kind == SaidKind.MOTION, said_signatures.c.key == key)
        async with self._database.writing() as connection:
            noted = await connection.execute(
                update(said)
                .where(said.c.kind == SaidKind.MOTION, said.c.key == key)
                .values(signed_count=count, signed_at=now)
            )
            await connection.execute(delete(said_signatures).where(*of_it))
            if names and noted.rowcount:
                rows = {
                    name.member_id: {
                        "kind": SaidKind.MOTION,
                        "key": key,
                        "member_id": name.member_id,
                        "member": name.member,
                        "signed_on": _day_text(name.on),
                    }
                    for name in names
                }
                await connection.execute(insert(said_signatures), list(rows.values()))

    async def signatures(self, keys: Collection[str]) -> Mapping[str, tuple[Signature, ...]]:
        """Give who signs each of some motions."""
        return await self._signatures(said_signatures.c.key.in_(keys)) if keys else {}

    async def _signatures(self, *where: ColumnElement[bool]) -> Mapping[str, tuple[Signature, ...]]:
        chosen = select(said_signatures).where(said_signatures.c.kind == SaidKind.MOTION, *where)
        found: dict[str, tuple[Signature, ...]] = {}
        async with self._database.reading() as connection:
            for row in await connection.execute(chosen.order_by(said_signatures.c.key, said_signatures.c.member_id)):
                name = Signature(row.member_id, row.member, _read(row.signed_on))
                found[row.key] = (*found.get(row.key, ()), name)
        return found

    async def _given(self, *where: ColumnElement[bool], most: int = MOST_GIVEN) -> Sequence[Said]:
        chosen = select(said).where(*where).order_by(said.c.newest.desc(), said.c.kind, said.c.key).limit(most)
        async with self._database.reading() as connection:
            return [_said_of(row) for row in await connection.execute(chosen)]


def _own(words: str, asked: str | None) -> OwnWords:
    return OwnWords(tuple(words.splitlines()), tuple(datetime.fromisoformat(at) for at in (asked or "").splitlines()))


def _values(item: Said, now: datetime) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "key": item.key,
        "on_day": item.on.isoformat(),
        "newest": item.newest.isoformat(),
        "heading": item.heading,
        "text": item.text[:MOST_TEXT],
        "number": item.number,
        "house": item.house,
        "member_id": item.member_id,
        "member": item.member,
        "body": item.body,
        "state": item.state,
        "due_on": _day_text(item.due_on),
        "answered_on": _day_text(item.answered_on),
        "corrected_on": _day_text(item.corrected_on),
        "answer": item.answer[:MOST_TEXT],
        "is_cut": int(item.is_cut),
        "url": item.url,
        "seen_at": now,
    }


def _said_of(row: Row[Any]) -> Said:
    return Said(
        kind=SaidKind(row.kind),
        key=row.key,
        on=date.fromisoformat(row.on_day),
        heading=row.heading,
        text=row.text,
        number=row.number,
        house=row.house,
        member_id=row.member_id,
        member=row.member,
        body=row.body,
        state=AnswerState(row.state),
        due_on=_read(row.due_on),
        answered_on=_read(row.answered_on),
        corrected_on=_read(row.corrected_on),
        answer=row.answer,
        is_cut=bool(row.is_cut),
        url=row.url,
    )


def _look(row: Row[Any]) -> Look:
    return Look(row.term, SaidKind(row.kind), _read(row.since), row.looked_at, row.tried_at, row.total, row.problem)


def _day_text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _read(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
