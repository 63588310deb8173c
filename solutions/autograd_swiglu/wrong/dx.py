# mistake: missing_path -- the path through the projection is missing
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
        dx = dgate @ wg.T
        return dx, dwg, dwu


# mistake: missing_path -- the path through the gate is missing
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
        dx = dup @ wu.T
        return dx, dwg, dwu


# mistake: wrong_operand -- the weights swapped
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
        dx = dgate @ wu.T + dup @ wg.T
        return dx, dwg, dwu


# mistake: negated_path -- the path through the gate subtracted
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
        dx = dup @ wu.T - dgate @ wg.T
        return dx, dwg, dwu


# mistake: wrong_operand -- ctx.saved_tensors in the wrong order
class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wu, wg, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        dgate = dout * up * (s + gate * s * (1 - s))
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
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
        dgate = up * (s + gate * s * (1 - s))
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T
        return dx, dwg, dwu
