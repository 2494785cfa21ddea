"""What a person is asked before a run starts: a lesson from elsewhere, a GPU that others use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tflab.programs.library import user_folder
from tflab.session.approval import TrustStore
from tflab.ui.dialogs.confirm import ConfirmScreen

if TYPE_CHECKING:
    from tflab.targets.devices import Device
    from tflab.ui.app import LabApp


class Gate:
    """Every run of the workbench passes through here. It asks at most one thing at a time."""

    def __init__(self, app: LabApp) -> None:
        self._app = app
        self._asking = False
        self._accepted: set[str] = set()

    def open(
        self, path: Path, source: str, devices: Sequence[Device], then: Callable[[], object]
    ) -> None:
        """Call `then` when a lesson may run on these devices: now, after asking, or never."""
        self._trusted(path, source, lambda: self._free(devices, then))

    def _trusted(self, path: Path, source: str, then: Callable[[], object]) -> None:
        if TrustStore().trusts(path, source):
            then()
            return

        def accept() -> None:
            try:
                TrustStore().trust(path, source)
            except OSError as error:
                self._app.notify(f"That it is trusted is not kept: {error.strerror}.")
            then()

        text = (
            f"This lesson comes from outside the course: {path}.\n\n"
            "A lesson is code and can do what you can do. Read it (it is on the screen) before "
            f"you trust it. You are asked again when it changes; lessons in {user_folder()} are "
            "your own and never asked about."
        )
        self._ask("A lesson from elsewhere", text, "Trust and run", accept)

    def _free(self, devices: Sequence[Device], then: Callable[[], object]) -> None:
        new = [d for d in devices if d.busy_with_others and d.key not in self._accepted]
        if not new:
            then()
            return

        def accept() -> None:
            self._accepted.update(device.key for device in new)
            then()

        busy = " ".join(f"{d.name} ({d.key}) is in use by {d.others}." for d in new)
        text = (
            f"{busy} What you run may lack memory, and slows theirs down. You are asked once for "
            "each device."
        )
        title = "This GPU is in use" if len(new) == 1 else "These GPUs are in use"
        self._ask(title, text, "Run all the same", accept)

    def _ask(self, title: str, text: str, yes: str, accept: Callable[[], None]) -> None:
        # In live mode each change of a value asks for a run; one question is enough.
        if self._asking:
            return
        self._asking = True

        def answered(good: bool | None) -> None:
            self._asking = False
            if good:
                accept()

        self._app.push_screen(ConfirmScreen(title, text, yes), answered)
