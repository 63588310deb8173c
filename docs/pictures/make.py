"""Make the pictures of README.md and docs/pages.md from real runs: `python docs/pictures/make.py`.

Needs `pip install -e '.[html,browser]'`, chromium and Linux. Everything graded here is made from the worked solution
and the catalog of mistakes; nobody's work is in it.
"""

from __future__ import annotations

import csv
import fcntl
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOLUTION = (ROOT / "solutions" / "mlp" / "backward.py").read_text(encoding="utf-8")
STUBS = (ROOT / "exercises" / "mlp" / "backward.py").read_text(encoding="utf-8")
COLUMNS, LINES = 90, 40
WIDTH = 1200
GRADE = (sys.executable, "-m", "grader")
DONE = 12
"""Gradients that the learner of page.png has begun, from the loss up."""


def functions(text: str) -> dict[str, str]:
    """The functions of a backward.py by name, in the order of the file."""
    found = re.findall(r"^def (\w+)\(.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    parts = re.split(r"(?m)^(?=def )", text)[1:]
    assert len(found) == len(parts)
    return {name: re.split(r"(?m)^(?=#)", part)[0].rstrip() for name, part in zip(found, parts, strict=True)}


def mistake(gradient: str, number: int = 0) -> str:
    """A wrong function of the catalog."""
    text = (ROOT / "solutions" / "mlp" / "wrong" / f"{gradient}.py").read_text(encoding="utf-8")
    blocks = re.split(r"(?m)^# mistake: .*\n", text)[1:]
    return blocks[number % len(blocks)].rstrip()


def submission(wrong: dict[str, str], begun: int = 26) -> str:
    """A backward.py: the worked solution with some functions replaced, and later ones left as stubs."""
    solved, stubs = functions(SOLUTION), functions(STUBS)
    parts = [wrong.get(name) or (solved if at < begun else stubs)[name] for at, name in enumerate(solved)]
    return "import torch\nimport torch.nn.functional as F\n\n\n" + "\n\n\n".join(parts) + "\n"


def run(*words: str, cwd: Path) -> None:
    """One command of the grader, which may find mistakes but not fail."""
    done = subprocess.run([*GRADE, *words], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr


def printed(*words: str, cwd: Path) -> str:
    """What a command prints on a terminal, colors included."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(LINES)}
    environment.pop("NO_COLOR", None)
    child = subprocess.Popen([*GRADE, *words], cwd=cwd, stdout=theirs, stderr=subprocess.DEVNULL, env=environment)
    os.close(theirs)
    found = b""
    try:
        while part := os.read(ours, 65536):
            found += part
    except OSError:  # Linux's end of a terminal
        pass
    child.wait()
    return found.decode().replace("\r\n", "\n").strip("\n")


# The terminal


def terminal(folder: Path) -> None:
    """A wrong sign, as `grade` explains it."""
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.text import Text

    run("init", ".", cwd=folder)
    (folder / "exercises" / "mlp" / "backward.py").write_text(submission({"dcounts_sum": mistake("dcounts_sum")}))
    told = printed("mlp::dcounts_sum", cwd=folder)
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text("$ grade mlp::dcounts_sum\n"))
    console.print(Text.from_ansi(told))
    without_fonts = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    template = without_fonts.replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")
    console.save_svg(str(HERE / "terminal.svg"), title="grade mlp", code_format=template, unique_id="terminal")


# The pages


def student(folder: Path) -> Path:
    """A page of somebody on the way up from the loss, with a wrong sign."""
    (folder / "student.py").write_text(submission({"dcounts_sum": mistake("dcounts_sum")}, DONE))
    run("student.py", "--exercise", "mlp", "--report", "student.json", cwd=folder)
    run("report", "student.json", cwd=folder)
    return folder / "student.html"


def dashboard(folder: Path) -> Path:
    """A class of 24 with all that an instructor meets."""
    work, names = folder / "class", [f"Student {number:02}" for number in range(1, 25)]
    common = ["dcounts_sum", "dcounts_sum", "dbngain", "dcounts", "dlogits", "dbnvar", "dhprebn", "dC"]
    files = {}
    for at, name in enumerate(names):
        picked = {common[(at * k + k) % len(common)] for k in range(1, 1 + at % 4)}
        files[name] = submission({each: mistake(each, at // 9) for each in picked})
    files["Student 04"] = files["Student 05"] = ""
    files["Student 07"] = "def dlogprobs(:\n"
    files["Student 09"] = submission({"dcounts": "def dcounts(probs):\n    while True:\n        pass"})
    files["Student 11"] = STUBS
    files["Student 15"] = submission({"dprobs": "def dprobs(logprobs):\n    return logprobs.grad"}, 9)
    difference = (
        "    def f(x):\n        return torch.tanh(x)\n    return (f(hpreact + eps) - f(hpreact - eps))/(2*eps)*dh"
    )
    files["Student 18"] = submission({"dhpreact": f"def dhpreact(hpreact, dh):\n    eps = 1e-6\n{difference}"})
    files["Student 20"] = files["Student 21"] = submission(
        {each: mistake(each) for each in ("dcounts_sum", "dbngain")}, 20
    )
    roster = ["Student,ID,SIS Login ID,Section"]
    for at, (name, text) in enumerate(files.items()):
        roster.append(f"{name},{7000 + at},{name.replace(' ', '').lower()},A")
        late = "_LATE" if at in (2, 13) else ""
        if text:
            path = work / f"{name.replace(' ', '').lower()}{late}_{7000 + at}_{9000 + at}_backward.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    (folder / "roster.csv").write_text("\n".join(roster) + "\n")
    batch = (
        "batch",
        "class",
        "--exercise",
        "mlp",
        "--roster",
        "roster.csv",
        "--isolation",
        "process",
        "--timeout",
        "2",
    )
    run(*batch, cwd=folder)
    table = folder / "grades" / "grades.csv"
    rows = list(csv.DictReader(table.open(newline="")))
    for row in rows:
        if row["name"] == "Student 05":
            row.update(override="excused", reason="ill")
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    run("report", "--class", "grades", cwd=folder)
    return folder / "grades" / "class.html"


def main() -> None:
    """All four."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        terminal(folder)
        page_of_one, page_of_all = student(folder), dashboard(folder)
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for path, scheme, height, top, picture in (
            (page_of_one, "light", 840, 570, "page.png"),
            (page_of_one, "dark", 840, 570, "page-dark.png"),
            (page_of_all, "light", 1420, 0, "class.png"),
        ):
            page = chromium.new_page(viewport={"width": WIDTH, "height": height}, color_scheme=scheme)
            page.goto(path.as_uri())
            page.evaluate(f"scrollTo(0, {top})")
            page.wait_for_timeout(300)
            page.screenshot(path=HERE / picture)
        chromium.close()
    for path in sorted(HERE.glob("*.*g")):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
