# attack: ask for the answer as a parameter
# expect: dlogprobs=unknown_parameter dprobs=unknown_parameter dcounts=unknown_parameter dh=unknown_parameter db1=unknown_parameter
def dlogprobs(logprobs, Yb, n, dlogprobs=None):
    return dlogprobs


def dprobs(dprobs):
    return dprobs


def dcounts(*, dcounts):
    return dcounts


def dh(**everything):
    return everything["dh"]


def db1(*everything):
    return everything[0]
