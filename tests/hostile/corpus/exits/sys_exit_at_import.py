# attack: SystemExit at import, which is skipped like any line that fails
# expect: *=correct
raise SystemExit(0)
