"""The glue between SimCord and Postbag, on a bot of a few lines: every private name that it uses is met here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest
import pytest_asyncio
from discord.ext import commands

from bot.clock import MovableClock
from bot.rehearsal.discord import Discord, simulated_discord

START = datetime(2021, 7, 8, 9, tzinfo=UTC)


class SmallBot(commands.Bot):
    """A bot whose commands do one thing each to Discord."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents(guilds=True), max_messages=None, help_command=None)
        self.caught: list[discord.HTTPException] = []
        self.asked: list[discord.Interaction[Any]] = []

    async def setup_hook(self) -> None:
        @self.tree.command(description="Show a card with a button")
        async def card(interaction: discord.Interaction[Any]) -> None:
            self.asked.append(interaction)
            view = discord.ui.LayoutView(timeout=None)
            press: discord.ui.Button[Any] = discord.ui.Button(label="Press", custom_id="pb:press")
            view.add_item(discord.ui.Container(discord.ui.TextDisplay("## A card"), discord.ui.ActionRow(press)))
            view.stop()
            await interaction.response.send_message(view=view, ephemeral=True)

        @self.tree.command(description="Show a button without a label")
        async def nameless(interaction: discord.Interaction[Any]) -> None:
            view = discord.ui.View(timeout=None)
            view.add_item(discord.ui.Button(custom_id="pb:x"))
            view.stop()
            await self._try(interaction.response.send_message(view=view))
            await interaction.response.send_message("still here")

        @self.tree.command(description="Block for too long")
        async def slow(interaction: discord.Interaction[Any]) -> None:
            time.sleep(0.05)  # noqa: ASYNC251
            await self._try(interaction.response.send_message("late"))

        @self.tree.command(description="Say many things")
        async def chatty(interaction: discord.Interaction[Any]) -> None:
            await interaction.response.send_message("first")
            for number in range(6):
                await self._try(interaction.followup.send(f"more {number}"))

        @self.tree.command(description="Offer too much")
        async def offer(interaction: discord.Interaction[Any], what: str) -> None:
            await interaction.response.send_message(what)

        @offer.autocomplete("what")
        async def offers(interaction: discord.Interaction[Any], typed: str) -> list[discord.app_commands.Choice[str]]:
            return [discord.app_commands.Choice(name=f"{typed} {n}", value=str(n)) for n in range(int(typed))]

        await self.tree.sync()

    async def _try(self, work: Any) -> None:
        try:
            await work
        except discord.HTTPException as error:
            self.caught.append(error)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_modal(self.form())
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._try(interaction.response.send_modal(self.form()))
            await interaction.response.send_message("Thank you", ephemeral=True)

    @staticmethod
    def form() -> discord.ui.Modal:
        modal = discord.ui.Modal(title="A form", custom_id="pb:form", timeout=None)
        modal.add_item(discord.ui.Label(text="Why?", component=discord.ui.TextInput(custom_id="why")))
        options = [discord.SelectOption(label="One", value="1")]
        modal.add_item(discord.ui.Label(text="Which?", component=discord.ui.Select(custom_id="which", options=options)))
        modal.stop()
        return modal


@dataclass
class Scene:
    env: Discord
    bot: SmallBot
    clock: MovableClock
    channel: Any
    amina: Any

    def send(self, text: str, nonce: str | None = None) -> Any:
        found = self.env.bot.get_channel(self.channel.id)
        assert isinstance(found, discord.TextChannel)
        return found.send(text) if nonce is None else found.send(text, nonce=nonce)

    @property
    def said(self) -> list[str]:
        return [message.content for message in self.channel.history()]


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    clock, bot = MovableClock(START), SmallBot()
    async with simulated_discord(bot, clock) as env:
        guild = env.create_guild("Harbour Voices")
        channel = guild.create_text_channel("general")
        amina = guild.add_member(env.create_user("amina"))
        await env.settle()
        yield Scene(env, bot, clock, channel, amina)


@pytest.mark.asyncio
async def test_discord_begins_at_postbags_time_and_follows_it(scene: Scene) -> None:
    assert scene.env.now() == START
    assert (await scene.send("now")).created_at == START
    scene.clock.advance(timedelta(days=62, hours=3))
    assert scene.env.started == START
    assert await scene.env.follow_clock()
    assert not await scene.env.follow_clock()
    assert (await scene.send("later")).created_at == START + timedelta(days=62, hours=3)


