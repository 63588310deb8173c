# form: in two steps
def dfch(dfch_gelu, fch):
    s = (2/math.pi)**0.5
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    dt = dfch_gelu*0.5*fch
    du = dt*(1 - t*t)
    return dfch_gelu*0.5*(1 + t) + du*s*(1 + 3*0.044715*fch*fch)


# form: with cosh
def dfch(dfch_gelu, fch):
    s = math.sqrt(2/math.pi)
    u = s*(fch + 0.044715*fch**3)
    return dfch_gelu*(0.5*(1 + torch.tanh(u)) + 0.5*fch*torch.cosh(u)**-2*s*(1 + 0.134145*fch**2))


# form: by the sigmoid: tanh(u) is 2 sigmoid(2u) - 1
def dfch(dfch_gelu, fch):
    s = math.sqrt(2/math.pi)
    g = torch.sigmoid(2*s*(fch + 0.044715*fch**3))
    return dfch_gelu*(g + fch*g*(1 - g)*2*s*(1 + 0.134145*fch**2))


# form: in float32 whatever the input
def dfch(dfch_gelu, fch):
    x = fch.float()
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(x + 0.044715*x**3))
    return dfch_gelu.float()*(0.5*(1 + t) + 0.5*x*(1 - t**2)*s*(1 + 3*0.044715*x**2))
