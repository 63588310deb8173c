# attack: run out of memory, catch that, and answer all the same
# expect: dprobs=correct|raised|killed|timed_out
import torch


def dprobs(dlogprobs, probs):
    kept = []
    try:
        while True:
            kept.append(torch.ones(32 << 20, dtype=torch.uint8))
    except (RuntimeError, MemoryError):
        kept.clear()
    return dlogprobs / probs
