import numpy as np


class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        self.A, self.Y = A, Y
        self.N, self.C = A.shape
        Ones_C = np.ones((self.C, 1))
        Ones_N = np.ones((self.N, 1))
        exp = np.exp(A - np.max(A, axis=1, keepdims=True))
        self.softmax = exp / np.sum(exp, axis=1, keepdims=True)
        crossentropy = (-Y * np.log(self.softmax)) @ Ones_C
        sum_crossentropy = Ones_N.T @ crossentropy
        return float(sum_crossentropy[0, 0] / self.N)

    def backward(self):
        return (self.softmax - self.Y) / self.N
