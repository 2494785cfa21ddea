"""Reading the terminal so that no byte it sends can end the workbench.

Textual's own driver takes every byte for UTF-8 and gives up at the first that is not: a terminal
set to Latin-1, a Meta key that sets the eighth bit, noise on a line.
"""

from __future__ import annotations

import codecs
import os
import selectors

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

_PATIENCE = 0.1
_CHUNK = 4096


class TolerantDriver(LinuxDriver):
    """Passes over bytes that are no UTF-8."""

    def run_input_thread(self) -> None:
        """Turn what the terminal sends into messages until the driver is closed."""
        parser = XTermParser(self._debug)
        decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_PATIENCE):
                    text = decoder.decode(os.read(self.fileno, _CHUNK))
                    for event in parser.feed(text) if text else ():
                        self.process_message(event)
                # An escape that nothing followed in time is the key itself.
                for event in parser.tick():
                    self.process_message(event)
        self._finish(parser)

    def _finish(self, parser: XTermParser) -> None:
        try:
            for event in parser.feed(""):
                self.process_message(event)
        except (EOFError, ParseError):
            return  # What came last was cut off, and there is nobody left to take it.