@pytest.mark.asyncio
async def test_a_command_settles_without_simcords_own_pauses(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.amina.slash(scene.channel, "card")
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def counted(seconds: float, result: object = None) -> object:
        pauses.append(seconds)
        return await sleep(seconds, result)

    monkeypatch.setattr(asyncio, "sleep", counted)
    for _ in range(10):
        result = await scene.amina.slash(scene.channel, "card")
        assert result.acknowledged
    assert max(pauses, default=0.0) < 0.05, "SimCord's own interval of 50 ms is in use"


@pytest.mark.asyncio
async def test_a_button_and_its_form_outlive_a_restart(scene: Scene) -> None:
    shown = await scene.amina.slash(scene.channel, "card")
    await scene.env.restart_bot(SmallBot())
    form = await scene.amina.click(shown.response, label="Press")
    assert form.modal is not None
    assert form.modal["title"] == "A form"
    done = await scene.amina.submit_modal(form, {"why": "because", "which": ["1"]})
    assert done.response.content == "Thank you"
    assert [str(f.faults[0]) for f in scene.env.strict.refused] == ["type: a form cannot answer a form"]


@pytest.mark.asyncio
async def test_a_refusal_looks_like_discords(scene: Scene) -> None:
    result = await scene.amina.slash(scene.channel, "nameless")
    (error,) = scene.bot.caught
    assert (error.status, error.code) == (400, 50035)
    assert "A button must have a label or emoji" in error.text
    assert result.response.content == "still here", "a refused answer does not use up the interaction"
    assert scene.env.http_requests[-2].json["data"]["components"], "what was refused is in the log of requests"


@pytest.mark.asyncio
async def test_more_than_25_choices_are_refused(scene: Scene) -> None:
    assert len(await scene.amina.autocomplete(scene.channel, "offer", "what", "25")) == 25
    assert scene.env.strict.refused == []
    assert await scene.amina.autocomplete(scene.channel, "offer", "what", "26") == []
    assert len(scene.env.strict.refused) == 1


@pytest.mark.asyncio
async def test_an_answer_that_comes_too_late_finds_nobody(scene: Scene) -> None:
    scene.env.strict.answer_within = 0.02
    await scene.amina.slash(scene.channel, "slow")
    assert [error.code for error in scene.bot.caught] == [10062]


@pytest.mark.asyncio
async def test_follow_ups_can_be_limited_as_for_a_user_install(scene: Scene) -> None:
    scene.env.strict.followup_limit = 5
    result = await scene.amina.slash(scene.channel, "chatty")
    assert len(result.followups) == 5
    assert [error.code for error in scene.bot.caught] == [40094]


@pytest.mark.asyncio
async def test_an_interaction_says_through_which_install_it_came(scene: Scene) -> None:
    await scene.amina.slash(scene.channel, "card")
    here = scene.bot.asked[-1]
    assert here.is_guild_integration()
    assert not here.is_user_integration()
    assert here.filesize_limit == 10 * 1024 * 1024
    rosa = scene.env.create_user("rosa")
    await rosa.slash("card")
    assert not scene.bot.asked[-1].is_user_integration()
    scene.env.strict.user_installs.add(rosa.id)
    await rosa.slash("card")
    assert scene.bot.asked[-1].is_user_integration()


@pytest.mark.asyncio
async def test_a_nonce_is_known_again_for_three_minutes(scene: Scene) -> None:
    first = await scene.send("reminder", nonce="n1")
    scene.clock.advance(timedelta(seconds=170))
    await scene.env.follow_clock()
    again = await scene.send("reminder", nonce="n1")
    assert again.id == first.id
    await scene.send("another", nonce="n2")
    assert scene.said == ["reminder", "another"]
    scene.clock.advance(timedelta(seconds=60))
    await scene.env.follow_clock()
    assert (await scene.send("reminder", nonce="n1")).id != first.id


@pytest.mark.asyncio
async def test_an_answer_can_be_lost_after_the_message_was_stored(scene: Scene) -> None:
    scene.env.strict.lose_answer("POST", "/channels/*/messages")
    with pytest.raises(ConnectionResetError):
        await scene.send("reminder", nonce="n1")
    assert scene.said == ["reminder"]
    await scene.send("reminder", nonce="n1")
    assert scene.said == ["reminder"]


@pytest.mark.asyncio
async def test_two_discords_after_one_another_do_not_mix() -> None:
    for _ in range(2):
        async with simulated_discord(SmallBot(), MovableClock(START)) as env:
            channel = env.create_guild("Harbour Voices").create_text_channel("general")
            await env.settle()
            found = env.bot.get_channel(channel.id)
            assert isinstance(found, discord.TextChannel)
            with pytest.raises(discord.HTTPException):
                await found.send("x" * 2001)
            assert len(env.strict.refused) == 1


@pytest.mark.asyncio
@pytest.mark.loopback
async def test_the_page_keeps_its_address_and_takes_its_turn(scene: Scene) -> None:
    addresses = []
    for _ in range(2):
        async with scene.env.page(scene.channel, [scene.amina]) as page:
            addresses.append(page.url)
            address, _, secret = page.url.partition("#")
            headers = {"X-Simcord-Capability": secret}
            async with aiohttp.ClientSession() as http:
                async with http.post(f"{address}api/pages", json={}) as answer:
                    assert answer.status == 401
                async with http.post(f"{address}api/pages", json={}, headers=headers) as answer:
                    opened = await answer.json()
                headers["X-Simcord-Context"] = opened["context"]["id"]
                stale = opened["publishedRevision"]
                await page.refresh()
                body = {
                    "kind": "send_message", "sequence": 1, "request_id": "r1", "generation": opened["context"]["generation"],
                    "bot_generation": opened["botGeneration"], "published_revision": stale, "content": "Hello",
                    "protocol_version": opened["protocolVersion"],
                }  # fmt: skip
                async with scene.env.lock:
                    asked = asyncio.create_task(_post(http, f"{address}api/action", body, headers))
                    await asyncio.sleep(0.1)
                    assert not asked.done(), "an action waits while something else drives Discord"
                said = await asked
                assert scene.said[-1:] == ["Hello"], said
    assert addresses[0] == addresses[1]
    assert addresses[0].startswith("http://127.0.0.1:")


async def _post(http: aiohttp.ClientSession, address: str, body: Any, headers: dict[str, str]) -> Any:
    async with http.post(address, json=body, headers=headers) as answer:
        return await answer.json()


@pytest.mark.asyncio
async def test_requests_fail_until_they_are_mended(scene: Scene) -> None:
    mend = scene.env.fail("POST", "/interactions/*", status=503, message="Service Unavailable")
    assert not (await scene.amina.slash(scene.channel, "card")).acknowledged
    mend()
    assert (await scene.amina.slash(scene.channel, "card")).acknowledged
    assert scene.env.errors


@pytest.mark.asyncio
async def test_a_permission_is_taken_away_and_given_back_and_a_channel_deleted(scene: Scene) -> None:
    def allowed() -> discord.Permissions:
        guild = scene.bot.get_guild(scene.channel.guild.id)
        assert guild is not None
        channel = guild.get_channel(scene.channel.id)
        assert channel is not None
        return channel.permissions_for(guild.me)

    before = allowed()
    scene.env.deny(scene.channel, send_messages=True)
    assert before.send_messages
    assert not allowed().send_messages
    scene.env.allow_again(scene.channel)
    assert allowed() == before
    assert scene.env.has_channel(scene.channel)
    scene.env.delete_channel(scene.channel)
    assert not scene.env.has_channel(scene.channel)


@pytest.mark.asyncio
async def test_switched_off_it_hears_nothing_and_what_people_do_is_listened_to(scene: Scene) -> None:
    heard: list[str] = []
    scene.env.listen(lambda event, payload: heard.append(event))
    scene.env.switch_off()
    assert not (await scene.amina.slash(scene.channel, "card")).acknowledged
    assert heard == ["INTERACTION_CREATE"]


@pytest.mark.asyncio
async def test_one_press_can_arrive_several_times_in_the_same_instant(scene: Scene) -> None:
    env, bot, member, channel = scene.env, scene.bot, scene.amina, scene.channel
    with env.at_once(3) as others:
        await member.slash(channel, "card")
    assert len(bot.asked) == 3
    assert len({asked.id for asked in bot.asked}) == 3
    assert len(others) == 2
    await member.slash(channel, "card")
    assert len(bot.asked) == 4
