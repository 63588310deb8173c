# mistake: wrong_operand -- the gate and the projection swapped
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return up * up.sigmoid() * gate

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
        return dx, dwg, dwu


# mistake: missing_path -- the gate without its sigmoid
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * up

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
        return dx, dwg, dwu


# mistake: missing_path -- GLU: the sigmoid alone
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate.sigmoid() * up

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
        return dx, dwg, dwu
