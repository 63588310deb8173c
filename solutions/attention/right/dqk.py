# form: divided by the root
def dqk(datt, hs):
    return datt/hs**0.5


# form: division with math
def dqk(datt, q):
    return datt/q.shape[3]**0.5


# form: straight from dexpd
def dqk(dexpd, expd, hs):
    return dexpd*expd*hs**-0.5
