# attack: make torch start its own threads
# expect: dprobs=correct|killed
import torch


def dprobs(dlogprobs, probs):
    torch.set_num_threads(8)
    torch.randn(500, 500) @ torch.randn(500, 500)
    torch.randn(10**6).exp().sum()
    return dlogprobs / probs
