"""The grader as Gradescope's archive installs it: where it comes from, and in which form it travels."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from grader import __version__
from grader.installation import PACKAGE, origin
from grader.report.formats.gradescope_archive import CannotTravel

FROM_INDEX = f"{PACKAGE}=={__version__}"
"""What pip looks for in an index. It is in none as long as nobody has published it."""

_BACKEND = ("hatchling", "hatch_fancy_pypi_readme")
_WHEEL = re.compile(r"[\w.+!]+(-[\w.+!]+){4,5}\.whl", re.ASCII)
_SDIST = re.compile(r"[\w.+!-]+-\d[\w.+!]*\.tar\.gz", re.ASCII)
_ADDRESS = re.compile(r"(git\+)?https://[!-~]+", re.ASCII)


def what_to_install(asked: str | None, scratch: Path) -> Path | str:
    """The grader to install: a file to include, or what pip is to look for.

    Args:
        asked: a wheel, a source archive, a checkout or an address; None for wherever this grader came from.
        scratch: the folder for a wheel that is made here.

    Raises:
        CannotTravel: pip could not install it on another machine.
    """
    asked = asked or _own_origin()
    if _ADDRESS.fullmatch(asked) or asked == FROM_INDEX:
        return asked
    path = Path(asked)
    return _made_wheel(path, scratch) if path.is_dir() else _checked(path)


def _own_origin() -> str:
    """A path or an address to which this grader's installation goes back; otherwise, its version in an index."""
    known = origin()
    address = str(known.get("url", ""))
    if address.startswith("file:"):
        path = url2pathname(urlsplit(address).path)
        return path if Path(path).exists() else FROM_INDEX
    if version_control := known.get("vcs_info"):
        return f"{version_control['vcs']}+{address}@{version_control['commit_id']}"
    return address or FROM_INDEX


def _checked(path: Path) -> Path:
    """The path, if its name and its content show that pip can install it."""
    wheel, sdist = _WHEEL.fullmatch(path.name), _SDIST.fullmatch(path.name)
    if not path.is_file() or not ((wheel and zipfile.is_zipfile(path)) or (sdist and tarfile.is_tarfile(path))):
        raise CannotTravel(
            f"{path} is not a package that pip can install: expected a wheel of the grader "
            "(backprop_grader-VERSION-py3-none-any.whl) or its source archive (backprop_grader-VERSION.tar.gz) "
            "under its original name, its checkout, or an address (https://... or git+https://...). "
            "Pass one of these with --package"
        )
    return path


def _made_wheel(checkout: Path, scratch: Path) -> Path:
    """A wheel of a checkout. The build backend is downloaded unless it is installed."""
    if find_spec("pip") is None:  # as in an environment of uv
        raise CannotTravel(
            f"there is no pip here to build a wheel of the grader from {checkout}. Build one with `uv build --wheel` "
            "there, and pass it with --package"
        )
    isolated = [] if None in map(find_spec, _BACKEND) else ["--no-build-isolation"]
    command = [sys.executable, "-I", "-m", "pip", "wheel", "--quiet", "--no-deps", *isolated, "-w", str(scratch)]
    done = subprocess.run(
        [*command, str(checkout.resolve())], check=False, capture_output=True, text=True, errors="replace"
    )
    made = [*scratch.glob("backprop_grader-*.whl")]
    if done.returncode or not made:
        said = (done.stderr.strip() or "it is a checkout of something else").splitlines()[-1]
        raise CannotTravel(f"could not build a wheel of the grader from {checkout}: {said}. Pass one with --package")
    return made[0]
