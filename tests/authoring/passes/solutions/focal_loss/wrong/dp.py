# mistake: wrong_operand -- the negatives are forgotten
def dp(dp_t, y):
    return dp_t * y


# mistake: sign -- the labels swapped
def dp(dp_t, y):
    return dp_t * (1 - 2 * y)
