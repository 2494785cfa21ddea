"""The device field: which one device the run will see."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Select, Static

from tflab.session.form import Form
from tflab.targets.devices import Device, DeviceList
from tflab.ui.terminal.safe_text import choice_text

_GIB = 1 << 30


class DeviceField(Vertical):
    """A choice among the devices of this machine, with what NVML tells of each.

    Args:
        form: Has the devices, and the choice.
    """

    def __init__(self, form: Form) -> None:
        super().__init__(classes="field", id="device-field")
        self._form = form
        self._shown: DeviceList | None = None

    def compose(self) -> ComposeResult:
        """Lay out the name, the choice and what is known of the device."""
        with Horizontal():
            yield Static(Content("device"), classes="name")
            yield Select([("CPU", "cpu")], value="cpu", allow_blank=False, compact=True)
        yield Static("", classes="help")

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
            self._describe()
        if select.value != self._form.device_key:
            with self.prevent(Select.Changed):
                select.value = self._form.device_key
            self._describe()

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if isinstance(event.value, str):
            self._form.choose_device(event.value)
            self._describe()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self.call_after_refresh(self._describe)

    def _describe(self) -> None:
        device, devices = self._form.device, self._form.devices
        if device is None or devices is None:
            return
        wordy = self.has_focus_within
        lines = [_memory(device, wordy or device.key != "cpu")]
        if device.busy_with_others:
            lines.append(f"In use by {device.others}.")
        if devices.reason and len(devices.devices) == 1:
            first = devices.reason.partition(". ")[0].rstrip(".") + "."
            lines.append(devices.reason if wordy else first)
        self.set_class(device.busy_with_others, "-busy")
        self.query_one(".help", Static).update(Content("\n".join(lines)))


def _short(device: Device) -> str:
    if device.key == "cpu":
        return "CPU"
    busy = " (in use)" if device.busy_with_others else ""
    return f"GPU {device.index} {device.name}{busy}"


def _memory(device: Device, wordy: bool) -> str:
    free, total = device.memory_free / _GIB, device.memory_total / _GIB
    memory = f"{free:.1f} of {total:.1f} GiB free"
    if not wordy:
        return memory
    use = "" if device.utilisation is None else f", {device.utilisation:.0%} busy"
    return f"{device.name}: {memory}{use}"
