# mistake: constant_factor -- the mean's 1/n is forgotten
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = self.probs - self.Y
        return dLdA


# mistake: constant_factor -- 1/n twice
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)**2
        return dLdA


# mistake: constant_factor -- divided by the number of all scores
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / self.Y.size
        return dLdA


# mistake: sign -- targets minus probabilities
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.Y - self.probs) / len(self.Y)
        return dLdA


# mistake: missing_path -- the targets are forgotten
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = self.probs / len(self.Y)
        return dLdA


# mistake: softmax_jacobian -- the derivative of log alone
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = -self.Y / self.probs / len(self.Y)
        return dLdA


# mistake: softmax_jacobian -- the softmax taken for an elementwise function
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = -self.Y * (1 - self.probs) / len(self.Y)
        return dLdA


# mistake: wrong_operand -- log probabilities instead of probabilities
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (np.log(self.probs) - self.Y) / len(self.Y)
        return dLdA


# mistake: wrong_operand -- scores instead of probabilities
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = A, Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        return dLdA


# mistake: wrong_axis -- a softmax over the examples
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(A) / np.exp(A).sum(0), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        return dLdA


# mistake: wrong_axis -- summed over the examples
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y).mean(0, keepdims=True)
        return dLdA


# mistake: unknown -- nothing is returned
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        self.dLdA = dLdA


# mistake: unknown -- the probabilities kept on the class, which all losses share
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        SoftmaxCrossEntropy.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        dLdA = (self.probs - self.Y) / len(self.Y)
        return dLdA


# mistake: aliasing -- the probabilities changed in place: a second call subtracts the targets again
class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        shifted = A - A.max(1, keepdims=True)
        logprobs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.probs, self.Y = np.exp(logprobs), Y
        loss = -(Y * logprobs).sum() / len(A)
        return loss

    def backward(self):
        self.probs -= self.Y
        dLdA = self.probs / len(self.Y)
        return dLdA
