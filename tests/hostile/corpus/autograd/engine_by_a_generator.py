# attack: built-ins by a generator's frame, out of inference mode, the engine by the list of classes
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F

reach = (0 for _ in ()).gi_frame.f_builtins["getattr"]


def dlogits(logits, Yb, dloss):
    classes = reach(object, "__subclasses__")()
    for calls in [each for each in classes if each.__name__ == "Calls"]:
        kept = reach(calls.load, "__globals__")["_KEPT"]
        while kept:
            reach(kept.pop(), "__exit__")(None, None, None)
    reach(reach(torch, "_C"), "_set_grad_enabled")(True)
    x = logits.clone()
    reach(reach(reach(torch, "_C"), "TensorBase").requires_grad, "__set__")(x, True)
    loss = F.cross_entropy(x, Yb) * dloss
    [engine] = [each for each in classes if each.__name__ == "_EngineBase"]
    return reach(engine(), "run_backward")((loss,), (torch.ones_like(loss),), False, False, (x,), True, False)[0]
