"""Pictures as half blocks or shades: the right dots, proportions and sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tflab.charts.drawing import ChartOptions
from tflab.charts.pictures import (
    PictureError,
    draw_picture,
    draw_tiles,
    picture_path,
    picture_size,
    read_picture,
)
from tflab.charts.text import cell_width
from tflab.recording.png import encode_png
from tflab.runs.events import Tiles

OPTIONS = ChartOptions()


def kept(folder: Path, dots) -> Path:
    path = folder / "a.png"
    path.write_bytes(encode_png(np.asarray(dots, dtype=np.uint8)))
    return path


@given(
    width=st.integers(1, 12),
    height=st.integers(1, 12),
    channels=st.integers(1, 4),
    seed=st.integers(0, 99),
)
def test_our_files_hold_the_dots_that_were_given(width, height, channels, seed):
    import io

    rng = np.random.default_rng(seed)
    dots = rng.integers(0, 256, (height, width, channels), dtype=np.uint8)
    found = np.asarray(Image.open(io.BytesIO(encode_png(dots))))
    assert found.reshape(dots.shape).tolist() == dots.tolist()


def test_two_dots_stand_in_a_cell_in_their_own_colours(tmp_path):
    path = kept(tmp_path, [[[255, 0, 0]], [[0, 0, 255]]])
    ((cell,),) = draw_picture(read_picture(path), (1, 1), OPTIONS)
    assert cell.ink is not None
    assert cell.ground is not None
    assert (cell.text, cell.ink.rgb, cell.ground.rgb) == ("▀", (255, 0, 0), (0, 0, 255))


def test_what_is_transparent_stands_on_white(tmp_path):
    path = kept(tmp_path, [[[0, 0, 0, 0]], [[0, 0, 0, 255]]])
    picture = read_picture(path)
    assert [picture.getpixel((0, y)) for y in (0, 1)] == [(255, 255, 255), (0, 0, 0)]


@given(
    dots=st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    room=st.tuples(st.integers(1, 300), st.integers(1, 100)),
)
def test_a_picture_keeps_its_proportions_within_its_room(dots, room):
    columns, rows = picture_size(dots, room)
    assert 1 <= columns <= room[0]
    assert 1 <= rows <= room[1]
    if min(columns, rows) > 8:
        assert columns / (2 * rows) == pytest.approx(dots[0] / dots[1], rel=0.25)


@pytest.mark.parametrize("colour", ["true", "256", "16", "none"])
@pytest.mark.parametrize("unicode", [True, False])
def test_every_row_is_as_wide_as_asked(tmp_path, colour, unicode):
    rng = np.random.default_rng(0)
    picture = read_picture(kept(tmp_path, rng.integers(0, 256, (9, 7, 3))))
    options = ChartOptions(colour=colour, unicode=unicode)
    rows = draw_picture(picture, (14, 6), options)
    assert len(rows) == 6
    assert {sum(cell_width(run.text) for run in row) for row in rows} == {14}
    if not unicode:
        assert all(run.text.isascii() for row in rows for run in row)
    if colour in ("16", "none"):
        assert all(run.ink is None for row in rows for run in row)


@given(
    room=st.tuples(st.integers(12, 120), st.integers(4, 60)),
    count=st.integers(1, 30),
    title=st.sampled_from(["", "7", "숫자 칠", "a long title of a class"]),
)
def test_tiles_with_wide_titles_stay_within_their_room(room, count, title):
    tiles = Tiles(file="", width=8, height=8, columns=6, count=count, titles=[title] * count)
    sheet = Image.new("RGB", (48, 8 * 6), "red")
    rows, shown = draw_tiles(sheet, tiles, room, OPTIONS)
    assert 1 <= shown <= count
    assert len(rows) <= max(room[1], 8)
    assert all(sum(cell_width(run.text) for run in row) <= room[0] for row in rows)


def test_what_is_no_picture_is_said(tmp_path):
    path = tmp_path / "a.png"
    with pytest.raises(PictureError, match="cannot be read"):
        read_picture(path)
    path.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    with pytest.raises(PictureError, match=r"a\.png"):
        read_picture(path)
    path.write_bytes(encode_png(np.zeros((4, 4, 1), np.uint8))[:40])
    with pytest.raises(PictureError, match=r"a\.png"):
        read_picture(path)


def test_a_log_names_no_file_outside_its_run(tmp_path):
    assert picture_path(tmp_path, "pictures/0001.png") == tmp_path / "pictures/0001.png"
    for name in ("", "../run.json", "/etc/passwd", "pictures/../a.png", "pictures/a.png"):
        assert picture_path(tmp_path, name) is None
