# attack: a loop that never ends, at import
# expect: *=timed_out
while True:
    pass
