# mistake: missing_path -- only the anchors
def dW(da, anchor):
    return anchor.T @ da
