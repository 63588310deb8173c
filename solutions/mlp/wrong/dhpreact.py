# mistake: wrong_operand -- hpreact instead of h
def dhpreact(dh, hpreact):
    return (1.0 - hpreact**2) * dh


# mistake: upstream_unused -- dh is missing
def dhpreact(h):
    return 1.0 - h**2


# mistake: upstream_only -- dh unchanged
def dhpreact(dh):
    return dh.clone()


# mistake: wrong_operand -- the derivative of the sigmoid
def dhpreact(dh, h):
    return h*(1 - h) * dh


# mistake: wrong_operand -- the derivative of relu
def dhpreact(dh, h):
    return (h > 0) * dh


# mistake: wrong_power -- the square is missing
def dhpreact(dh, h):
    return (1.0 - h) * dh


# mistake: wrong_power -- the cube
def dhpreact(dh, h):
    return (1.0 - h**3) * dh


# mistake: sign -- plus instead of minus
def dhpreact(dh, h):
    return (1.0 + h**2) * dh


# mistake: sign -- an extra minus
def dhpreact(dh, h):
    return (h**2 - 1.0) * dh


# mistake: constant_factor -- two from the rule for a square
def dhpreact(dh, h):
    return (1.0 - 2*h**2) * dh


# mistake: wrong_epsilon -- a small number in the derivative
def dhpreact(dh, h):
    return (1.0 - h**2 + 1e-5) * dh


# mistake: float32_pinned -- the same small number, in float32
def dhpreact(dh, h):
    return (1.0 - h.float()**2 + 1e-5) * dh.float()


# mistake: other_gradient -- dprobs passed back through the second layer, for dh
def dhpreact(dprobs, h, W2):
    return (1.0 - h**2) * (dprobs @ W2.T)


# mistake: wrong_operand -- tanh of h
def dhpreact(dh, h):
    return (1.0 - torch.tanh(h)**2) * dh


# mistake: wrong_power -- the derivative twice
def dhpreact(dh, h):
    return (1.0 - h**2)**2 * dh


# mistake: transposed -- transposed
def dhpreact(dh, h):
    return ((1.0 - h**2) * dh).T


# mistake: zeros -- left as zeros
def dhpreact(hpreact):
    return torch.zeros_like(hpreact)
