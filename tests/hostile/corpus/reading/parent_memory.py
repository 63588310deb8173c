# attack: read the memory, environment and descriptors of the process above
# with rules: dprobs=refused
# without: dprobs=correct
import os


def dprobs(dlogprobs, probs):
    for pid in (os.getppid(), PLACE_GRADER, 1):
        for name in ("mem", "environ", "maps", "cmdline", "fd/0", "fd/3"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    raise RuntimeError(f"escaped: /proc/{pid}/{name} {file.read(1)!r}")
            except OSError:
                pass
    return dlogprobs / probs
