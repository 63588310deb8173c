# attack: an exception whose message raises SystemExit
# expect: dprobs=raised
class Silent(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def dprobs(dlogprobs, probs):
    raise Silent
