# mistake: missing_path -- no weight decay
def dW_down(dpred, h):
    return h.T @ dpred


# mistake: fused_term -- the decay without the two of the square
def dW_down(dpred, h, W_down):
    return h.T @ dpred + 0.01 * W_down
