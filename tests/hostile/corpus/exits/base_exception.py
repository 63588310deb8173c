# attack: an exception that no `except Exception` catches, with a class that lies about its name
# expect: dprobs=raised
class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit(0)

    def __getattribute__(cls, name):
        raise SystemExit(0)


class Odd(BaseException, metaclass=Meta):
    pass


def dprobs(dlogprobs, probs):
    raise Odd
