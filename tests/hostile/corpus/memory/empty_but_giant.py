# attack: tensors that hold nothing, until somebody sums them
# expect: dprobs=wrong_type|wrong_shape dlogits=wrong_type|wrong_shape
import torch


def dprobs(dlogprobs, probs):
    return torch.empty(0, 2**30, dtype=probs.dtype)


def dlogits(dlogprobs):
    return torch.empty(2**20, 0, 2**20, dtype=dlogprobs.dtype)
