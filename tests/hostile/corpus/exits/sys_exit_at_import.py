# attack: SystemExit at import
# expect: *=raised
raise SystemExit(0)
