# mistake: softmax_jacobian -- the log-softmax is left out
def dW(dlogp, states):
    return states.T @ dlogp
