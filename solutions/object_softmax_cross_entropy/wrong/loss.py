# mistake: constant_factor -- the sum instead of the mean
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum()
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        return dLdA


# mistake: constant_factor -- the mean over all scores
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).mean()
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        return dLdA


# mistake: sign -- the minus is forgotten
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = (Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        return dLdA


# mistake: wrong_axis -- the exponentials summed over the examples
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(0, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        return dLdA


# mistake: not_summed -- one loss for each example
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum(1)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        return dLdA
