# attack: write into temporary folders, shared memory, the submission, site-packages and the report
# with rules: dprobs=refused
# without: dprobs=correct
import os


def dprobs(dlogprobs, probs):
    site = os.path.dirname(os.path.dirname(os.__file__)) + "/site-packages"
    for path in ("PLACE_TMP/escaped", "/tmp/escaped", "/dev/shm/escaped", "PLACE_OTHER", f"{site}/escaped.pth", "report.json"):
        for flags in (os.O_CREAT | os.O_WRONLY, os.O_WRONLY, os.O_RDONLY, os.O_TMPFILE | os.O_RDWR):
            try:
                os.write(os.open(path, flags), b"escaped")
            except OSError:
                continue
            raise RuntimeError(f"escaped: {path}")
    return dlogprobs / probs
