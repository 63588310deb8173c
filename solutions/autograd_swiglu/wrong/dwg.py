# mistake: missing_path -- the derivative of the sigmoid alone
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        dgate = dout * up * s * (1 - s)
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: missing_path -- gate times the derivative of the sigmoid, without its other term
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        dgate = dout * up * gate * s * (1 - s)
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: missing_path -- the sigmoid as a constant
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        dgate = dout * up * s
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: missing_path -- the other factor is forgotten
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        dgate = dout * (s + gate * s * (1 - s))
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: wrong_operand -- the derivative of silu with silu in the place of its sigmoid
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        silu = gate * s
        dgate = dout * up * (silu + gate * silu * (1 - silu))
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: other_gradient -- dwg and dwu returned in the wrong order
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        dgate = dout * up * (s + gate * s * (1 - s))
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwu, dwg


# mistake: transposed -- the product the other way round
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        dgate = dout * up * (s + gate * s * (1 - s))
        rows = x.flatten(0, -2)
        dwg = dgate.flatten(0, -2).T @ rows
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: constant_factor -- averaged over the examples
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        dgate = dout * up * (s + gate * s * (1 - s))
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg / len(x), dwu
