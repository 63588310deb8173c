import numpy as np


class SoftmaxCrossEntropy:
    def __init__(self):
        self.kept = None

    def forward(self, A, Y):
        rows, targets = np.arange(A.shape[0]), Y.argmax(axis=1)
        shifted = A - A.max(axis=1)[:, None]
        sums = np.exp(shifted).sum(axis=1)
        self.kept = (np.exp(shifted) / sums[:, None], rows, targets)
        return np.mean(np.log(sums) - shifted[rows, targets])

    def backward(self):
        probs, rows, targets = self.kept
        dLdA = probs.copy()
        dLdA[rows, targets] -= 1
        dLdA /= len(rows)
        return dLdA
