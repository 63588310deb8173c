# attack: byte code that jumps off its own end
# with rules: dprobs=refused
# without: dprobs=killed|raised
def dprobs(dlogprobs, probs):
    def f():
        return 1

    f.__code__ = f.__code__.replace(co_code=b"\x64\xff" * 40, co_stacksize=1)
    return f()
