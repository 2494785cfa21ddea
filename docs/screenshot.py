"""Make the picture of the README: run a lesson in the real app and export the screen as SVG.

python docs/screenshot.py docs/workbench.svg
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tflab.programs.library import resolve
from tflab.ui.app import LabApp
from tflab.ui.widgets.notice_line import NoticeLine
from tflab.ui.workbench.lesson_view import LessonView

_DEADLINE_SECONDS = 60


async def picture(target: Path) -> None:
    """Run the linear classifier twice, and write what the screen then shows to `target`."""
    app = LabApp(resolve("linear-classifier"))
    async with app.run_test(size=(120, 40)) as pilot:

        async def until(condition) -> None:  # type: ignore[no-untyped-def]
            async with asyncio.timeout(_DEADLINE_SECONDS):
                while not condition():
                    await pilot.pause(0.05)

        session = app.session
        await until(lambda: "steps" in session.form.values)
        for rate in (0.03, 0.1):
            runs = len(session.runs.own)
            session.form.set_values({"learning_rate": rate}, 0)
            await pilot.pause(0.2)
            session.starter.rerun()
            await until(lambda runs=runs: len(session.runs.own) > runs)
            await until(lambda: not session.runs.running)
        await until(lambda: session.runs.current is not None and session.runs.current.over)
        await pilot.press("f3")
        # Brings the moving picture into view as it stands.
        app.workbench.query_one(LessonView).action_frame(0)
        for line in app.screen.query(NoticeLine):
            line.clear()
        await pilot.pause(0.5)
        target.write_text(app.export_screenshot(title="tflab"), encoding="utf-8")
        session.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TFLAB_DATA"] = folder
        asyncio.run(picture(Path(sys.argv[1])))
