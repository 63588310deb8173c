# attack: read the worked solution and another submission
# with rules: dprobs=refused
# without: dprobs=correct
import os


def dprobs(dlogprobs, probs):
    for path in ("PLACE_SOLUTION", "PLACE_OTHER", "/etc/passwd", "/proc/self/cwd", "/"):
        for act in (open, os.listdir, os.stat, os.readlink, os.access):
            try:
                got = act(path) if act is not os.access else act(path, os.R_OK)
            except (OSError, TypeError):
                continue
            if got:
                raise RuntimeError(f"escaped: {act.__name__} {path}")
    return dlogprobs / probs
