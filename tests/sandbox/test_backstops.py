"""Closing autograd at run time: every public name says so, and no forward operation is affected."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import torch

from grader.sandbox.child import backstops
from grader.sandbox.types import Outcome, Question, Raised, Returned, RulesConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.sandbox.client import Sandbox

NO_RULES = RulesConfig(enabled=False)

FORWARD = {
    "softmax": "F.softmax(x, 1)",
    "log_softmax": "F.log_softmax(x, 1)",
    "cross entropy": "F.cross_entropy(x, i)",
    "negative log-likelihood": "F.nll_loss(x.log_softmax(1), i)",
    "tanh": "torch.tanh(x) + F.tanh(x) + x.sigmoid()",
    "gelu": "F.gelu(x) + F.gelu(x, approximate='tanh')",
    "layer norm": "F.layer_norm(x, (27,))",
    "batch norm": "F.batch_norm(x, None, None, training=True)",
    "convolution": "F.conv2d(x[None, None], x[None, None, :3, :3])",
    "transposed convolution": "F.conv_transpose2d(x[None, None], x[None, None, :3, :3])",
    "max pooling": "F.max_pool2d(x[None, None], 3, 2)",
    "average pooling": "F.avg_pool2d(x[None, None], 3, 2)",
    "unfold and fold": "F.fold(F.unfold(x[None, None], 3), (27, 27), 3)",
    "embedding": "F.embedding(i, x)",
    "index_add": "x.index_add(0, i, x)",
    "scatter_add": "x.scatter_add(1, i[:, None], x)",
    "attention": "F.scaled_dot_product_attention(x[None, None], x[None, None], x[None, None])",
    "interpolate": "F.interpolate(x[None, None], scale_factor=2)",
    "einsum": "torch.einsum('ij,kj->ik', x, x)",
    "linear algebra": "torch.linalg.inv(x @ x.T + torch.eye(27)) + torch.linalg.det(x)",
    "cumulative": "x.cumsum(1) + x.logcumsumexp(1) + x.cumprod(0)",
    "sort": "x.sort(1).values + x.topk(27).values + x.median()",
    "reductions": "x.var(0) + x.std(0) + x.prod(0) + x.logsumexp(0) + x.norm(dim=0)",
    "dropout": "F.dropout(x, 0.5)",
    "an LSTM": "torch.nn.LSTM(27, 27)(x[None])[0]",
    "requires_grad off": "x.requires_grad_(False) + torch.zeros(27, requires_grad=False)",
    "detach": "x.detach().data.clone()",
    "a question about it": "x if not x.requires_grad and x.grad_fn is None and x.grad is None else None",
    "a deep copy": "__import__('copy').deepcopy(x)",
    "printing": "x if 'tensor' in repr(x) else None",
    "the shape of a sum": "x.expand(torch.broadcast_shapes(x.shape, (3, 1, 27), 27, ()))",
    "an index of several": "x[torch.unravel_index(i, x.shape)]",
    "a loss with weights": "F.binary_cross_entropy(x.sigmoid(), x.sigmoid(), weight=x[0])",
}

WITH = {
    "with torch.no_grad()": "with torch.no_grad():\n        y = x * 2",
    "with torch.inference_mode()": "with torch.inference_mode():\n        y = x * 2",
    "@torch.no_grad()": "@torch.no_grad()\n    def f(): return x * 2\n    y = f()",
    "@torch.inference_mode": "@torch.inference_mode\n    def f(): return x * 2\n    y = f()",
}

CLOSED = {
    "torch.Tensor.backward": "x.sum().backward()",
    "torch.autograd.backward": "torch.autograd.backward([x])",
    "torch.autograd.grad": "torch.autograd.grad(x, x)",
    "torch.autograd.functional.jacobian": "torch.autograd.functional.jacobian(torch.exp, x)",
    "torch.autograd.functional.vjp": "torch.autograd.functional.vjp(torch.exp, x)",
    "torch.autograd.forward_ad.make_dual": "torch.autograd.forward_ad.make_dual(x, x)",
    "torch.func.grad": "torch.func.grad(torch.sum)(x)",
    "torch.func.vjp": "torch.func.vjp(torch.sum, x)",
    "torch.func.jacrev": "torch.func.jacrev(torch.sum)(x)",
    "torch.enable_grad": "torch.enable_grad()",
    "torch.inference_mode(False)": "torch.inference_mode(False)",
    "torch.Tensor.register_hook": "x.register_hook(print)",
    "requires_grad": "x.requires_grad_()",
    "torch.ops.aten.tanh_backward": "torch.ops.aten.tanh_backward(x, x)",
    "torch.ops.aten._softmax_backward_data": "torch.ops.aten._softmax_backward_data(x, x, 1, x.dtype)",
    "torch.ops.aten.convolution_backward": "torch.nn.grad.conv1d_input((1, 1, 27), x[None, :1, :3], x[None, :1, :25])",
    "torch.ops.aten.cumprod_backward": "torch.vmap(lambda g: torch.ops.aten.cumprod_backward(g, g, 0, g))(x)",
    "torch._C.ScriptModule._create_method_from_trace": "torch._C.ScriptModule._create_method_from_trace(1)",
    "torch._C.ScriptObject.__add__": "torch._C.ScriptObject.__add__(x, x)",
    "torch._C.LiteScriptModule.forward": "torch._C.LiteScriptModule.forward(x)",
    "torch._C.StaticModule.benchmark": "torch._C.StaticModule.benchmark(x)",
    "torch._C._get_graph_executor_optimize": "torch._C._get_graph_executor_optimize(True)",
    "torch.ops.aten.embedding_dense_backward": "torch.ops.aten.embedding_dense_backward(x, i, 27, -1, False)",
}


@pytest.fixture
def ask(sandbox: Sandbox) -> Iterator[Callable[[str], Outcome]]:
    """The outcome of a function with this body, with the rules off."""
    sessions = []

    def ask_one(body: str) -> Outcome:
        source = f"import torch\nimport torch.nn.functional as F\n\ndef dx(x, i):\n    {body}\n"
        session = sandbox.open({"backward.py": source.encode()}, NO_RULES)
        sessions.append(session)
        x = torch.randn(27, 27, generator=torch.Generator().manual_seed(1))
        [outcome] = session.ask([Question("dx", given={"x": x, "i": torch.arange(27)})])
        return outcome

    yield ask_one
    for session in sessions:
        session.close()


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ("torch.broadcast_shapes(x.shape, (2, 27))", "must match"),
        ("torch.unravel_index(x, (27, 27))", "expected 'indices' to be integer dtype, but got torch.float32"),
    ],
)
def test_torch_says_what_is_wrong_with_sizes(ask: Callable[[str], Outcome], what: str, problem: str) -> None:
    """Its own checks of them would import what a locked child cannot."""
    outcome = ask(f"return {what}")
    assert isinstance(outcome, Raised)
    assert problem in outcome.message


@pytest.mark.parametrize("what", FORWARD)
def test_forward_operations_work_and_print_nothing(ask: Callable[[str], Outcome], what: str) -> None:
    """Overriding the backward kernels affects no forward operation."""
    outcome = ask(f"return {FORWARD[what]}")
    assert isinstance(outcome, Returned), outcome
    assert outcome.printed == ""


@pytest.mark.parametrize("what", WITH)
def test_switching_gradients_off_is_allowed(ask: Callable[[str], Outcome], what: str) -> None:
    """It is a habit from training scripts."""
    assert isinstance(ask(f"{WITH[what]}\n    return y"), Returned)


@pytest.mark.parametrize("name", CLOSED)
def test_every_way_to_autograd_says_that_it_is_closed(ask: Callable[[str], Outcome], name: str) -> None:
    """With the rules off, so that torch itself refuses."""
    outcome = ask(f"return {CLOSED[name]}")
    assert isinstance(outcome, Raised), outcome
    assert outcome.kind == "AutogradClosedError"
    assert outcome.message == f"{name} is disabled here: derive the gradient by hand"
    assert outcome.line == 5


def test_requires_grad_can_be_switched_off_but_not_on(ask: Callable[[str], Outcome]) -> None:
    """Also as an attribute."""
    assert isinstance(ask("x.requires_grad = False; return x"), Returned)
    outcome = ask("x.requires_grad = True; return x")
    assert isinstance(outcome, Raised)
    assert outcome.kind == "AutogradClosedError"


@pytest.mark.skipif(sys.platform != "linux", reason="the fork server needs Linux")
def test_the_report_says_which_backstops_are_active(sandbox: Sandbox) -> None:
    """Names differ between releases of torch: a missing one is neither closed nor counted."""
    active = dict(part.partition(": ")[::2] for part in sandbox.isolation.backstops)
    assert {"requires_grad", "grad_fn", "inference mode"} <= active.keys()
    assert int(active["entry points"]) >= len(backstops.ENTRY_POINTS)
    assert int(active["backward kernels"]) >= 262


def test_a_name_that_torch_does_not_have_is_skipped() -> None:
    """A later release may lack one, which must not prevent a start."""
    assert not backstops._close("torch.no_such_module.function")
    assert not backstops._close("torch.autograd.no_such_function")


def test_every_part_is_closed_on_this_release_of_torch(sandbox: Sandbox) -> None:
    """Nothing is missing on a release that is tested."""
    assert len(sandbox.isolation.backstops) == len(backstops._PARTS)
    assert sandbox.isolation.missing == ()


def test_a_part_that_torch_does_not_let_be_closed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later release may have lost or changed a private function; the other parts are closed all the same."""

    def gone() -> int:
        return len(torch._C._no_such_function())  # type: ignore[attr-defined]

    parts = {"recording kernels": gone, "formulas": lambda: 3, "grad_fn": lambda: None, "entry points": lambda: 0}
    monkeypatch.setattr(backstops, "_PARTS", parts)
    no_such = "AttributeError: module 'torch._C' has no attribute '_no_such_function'"
    none = "LookupError: none of them has a known name"
    told = f"which torch {torch.__version__} does not allow"
    assert backstops.install() == (
        ("formulas: 3", "grad_fn"),
        (
            f"closing of autograd's recording kernels, {told} ({no_such})",
            f"closing of autograd's entry points, {told} ({none})",
        ),
    )


