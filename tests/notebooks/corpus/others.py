"""Other exercises as flat lines: their forward pass in one cell, the backward pass in the next."""

from __future__ import annotations

from notebooks.corpus.book import Book, Case, Cell, Want
from notebooks.corpus.lecture import CMP, cells

LSTM = """\
dh = coth
dtc = dh * o
do = dh * tc
dc = dtc * (1 - tc**2) + cotc
dcprev = dc * f
df = dc * cprev
di = dc * g
dg = dc * i
dgo = do * (1 - o) * o
dgg = dg * (1 - g**2)
dgf = df * (1 - f) * f
dgi = di * (1 - i) * i
dgates = torch.cat([dgi, dgf, dgg, dgo], 1)
db = dgates.sum(0)
dWh = hprev.T @ dgates
dWx = x.T @ dgates
dhprev = dgates @ Wh.T
dx = dgates @ Wx.T"""
LSTM_FORWARD = """\
H = coth.shape[1]
gates = x @ Wx + hprev @ Wh + b
gi, gf, gg, go = gates[:, :H], gates[:, H:2*H], gates[:, 2*H:3*H], gates[:, 3*H:]
i = torch.sigmoid(gi)
f = torch.sigmoid(gf)
g = torch.tanh(gg)
o = torch.sigmoid(go)
c = f*cprev + i*g
tc = torch.tanh(c)
h = o*tc
loss = (h * coth).sum() + (c * cotc).sum()"""
BROADCAST = """\
dcubed = torch.ones_like(cubed) / cubed.numel()
dcentered = dcubed * 3*centered**2
drowmean = (-dcentered).sum(1, keepdim=True)
dscaled = dcentered.clone()
dscaled += drowmean / scaled.shape[1]
dt = (shifted * dscaled).sum()
dshifted = t * dscaled
db = dshifted.sum(0)
dprod = dshifted
da = c * dprod
dc = (a * dprod).sum(1, keepdim=True)"""
BROADCAST_FORWARD = """\
prod = a * c
shifted = prod + b
scaled = shifted * t
rowmean = scaled.mean(1, keepdim=True)
centered = scaled - rowmean
cubed = centered**3
loss = cubed.mean()"""
RELU = """\
dsq = torch.ones_like(sq) / sq.numel()
ddiff = 2*diff * dsq
dout = ddiff
dh = dout @ W2.T
dW2 = h.T @ dout
db2 = dout.sum(0)
dz1 = dh * (z1 > 0)
dx = dz1 @ W1.T
dW1 = x.T @ dz1
db1 = dz1.sum(0)"""
RELU_FORWARD = """\
z1 = x @ W1 + b1
h = torch.relu(z1)
out = h @ W2 + b2
diff = out - y
sq = diff**2
loss = sq.mean()"""
LAYERNORM = """\
dout = cot
dscaled = dout
db = dout.sum((0, 1))
dnorm = dscaled * w
dw = (norm * dscaled).sum((0, 1))
drstd = (xshift * dnorm).sum(2, keepdim=True)
dvar = drstd * (-0.5*(var + 1e-5)**-1.5)
dxshift2 = dvar.expand_as(xshift2) / C
dxshift = rstd*dnorm + (2*xshift)*dxshift2
dmean = (-dxshift).sum(2, keepdim=True)
dx = dxshift + dmean/C"""
LAYERNORM_FORWARD = """\
C = cot.shape[2]
mean = x.mean(2, keepdim=True)
xshift = x - mean
xshift2 = xshift**2
var = xshift2.mean(2, keepdim=True)
rstd = (var + 1e-5)**-0.5
norm = xshift * rstd
scaled = norm * w
out = scaled + b
loss = (out * cot).sum()"""
NEURON = """\
derr = 2*err
do = derr
de = do/(e + 1) - do*(o/(e + 1))
dn = 2*de*e
ds = dn
dx1w1 = ds
dx2w2 = ds
db = dn
dx1, dw1 = w1*dx1w1, x1*dx1w1
dx2, dw2 = w2*dx2w2, x2*dx2w2"""
NEURON_FORWARD = """\
x1w1 = x1*w1
x2w2 = x2*w2
s = x1w1 + x2w2
n = s + b
e = (2*n).exp()
o = (e - 1)/(e + 1)
err = o - target
loss = err**2"""
PASSES = {
    "lstm_cell": (LSTM_FORWARD, LSTM),
    "broadcast": (BROADCAST_FORWARD, BROADCAST),
    "linear_relu": (RELU_FORWARD, RELU),
    "layernorm": (LAYERNORM_FORWARD, LAYERNORM),
    "micrograd": (NEURON_FORWARD, NEURON),
}


def book(exercise: str, *texts: str) -> Book:
    """The notebook of one exercise."""
    forward, backward = PASSES[exercise]
    return Book(
        {
            "imports": Cell("import torch\nimport torch.nn.functional as F"),
            "cmp": Cell(CMP),
            "inputs": Cell(f"from exercises.{exercise}.forward import inputs\nglobals().update(inputs(42))"),
            "forward": Cell(forward),
            **dict(cells({f"backward {number}": text for number, text in enumerate(texts or [backward])}, exercise)),
        }
    )


def each(exercise: str) -> Book:
    """A cell for each line."""
    return book(exercise, *PASSES[exercise][1].split("\n"))


def compared(exercise: str) -> Book:
    """With a comparison after each line."""
    backward = PASSES[exercise][1].split("\n")
    names = [line.split(" ")[0] for line in backward]
    return book(
        exercise,
        "\n".join(f"{line}\ncmp('{name[1:]}', {name}, {name[1:]})" for line, name in zip(backward, names, strict=True)),
    )


CASES = [
    Case("lstm_cell: df among the lines", book("lstm_cell"), {"lstm_cell": Want()}),
    Case("lstm_cell: a cell for each", each("lstm_cell"), {"lstm_cell": Want()}),
    Case(
        "lstm_cell: without the forward pass",
        book("lstm_cell").without("forward"),
        {"lstm_cell": Want()},
        run=book("lstm_cell"),
    ),
    Case("broadcast: dt among the lines", book("broadcast"), {"broadcast": Want()}),
    Case(
        "broadcast: without the forward pass",
        book("broadcast").without("forward"),
        {"broadcast": Want()},
        run=book("broadcast"),
    ),
    Case("linear_relu: ddiff, dout and dx", book("linear_relu"), {"linear_relu": Want()}),
    Case("linear_relu: compared line by line", compared("linear_relu"), {"linear_relu": Want()}),
    Case("layernorm: dvar, dmean and C", book("layernorm"), {"layernorm": Want()}),
    Case("layernorm: a cell for each", each("layernorm"), {"layernorm": Want()}),
    Case(
        "layernorm: wrong in one",
        book("layernorm", LAYERNORM.replace("dx = dxshift + dmean/C", "dx = dxshift + dmean")),
        {"layernorm": Want({"dx": "wrong_values"})},
    ),
    Case("micrograd: do, de, dn and ds", book("micrograd"), {"micrograd": Want()}),
]
