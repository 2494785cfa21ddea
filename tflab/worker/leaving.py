"""What Python does at the end of a program, done at the end of a run.

A run leaves by `os._exit`: Python's own end would wait for TensorFlow's teardown, and in a fork of
a warm process call handlers that are none of the program's. So its threads are waited for here, and
the handlers that it registered itself are called.
"""

from __future__ import annotations

import atexit
import gc
import logging
import signal
import sys
import threading
import traceback
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from tflab.worker.orphans import kept_executors

SECONDS = 60.0
"""How long the handlers of a program may take in all."""

_PATIENCE = 1.0
_KEPT_POOLS = ("joblib.", "loky.")
"""Where the pools are made that are ended by `kept_executors`."""

_T = TypeVar("_T")


class _Handler(NamedTuple):
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: dict[str, Any]


class ExitHandlers:
    """What a program registers with `atexit` from now on. What was registered before is not here.

    Args:
        seconds: How long they may take in all.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._handlers: list[_Handler] = []

    def install(self) -> None:
        """Take the place of `atexit`'s own list, which is never called here."""
        atexit.register = self.register
        atexit.unregister = self.unregister

    def register(self, func: Callable[..., _T], /, *args: Any, **kwargs: Any) -> Callable[..., _T]:
        """Do as `atexit.register`."""
        if not callable(func):
            raise TypeError("the first argument must be callable")
        self._handlers.append(_Handler(func, args, kwargs))
        return func

    def unregister(self, func: Callable[..., Any], /) -> None:
        """Do as `atexit.unregister`."""
        self._handlers = [h for h in self._handlers if h.function != func]

    def run(self) -> list[str]:
        """Call them, the last one first, and then what Python itself does at its end.

        Returns:
            What went wrong, a sentence each. What a handler raised was printed, as Python does.

        Raises:
            KeyboardInterrupt: When somebody stops the run meanwhile.
        """
        wrong: list[str] = []
        if not self._handlers and not _finalizers():
            logging.shutdown()
            return wrong
        with _time_limit(self._seconds):
            while self._handlers:
                handler = self._handlers.pop()
                try:
                    handler.function(*handler.arguments, **handler.named)
                except _TooLongError:
                    left = f", and {len(self._handlers)} were not called" if self._handlers else ""
                    name = _name(handler.function)
                    return [f"The atexit handler {name} was ended after {self._seconds:g} s{left}."]
                except KeyboardInterrupt:
                    raise
                except BaseException as error:  # noqa: BLE001
                    name = _name(handler.function)
                    sys.stderr.write(f"Exception ignored in atexit callback: {name}\n")
                    traceback.print_exception(type(error), error, error.__traceback__)
                    wrong.append(f"The atexit handler {name} failed: {type(error).__name__}.")
            for finalizer in _finalizers():
                finalizer()
            logging.shutdown()
        return wrong


def wait_for_threads(tell: Callable[[list[str]], None]) -> None:
    """Wait for what Python would wait for: threads, executors, started processes.

    Args:
        tell: Takes the names of what goes on, once, after a moment.

    Raises:
        KeyboardInterrupt: When somebody stops the run meanwhile.
    """
    told = False

    def say(names: list[str]) -> None:
        nonlocal told
        if not told:
            told = True
            tell(names)

    for kept in kept_executors():
        kept.shutdown(wait=True)
    for executor in _executors():
        # Threads of its own wait for work that never comes, unless they are told.
        executor.shutdown(wait=False)
    for one in (*unfinished_threads(), *_started_processes()):
        one.join(0.0 if told else _PATIENCE)
        if one.is_alive():
            say([other.name for other in (*unfinished_threads(), *_started_processes())])
            one.join()


def unfinished_threads() -> list[threading.Thread]:
    """Return the threads that Python would wait for at its own end."""
    main = threading.main_thread()
    current = threading.current_thread()
    return [t for t in threading.enumerate() if t not in (main, current) and not t.daemon]


def _started_processes() -> list[Any]:
    multiprocessing: Any = sys.modules.get("multiprocessing")
    if multiprocessing is None:
        return []
    return [child for child in multiprocessing.active_children() if not child.daemon]


def _executors() -> list[Any]:
    """Return the executors that the program has; in a fork, none of those made before it."""
    futures: Any = sys.modules.get("concurrent.futures")
    if futures is None:
        return []
    found = [one for one in gc.get_objects() if issubclass(type(one), futures.Executor)]
    return [one for one in found if not type(one).__module__.startswith(_KEPT_POOLS)]


def _finalizers() -> list[weakref.finalize[Any, Any]]:
    """Return what is still to be done for the program's objects, the newest first."""
    made = (one for n in (2, 1, 0) for one in gc.get_objects(generation=n))
    found = [one for one in made if issubclass(type(one), weakref.finalize)]
    return [one for one in reversed(found) if one.alive and one.atexit]


class _TooLongError(BaseException):
    """Raised inside a handler that takes too long; not to be caught by `except Exception`."""


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        raise _TooLongError

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__qualname__", None) or type(function).__name__)
