# attack: operations on nested tensors have kernels of their own that record
# with rules: dcounts_sum=refused
# without: dcounts_sum=raised
import torch


def dcounts_sum(counts_sum, dcounts_sum_inv):
    x = counts_sum.clone()
    torch._C.TensorBase.requires_grad.__set__(x, True)
    total = torch.nested.nested_tensor([x, x]).sum()
    return torch._C.TensorBase.grad_fn.__get__(total)(dcounts_sum_inv)
