"""In which encoding bytes were meant, where they are no UTF-8."""

_CODINGS = ("gb18030", "shift_jis", "cp1252")
_NAMES = {"gb18030": "GBK", "shift_jis": "Shift JIS", "cp1252": "Windows-1252"}


def spoken(data: bytes) -> str:
    """Return the encoding in which bytes make words, or nothing where none can be told.

    >>> spoken("打印机着火了".encode("gbk")), spoken("Zürich".encode("latin-1")), spoken("Zürich".encode())
    ('GBK', 'Windows-1252', '')
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        data.decode()
    except UnicodeDecodeError:
        return next((_NAMES[coding] for coding in _CODINGS if _makes_words(data, coding)), "")
    return ""


def _makes_words(data: bytes, coding: str) -> bool:
    try:
        letters = [char for char in data.decode(coding) if not char.isascii()]
    except UnicodeDecodeError:
        return False
    wanted = "\u4e00", "\u9fff"
    if coding == "gb18030":
        # Two letters of Latin-1 in a row also make one Chinese letter; alone it proves nothing.
        return len(letters) > 1 and all(
            wanted[0] <= char <= wanted[1] or char in "，。：；！？（）、" for char in letters
        )
    return bool(letters) and all(char.isprintable() for char in letters)
