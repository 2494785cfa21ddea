"""Reading the terminal: no byte that it sends ends the workbench, no change of its size is lost.

Textual's own driver takes every byte for UTF-8 and gives up at the first that is not: a terminal
set to Latin-1, a Meta key that sets the eighth bit, noise on a line. And it reads the size inside
its signal handler, where the next signal may come in between: the older size is then told last, and
stays, as when the edge of a window is dragged. And of Escape and a key behind it that come in one
piece, as over a slow line, it makes the key alone.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import selectors
import signal
from collections.abc import Callable

from textual import constants
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size

from tflab.ui.terminal.cursor import usual_shape
from tflab.ui.terminal.job_control import launchers

_PASTE, _PASTED, _ESCAPE, _SUBSTITUTE = "\x1b[200~", "\x1b[201~", "\x1b", "\x1a"
_PATIENCE = 0.1
_CHUNK = 4096
_ESCAPE_KEY = "\x1b[27u"
"""How a terminal with kitty's keyboard protocol sends Escape: nothing behind it can change it."""

_BEHIND_ESCAPE = re.compile(
    "\x1b(?:([\x01-\x07\n-\x0c\x0e-\x1a\x1c-\x1f ])|([ac-eg-z])|(\r)|(?=\x1b))"
)
"""What is Escape and a key of its own, and what is a letter with Alt.

Tab and the two for deleting are keys with Alt, and with Enter it is the same as without. `b` and
`f` have names of Textual's own.
"""


def watch_size(tell: Callable[[], None]) -> None:
    """Call `tell` in the running loop after every change of the terminal's size.

    It reads the size there and then: signals nest, and the calls of a loop do not.
    """
    loop = asyncio.get_running_loop()
    signal.signal(signal.SIGWINCH, lambda *_: loop.call_soon_threadsafe(tell))


class PasteGuard:
    """Keeps what is pasted one text: an escape in it would end it, and make keys of the rest.

    Textual's parser takes any escape within a paste for the beginning of a key, which is then
    pressed before the paste is told. It is replaced by the character that stands for one that is
    not valid.
    """

    def __init__(self) -> None:
        self._pasting = False
        self._seen = ""
        self._held = ""

    def guarded(self, text: str) -> str:
        """Return what of the terminal's text is to be parsed now, with the mark of an end whole."""
        text, self._held = self._held + text, ""
        parts: list[str] = []
        while text:
            if self._pasting:
                part, text = self._within(text)
            else:
                part, text = self._outside(text)
            parts.append(part)
        return "".join(parts)

    def _outside(self, text: str) -> tuple[str, str]:
        """Return the text up to the beginning of a paste, and what follows."""
        # The mark may have begun in what came before, which was passed on: Escape may not wait.
        found = (self._seen + text).find(_PASTE)
        if found < 0:
            self._seen = (self._seen + text)[1 - len(_PASTE) :]
            return text, ""
        end = found + len(_PASTE) - len(self._seen)
        self._seen, self._pasting = "", True
        return text[:end], text[end:]

    def _within(self, text: str) -> tuple[str, str]:
        """Return the text up to the end of a paste, free of escapes, and what follows."""
        end = text.find(_PASTED)
        if end >= 0:
            self._pasting = False
            after = end + len(_PASTED)
            return text[:end].replace(_ESCAPE, _SUBSTITUTE) + _PASTED, text[after:]
        last = text.rfind(_ESCAPE)
        if last >= 0 and _PASTED.startswith(text[last:]):
            text, self._held = text[:last], text[last:]
        return text.replace(_ESCAPE, _SUBSTITUTE), ""


class EscapeGuard:
    """Tells Escape from the beginning of something else, before Textual's parser may not.

    It takes Escape and a control character for the character alone, and of letters with Alt that
    come in one piece it gets all but the last one wrong.
    """

    def __init__(self) -> None:
        self._held = ""

    def guarded(self, text: str) -> str:
        """Return what is to be parsed; an escape at the end waits for what may follow."""
        if constants.DISABLE_KITTY_KEY:
            return text
        text, self._held = self._held + text, ""
        if text.endswith(_ESCAPE):
            text, self._held = text[:-1], _ESCAPE
        return _BEHIND_ESCAPE.sub(_unambiguous, text)

    def late(self) -> str:
        """Return what is to be parsed where nothing has followed in time: the key itself."""
        held, self._held = self._held, ""
        return _ESCAPE_KEY if held else ""


def _unambiguous(found: re.Match[str]) -> str:
    own, letter, enter = found.groups()
    if letter:
        return f"{_ESCAPE}[{ord(letter)};3u"
    return enter or f"{_ESCAPE_KEY}{own or ''}"


class TolerantDriver(LinuxDriver):
    """Passes over bytes that are no UTF-8, and ends at the size that the terminal has last."""

    def start_application_mode(self) -> None:
        """Take over the terminal."""
        # Before the first layout, Textual asks Rich, which takes 80 by 25 for a `dumb` terminal: of
        # two sizes on their way to the screen at once, each would then bring back the other.
        self._size = self._get_terminal_size()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        watch_size(self._tell_size)
        self._tell_size()

    def stop_application_mode(self) -> None:
        """Give the terminal back, its cursor in its usual shape."""
        self.write(usual_shape())
        super().stop_application_mode()

    def _sigtstp_application(self, *_: object) -> None:
        """Give the terminal back, then stop, and with it whatever waits for this process.

        Not the other way round: with its launcher stopped the shell has the terminal already, and
        whoever changes that from behind is stopped half way.
        """
        if self._auto_restart:
            self.suspend_application_mode()
            self._must_signal_resume = True
        for pid in launchers() or ():
            os.kill(pid, signal.SIGTSTP)
        os.kill(os.getpid(), signal.SIGSTOP)

    def _tell_size(self) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(Resize(size, size))

    def run_input_thread(self) -> None:
        """Turn what the terminal sends into messages until the driver is closed."""
        parser = XTermParser(self._debug)
        decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        pastes, escapes = PasteGuard(), EscapeGuard()

        def take(data: bytes) -> None:
            parse(escapes.guarded(pastes.guarded(decoder.decode(data))))

        def parse(text: str) -> None:
            for event in parser.feed(text) if text else ():
                self.process_message(event)

        take(getattr(self._app, "typed_early", b""))
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_PATIENCE):
                    take(os.read(self.fileno, _CHUNK))
                else:
                    parse(escapes.late())
                # The beginning of a sequence that nothing followed in time is keys.
                for event in parser.tick():
                    self.process_message(event)
        self._finish(parser)

    def _finish(self, parser: XTermParser) -> None:
        try:
            for event in parser.feed(""):
                self.process_message(event)
        except (EOFError, ParseError):
            return  # What came last was cut off, and there is nobody left to take it.
