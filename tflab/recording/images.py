"""Images as bytes: what a program hands over as arrays, tensors, files and Pillow's images."""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tflab.recording.conversion import ConversionError
from tflab.recording.png import encode_png, png_size
from tflab.recording.values import to_array, to_text

MAX_DOTS = 4_000_000
"""Dots of one picture; of a larger one, every second or third is kept, as it takes."""

MAX_TILES = 400
"""Images in one grid of images."""

MAX_FILE = 32 << 20
"""Bytes of a file that a program hands over."""

Dots = np.ndarray[Any, np.dtype[np.uint8]]

_CHANNELS = (1, 3, 4)
_DARK = 4.0
"""Of 255: nothing of a picture is seen whose dots are all darker."""


class Image(NamedTuple):
    """A PNG file with its size in dots, and what was left out."""

    content: bytes
    width: int
    height: int
    note: str = ""


def read_image(value: Any) -> Image:
    """Return the PNG file of an image.

    Args:
        value: An array or a tensor of shape (height, width), or with 1, 3 or 4 channels behind
            that; an image of Pillow's; a path; or the bytes of a PNG file.

    Raises:
        ConversionError: When it is none of these.
    """
    if isinstance(value, (str, os.PathLike)):
        return _from_file(Path(value))
    if isinstance(value, (bytes, bytearray)):
        return _from_bytes(bytes(value), "The bytes are no PNG file.")
    dots, note = to_dots(_array(value))
    return image_of(dots, note)


def read_batch(batch: Any) -> list[Dots]:
    """Return each image of a batch as bytes; numbers are stretched over all of the batch alike.

    Raises:
        ConversionError: When something in it is no image.
    """
    if isinstance(batch, (list, tuple)) and not all(map(np.isscalar, batch)):
        return [to_dots(_array(one))[0] for one in batch]
    array = _array(batch)
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or array.shape[3] not in _CHANNELS or array.size == 0:
        raise ConversionError(
            f"It has shape {array.shape}.",
            "Give (count, height, width), or 1, 3 or 4 channels behind that.",
        )
    count, height, width, channels = array.shape
    dots, _ = _to_bytes(array.reshape(count * height, width, channels))
    return list(dots.reshape(array.shape))


def image_of(dots: Dots, note: str = "") -> Image:
    """Return the PNG file of dots of shape (height, width, channels), thinned if they are many."""
    height, width = dots.shape[:2]
    by = math.ceil(math.sqrt(height * width / MAX_DOTS))
    if by > 1:
        dots = dots[::by, ::by]
        less = f"Every {by}th dot of {width} × {height} is kept."
        note = f"{note} {less}".strip()
    return Image(encode_png(np.ascontiguousarray(dots)), dots.shape[1], dots.shape[0], note)


def to_dots(array: np.ndarray[Any, Any]) -> tuple[Dots, str]:
    """Return an image as bytes of shape (height, width, channels), and what was done to them.

    Bytes stay; 0 to 1 and 0 to 255 become bytes; other numbers are stretched from their least to
    their largest, and so is what goes a little beyond 1: as bytes it would all be black.

    Raises:
        ConversionError: When its shape is that of no image, or it holds no numbers.
    """
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in _CHANNELS or array.size == 0:
        many = array.ndim == 4 or (array.ndim == 3 and array.shape[2] not in _CHANNELS)
        raise ConversionError(
            f"It has shape {array.shape}.",
            "Give (height, width), or 1, 3 or 4 channels behind that."
            + (" Several images at once go to lab.images." if many else ""),
        )
    return _to_bytes(array)


