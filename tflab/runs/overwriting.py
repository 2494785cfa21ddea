"""Progress bars: text that a program writes over what it has written before."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\r*\n|\r+(?!\n)|\x1b\[(\d*)([ABEFK])|\x1b(?:\[\d*)?$")
_ABOVE = 16
"""Rows above the cursor that a program with several bars may still write over."""

_LONGEST = 1 << 14


class OpenLines:
    """The last lines of a program's output, which it may still write over.

    A carriage return starts its line again, and the cursor may go up, as with several bars of tqdm.

    Attributes:
        text: These lines, as they would be written at once; usually one line that has no end yet.
    """

    def __init__(self) -> None:
        self.text = ""
        self._goes_up = False

    def write(self, text: str) -> str:
        """Take in what comes next, and return the text before these lines, which is final."""
        if not self.text and "\r" not in text and "\x1b" not in text:
            at = text.rfind("\n") + 1
            self.text = text[at:]
            done = text[:at]
        else:
            done = self._overwrite(self.text + text)
        if len(self.text) > _LONGEST:
            return done + self.close()
        return done

    def close(self) -> str:
        """Return these lines, as nothing will be written over them any more."""
        text, self.text = self.text, ""
        return text

    def _overwrite(self, text: str) -> str:
        rows, row, restarts, rest = [""], 0, False, ""
        at = 0
        for token in _TOKEN.finditer(text):
            rows[row], restarts = _put(rows[row], text[at : token.start()], restarts)
            at = token.end()
            kind, count = token[2] or token[0][-1], int(token[1] or 1)
            if kind == "\n":
                row += 1
                rows += [""] * (row == len(rows))
                restarts = False
            elif kind == "\r":
                restarts = True
            elif kind in "AF":
                self._goes_up = True
                row, restarts = max(0, row - count), restarts or kind == "F"
            elif kind in "BE":
                row, restarts = min(row + count, len(rows) - 1), restarts or kind == "E"
            elif kind == "K":
                rows[row] = "" if restarts or token[1] in ("1", "2") else rows[row]
            else:
                rest = token[0]
        rows[row], restarts = _put(rows[row], text[at:], restarts)
        final = max(0, row - (_ABOVE if self._goes_up else 0))
        up = f"\x1b[{len(rows) - 1 - row}A" if row < len(rows) - 1 else ""
        self.text = "\n".join(rows[final:]) + up + ("\r" if restarts else "") + rest
        return "".join(f"{line}\n" for line in rows[:final])


def _put(line: str, text: str, restarts: bool) -> tuple[str, bool]:
    if not text:
        return line, restarts
    return (text if restarts else line + text), False
