# mistake: missing_path -- only the first factor is differentiated
def dh(da, h):
    c = (2 / torch.pi) ** 0.5
    t = torch.tanh(c * (h + 0.044715 * h**3))
    return da * 0.5 * (1 + t)


# mistake: fused_term -- the cube is left out of the inner derivative
def dh(da, h):
    c = (2 / torch.pi) ** 0.5
    t = torch.tanh(c * (h + 0.044715 * h**3))
    return da * (0.5 * (1 + t) + 0.5 * h * (1 - t**2) * c)


# mistake: wrong_operand -- the exact GELU instead of the approximation
def dh(da, h):
    pdf = torch.exp(-0.5 * h**2) / (2 * torch.pi) ** 0.5
    return da * (0.5 * (1 + torch.erf(h / 2**0.5)) + h * pdf)
