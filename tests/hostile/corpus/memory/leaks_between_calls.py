# attack: 300 MB more with every call
# expect: dprobs=raised|killed|correct|timed_out|hard_coded
import torch

kept = []


def dprobs(dlogprobs, probs):
    kept.append(torch.ones(300 << 20, dtype=torch.uint8))
    return dlogprobs / probs
