"""Puts what is loaded into huge pages, where the kernel has them (Linux 6.1 and later; elsewhere nothing is done).

``fork`` copies an entry for each page of a process. Of its two hundred megabytes these are fifty thousand entries with the
usual pages of four kilobytes, and a hundred with those of two megabytes.
"""

import ctypes
import sys

_SIZE = 2 << 20
# <linux/mman.h>
_MADV_COLLAPSE = 25


def collapse():
    """Puts all that the process has written so far into huge pages, as far as it fills them."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    for start, end in list(_written()):
        first, last = -(-start // _SIZE) * _SIZE, end // _SIZE * _SIZE
        if first < last:
            # What the kernel refuses stays as it was.
            libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), _MADV_COLLAPSE)


def _written():
    """Where memory lies that no file stands behind, as (start, end)."""
    with open("/proc/self/maps") as maps:
        for line in maps:
            addresses, access, _, _, inode, *name = line.split()
            if access == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
                start, end = addresses.split("-")
                yield int(start, 16), int(end, 16)
