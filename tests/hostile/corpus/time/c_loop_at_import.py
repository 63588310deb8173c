# attack: a loop inside C, which looks at no signal, at import
# expect: *=timed_out
import itertools

total = sum(itertools.repeat(0))
