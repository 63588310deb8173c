# mistake: wrong_operand -- times the sigmoid, without the gate
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
        dup = dout * s
        dgate = dout * up * (s + gate * s * (1 - s))
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: wrong_operand -- times the gate, without the sigmoid
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
        dup = dout * gate
        dgate = dout * up * (s + gate * s * (1 - s))
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: not_summed -- one gradient for each example
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
        dwu = x.mT @ dup
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: upstream_unused -- as if dout were one
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
        dup = gate * s
        dgate = dout * up * (s + gate * s * (1 - s))
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu


# mistake: wrong_index -- only the last position
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
        dwu = x[:, -1].T @ dup[:, -1]
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu
