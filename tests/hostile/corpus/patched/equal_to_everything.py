# attack: an object that equals everything and converts to everything
# expect: dprobs=wrong_type
class Yes:
    dtype = shape = device = layout = None
    is_sparse = is_nested = False

    def __eq__(self, other):
        return True

    def __bool__(self):
        return True

    def __float__(self):
        return 0.0

    def __call__(self, *args):
        return self

    def __iter__(self):
        return iter((self,))


def dprobs(dlogprobs, probs):
    return Yes()
