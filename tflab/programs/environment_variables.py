"""Environment variables that a program sets and that count when a library is loaded.

A run is a fork of a server that has TensorFlow loaded, where such a variable would come too late.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

UNKNOWN = "variables that are named while it runs"
"""What stands for a name that is not written out."""

_DECIDES = re.compile(
    r"(KERAS|TF|XLA|CUDA|CUDNN|CUBLAS|NVIDIA|NCCL|JAX|JAXLIB|TORCH|PYTORCH|OMP|GOMP|KMP|MKL|DNNL"
    r"|ONEDNN|OPENBLAS|BLIS|NUMEXPR|VECLIB|HDF5|GRPC|ROCM|HIP|HSA|TPU|PROTOCOL_BUFFERS|MALLOC)_.*"
    r"|TF2_BEHAVIOR|LD_PRELOAD|LD_LIBRARY_PATH"
)
# Read when the runtime starts, which is after the fork, or of no effect but on what is logged.
_IN_TIME = frozenset(
    {
        "CUDA_VISIBLE_DEVICES",
        "CUDA_DEVICE_ORDER",
        "TF_FORCE_GPU_ALLOW_GROWTH",
        "TF_CPP_MIN_LOG_LEVEL",
        "TF_CPP_MAX_VLOG_LEVEL",
    }
)
_MENTIONS = re.compile("environ|putenv|unsetenv|run_line_magic")
_METHODS = ("setdefault", "pop", "__setitem__")


def may_set_variables(source: str) -> bool:
    """Return False for code of which its text alone tells that it sets none: for most, and fast."""
    # Python takes some other letters for those of ASCII.
    return not source.isascii() or _MENTIONS.search(source) is not None


def loading_variables(tree: ast.Module) -> tuple[str, ...]:
    """Return the variables set in some code that decide how a library is loaded, each once.

    `UNKNOWN` is among them when the code sets one whose name it does not write out.
    """
    found: dict[str, None] = {}
    nodes = list(ast.walk(tree))
    harmless = {id(place) for node in nodes for place in _as_it_is(node)}
    for node in nodes:
        if id(node) in harmless:
            continue
        for name in _set_by(node):
            if name == UNKNOWN or (_DECIDES.fullmatch(name) and name not in _IN_TIME):
                found[name] = None
    return tuple(found)


def _set_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Subscript(value=place, slice=key, ctx=ast.Store() | ast.Del()) if _is_it(place):
            yield _text(key)
        case ast.AugAssign(target=place, value=values) if _is_it(place):
            yield from _keys(values)
        case ast.Call(func=ast.Attribute(value=place, attr="update")) if _is_it(place):
            yield from (keyword.arg or UNKNOWN for keyword in node.keywords)
            for values in node.args:
                yield from _keys(values)
        case ast.Call(func=ast.Attribute(value=place, attr=method), args=[key, *_]) if (
            method in _METHODS and _is_it(place)
        ):
            yield _text(key)
        case ast.Call(
            func=ast.Attribute(attr="putenv" | "unsetenv") | ast.Name(id="putenv" | "unsetenv"),
            args=[key, *_],
        ):
            yield _text(key)
        case ast.Call(
            func=ast.Attribute(attr="run_line_magic"),
            args=[ast.Constant(value="env" | "set_env"), ast.Constant(value=str(line))],
        ):
            name, mark, _ = line.strip().partition("=" if "=" in line else " ")
            if mark:
                yield name.strip()


def _as_it_is(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what sets the backend of Keras to TensorFlow, for which a fork is never too late."""
    match node:
        case ast.Assign(targets=targets, value=ast.Constant(value="tensorflow")):
            for target in targets:
                match target:
                    case ast.Subscript(slice=ast.Constant(value="KERAS_BACKEND")):
                        yield target
        case ast.Call(
            func=ast.Attribute(attr="setdefault"),
            args=[ast.Constant(value="KERAS_BACKEND"), ast.Constant(value="tensorflow")],
        ):
            yield node


def _is_it(place: ast.expr) -> bool:
    """Whether an expression is `os.environ`, by whatever way it was imported."""
    match place:
        case ast.Attribute(attr="environ") | ast.Name(id="environ"):
            return True
    return False


def _keys(values: ast.expr) -> Iterator[str]:
    match values:
        case ast.Dict(keys=keys):
            yield from (UNKNOWN if key is None else _text(key) for key in keys)
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            yield from (keyword.arg or UNKNOWN for keyword in keywords)
        case _:
            yield UNKNOWN


def _text(key: ast.expr) -> str:
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else UNKNOWN
