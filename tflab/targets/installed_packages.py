"""What a Python has installed, read from its folders. Nothing of it is imported.

This file serves in two places: in the workbench, on the folders of an environment that may not be
started yet, and in another environment's interpreter, which executes the text of it without tflab
(see `environment_probe`). So it imports the standard library only and works with Python 3.10.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

MARK = "tflab found: "
"""What the line with the answer begins with; an interpreter may print other things before."""

MODULES = ("tensorflow", "keras", "numpy", "jax", "torch")

_DISTRIBUTIONS = {
    "tensorflow": (
        "tensorflow",
        "tensorflow-cpu",
        "tf-nightly",
        "tf-nightly-cpu",
        "tensorflow-rocm",
        "tensorflow-macos",
        "tensorflow-cpu-aws",
        "intel-tensorflow",
    ),
    "keras": ("keras", "keras-nightly"),
}
_JAX_PLUGINS = ("jax-cuda13-plugin", "jax-cuda12-plugin", "jax-rocm7-plugin", "jax-rocm60-plugin")
_VERSION = re.compile(r"""^(?:__)?_?version_?(?:__)?\s*(?::\s*str\s*)?=\s*["']([^"']+)["']""", re.M)
_TORCH_CUDA = re.compile(r"""^cuda\s*(?::[^=]*)?=\s*["']([^"']+)["']""", re.M)


def installed_packages(paths: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the versions of what computes, and the GPUs that it was built for.

    Args:
        paths: The folders that modules are found in, such as `sys.path`.

    Returns:
        `packages`, a version for each of `MODULES` that is there, and `gpu`, such as `CUDA 12.5.1`
        for each of them that was built for GPUs.
    """
    places = [path for path in paths if path]
    packages: dict[str, str] = {}
    gpu: dict[str, str] = {}
    for module in MODULES:
        folder = _folder(module, places)
        if folder is None:
            continue
        packages[module] = _version(module, folder, places)
        if built_for := _built_for(module, folder, places):
            gpu[module] = built_for
    return {"packages": packages, "gpu": gpu}


def _folder(module: str, places: list[str]) -> Path | None:
    """Return the folder of a package; what an uninstalled one left behind does not count."""
    spec = PathFinder.find_spec(module, places)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _version(module: str, folder: Path, places: list[str]) -> str:
    for name in _DISTRIBUTIONS.get(module, (module,)):
        if version := _distribution_version(name, places):
            return version
    for file in ("version.py", "_version.py", "__init__.py", "src/version.py"):
        if found := _VERSION.search(_text(folder / file)):
            return found[1]
    return "unknown"


def _distribution_version(name: str, places: list[str]) -> str:
    # The workbench reads this before its first paint and needs it after.
    from importlib.metadata import Distribution

    for distribution in Distribution.discover(name=name, path=places):
        # Damaged metadata has no version.
        if version := distribution.metadata["Version"]:
            return str(version)
    return ""


def _built_for(module: str, folder: Path, places: list[str]) -> str:
    if module == "tensorflow":
        return _tensorflow_build(_text(folder / "python" / "platform" / "build_info.py"))
    if module == "torch":
        found = _TORCH_CUDA.search(_text(folder / "version.py"))
        return f"CUDA {found[1]}" if found else ""
    if module == "jax":
        for plugin in _JAX_PLUGINS:
            if _distribution_version(plugin, places):
                kind, number = re.findall(r"(cuda|rocm)(\d+)", plugin)[0]
                return f"{kind.upper() if kind == 'cuda' else 'ROCm'} {number}"
    return ""


def _tensorflow_build(text: str) -> str:
    """Return what TensorFlow's own record of its build tells of GPUs."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ""
    told: dict[str, Any] = {}
    for node in ast.walk(tree):
        pairs = []
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            pairs = [(node.elts[0], node.elts[1])]
        elif isinstance(node, ast.Dict):
            pairs = [(k, v) for k, v in zip(node.keys, node.values, strict=True) if k]
        for key, value in pairs:
            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                told[str(key.value)] = value.value
    if told.get("is_rocm_build"):
        return "ROCm"
    return f"CUDA {told.get('cuda_version', '')}".strip() if told.get("is_cuda_build") else ""


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(1 << 18).decode("utf-8", "replace")
    except OSError:
        return ""


def main() -> None:
    """Print what the Python that executes this has, as one line of JSON after `MARK`."""
    answer = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "executable": sys.executable or "",
        "prefix": sys.prefix,
        "paths": sys.path,
        **installed_packages(sys.path),
    }
    print(f"\n{MARK}{json.dumps(answer)}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
