"""What reaches the terminal, byte by byte (security.md attack tests 62-65)."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button, Checkbox, Input, Label, OptionList, Select, Static, TextArea

from fieldapp.widgets.form_secret import SecretInput
from fieldapp.widgets.text import plain
from tests.app.app_support import PASSPHRASE, FakeLaptop, make_app, settled, shown, unlocked
from tests.app.hostile import FORBIDDEN, HOSTILE, LITERAL, LONG, hostile_laptop
from tests.laptop.laptop_world import ANA, NOON_MS, World
from tests.laptop.laptop_world import PASSPHRASE as LAPTOP_PASSPHRASE

if sys.platform == "win32":
    pytest.skip("pseudo-terminals as Unix has them", allow_module_level=True)

from tests.app.pty_support import Terminal

HOSTILE_APP = "import sys; from tests.app import hostile; sys.exit(hostile.main())"
PLAIN_APP = """
import sys
from tests.app.app_support import make_app
app = make_app()
app.run()
sys.exit(app.return_code or 0)
"""


def opened(code: str, ready: bytes) -> Terminal:
    terminal = Terminal(code)
    terminal.until(b"Passphrase")
    terminal.press(PASSPHRASE.encode(), b"\r")
    terminal.until(ready)
    terminal.quiet()
    return terminal


def test_no_command_of_a_record_reaches_the_terminal_from_any_screen() -> None:
    terminal = Terminal(HOSTILE_APP)
    terminal.until(b"Passphrase")
    terminal.press(b"\x07")  # crisis help
    terminal.until("界".encode())
    terminal.press(b"\x1b")
    terminal.until(b"Passphrase")
    terminal.press(PASSPHRASE.encode(), b"\r")
    terminal.until(b"2 failed unlocks")
    terminal.press(b"\r")
    terminal.until(b"Visits")
    terminal.quiet()
    for key, ready in (
        (b"?", b"Due"), (b"?", b"Visits"), (b"2", b"clients"), (b"\r", b"Nov 22"), (b"d", b"Where to find"), (b"\x1b", b"Face sheet"),
        (b"\x07", b"Record"), (b"\x1b", b"Face sheet"), (b"t", b"Tasks for"), (b"\x1b", b"Face sheet"),
        (b"4", b"confirmed"), (b"K", b"Session PIN"), (b"\x1b", b"confirmed"), (b"\x10", b"Search"),
        (b"QUIT", b"QUIT"), (b"\x1b", b"confirmed"), (b"p", b"safety plan of"), (b"\x1b", b"confirmed"),
    ):  # fmt: skip
        terminal.press(key)
        terminal.until(ready)
        terminal.quiet()
    terminal.press(b"\x11")
    assert terminal.end() == 0
    found = [bytes_ for bytes_ in FORBIDDEN if bytes_ in terminal.bytes.replace(b"\x1b]22;default\x07", b"")]
    assert found == []
    assert b"[@click=app.quit]QUIT[/]" in terminal.bytes, "shown as it was written"


def test_everything_about_clients_stays_on_the_alternate_screen() -> None:
    terminal = opened(PLAIN_APP, b"Visits")
    terminal.press(b"\x11")
    assert terminal.end() == 0
    before, _, rest = terminal.bytes.partition(b"\x1b[?1049h")
    inside, _, after = rest.partition(b"\x1b[?1049l")
    assert b"Okafor" in inside
    assert b"Okafor" not in before + after


@pytest.mark.parametrize("way", ["worker", "thread", "handler"])
def test_a_crash_leaves_no_sentinel_on_either_screen(way: str) -> None:
    code = f"""
import sys
from tests.app.app_support import make_app
from tests.app.test_crash_report import Fragile
class App(type(make_app())):
    def action_keys(self):
        screen = Fragile()
        self.push_screen(screen)
        screen.call_later(getattr(screen, "fail_in_{way}"))
app = make_app()
app.__class__ = App
app.run()
sys.exit(app.return_code or 0)
"""
    terminal = opened(code, b"Visits")
    terminal.press(b"?")
    assert terminal.end() == 1
    assert b"SENTINEL" not in terminal.bytes
    _, _, after = terminal.bytes.partition(b"\x1b[?1049l")
    assert b"ValueError" in after
    assert b"Okafor" not in after


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_closed_terminal_saves_and_ends(number: int, tmp_path: Any) -> None:
    kept = tmp_path / "kept"
    code = f"""
import sys, json
from pathlib import Path
from tests.app.app_support import make_app, FakeLaptop
from tests.app.test_lock_flows import Form
class Laptop(FakeLaptop):
    def save_draft(self, name, values, focus):
        Path({str(kept)!r}).write_text(json.dumps(dict(values)))
        return super().save_draft(name, values, focus)
    def lock(self):
        super().lock()
        Path({str(kept)!r}).with_suffix(".locked").touch()
class App(type(make_app())):
    def action_keys(self):
        self.push_screen(Form())
app = make_app(Laptop())
app.__class__ = App
app.run()
sys.exit(app.return_code or 0)
"""
    terminal = opened(code, b"Visits")
    terminal.press(b"?")
    terminal.until(b"\xe2\x96\x94")
    terminal.quiet()
    for key in (b"z", b"q", b"j"):
        terminal.press(key)
        terminal.until(key)
    os.kill(terminal.child.pid, number)
    assert terminal.end() == 0
    assert kept.read_text() == '{"text": "zqj"}'
    assert kept.with_suffix(".locked").exists()


def test_a_lock_starts_a_fresh_image_of_the_same_process_at_the_lock_screen(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.client("Okafor, Ada")
    world.enrol(ANA, tmp_path / "ana")
    code = f"""
