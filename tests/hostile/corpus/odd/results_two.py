# attack: more odd results
# expect: dprobs=wrong_type dcounts_sum_inv=wrong_type|raised dcounts=wrong_type|raised dcounts_sum=wrong_type dnorm_logits=wrong_type dlogits=wrong_type|raised dh=not_started dW2=wrong_type db2=wrong_type dlogit_maxes=raised
import collections
import dataclasses

import torch


@dataclasses.dataclass
class Box:
    tensor: torch.Tensor


Pair = collections.namedtuple("Pair", "grad value")


def dprobs(dlogprobs, probs):
    yield dlogprobs / probs


async def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).sum(1, keepdim=True)


def dcounts(dprobs):
    return torch.tensor(["no"])


def dcounts_sum(counts_sum):
    return Pair(counts_sum, counts_sum)


def dnorm_logits(dcounts, counts):
    return Box(counts * dcounts)


def dlogits(logits):
    return logits.untyped_storage()


def dh(dlogits, W2):
    raise NotImplementedError


def dW2(h, dlogits):
    return torch.Tensor


def db2(dlogits):
    return dlogits.sum


def dlogit_maxes(logit_maxes):
    return torch.view_as_real(torch.view_as_complex(torch.zeros(*logit_maxes.shape, 2)).conj())[..., 0]
