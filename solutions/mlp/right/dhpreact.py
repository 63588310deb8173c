# form: the lecture
def dhpreact(dh, h):
    return (1.0 - h**2) * dh


# form: h*h
def dhpreact(dh, h):
    return dh*(1 - h*h)


# form: tanh recomputed
def dhpreact(dh, hpreact):
    return (1 - torch.tanh(hpreact)**2) * dh


# form: multiplied out
def dhpreact(dh, h):
    return dh - h**2*dh


# form: a difference of squares
def dhpreact(dh, h):
    return (1 - h)*(1 + h)*dh


# form: sign flipped twice
def dhpreact(dh, h):
    return -dh*(h**2 - 1)


# form: one over cosh squared
def dhpreact(dh, hpreact):
    return dh / torch.cosh(hpreact)**2


# form: cosh to the minus two
def dhpreact(dh, hpreact):
    return torch.cosh(hpreact)**-2 * dh


# form: cosh from exponentials
def dhpreact(dh, hpreact):
    return (2/(torch.exp(hpreact) + torch.exp(-hpreact)))**2 * dh


# form: by the sigmoid: tanh(x) is 2 sigmoid(2x) - 1
def dhpreact(dh, hpreact):
    return 4*torch.sigmoid(2*hpreact)*(1 - torch.sigmoid(2*hpreact)) * dh


# form: rounded once, in float64
def dhpreact(dh, h):
    return ((1 - h.double()**2)*dh.double()).to(h.dtype)


# form: in float32 whatever the input
def dhpreact(dh, h):
    return (1 - h.float()**2) * dh.float()


# form: fused from dlogits
def dhpreact(dlogits, h, W2):
    return (1 - h**2) * (dlogits @ W2.T)
