# attack: print an object whose text is no text
# expect: dprobs=raised|correct
class Odd(str):
    def __str__(self):
        return self

    def __getitem__(self, key):
        raise SystemExit(0)

    def __len__(self):
        return -1


def dprobs(dlogprobs, probs):
    print(Odd("x"))
    return dlogprobs / probs
