"""Completions by Jedi, in a process of its own: reading TensorFlow takes it seconds and memory.

`python -m tflab.programs.jedi_answers` reads a request a line and writes an answer a line, as JSON.
Jedi reads code and executes none of it; extensions beside a program are not loaded either.
"""

from __future__ import annotations

import json
import sys
from typing import Any

_DOC_LINES = 12
_MOST = 50


def main() -> int:
    """Answer until the requests end."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = answer_to(request)
        except Exception as error:  # noqa: BLE001  # Jedi fails in many ways, and is asked again.
            answer = {"failed": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps({"id": request["id"], **answer}) + "\n")
        sys.stdout.flush()
    return 0


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """Return the names and what is known at a place.

    Args:
        request: `source`, `line` from 1, `column` from 0, and `python`, the interpreter whose
            packages count; empty for our own.
    """
    import jedi

    # Neither the folder of the program nor what lies there is on the path.
    python = request["python"] or sys.executable
    project = jedi.Project(
        "/", environment_path=python, smart_sys_path=False, load_unsafe_extensions=False
    )
    script = jedi.Script(request["source"], project=project)
    line, column = request["line"], request["column"]
    if request["want"] == "names":
        found = [name for name in script.complete(line, column) if name.type != "path"]
        whole = [name.name for name in found if name.complete]
        public = [name for name in whole if not name.startswith("_")]
        return {"names": (public or whole)[:_MOST]}
    signatures = script.get_signatures(line, column)
    called = [each.to_string() for each in signatures[:1]]
    found = script.infer(line, column)
    for name in found[:1]:
        own = name.get_signatures()
        called = [each.to_string() for each in own[:1]] or called or [name.description]
    doc = found[0].docstring(raw=True) if found else ""
    if not doc and signatures:
        doc = signatures[0].docstring(raw=True)
    about = "\n".join(doc.strip().split("\n")[:_DOC_LINES]).rstrip()
    return {"signature": called[0] if called else "", "about": about}


if __name__ == "__main__":
    sys.exit(main())