from fieldapp.process import harden
harden()
import os, sys
from pathlib import Path
from fieldapp.app import FieldApp, start
from fieldapp.laptop.clock import HeldClock
folder, pids = Path({str(tmp_path / "ana")!r}), Path({str(tmp_path / "pids")!r})
with pids.open("a") as file:
    print(os.getpid(), file=file)
def open_laptop():
    from fieldapp.laptop.laptop import Laptop
    from tests.laptop.laptop_world import CHEAP, POLICY
    return Laptop(folder, clock=clock, vault_policy=POLICY, kdf=CHEAP)
clock = HeldClock({NOON_MS})
sys.exit(start(FieldApp(open_laptop, clock=clock, crisis_help=lambda: ())))
"""
    terminal = Terminal(code)
    for leaving, ready in ((b"\x0c", b"Passphrase"), (b"\x11", b"\x1b[?1049l")):
        if leaving == b"\x0c":
            terminal.until(b"Passphrase")
        terminal.press(LAPTOP_PASSPHRASE.encode(), b"\r")
        terminal.until(b"Start visit")
        terminal.press(b"2")
        terminal.until(b"Okafor")
        terminal.quiet()
        terminal.press(leaving)
        terminal.until(ready)
    assert terminal.end() == 0
    first, second = (tmp_path / "pids").read_text().split()
    assert first == second == str(terminal.child.pid)
    outside = b"".join(part.partition(b"\x1b[?1049l")[2] for part in terminal.bytes.split(b"\x1b[?1049h")[1:])
    assert b"Okafor" not in outside


class Sinks(Screen[None]):
    """Textual's own widgets fed with hostile text, as forms feed them (security.md §1, items 1 and 2)."""

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(plain(HOSTILE))
            yield Label(plain(HOSTILE))
            yield Button(plain(HOSTILE))
            yield Checkbox(plain(HOSTILE))
            yield Input(HOSTILE, placeholder=HOSTILE)
            yield TextArea(HOSTILE)
            yield OptionList(plain(HOSTILE))
            yield Select([(plain(HOSTILE).plain.replace("[", "("), 1)], value=1)

    def on_mount(self) -> None:
        box = self.query_one(VerticalScroll)
        box.border_title = plain(HOSTILE)
        self.app.notify(HOSTILE, markup=False)


async def test_textuals_own_widgets_write_no_control_characters_either() -> None:
    app = make_app()
    async with app.run_test(size=(200, 60), notifications=True) as pilot:
        await unlocked(pilot)
        await app.push_screen(Sinks())
        await pilot.pause()
        text = shown(pilot)
        assert "[@click=app.quit]QUIT[/]" in text
        for strip in app.screen._compositor.render_strips():
            assert [b for b in FORBIDDEN if b in "".join(s.text for s in strip).encode()] == []
            assert all(s.style is None or s.style.link is None for s in strip)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param(HOSTILE, (80, 24), id="hostile-80"),
        pytest.param(LONG, (80, 24), id="long-80"),
        pytest.param(LITERAL, (80, 24), id="markup-80"),
        pytest.param("", (80, 24), id="empty-80"),
        pytest.param("[/", (80, 24), id="tag-80"),
        pytest.param(LONG, (120, 40), id="long-120"),
        pytest.param(HOSTILE, (20, 5), id="hostile-tiny"),
        pytest.param(LONG, (20, 5), id="long-tiny"),
    ],
)
async def test_no_text_in_any_field_ends_the_app(text: str, size: tuple[int, int]) -> None:
    app = make_app(hostile_laptop(text))
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        await pilot.press("enter")
        for keys in (
            ("1",),
            ("down",),
            ("2",),
            ("enter",),
            ("d",),
            ("escape",),
            ("escape",),
            ("4",),
            ("ctrl+p",),
            ("escape",),
        ):
            await pilot.press(*keys)
            await settled(pilot)
        assert app.current_mode == "sync"


async def secret(pilot: Pilot[Any]) -> SecretInput:
    await settled(pilot)
    field = pilot.app.screen.query_one(SecretInput)
    field.value = "my passphrase"
    field.focus()
    return field


@pytest.mark.parametrize(
    "keys", [("ctrl+c",), ("ctrl+x",), ("shift+home", "ctrl+c"), ("shift+home", "ctrl+x"), ("super+c",)]
)
async def test_nothing_is_copied_out_of_a_secret_field(keys: tuple[str, ...]) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        field = await secret(pilot)
        await pilot.press(*keys)
        assert app.clipboard == ""
        assert field.value == "my passphrase"


async def test_cut_text_stays_inside_the_app_and_is_forgotten_under_the_cover(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []
    app = make_app()
    async with app.run_test() as pilot:
        await unlocked(pilot)
        monkeypatch.setattr(app._driver, "write", written.append)
        app.copy_to_clipboard("client words")
        assert app.clipboard == "client words"
        assert not [text for text in written if "]52" in text]
        app._cover()
        assert app.clipboard == ""


async def test_no_way_writes_a_picture_of_the_screen(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    app = make_app(FakeLaptop())
    async with app.run_test() as pilot:
        await unlocked(pilot)
        app.action_screenshot()
        app.save_screenshot(path=str(tmp_path))
        app.deliver_screenshot()
        assert not list(app.get_system_commands(app.screen))
        await pilot.press("ctrl+s", "ctrl+p")
        await settled(pilot)
        assert "creenshot" not in shown(pilot)
    assert list(tmp_path.iterdir()) == []


def test_the_title_of_the_terminal_never_changes() -> None:
    assert make_app().title == "fieldapp"
    assert make_app().sub_title == ""
