# attack: read what the kernel tells about this process itself
# with rules: dprobs=refused
# without: dprobs=correct
def dprobs(dlogprobs, probs):
    for name in ("maps", "mem", "environ", "cmdline", "status", "root/etc/passwd", "cwd", "fd"):
        try:
            with open(f"/proc/self/{name}", "rb"):
                raise RuntimeError(f"escaped: {name}")
        except OSError:
            pass
    return dlogprobs / probs
