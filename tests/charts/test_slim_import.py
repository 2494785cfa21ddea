"""What plotext is imported without: still there to be left out, and still not needed."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from tflab.charts.slim_import import ABSENT, LEFT_OUT, slim_import

PICTURE = """
import plotext
figure = plotext.figure
figure.draw(figure.signal([1, 3, 2, 5], [1, 2, 3, 1]).lines(True))
figure.plot_size(40, 12)
print(figure.build().string())
"""
LOADED = "import sys; print(*sys.modules)"


def said(code: str) -> str:
    """Run code in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_plotext_brings_it_by_itself_and_not_with_our_charts():
    """A name that is not there any more says that an upgrade moved it."""
    whole = set(said(f"import plotext; {LOADED}").split())
    assert set(LEFT_OUT) <= whole
    ours = set(said(f"import tflab.charts.loss, tflab.charts.figures; {LOADED}").split())
    assert "plotext" in ours
    assert not ours & {ABSENT, "unittest", "email"}


def test_what_it_draws_is_the_same():
    assert said(f"import tflab.charts.plot\n{PICTURE}") == said(PICTURE) != ""


def test_another_thread_imports_what_it_likes_meanwhile():
    found = []

    def look() -> None:
        __import__("unittest.mock")
        found.append(sys.meta_path[0].find_spec(ABSENT))

    with slim_import():
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        with pytest.raises(ModuleNotFoundError, match=ABSENT):
            sys.meta_path[0].find_spec(ABSENT)
    assert found == [None]
    assert not any(type(finder).__module__ == slim_import.__module__ for finder in sys.meta_path)
