"""The values of the next run: what stands in each field, what it means, and what is wrong with it.

Whoever shows the form puts in what a person types, and shows what is in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tflab.programs.nudge import nudge
from tflab.programs.parameters import ValueProblem, check_value, format_value, parse_value
from tflab.programs.program import Parameter, Program
from tflab.runs.record import LARGEST_SEED
from tflab.session.events import Emit, FormChanged

if TYPE_CHECKING:
    from tflab.targets.devices import Device, DeviceList

SEED = Parameter(
    name="seed", type="int", default=0, ge=0, le=LARGEST_SEED, help="Start of all random numbers"
)


class Field:
    """One value: as it stands there, as it is read, and what is wrong with it.

    Attributes:
        value: The last good value.
        problem: What is wrong with the text now; None while it is good.
    """

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        self.value: Any = parameter.default
        self.problem: str | None = None
        self._bad_text = ""

    @property
    def text(self) -> str:
        """What stands in the field, good or bad."""
        return format_value(self.value) if self.problem is None else self._bad_text

    @property
    def changed(self) -> bool:
        """Whether it differs from the program's default."""
        return self.problem is not None or bool(self.value != self.parameter.default)

    def set_text(self, text: str) -> bool:
        """Take a text as if a person had typed it; True when anything changed.

        Where nothing can be typed, what is no value of the parameter is passed over.
        """
        try:
            return self._take(parse_value(self.parameter, text), None, "")
        except ValueProblem as problem:
            if self.parameter.type in ("bool", "choice"):
                return False
            return self._take(self.value, problem.cause, text)

    def set_value(self, value: Any) -> bool:
        """Take a value, such as one of an earlier run; True when anything changed."""
        try:
            return self._take(check_value(self.parameter, value), None, "")
        except ValueProblem:
            return self.set_text(format_value(value))

    def _take(self, value: Any, problem: str | None, bad_text: str) -> bool:
        before = (self.value, self.problem, self._bad_text)
        self.value, self.problem, self._bad_text = value, problem, bad_text
        return before != (value, problem, bad_text)


class Form:
    """The fields of the open program, the seed, and the device.

    Args:
        emit: Is told of every change of a value and of the device.

    Attributes:
        devices: The devices of this machine, once they are known.
        device_key: The chosen one.
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._seed = Field(SEED)
        self._fields: dict[str, Field] = {}
        self.devices: DeviceList | None = None
        self.device_key = "cpu"

    @property
    def fields(self) -> dict[str, Field]:
        """Every field by name: the program's in order, then the seed."""
        return {**self._fields, SEED.name: self._seed}

    @property
    def values(self) -> dict[str, Any]:
        """The value of every parameter of the program, without the seed."""
        return {name: field.value for name, field in self._fields.items()}

    @property
    def seed(self) -> int:
        """The seed of the next run."""
        return int(self._seed.value)

    @property
    def first_bad(self) -> Field | None:
        """The first field that holds a bad value, or None."""
        return next((field for field in self.fields.values() if field.problem is not None), None)

    @property
    def device(self) -> Device | None:
        """The chosen device, once the machine's devices are known."""
        devices = self.devices.devices if self.devices is not None else ()
        return next((device for device in devices if device.key == self.device_key), None)

    def show(self, program: Program, keep: bool) -> None:
        """Take the fields of a program; with `keep`, what was changed in those of a name stays."""
        before, self._fields = self._fields, {p.name: Field(p) for p in program.parameters}
        for name, field in before.items() if keep else ():
            if field.changed and name in self._fields:
                again = self._fields[name]
                again.set_value(field.value)
                if field.problem is not None:
                    again.set_text(field.text)

    def set_text(self, name: str, text: str) -> None:
        """Take what a person typed in a field."""
        if self.fields[name].set_text(text):
            self._emit(FormChanged())

    def set_value(self, name: str, value: Any) -> None:
        """Take what a person chose in a field."""
        if self.fields[name].set_value(value):
            self._emit(FormChanged())

    def set_values(self, values: Mapping[str, Any], seed: int, device: str = "") -> None:
        """Put other values into the fields, such as those of an earlier run.

        Args:
            values: By name; those of parameters that the program has not are passed over.
            seed: The seed.
            device: The device's key; one that is not here is passed over.
        """
        fields = self.fields
        for name, value in {**values, SEED.name: seed}.items():
            if name in fields:
                fields[name].set_value(value)
        if self.devices is not None and any(d.key == device for d in self.devices.devices):
            self.device_key = device
        self._emit(FormChanged(texts=True))

    def nudge(self, name: str, direction: int, fine: bool = False) -> None:
        """Make a value larger (1) or smaller (-1) by a step that fits it; a bad one is left.

        With `fine` by a tenth of that.
        """
        field = self.fields[name]
        if field.problem is None:
            value = nudge(field.parameter, field.value, direction, fine)
            if field.set_value(value):
                self._emit(FormChanged())

    def reset(self, *names: str) -> None:
        """Put the defaults of these fields back, or of all of them."""
        for name, field in self.fields.items():
            if name in names or not names:
                field.set_value(field.parameter.default)
        self._emit(FormChanged())

    def choose_device(self, key: str) -> None:
        """Choose a device."""
        if key != self.device_key:
            self.device_key = key
            self._emit(FormChanged(values=False))

    def show_devices(self, devices: DeviceList) -> None:
        """Take in the devices as they are now; the choice stays if it still exists."""
        self.devices = devices
        if self.device is None:
            self.device_key = "cpu"