def test_an_entry_point_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under another name it would stay open."""
    monkeypatch.setattr(backstops, "ENTRY_POINTS", ("torch.autograd.gone",))
    monkeypatch.setattr(backstops, "ENGINE", ())
    with pytest.raises(LookupError, match=r"torch\.autograd\.gone"):
        backstops._close_entry_points()


RECORDED = {
    "an operation": "return (a * a).tanh().sum()",
    "a view": "return a[0].view(-1)",
    "an index": "return a[i]",
    "a loss": "return F.cross_entropy(a, i)",
    "in place": "b = x.clone(); b.add_(a); return b",
    "a nested tensor": "return torch.nested.nested_tensor([a, a]).to_padded_tensor(0.0)",
    "a sparse tensor": "return torch.sparse.mm(x.to_sparse(), a)",
    "a complex tensor": "return torch.view_as_real(torch.complex(a, a))",
    "a norm": "return F.layer_norm(a, (27,))",
}
UNLOCKED = """
import torch
import torch.nn.functional as F
from torch._C import TensorBase

def dx(x, i):
    import gc, sys
    calls = sys.modules['grader.sandbox.child.calls']
    while calls._KEPT:
        calls._KEPT.pop().__exit__(None, None, None)
    gc.unfreeze()
    for each in gc.get_objects():
        if type(each).__name__ in ('Library', '_DispatchModule'):
            getattr(each, 'm', each).reset()
    for key in ('AutogradCPU', 'ADInplaceOrView'):
        torch._C._dispatch_tls_set_dispatch_key_excluded(key, False)
    torch._C._set_grad_enabled(True)
    a = x.clone()
    TensorBase.requires_grad.__set__(a, True)
    def made():
        BODY
    made = made()
    return x if TensorBase.requires_grad.__get__(made) or TensorBase.grad_fn.__get__(made) is not None else -x
