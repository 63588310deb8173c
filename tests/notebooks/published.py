"""Small notebooks as people publish them to teach backpropagation, in our own words: a forward pass and its gradients."""

# ruff: noqa: E501  (cells are as long as people wrote them)

from __future__ import annotations

from typing import TYPE_CHECKING

from notebooks.corpus.book import Book, Cell, plain

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = "import torch\nimport torch.nn.functional as F\n%matplotlib inline"

TWO_LAYERS = [
    IMPORTS,
    "# toy data: 100 points, 4 numbers each\ntorch.manual_seed(0)\nX = torch.randn(100, 4)\ny = torch.sin(X.sum(1, keepdim=True))",
    "# the parameters\nW1 = torch.randn(4, 16) * 0.5\nb1 = torch.zeros(16)\nW2 = torch.randn(16, 1) * 0.25\nb2 = torch.zeros(1)",
    """\
# forward
z1 = X @ W1 + b1
a1 = torch.sigmoid(z1) # activation
out = a1 @ W2 + b2
diff = out - y
loss = (diff**2).mean()
print(loss)""",
    """\
# backward, by hand
ddiff = 2*diff / diff.numel()
dout = ddiff
dW2 = a1.T @ dout
db2 = dout.sum(0)
da1 = dout @ W2.T
dz1 = da1 * a1 * (1 - a1)
dW1 = X.T @ dz1
db1 = dz1.sum(0)""",
    "lr = 0.1\nW1 -= lr * dW1\nb1 -= lr * db1\nW2 -= lr * dW2\nb2 -= lr * db2",
]
SOFTMAX_REGRESSION = [
    "import torch\nimport torch.nn.functional as F\nimport not_installed_here_either",
    "num_samples, num_features, num_classes = 500, 20, 5\nX = torch.rand(num_samples, num_features)\ny = torch.randint(num_classes, (num_samples,))\nY = F.one_hot(y, num_classes).float()",
    "W = torch.zeros(num_features, num_classes, requires_grad=True)\nb = torch.zeros(num_classes, requires_grad=True)",
    """\
scores = X @ W + b
shifted = scores - scores.max(dim=1, keepdim=True).values
exps = torch.exp(shifted)
probs = exps / exps.sum(dim=1, keepdim=True)
logp = torch.log(probs)
L = -(Y * logp).sum() / num_samples
L.backward()""",
    """\
grad_scores = (probs - Y) / num_samples
grad_W = X.T @ grad_scores
grad_b = grad_scores.sum(dim=0)
print(torch.allclose(grad_W, W.grad), torch.allclose(grad_b, b.grad))""",
]
RNN_CELL = [
    "import math\nimport torch",
    "batch_size = 8\ninput_size = 5\nhidden_size = 7\ngen = torch.Generator().manual_seed(1)",
    """\
x = torch.randn(batch_size, input_size, generator=gen)
h_prev = torch.zeros(batch_size, hidden_size)
Wxh = torch.randn(input_size, hidden_size, generator=gen) / math.sqrt(input_size)
Whh = torch.randn(hidden_size, hidden_size, generator=gen) / math.sqrt(hidden_size)
bh = torch.zeros(hidden_size)
Why = torch.randn(hidden_size, input_size, generator=gen) / math.sqrt(hidden_size)
target = torch.randn(batch_size, input_size, generator=gen)
for p in (Wxh, Whh, bh, Why): p.requires_grad_()""",
    """\
# one step of the cell
pre = x @ Wxh + h_prev @ Whh + bh
h = torch.tanh(pre)
y = h @ Why
err = y - target
loss = 0.5 * (err**2).sum() / batch_size""",
    """\
derr = err / batch_size
dy = derr
dWhy = h.t() @ dy
dh = dy @ Why.t()
dpre = dh * (1 - h**2)
dWxh = x.t() @ dpre
dWhh = h_prev.t() @ dpre
dbh = dpre.sum(0)
dh_prev = dpre @ Whh.t()""",
]
OVER_TIME = [
    """\
import torch
import torch.nn.functional as F""",
    """\
n, T, d, H = 4, 5, 3, 6
g = torch.Generator().manual_seed(0)
x = torch.randn(n, T, d, generator=g)
Wx = torch.randn(d, H, generator=g) * 0.5
Wh = torch.randn(H, H, generator=g) * 0.5
b = torch.zeros(H)
y = torch.randn(n, T, H, generator=g)
for p in [Wx, Wh, b]: p.requires_grad = True""",
    """\
hs = []
h = torch.zeros(n, H)
for t in range(T):
    h = torch.tanh(x[:, t] @ Wx + h @ Wh + b)
    hs.append(h)
hs_all = torch.stack(hs, 1)
diff = hs_all - y
loss = (diff ** 2).mean()
loss.backward()""",
    """\
ddiff = 2 * diff / diff.numel()
dhs_all = ddiff
dWx = torch.zeros_like(Wx)
dWh = torch.zeros_like(Wh)
db = torch.zeros_like(b)
dh = torch.zeros(n, H)
for t in reversed(range(T)):
    dz = (dhs_all[:, t] + dh) * (1 - hs_all[:, t] ** 2)
    dWx += x[:, t].T @ dz
    hprev = hs_all[:, t-1] if t > 0 else torch.zeros(n, H)
    dWh += hprev.T @ dz
    db += dz.sum(0)
    dh = dz @ Wh.T""",
]
ATTENTION = [
    """\
import torch
import torch.nn.functional as F""",
    """\
torch.manual_seed(1)
T, C, hs = 6, 8, 4
x = torch.randn(T, C)
Wk = torch.randn(C, hs) * 0.3
Wq = torch.randn(C, hs) * 0.3
Wv = torch.randn(C, hs) * 0.3
out_grad = torch.randn(T, hs)""",
    """\
k = x @ Wk
q = x @ Wq
v = x @ Wv
wei = q @ k.T * hs**-0.5
tril = torch.tril(torch.ones(T, T))
wei = wei.masked_fill(tril == 0, float('-inf'))
wei = F.softmax(wei, dim=-1)
out = wei @ v
loss = (out * out_grad).sum()""",
    """\
dout = out_grad
dwei = dout @ v.T
dv = wei.T @ dout
dscores = wei * (dwei - (dwei * wei).sum(-1, keepdim=True)) * hs**-0.5
dq = dscores @ k
dk = dscores.T @ q
dWq = x.T @ dq
dWk = x.T @ dk
dWv = x.T @ dv
dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T""",
]
NEURON = [
    "import torch",
    "x1, x2 = torch.tensor(2.0), torch.tensor(0.0)\nw1 = torch.tensor(-3.0)\nw2 = torch.tensor(1.0)\nb = torch.tensor(6.88)",
    "p1 = x1*w1\np2 = x2*w2\ns = p1 + p2\nn = s + b\no = torch.tanh(n)\nloss = o**2",
    "do = 2*o\ndn = (1 - o**2) * do\nds = dn\ndb = dn\ndp1 = ds\ndp2 = ds\ndw1 = x1*dp1\ndw2 = x2*dp2\ndx1 = w1*dp1\ndx2 = w2*dp2",
]
NUMPY = [
    "import numpy as np",
    "X = np.random.randn(10, 3)\nW = np.random.randn(3, 2)\nY = np.random.randn(10, 2)",
    "out = X.dot(W)\ndiff = out - Y\nloss = np.square(diff).mean()",
    "ddiff = 2*diff/diff.size\ndout = ddiff\ndW = X.T.dot(dout)",
]
TRAINED_BY_HAND = [
    "# a network of two layers, trained without autograd\nimport torch\ndtype = torch.float\ndevice = torch.device('cpu')",
    "N, D_in, H, D_out = 64, 100, 50, 10\n\nx = torch.randn(N, D_in, device=device, dtype=dtype)\ny = torch.randn(N, D_out, device=device, dtype=dtype)",
    "w1 = torch.randn(D_in, H, device=device, dtype=dtype)\nw2 = torch.randn(H, D_out, device=device, dtype=dtype)",
    """\
learning_rate = 1e-6
for t in range(500):
    # forward: the prediction
    h = x.mm(w1)
    h_relu = h.clamp(min=0)
    y_pred = h_relu.mm(w2)

    loss = (y_pred - y).pow(2).sum().item()
    if t % 100 == 99:
        print(t, loss)

    # backward: the gradients of both weights
    grad_y_pred = 2.0 * (y_pred - y)
    grad_w2 = h_relu.t().mm(grad_y_pred)
    grad_h_relu = grad_y_pred.mm(w2.t())
    grad_h = grad_h_relu.clone()
    grad_h[h < 0] = 0
    grad_w1 = x.t().mm(grad_h)

    w1 -= learning_rate * grad_w1
    w2 -= learning_rate * grad_w2""",
]
IN_EPOCHS = [
    "import torch",
    "X = torch.randn(60, 3)\nY = torch.randn(60, 1)\nW = torch.randn(3, 1)\nb = torch.zeros(1)\nbatch_size = 20",
    """\
for epoch in range(3):
    for start in range(0, len(X), batch_size):
        xb, yb = X[start:start+batch_size], Y[start:start+batch_size]
        out = xb @ W + b
        diff = out - yb
        loss = (diff**2).sum() / batch_size
        ddiff = 2*diff / batch_size
        dout = ddiff
        dW = xb.T @ dout
        db = dout.sum(0)
        W -= 0.01*dW
        b -= 0.01*db""",
]
IN_A_FUNCTION = ["import torch", "def train(X, W):\n    loss = (X @ W).sum()\n    return loss"]
BY_AUTOGRAD = [*TWO_LAYERS[:2], TWO_LAYERS[2] + "\nfor p in [W1, b1, W2, b2]:\n    p.requires_grad = True", TWO_LAYERS[3],
               "loss.backward()"]  # fmt: skip
