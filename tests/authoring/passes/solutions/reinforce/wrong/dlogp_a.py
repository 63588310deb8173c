# mistake: wrong_operand -- the returns without the baseline
def dlogp_a(dloss, returns):
    return -dloss * returns / len(returns)


# mistake: sign -- a plus
def dlogp_a(dloss, advantage):
    return dloss * advantage / len(advantage)
