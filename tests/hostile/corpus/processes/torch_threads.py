# attack: make torch start its own threads
# torch up to 2.4 waits in set_num_threads for threads, none of which can start in a child
# expect: dprobs=correct|killed|timed_out
import torch


def dprobs(dlogprobs, probs):
    torch.set_num_threads(8)
    torch.randn(500, 500) @ torch.randn(500, 500)
    torch.randn(10**6).exp().sum()
    return dlogprobs / probs
