# mistake: wrong_operand -- the gradient of a sigmoid, not of a SiLU
def dW_gate(dgate, x, W_gate):
    s = torch.sigmoid(x @ W_gate)
    return x.T @ (dgate * s * (1 - s)) + 0.02 * W_gate
