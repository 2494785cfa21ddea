"""The app as the one that drives the session."""

from __future__ import annotations

import time

import pytest

from tflab.session.session import Session
from tflab.ui.app import LabApp


@pytest.mark.timeout(30)
async def test_a_session_that_is_always_due_is_driven_on_and_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driven = 0
    advance = Session.advance

    def count(session: Session) -> None:
        nonlocal driven
        driven += 1
        time.sleep(0.01)  # Whatever is due next is late by then.
        advance(session)

    monkeypatch.setattr(Session, "pause", property(lambda _: 0.0))
    monkeypatch.setattr(Session, "advance", count)
    app = LabApp()
    async with app.run_test(size=(80, 24)) as pilot:
        while driven < 20:
            await pilot.pause()
