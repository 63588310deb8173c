# attack: a tensor subclass that loops when anybody looks at it
# with rules: dprobs=refused
# without: dprobs=wrong_type|timed_out|raised
import torch


class Tarpit(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        while True:
            pass


def dprobs(dlogprobs, probs):
    return torch.Tensor._make_subclass(Tarpit, dlogprobs / probs)
