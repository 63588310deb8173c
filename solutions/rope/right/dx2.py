# form: two steps with +=
def dx2(dr1, dr2, cos, sin):
    d = dr2*cos
    d -= dr1*sin
    return d


# form: the minus first
def dx2(dr1, dr2, cos, sin):
    return -sin*dr1 + cos*dr2


# form: straight from dout
def dx2(dout, cos, sin, half):
    return dout[:, :, half:]*cos - dout[:, :, :half]*sin


# form: complex numbers, rotated back
def dx2(dr1, dr2, cos, sin):
    return (torch.complex(dr1, dr2)*torch.complex(cos, -sin)).imag


# form: in float32 whatever the input
def dx2(dr1, dr2, cos, sin):
    return dr2.float()*cos.float() - dr1.float()*sin.float()
