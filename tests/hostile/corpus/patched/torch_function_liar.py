# attack: a subclass that answers every question about itself with yes
# expect: dprobs=wrong_type|raised
import torch


class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True


def dprobs(dlogprobs, probs):
    return (dlogprobs * probs).as_subclass(Liar)