def tile(images: Sequence[Dots], columns: int | None) -> tuple[Dots, tuple[int, int], int]:
    """Return images of any size as the rows of one, the size of a tile, and the columns.

    Smaller images stand in the middle of their tiles, on black.
    """
    height = max(dots.shape[0] for dots in images)
    width = max(dots.shape[1] for dots in images)
    across = columns or _columns(len(images), width, height)
    down = -(-len(images) // across)
    channels = max(dots.shape[2] for dots in images)
    sheet = np.zeros((down * height, across * width, channels), dtype=np.uint8)
    for place, dots in enumerate(images):
        row, column = divmod(place, across)
        top = row * height + (height - dots.shape[0]) // 2
        left = column * width + (width - dots.shape[1]) // 2
        here = sheet[top : top + dots.shape[0], left : left + dots.shape[1]]
        here[:] = _with_channels(dots, channels)
    return sheet, (width, height), across


def _columns(count: int, width: int, height: int) -> int:
    """Return how many stand side by side so that the whole is about twice as wide as high."""
    return max(1, min(count, round(math.sqrt(2 * count * height / width))))


def _with_channels(dots: Dots, channels: int) -> Dots:
    if dots.shape[2] == channels:
        return dots
    colours = np.repeat(dots, 3, axis=2) if dots.shape[2] == 1 else dots
    if channels == 3:
        return colours
    solid = np.full((*dots.shape[:2], 1), 255, dtype=np.uint8)
    whole: Dots = np.concatenate([colours[:, :, :3], solid], axis=2)
    return whole


def _array(value: Any) -> np.ndarray[Any, Any]:
    if type(value).__module__.partition(".")[0] == "PIL":
        kept = value if value.mode in ("L", "RGB", "RGBA") else value.convert("RGBA")
        return np.asarray(kept)
    try:
        return to_array(value)
    except ValueError as error:
        raise ConversionError(
            "It is ragged.", "Give an array, a tensor or lists of equal length."
        ) from error


def _to_bytes(array: np.ndarray[Any, Any]) -> tuple[Dots, str]:
    if array.dtype == np.uint8:
        return array, ""
    if array.dtype.kind == "b":
        return array.astype(np.uint8) * np.uint8(255), ""
    try:
        numbers = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ConversionError(
            f"Its elements are {to_text(array.dtype.name)}.", "Give numbers."
        ) from error
    finite = np.isfinite(numbers)
    note = "" if finite.all() else "Dots that are not finite are black."
    low, high = (
        (float(numbers[finite].min()), float(numbers[finite].max())) if finite.any() else (0, 0)
    )
    whole = array.dtype.kind in "iu"
    if whole and low >= 0 and high <= 255:
        scaled = numbers
    elif not whole and low >= 0 and high <= 1:
        scaled = numbers * 255
    elif not whole and low >= 0 and _DARK < high <= 255:
        scaled = numbers
    else:
        span = high / 4 - low / 4
        scaled = (numbers / 4 - low / 4) / span * 255 if span > 0 else numbers * 0
        note = f"Shades from {low:.4g} (black) to {high:.4g} (white). {note}".strip()
    clear = np.where(finite, np.clip(scaled, 0, 255), 0)
    return np.rint(clear).astype(np.uint8), note


def _from_file(path: Path) -> Image:
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            raise ConversionError(
                f"The file has {size >> 20} MiB.", f"Give one of at most {MAX_FILE >> 20} MiB."
            )
        content = path.read_bytes()
    except OSError as error:
        raise ConversionError(
            f"{path} cannot be read: {error.strerror}.", "Give the path of an image."
        ) from error
    if png_size(content) is not None:
        return _from_bytes(content, "")
    try:
        opened = importlib.import_module("PIL.Image").open(path)
        dots, note = to_dots(_array(opened))
    except ImportError as error:
        raise ConversionError(
            f"{path.name} is no PNG file, and Pillow, which reads others, is not installed.",
            "Give a PNG file or an array, or install it: `python -m pip install pillow`.",
        ) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise ConversionError(
            f"{path.name} is no image that Pillow reads.", "Give the path of an image."
        ) from error
    return image_of(dots, note)


def _from_bytes(content: bytes, cause: str) -> Image:
    size = png_size(content)
    if size is None:
        raise ConversionError(cause, "Give an array, a path, or the bytes of a PNG file.")
    if size[0] * size[1] > 4 * MAX_DOTS or len(content) > MAX_FILE:
        raise ConversionError(
            f"The image has {size[0]} × {size[1]} dots.", "Make it smaller before."
        )
    return Image(content, *size)
