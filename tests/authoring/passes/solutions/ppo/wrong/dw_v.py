# mistake: constant_factor -- averaged a second time
def dw_v(dvalue, obs):
    return obs.T @ dvalue / len(obs)