MODULE = [
    IMPORTS,
    "x = torch.randn(8, 3)\ny = torch.randn(8, 2)\nlayer = torch.nn.Linear(3, 2)\nw = torch.randn(2, requires_grad=True)",
    "out = layer(x) * w\ndiff = out - y\nloss = (diff**2).mean()",
    "ddiff = 2*diff/diff.numel()\ndout = ddiff",
]

NOTEBOOKS = {
    "two_layers": TWO_LAYERS,
    "softmax_regression": SOFTMAX_REGRESSION,
    "rnn_cell": RNN_CELL,
    "over_time": OVER_TIME,
    "attention": ATTENTION,
    "neuron": NEURON,
    "numpy_net": NUMPY,
    "trained_by_hand": TRAINED_BY_HAND,
    "in_epochs": IN_EPOCHS,
    "in_a_function": IN_A_FUNCTION,
    "by_autograd": BY_AUTOGRAD,
    "module": MODULE,
}


def lay_down(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """Write one of the notebooks, with some text replaced."""
    texts = NOTEBOOKS[name]
    for old, new in changes:
        assert any(old in text for text in texts), old
        texts = [text.replace(old, new) for text in texts]
    return written(folder, *texts, name=name)


def written(folder: Path, *texts: str, name: str = "net") -> Path:
    """Write a notebook with these cells."""
    path = folder / f"{name}.ipynb"
    path.write_bytes(plain(Book({f"cell {number}": Cell(text) for number, text in enumerate(texts)})))
    return path
