# attack: a shell by every road
# with rules: dprobs=refused
# without: dprobs=correct
import os
import subprocess


def dprobs(dlogprobs, probs):
    attempts = [
        lambda: os.system("touch PLACE_TMP/escaped") and 1 / 0,
        lambda: subprocess.run(["/bin/sh", "-c", "touch PLACE_TMP/escaped"]),
        lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "touch PLACE_TMP/escaped"], {}),
        lambda: os.popen("touch PLACE_TMP/escaped"),
        lambda: os.execv("/bin/sh", ["sh", "-c", "touch PLACE_TMP/escaped; echo escaped >&4"]),
    ]
    for attempt in attempts:
        try:
            attempt()
        except (OSError, ZeroDivisionError, ValueError):
            pass
    return dlogprobs / probs
