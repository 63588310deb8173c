# attack: dig torch's own inference mode out of the function that stands in its place, and walk the graph by C's methods
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def dlogits(logits, Yb):
    inference_mode = torch._C._InferenceMode.__closure__[0].cell_contents
    with inference_mode(False):
        x = torch.tensor(logits.tolist(), requires_grad=True)
        loss = F.cross_entropy(x, torch.tensor(Yb.tolist()))
        node = torch._C.TensorBase.grad_fn.__get__(loss)
        return node.next_functions[0][0](node(torch.ones(())))
