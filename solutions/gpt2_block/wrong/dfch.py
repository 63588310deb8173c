# mistake: wrong_operand -- the exact gelu's derivative, with erf
def dfch(dfch_gelu, fch):
    return dfch_gelu*(0.5*(1 + torch.erf(fch/2**0.5)) + fch*torch.exp(-fch**2/2)/(2*math.pi)**0.5)


# mistake: wrong_operand -- the derivative of relu
def dfch(dfch_gelu, fch):
    return dfch_gelu*(fch > 0)


# mistake: wrong_operand -- the quick gelu, x times sigmoid of 1.702 x
def dfch(dfch_gelu, fch):
    g = torch.sigmoid(1.702*fch)
    return dfch_gelu*(g + 1.702*fch*g*(1 - g))


# mistake: missing_path -- only the outer factor
def dfch(dfch_gelu, fch):
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return dfch_gelu*0.5*(1 + t)


# mistake: missing_path -- only inside the tanh
def dfch(dfch_gelu, fch):
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return dfch_gelu*0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2)


# mistake: wrong_power -- the three of the cube is missing
def dfch(dfch_gelu, fch):
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return dfch_gelu*(0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 0.044715*fch**2))


# mistake: missing_path -- the cube is missing inside the derivative
def dfch(dfch_gelu, fch):
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return dfch_gelu*(0.5*(1 + t) + 0.5*fch*(1 - t**2)*s)


# mistake: constant_factor -- the root of two over pi is missing in the derivative
def dfch(dfch_gelu, fch):
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return dfch_gelu*(0.5*(1 + t) + 0.5*fch*(1 - t**2)*(1 + 3*0.044715*fch**2))


# mistake: wrong_power -- the square of the tanh is missing
def dfch(dfch_gelu, fch):
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return dfch_gelu*(0.5*(1 + t) + 0.5*fch*(1 - t)*s*(1 + 3*0.044715*fch**2))


# mistake: constant_factor -- the half is missing
def dfch(dfch_gelu, fch):
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return dfch_gelu*(1 + t + fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))


# mistake: upstream_only -- gelu is missing
def dfch(dfch_gelu):
    return dfch_gelu.clone()


# mistake: upstream_unused -- the upstream gradient is missing
def dfch(fch):
    s = math.sqrt(2/math.pi)
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return 0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2)


# mistake: wrong_operand -- a rounded constant
def dfch(dfch_gelu, fch):
    s = 0.798
    t = torch.tanh(s*(fch + 0.044715*fch**3))
    return dfch_gelu*(0.5*(1 + t) + 0.5*fch*(1 - t**2)*s*(1 + 3*0.044715*fch**2))


# mistake: float32_pinned -- the exact gelu's derivative, in float32
def dfch(dfch_gelu, fch):
    x = fch.float()
    return dfch_gelu.float()*(0.5*(1 + torch.erf(x/2**0.5)) + x*torch.exp(-x**2/2)/(2*math.pi)**0.5)


# mistake: zeros -- left as zeros
def dfch(fch):
    return torch.zeros_like(fch)
