# The worked solution: probabilities minus targets, and the mean's 1/n.

import numpy as np


class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True) # so that no exponential overflows
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        return dLdA
