# mistake: sign -- the minus is missing
def dms(drrms, ms):
    return 0.5*(ms + 1e-5)**-1.5*drrms


# mistake: constant_factor -- the half is missing
def dms(drrms, ms):
    return -(ms + 1e-5)**-1.5*drrms


# mistake: wrong_power -- the power stays minus a half
def dms(drrms, ms):
    return -0.5*(ms + 1e-5)**-0.5*drrms


# mistake: wrong_power -- plus for minus three halves
def dms(drrms, ms):
    return -0.5*(ms + 1e-5)**1.5*drrms


# mistake: wrong_epsilon -- epsilon is missing
def dms(drrms, ms):
    return -0.5*ms**-1.5*drrms


# mistake: wrong_epsilon -- a different epsilon
def dms(drrms, ms):
    return -0.5*(ms + 1e-6)**-1.5*drrms


# mistake: float32_pinned -- epsilon is missing, in float32
def dms(drrms, ms):
    return -0.5*ms.float()**-1.5*drrms.float()


# mistake: upstream_unused -- drrms is missing
def dms(ms):
    return -0.5*(ms + 1e-5)**-1.5


# mistake: upstream_only -- only the factor
def dms(drrms):
    return -0.5*drrms


# mistake: zeros -- left as zeros
def dms(ms):
    return torch.zeros_like(ms)
