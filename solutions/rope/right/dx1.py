# form: two steps with +=
def dx1(dr1, dr2, cos, sin):
    d = dr1*cos
    d += dr2*sin
    return d


# form: the other order
def dx1(dr1, dr2, cos, sin):
    return sin*dr2 + cos*dr1


# form: straight from dout
def dx1(dout, cos, sin, half):
    return dout[:, :, :half]*cos + dout[:, :, half:]*sin


# form: complex numbers, rotated back
def dx1(dr1, dr2, cos, sin):
    return (torch.complex(dr1, dr2)*torch.complex(cos, -sin)).real


# form: in float32 whatever the input
def dx1(dr1, dr2, cos, sin):
    return dr1.float()*cos.float() + dr2.float()*sin.float()
