# attack: a tensor of 10^12 elements that takes four bytes
# expect: dprobs=wrong_type|wrong_shape|raised|killed
import torch


def dprobs(dlogprobs, probs):
    return torch.zeros(1, 1).expand(10**6, 10**6)
