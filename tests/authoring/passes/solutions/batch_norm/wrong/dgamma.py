# mistake: wrong_axis -- summed over the features
def dgamma(dout, x_hat):
    return (dout * x_hat).sum(1)
