# mistake: missing_path -- the bias is forgotten
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = dout @ w.T
        dw = x.T @ dout
        db = dout.sum(0)
        return dx, dw, db
