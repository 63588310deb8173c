# attack: 256 MB at a time until somebody says stop
# expect: dprobs=raised|killed|timed_out
import torch


def dprobs(dlogprobs, probs):
    kept = []
    while True:
        kept.append(torch.ones(256 << 20, dtype=torch.uint8))
