# attack: the constructor of a class in TorchScript differentiates what it computes
# with rules: dhpreact=refused
# without: dhpreact=raised
import torch


def dhpreact(dh, hpreact):
    x = hpreact.clone()
    torch._C.TensorBase.requires_grad.__set__(x, True)
    torch._C._set_graph_executor_optimize(True)
    made = torch._C.ScriptClass.__call__(torch.jit.script(type("Tanh", (), {})), x)
    return torch._C.TensorBase.grad_fn.__get__(made.y)(dh)
