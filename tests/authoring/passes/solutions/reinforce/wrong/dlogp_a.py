# mistake: wrong_operand -- the returns without the baseline
def dlogp_a(dpolicy_loss, returns):
    return -dpolicy_loss * returns / len(returns)


# mistake: sign -- a plus
def dlogp_a(dpolicy_loss, advantage):
    return dpolicy_loss * advantage / len(advantage)