"""


@pytest.mark.parametrize("what", RECORDED)
def test_no_graph_is_recorded_by_any_operation(bared: Sandbox, what: str) -> None:
    """Even outside inference mode, with gradients on and every registration that can be found undone."""
    source = UNLOCKED.replace("BODY", RECORDED[what])
    with bared.open({"backward.py": source.encode()}, NO_RULES) as session:
        [outcome] = session.ask([Question("dx", given={"x": torch.ones(27, 27), "i": torch.arange(27)})])
    if isinstance(outcome, Returned):
        assert outcome.tensors[0][0, 0] == -1
    else:  # it contains an operation that refuses tensors that require gradients
        assert isinstance(outcome, Raised)
        assert "don't support automatic differentiation" in outcome.message


SCRIPTED = {
    "a compiled function": "return torch._C.CompilationUnit('def f(x):\\n  return x.tanh() * x\\n').f(a)",
    "a function of a graph": (
        "g = torch._C.parse_ir('graph(%x : Tensor):\\n  %y : Tensor = aten::tanh(%x)\\n  return (%y)'); "
        "return torch._C._create_function_from_graph('f', g)(a)"
    ),
    "a graph run as it is": (
        "g = torch._C.parse_ir('graph(%x : Tensor):\\n  %y : Tensor = aten::tanh(%x)\\n  return (%y)'); "
        "return torch._C._jit_interpret_graph(g, (a,))"
    ),
    "a graph's derivative": "return torch._C._jit_differentiate(torch._C.parse_ir('graph():\\n  return ()'))",
}


@pytest.mark.parametrize("what", SCRIPTED)
def test_no_function_of_torchscript_can_be_called(bared: Sandbox, what: str) -> None:
    """Its executor records a graph of its own, past the dispatcher."""
    source = UNLOCKED.replace("BODY", SCRIPTED[what])
    with bared.open({"backward.py": source.encode()}, NO_RULES) as session:
        [outcome] = session.ask([Question("dx", given={"x": torch.ones(27, 27), "i": torch.arange(27)})])
    assert isinstance(outcome, Raised), outcome
    assert outcome.kind == "AutogradClosedError", outcome.message


def test_forward_mode_propagates_no_tangent(bared: Sandbox) -> None:
    """torch's dual numbers: the tangent is not propagated."""
    body = "t = torch._C._VariableFunctions._make_dual(a, torch.ones_like(a), level=0)\n        return t.exp()"
    source = UNLOCKED.replace("BODY", body)
    with bared.open({"backward.py": source.encode()}, NO_RULES) as session:
        [outcome] = session.ask([Question("dx", given={"x": torch.ones(27, 27), "i": torch.arange(27)})])
    assert isinstance(outcome, Raised), outcome
