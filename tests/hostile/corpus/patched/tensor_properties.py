# attack: properties of tensors that run when the child encodes an answer
# expect: dprobs=correct|raised|killed *=correct|raised|killed
import torch


def escaped(tensor):
    print("escaped: the child asks the tensor")


for name in ("layout", "is_cpu", "is_nested"):
    setattr(torch.Tensor, name, property(escaped))
