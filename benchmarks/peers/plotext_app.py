"""The same points in a plain `PlotextPlot`, drawn again ten times a second.

Takes the points a second and for how many seconds; says "points: N" below the plot.
"""

import sys
import time

from textual.app import App, ComposeResult
from textual.widgets import Static
from textual_plotext import PlotextPlot


class PlotApp(App[None]):
    """Draws a loss as it grows."""

    CSS = "PlotextPlot { width: 61; height: 17; }"

    def __init__(self, rate: float, seconds: float) -> None:
        super().__init__()
        self._rate = rate
        self._last = int(rate * seconds)
        self._start = time.monotonic()
        self._values: list[float] = []

    def compose(self) -> ComposeResult:
        """Lay out the plot, as large as the workbench's loss pane at this size."""
        yield PlotextPlot()
        yield Static("")

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(0.1, self._draw)

    def _draw(self) -> None:
        now = min(int((time.monotonic() - self._start) * self._rate), self._last)
        self._values += [1 / (1 + step / 100) for step in range(len(self._values), now)]
        plot = self.query_one(PlotextPlot)
        plot.plt.clear_data()
        plot.plt.plot(self._values, marker="braille")
        plot.refresh()
        self.query_one(Static).update(f"points: {now}")


if __name__ == "__main__":
    PlotApp(float(sys.argv[1]), float(sys.argv[2])).run()
