"""What the system refuses, in plain words: a full disk, a folder nobody may write to, a file where a folder should be."""

from __future__ import annotations

import errno

from geo.errors import Words

_FULL = Words("the disk is full; make room and run it again", "磁盘已满；请清理空间后重试")
_LOCKED = Words(
    "no right to read or write there; choose another folder or have it opened",
    "没有读写权限；请更换文件夹或请管理员授权",
)
_READ_ONLY = Words("the disk is read-only; choose another folder", "磁盘为只读；请更换文件夹")
_NO_FOLDER = Words(
    "a file is where a folder should be; move the file away or name another folder (WANGGE_HOME)",
    "应为文件夹的位置是一个文件；请移走该文件，或改用别的文件夹（WANGGE_HOME）",
)
_TOLD = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _LOCKED,
    errno.EPERM: _LOCKED,
    errno.EROFS: _READ_ONLY,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EEXIST: _NO_FOLDER,
    errno.ENOENT: Words("there is no such file or folder", "没有这个文件或文件夹"),
    errno.EISDIR: Words("this is a folder; name a file", "这是文件夹；请指定文件"),
    errno.ENAMETOOLONG: Words("the name is too long", "文件名过长"),
    errno.EMFILE: Words("too many files are open at once", "同时打开的文件过多"),
    errno.ENFILE: Words("too many files are open at once", "同时打开的文件过多"),
    errno.EIO: Words("the disk or its connection fails", "磁盘或其连接出错"),
    errno.EADDRINUSE: Words(
        "the port is in use; choose another with --port", "端口已被占用；请用 --port 另选"
    ),
}


def refused_by_system(error: OSError, *, named: bool = True) -> Words:
    """What became of it and what to do; `named` puts the file before it, where the system names one.

    >>> refused_by_system(FileExistsError(errno.EEXIST, "File exists", "data")).en
    'data: a file is where a folder should be; move the file away or name another folder (WANGGE_HOME)'
    >>> refused_by_system(OSError(errno.ENOSPC, "No space left on device")).zh
    '磁盘已满；请清理空间后重试'
    """
    said = error.strerror or str(error) or type(error).__name__
    told = _TOLD.get(error.errno or 0, Words(f"the system refuses: {said}", f"系统拒绝：{said}"))
    if error.filename is None or not named:
        return told
    return Words(f"{error.filename}: {told.en}", f"{error.filename}：{told.zh}")
