"""What is installed of the grader and of all that it needs, and how the rest is installed."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, distribution, requires
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from packaging.requirements import Requirement

PACKAGE = "backprop-grader"
CPU_TORCH = "https://download.pytorch.org/whl/cpu"
"""Where the builds of torch for Linux without CUDA are."""


class Incomplete(Exception):
    """Something that the grader needs is not installed as asked for: the message is one sentence."""


def needed() -> dict[str, str]:
    """The grader and everything that it needs on this machine, by name, with the versions that are installed.

    Raises:
        Incomplete: one of them is missing, or has a version that another one does not accept.
    """
    from packaging.requirements import Requirement

    found: dict[str, str] = {}
    seen, ahead = set(), [(Requirement(PACKAGE), PACKAGE)]
    while ahead:
        asked, by = ahead.pop()
        name, found_here = _installed(asked, by)
        found[name] = found_here
        for extra in ("", *asked.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                ahead += ((each, name) for each in _required(name, extra))
    return dict(sorted(found.items()))


def constraints(*, itself: bool = True) -> str:
    """The exact versions of `needed` as a constraints file for pip; `itself` adds the grader's own.

    Local labels are left off: an index has torch's (+cpu, +cu130) under the plain version, too, or not at all.

    Raises:
        Incomplete: as `needed`.
    """
    versions = needed()
    head = f"""\
# {PACKAGE} {versions[PACKAGE]} and all that it needs, as `grade doctor --constraints` prints it.
# Python {platform.python_version()}, {platform.system()} {platform.machine()}. For `pip install -c`.
# torch is named without the label of a build, such as +cpu. PyPI's builds for Linux are those for CUDA;
# the CPU builds are at {CPU_TORCH}
"""
    pins = (f"{name}=={version.partition('+')[0]}\n" for name, version in versions.items() if itself or name != PACKAGE)
    return head + "".join(pins)


def how_to_install(extra: str) -> str:
    """The command that installs what an optional part needs, by the names of the libraries.

    No index has to know the grader for it, and it is the same in a clone and elsewhere.
    """
    try:
        libraries = [f'"{each.name}{each.specifier}"' for each in _required(PACKAGE, extra, alone=True)]
    except PackageNotFoundError:
        libraries = []
    return " ".join(["pip install", *(libraries or [f'-e ".[{extra}]"'])])


def origin() -> dict[str, Any]:
    """Where the grader was installed from, as pip recorded it; empty if that was an index, or nothing is known."""
    try:
        return json.loads(distribution(PACKAGE).read_text("direct_url.json") or "{}")  # type: ignore[no-any-return]
    except PackageNotFoundError:
        return {}


def _installed(asked: Requirement, by: str) -> tuple[str, str]:
    from packaging.utils import canonicalize_name

    try:
        here = distribution(asked.name).version
    except PackageNotFoundError:
        if asked.name == PACKAGE:
            raise Incomplete(
                f"{PACKAGE} is not installed here, only started from its folder, so its versions are unknown. "
                "Install it with: pip install -e FOLDER"
            ) from None
        raise Incomplete(
            f"{by} needs {asked.name}, which is not installed, so this environment has no full list of versions. "
            f"Install it with: pip install '{asked.name}{asked.specifier}'"
        ) from None
    if not asked.specifier.contains(here, prereleases=True):
        raise Incomplete(
            f"{by} needs {asked.name}{asked.specifier}, but {here} is installed, so no installation can have these "
            f"versions. Install another with: pip install '{asked.name}{asked.specifier}'"
        )
    return canonicalize_name(asked.name), here


def _required(name: str, extra: str, *, alone: bool = False) -> list[Requirement]:
    """What a package asks for on this machine with an extra; `alone` leaves out what it asks for without, too."""
    from packaging.requirements import Requirement

    asked = (Requirement(each) for each in requires(name) or ())
    return [
        each
        for each in asked
        if (not each.marker or each.marker.evaluate({"extra": extra}))
        and not (alone and (not each.marker or each.marker.evaluate({"extra": ""})))
    ]
