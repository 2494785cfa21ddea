"""What the loss pane draws of a run: one metric, or a small chart for each."""

from __future__ import annotations

from collections.abc import Sequence

from tflab.charts.drawing import Curve, Drawing, LegendEntry
from tflab.ui.widgets.drawing_view import DrawingView
from tflab.ui.workbench.loss_view import LossView
from tflab.ui.workbench.run_curves import RunCurves


class RunDrawing:
    """Draws the curves of a run for a picture.

    Args:
        curves: The curves of the run on show.
        view: What is seen of them.

    Attributes:
        all_metrics: Whether there is a small chart for each metric.
    """

    def __init__(self, curves: RunCurves, view: LossView) -> None:
        self.all_metrics = False
        self._curves = curves
        self._view = view
        self._y_ranges: dict[str, tuple[float, float]] = {}

    def begin(self) -> None:
        """See all of another run."""
        self._view.reset()
        self._y_ranges = {}

    def draw(
        self, picture: DrawingView, ghosts: Sequence[Curve], own: Sequence[Curve]
    ) -> tuple[Drawing, Sequence[LegendEntry]]:
        """Return the drawing, and what of its legend has no label at a line's end."""
        if self.all_metrics:
            return self._draw_all(picture), ()
        return self._draw_one(picture, ghosts, own)

    def _draw_one(
        self, picture: DrawingView, ghosts: Sequence[Curve], own: Sequence[Curve]
    ) -> tuple[Drawing, Sequence[LegendEntry]]:
        # NumPy is a tenth of a second that a lesson need not wait for.
        from tflab.charts.loss import draw_loss

        options = picture.chart_options(
            x_max=self._curves.x_max(), end_labels=True, **self._view.options()
        )
        drawing = draw_loss([*ghosts, *own], (picture.size.width, picture.size.height), options)
        self._view.drawn(drawing)
        # All ghosts are of one run and have its name: one entry says it.
        faint = {(entry.marker, entry.ink) for entry in drawing.legend[: len(ghosts)]}
        names = [entry for entry in drawing.unlabelled if (entry.marker, entry.ink) in faint]
        return drawing, [*names[:1], *drawing.unlabelled[len(names) :]]

    def _draw_all(self, picture: DrawingView) -> Drawing:
        from tflab.charts.multiples import Panel, draw_multiples

        curves = self._curves
        panels = [Panel(m.name, curves.of(m), curves.x_max(m)) for m in curves.metrics()]
        options = picture.chart_options(smoothing=self._view.smoothing, log_x=self._view.log_x)
        size = picture.size.width, picture.size.height
        drawing, self._y_ranges = draw_multiples(panels, size, options, self._y_ranges)
        return drawing
