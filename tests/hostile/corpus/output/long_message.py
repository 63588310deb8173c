# attack: an error message of 5 MB full of terminal and HTML codes
# expect: dprobs=raised
def dprobs(dlogprobs, probs):
    raise ValueError("\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>\u202e\r" * 10**5)
