# attack: tensors that are equal to everything
# expect: dprobs=wrong_values *=correct|exact|raised|killed|wrong_values|timed_out
import torch

torch.Tensor.__eq__ = lambda self, other: torch.ones(1, dtype=torch.bool)
torch.Tensor.all = lambda self, *args: True
torch.Tensor.allclose = lambda self, *args: True
torch.Tensor.max = lambda self, *args: 0.0


def dprobs(dlogprobs, probs):
    return dlogprobs * probs
