import numpy as np

relu = lambda x: x * (x > 0).astype(float)


def relu_forward(x):
    out = relu(x)
    return out, (out,)


def relu_backward(dout, cache):
    # the output is zero exactly where the input was not positive
    (out,) = cache
    dx = np.array(dout, copy=True)
    dx[out <= 0] = 0
    return dx
