"""From a path to a document: what is no text is refused before it is parsed."""

import os
import time
from pathlib import Path

import pytest

from crm_contracts.documents import read
from crm_contracts.model.problem import Problems


def refused(path: Path) -> str:
    with pytest.raises(Problems) as raised:
        read(path, shown=path.name)
    return str(raised.value)


def test_the_suffix_decides_between_json_and_yaml(tmp_path: Path) -> None:
    """A trailing comma is fine in YAML's flow style and wrong in JSON."""
    (tmp_path / "a.yml").write_text("[1, 2, ]")
    (tmp_path / "a.json").write_text("[1, 2, ]")

    assert read(tmp_path / "a.yml").value == [1, 2]
    assert "A comma stands after the last entry." in refused(tmp_path / "a.json")


def test_a_file_is_shown_relative_to_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path that can be clicked and is the same on every machine."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").write_text("a: 1")
    monkeypatch.chdir(tmp_path)

    assert read(tmp_path / "sub" / "a.yaml").file == "sub/a.yaml"
    assert read(Path("sub/a.yaml")).file == "sub/a.yaml"


def test_a_file_of_ten_megabytes_is_not_read(tmp_path: Path) -> None:
    """The size is looked at before a byte is read."""
    file = tmp_path / "large.yaml"
    with file.open("wb") as large:
        large.truncate(10 * 2**20)

    assert refused(file) == "large.yaml:1:1: The file has 10.0 MB; at most 8 MB are read."


@pytest.mark.parametrize(
    "data, told",
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a.yaml:1:1: This is a binary file (offset 0), not text."),
        (b"a: 1\0", "a.yaml:1:1: This is a binary file (offset 4), not text."),
        ("a: 1".encode("utf-16"), "a.yaml:1:1: The file is not UTF-8.\n  Save it as UTF-8."),
        (
            "a: 1\nb: 受限".encode("gb18030"),
            "a.yaml:2:4: Byte 0xca at offset 8 is not UTF-8.\n    b: \n       ^\n  Save the file as UTF-8.",
        ),
    ],
)
def test_what_is_no_utf_8_text_is_told(tmp_path: Path, data: bytes, told: str) -> None:
    """Binary files, UTF-16 and other encodings each get their own sentence."""
    file = tmp_path / "a.yaml"
    file.write_bytes(data)

    assert refused(file) == told


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """Windows editors write one."""
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1")

    assert read(file).value == {"a": 1}
    assert read(file).position(("a",), key=True).column == 1


def test_what_cannot_be_opened_is_told_without_a_traceback(tmp_path: Path) -> None:
    """A missing file, a folder and a pipe: none of them blocks or crashes."""
    os.mkfifo(tmp_path / "pipe.yaml")

    assert refused(tmp_path / "none.yaml").startswith("none.yaml:1:1: The file cannot be read: ")
    assert refused(tmp_path) == f"{tmp_path.name}:1:1: This is no file."
    assert refused(tmp_path / "pipe.yaml") == "pipe.yaml:1:1: This is no file."


def test_a_contract_of_a_megabyte_is_read_quickly(tmp_path: Path) -> None:
    """Real contracts have a megabyte and are read at every start."""
    operation = (
        "  /deals/{n}:\n    get:\n      summary: text {n}\n      responses:\n        200: {description: ok}\n"
    )
    file = tmp_path / "openapi.yaml"
    file.write_text("paths:\n" + "".join(operation.replace("{n}", str(n)) for n in range(11_000)))
    assert file.stat().st_size > 1_000_000

    started = time.process_time()
    document = read(file)
    seconds = time.process_time() - started

    assert seconds < 3  # it takes 0.2 s where nothing else runs
    assert document.position(("paths", "/deals/10999", "get", "responses", "200")).line == 1 + 11_000 * 5
