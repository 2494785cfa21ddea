"""The device field: which one device the run will see, or which target it goes to."""

from __future__ import annotations

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Select, Static

from tflab.runs.text import plain_line
from tflab.session.form import Form
from tflab.targets.devices import Device, DeviceList
from tflab.ui.terminal.safe_text import choice_text
from tflab.ui.workbench.field_columns import TwoPart

_GIB = 1 << 30
_NAME = " device"
_LEAST = 8
_WIDEST = 34
_ARROW = 4


class DeviceField(TwoPart):
    """A choice among the devices of this machine, and the targets.

    Args:
        form: Has the devices, and the choice.
    """

    class Changed(Message):
        """Another device was chosen, or more is known of it."""

    def __init__(self, form: Form) -> None:
        super().__init__(classes="field", id="device-field")
        self._form = form
        self._shown: DeviceList | None = None

    @property
    def name_width(self) -> int:
        """Cells of the name."""
        return len(_NAME)

    @property
    def control_width(self) -> int:
        """Cells of the choice."""
        names = [_short(device) for device in self._shown.devices] if self._shown else []
        longest = max(map(cell_len, names), default=0) + _ARROW
        return min(max(longest, _LEAST), _WIDEST)

    @property
    def least_control(self) -> int:
        """Cells in which the choice can be read."""
        return self.control_width - 1

    def compose(self) -> ComposeResult:
        """Lay out the name and the choice."""
        yield Static(_NAME, classes="name")
        yield Select([("CPU", "cpu")], value="cpu", allow_blank=False, compact=True)

    def show_devices(self) -> None:
        """Show the devices as they are now, and the choice."""
        devices = self._form.devices
        if devices is None:
            return
        select = self.query_one(Select)
        if devices != self._shown:
            known = [d.key for d in self._shown.devices] if self._shown else []
            self._shown = devices
            if known != [d.key for d in devices.devices]:
                with self.prevent(Select.Changed):
                    select.set_options([(choice_text(_short(d)), d.key) for d in devices.devices])
                    select.value = self._form.device_key
                self.refresh(layout=True)
        if select.value != self._form.device_key:
            with self.prevent(Select.Changed):
                select.value = self._form.device_key
        self._tell()

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if isinstance(event.value, str):
            self._form.choose_device(event.value)
            self._tell()

    def _tell(self) -> None:
        device = self._form.device
        busy = device is not None and bool(device.busy_with_others)
        if self.has_class("-busy") != busy:
            self.set_class(busy, "-busy")
        self.post_message(self.Changed())

    @property
    def busy(self) -> bool:
        """Whether others use the chosen device."""
        return self.has_class("-busy")

    def words(self, focused: bool, width: int = 1000) -> str:
        """Return what is known of the device; more of it while the field has the focus.

        Where `width` cells do not hold it, lines are broken by whoever shows it.
        """
        del width
        device, devices = self._form.device, self._form.devices
        if device is None or devices is None:
            return ""
        if device.target:
            return _target_words(device)
        if device.busy_with_others:
            return f"In use by {device.others}. {_memory(device, True)}"
        if devices.reason and not _several(devices) and not focused:
            return devices.reason.partition(". ")[0].rstrip(".") + "."
        reason = f". {devices.reason}" if devices.reason and not _several(devices) else ""
        return _memory(device, focused or device.key != "cpu") + reason


def _several(devices: DeviceList) -> bool:
    """Whether this machine has more than its CPU."""
    return sum(not device.target for device in devices.devices) > 1


def _short(device: Device) -> str:
    if device.key == "cpu":
        return "CPU"
    if device.target:
        return f"on {device.target}" + (" (not there)" if device.problem else "")
    busy = " (in use)" if device.busy_with_others else ""
    return f"GPU {device.index} {device.name}{busy}"


def _target_words(device: Device) -> str:
    if device.problem:
        return plain_line(f"{device.target} does not serve: {device.problem}")
    return plain_line(f"{device.name}. It has {device.note}" if device.note else device.name)


def _memory(device: Device, wordy: bool) -> str:
    free, total = device.memory_free / _GIB, device.memory_total / _GIB
    memory = f"{free:.1f} of {total:.1f} GiB free"
    if not wordy:
        return memory
    use = "" if device.utilisation is None else f", {device.utilisation:.0%} busy"
    return f"{device.name}: {memory}{use}"
