"""What a person can do about what the system refused."""

from __future__ import annotations

import errno

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_SHORT = (errno.EAGAIN, errno.ENOMEM)
_FILES = (errno.EMFILE, errno.ENFILE)


def what_to_do(error: OSError) -> str:
    """Return the next step after the system refused to keep or to start something of ours."""
    code = error.errno
    if code in _FULL:
        return "Make room on the disk, or set TFLAB_DATA to a folder on another one."
    if code in _FORBIDDEN:
        return "Give yourself write access there, or set TFLAB_DATA to a folder of your own."
    if code in _SHORT:
        return (
            "End other programs of yours, or raise the limits on processes and memory that "
            "`ulimit -u` and `ulimit -v` show."
        )
    if code in _FILES:
        return "Close programs that hold many files open, or raise the limit: `ulimit -n`."
    return "See that the folder is there and can be written, or set TFLAB_DATA to another one."
