"""The same points drawn by plain plotext into a `Static`, again ten times a second.

Takes the points a second and for how many seconds; says "points: N" below the plot.
"""

import sys
import time

import plotext
from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import Static

SIZE = (61, 17)
"""As large as the workbench's loss pane at this size."""


class PlotApp(App[None]):
    """Draws a loss as it grows."""

    def __init__(self, rate: float, seconds: float) -> None:
        super().__init__()
        self._rate = rate
        self._last = int(rate * seconds)
        self._start = time.monotonic()
        self._values: list[float] = []

    def compose(self) -> ComposeResult:
        """Lay out the plot."""
        yield Static(id="plot")
        yield Static(id="count")

    def on_mount(self) -> None:
        """Begin."""
        plotext.terminal.limit(False, False)
        self.set_interval(0.1, self._draw)

    def _draw(self) -> None:
        now = min(int((time.monotonic() - self._start) * self._rate), self._last)
        self._values += [1 / (1 + step / 100) for step in range(len(self._values), now)]
        figure = plotext.figure.clear()
        figure.plot_size(*SIZE)
        figure.draw(figure.signal(self._values, marker="braille").lines())
        self.query_one("#plot", Static).update(Text.from_ansi(figure.build().string()))
        self.query_one("#count", Static).update(f"points: {now}")


if __name__ == "__main__":
    PlotApp(float(sys.argv[1]), float(sys.argv[2])).run()
