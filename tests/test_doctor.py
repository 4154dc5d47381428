"""The doctor finds what is wrong, says what to do, and never raises."""

import gzip
import shutil
import sys
from importlib import metadata

import pytest

from gdlab.doctor import Finding, Report, digits, doctor, versions
from gdlab.mnist.idx import FOLDER


def hints(report):
    return {finding.what: finding.hint for finding in report.findings if finding.hint}


@pytest.fixture
def data(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "mnist")


def test_all_is_well_here():
    report = doctor()
    assert hints(report) == {}
    assert str(report).endswith("Everything works.")


def test_the_table_says_in_html_what_the_text_says():
    report = doctor()
    for finding in report.findings:
        assert f">{finding.what}<" in report._repr_html_()
        assert finding.what in str(report)


def test_the_html_survives_any_text():
    page = Report([Finding("data", "<b>", "a & b")])._repr_html_()
    assert "<b>" not in page and "a &amp; b" in page


def test_every_library_has_a_line():
    names = [finding.what for finding in versions()]
    asked = {"numpy", "torch", "matplotlib", "jupyterlab", "ipywidgets", "anywidget"}
    assert asked | {"optuna", "platformdirs", "psutil"} == set(names)


def test_missing_torch(monkeypatch):
    installed = metadata.version

    def without_torch(name):
        if name == "torch":
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "version", without_torch)
    monkeypatch.setitem(sys.modules, "torch", None)  # from here on, importing it fails
    report = doctor()
    assert set(hints(report)) == {"torch", "accelerator"}
    assert "make lab" in hints(report)["torch"]
    assert str(report).endswith("Please look at: torch, accelerator.")


def test_a_version_that_does_not_fit(monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "1.26.4" if name == "numpy" else "0")
    numpy = next(finding for finding in versions() if finding.what == "numpy")
    assert numpy.found == "1.26.4"
    assert numpy.hint.startswith("Made for <3,>=2.0.")


def test_gdlab_that_was_never_installed(monkeypatch):
    def not_installed(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", not_installed)
    assert "gdlab" in hints(doctor())


def test_missing_widgets(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    assert set(hints(doctor())) == {"widgets"}


def test_a_broken_library_is_reported_not_raised(monkeypatch):
    class Broken:
        @property
        def accelerator(self):
            raise OSError("the driver is too old")

    monkeypatch.setitem(sys.modules, "torch", Broken())
    report = doctor()
    assert set(hints(report)) == {"accelerator"}
    assert "the driver is too old" in str(report)


def test_intact_data(data):
    assert digits(data).hint == ""


def altered(path):
    """One bit of the picture changed; the file is still a proper gzip file."""
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    path.write_bytes(gzip.compress(content, compresslevel=1))


def cut(path):
    path.write_bytes(path.read_bytes()[:-1000])


def emptied(path):
    path.write_bytes(b"")


def not_gzip(path):
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")


def removed(path):
    path.unlink()


@pytest.mark.parametrize("damage", [altered, cut, emptied, not_gzip, removed])
def test_damaged_data(data, damage):
    damage(data / "t10k-labels-idx1-ubyte.gz")
    hint = digits(data).hint
    assert "t10k-labels-idx1-ubyte.gz is " in hint and "git checkout data/mnist" in hint


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.gz")), ids=lambda path: path.name)
def test_every_file_counts(data, path):
    emptied(data / path.name)
    assert path.name in digits(data).hint


@pytest.mark.parametrize("damage", [emptied, removed])
def test_damaged_checksums(data, damage):
    damage(data / "SHA256SUMS")
    assert "SHA256SUMS " in digits(data).hint


def test_no_data_at_all(tmp_path):
    report = doctor(tmp_path / "nowhere")
    assert set(hints(report)) == {"data"}
