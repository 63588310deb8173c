# attack: 30 GB at once
# expect: dprobs=raised|killed
import torch


def dprobs(dlogprobs, probs):
    return torch.ones(30 << 30, dtype=torch.uint8)
