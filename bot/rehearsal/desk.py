"""The desk: the room's own page, for this computer alone. Its files are in ``desk_files/``.

What keeps others out: it listens on loopback; every address holds a secret; a request must name this host (against a name
that is pointed at this machine), and one that changes something must come from this page (against other pages in the same
browser). The page's policy allows no script, style or frame but its own, and it shows every text as text.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.clock import LONDON
from bot.domain.errors import PostbagError, Refused
from bot.rehearsal.house import POSTCODE_TO_TYPE, SEAT_TO_TYPE
from bot.rehearsal.prompt import HELP, Word, read_order
from bot.rehearsal.room import NAMES, Room
from bot.rehearsal.scenes import MOST_BYTES, read_scene, ready_made, write_scene
from bot.rehearsal.weather import SWITCHES
from bot.services.delivery.explained import ledger_words
from bot.services.ports.deliveries import LedgerEntry

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
USUAL_PORT = 7650
TRIED = 20
WAIT = 20.0
LEDGER_LINES = 12
FILES = Path(__file__).with_name("desk_files")
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action 'self' http://{LOOPBACK}:*; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ROLES = {
    "nadia": "Organiser. Can manage the server.",
    "gwen": "Second organiser. Has the organisers' role.",
    "tomos": "Member. Can read, write letters and sign up for plans.",
    "rosa": "Not in any server with Postbag. Writes to it directly.",
}


class Desk:
    """The server of the page. ``url`` is its whole address; whoever has it can use the room."""

    def __init__(self, room: Room, stop: asyncio.Event) -> None:
        self.room = room
        self.port = 0
        self.secret = secrets.token_urlsafe(24)
        self._stop = stop
        self._turn = 0

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/{self.secret}/"

    def app(self) -> web.Application:
        """Build the server."""
        app = web.Application(middlewares=[self._guard], client_max_size=MOST_BYTES + 16 * 1024)
        at = f"/{self.secret}"
        app.router.add_get(f"{at}/", self._file)
        app.router.add_get(f"{at}/{{name:desk\\.(?:css|js)|icon\\.svg}}", self._file)
        app.router.add_get(f"{at}/state", self._state)
        app.router.add_get(f"{at}/scene.toml", self._scene_file)
        app.router.add_get(f"{at}/transcript.md", self._transcript)
        app.router.add_post(f"{at}/open", self._open)
        for name, handler in (
            ("clock", self._clock),
            ("weather", self._weather),
            ("restart", self._restart),
            ("scene", self._scene),
            ("load", self._load),
            ("end", self._end),
        ):
            app.router.add_post(f"{at}/{name}", self._answering(handler))
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Let in only who names this host and knows the secret; and changes only from this page itself."""
        hosts = {f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"}
        given = request.path.split("/")[1] if request.path.count("/") > 1 else ""
        if request.headers.get("Host") not in hosts or not hmac.compare_digest(given.encode(), self.secret.encode()):
            return _plain_answer("This isn't the address of a rehearsal. The terminal shows the whole address.", 404)
        if request.method not in ("GET", "HEAD"):
            origin = request.headers.get("Origin")
            if origin not in {f"http://{host}" for host in hosts}:
                return _plain_answer("That didn't come from the desk.", 403)
        try:
            answer: web.StreamResponse = await handler(request)
        except web.HTTPException as error:
            error.headers.update(HEADERS)
            raise
        answer.headers.update(HEADERS)
        return answer

    # Pages and files ----------------------------------------------------------------------------------------------

    async def _file(self, request: web.Request) -> web.Response:
        path = FILES / request.match_info.get("name", "index.html")
        return web.Response(body=path.read_bytes(), content_type=KINDS[path.suffix], charset="utf-8")

    async def _open(self, request: web.Request) -> web.Response:
        """Turn the page to what was chosen and send the browser's other tab there."""
        form = await request.post()
        try:
            await self.room.show(str(form.get("where", "")), str(form.get("who", "")))
        except PostbagError as error:
            return _plain_answer(str(error), 409)
        self._turn += 1
        address, _, secret = self.room.url.partition("#")
        # Another address each time, so that a tab that has the page already loads it anew.
        return web.Response(status=303, headers={"Location": f"{address}?{self._turn}#{secret}"})

    async def _scene_file(self, request: web.Request) -> web.Response:
        return _download(write_scene(self.room.recorded()), "scene.toml", "application/toml")

    async def _transcript(self, request: web.Request) -> web.Response:
        try:
            return _download(await self.room.transcript(), "transcript.md", "text/markdown")
        except PostbagError as error:
            return _plain_answer(str(error), 409)

    async def _state(self, request: web.Request) -> web.Response:
        """Give what the desk shows, at once or as soon as it is another than the version seen."""
        seen = request.query.get("seen", "")
        if seen.isdecimal() and len(seen) < 18:
            await self.room.changed(int(seen), within=WAIT)
        async with self.room.lock:
            return web.json_response(await self._what_it_shows())

    async def _what_it_shows(self) -> dict[str, Any]:
        room = self.room
        version = room.version
        stage = room.stage
        services = stage.app.services
        now = stage.clock.now().astimezone(LONDON)
        due = await services.delivery.next_due()
        ledger = await services.delivery.ledger(limit=LEDGER_LINES)
        return {
            "version": version,
            "said": room.said,
            "now": f"{now:%A} {now.day} {now:%B %Y, %H:%M}",
            "date": f"{now:%Y-%m-%dT%H:%M}",
            "next": None if due is None else _moment(max(due, stage.clock.now())),
            "where": room.where if room.is_open else "",
            "who": room.who,
            "people": [{"key": key, "name": name, "role": ROLES[key]} for key, name in NAMES.items()],
            "general": stage.env.has_channel(stage.channel),
            "weather": [{"key": s.key, "label": s.label, "says": s.says, "on": s.key in room.sky.on} for s in SWITCHES],
            "ledger": [
                {
                    "at": _moment(entry.at),
                    "event": entry.event.capitalize(),
                    "about": await self._about(entry),
                    "detail": entry.detail,
                    "late": _late(entry.late_seconds),
                }
                for entry in ledger
            ],
            "scene": {"key": room.scene.key, "title": room.scene.title},
            "seat": SEAT_TO_TYPE,
            "postcode": POSTCODE_TO_TYPE,
            "scenes": [{"key": s.key, "title": s.title, "says": s.says} for s in ready_made()],
            "steps": len(room.recorder.steps),
            "help": HELP,
        }

    async def _about(self, entry: LedgerEntry) -> str:
        """Say which step of which plan or clock a line of the ledger is about, and where it went, without a word of anybody's own."""
        named = await self.room.stage.app.services.delivery.told([entry])
        return ledger_words(named[entry])

    # What can be done ---------------------------------------------------------------------------------------------

    def _answering(self, work: Callable[[dict[str, Any]], Awaitable[str]]) -> Any:
        """Take a JSON object, do the work, and answer with what came of it in words."""

        async def handle(request: web.Request) -> web.Response:
            try:
                body = await request.json()
            except ValueError:
                return _plain_answer("Postbag couldn't read that.", 400)
            if not isinstance(body, dict):
                return _plain_answer("Postbag couldn't read that.", 400)
            try:
                return web.json_response({"said": await work(body)})
            except PostbagError as error:
                return web.json_response({"said": str(error), "refused": True}, status=409)
            except Exception:
                log.exception("the room could not do that")
                return web.json_response(
                    {"said": "That didn't work. The room is still open; the terminal says more.", "refused": True},
                    status=500,
                )

        return handle

    async def _clock(self, body: dict[str, Any]) -> str:
        order = read_order(str(body.get("move", "")), self.room.stage.clock.now())
        if order is None or (isinstance(order, Word) and order is not Word.NEXT):
            raise Refused("That doesn't move the clock.", "Choose a day, or one of the buttons.")
        return await self.room.obey(order)

    async def _weather(self, body: dict[str, Any]) -> str:
        return await self.room.change_weather(str(body.get("key", "")), body.get("on") is True)

    async def _restart(self, body: dict[str, Any]) -> str:
        return await self.room.restart()

    async def _scene(self, body: dict[str, Any]) -> str:
        scene = next((scene for scene in ready_made() if scene.key == body.get("key")), None)
        if scene is None:
            raise Refused("There's no such scene.", "Choose one from the list.")
        await self.room.begin(scene)
        return self.room.said

    async def _load(self, body: dict[str, Any]) -> str:
        await self.room.begin(read_scene(str(body.get("text", ""))))
        return self.room.said

    async def _end(self, body: dict[str, Any]) -> str:
        asyncio.get_running_loop().call_later(0.2, self._stop.set)
        return "The rehearsal is over. Everything in it has been thrown away. You can close this page."


@asynccontextmanager
async def open_desk(room: Room, stop: asyncio.Event, *, port: int | None = None) -> AsyncIterator[Desk]:
    """Serve the desk of a room: at the port, at the next free one where that is taken, at last at any."""
    desk = Desk(room, stop)
    runner = web.AppRunner(desk.app(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        first = USUAL_PORT if port is None else port
        for candidate in (*range(first, min(first + TRIED, 65536)), 0):
            try:
                await web.TCPSite(runner, LOOPBACK, candidate).start()
                break
            except (OSError, OverflowError):
                continue
        desk.port = int(runner.addresses[0][1])
        yield desk
    finally:
        await runner.cleanup()


def _plain_answer(words: str, status: int) -> web.Response:
    return web.Response(text=words, status=status, headers=HEADERS)


def _download(text: str, name: str, kind: str) -> web.Response:
    return web.Response(
        text=text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="postbag-{name}"'}
    )


def _moment(instant: Any) -> str:
    local = instant.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def _late(seconds: int | None) -> str:
    if seconds is None or seconds < 60:
        return ""
    minutes = seconds // 60
    if minutes < 120:
        return f"{minutes} min late"
    return f"{minutes // 60} hours late" if minutes < 2880 else f"{minutes // 1440} days late"
