# The project's commands. Each is safe to repeat; what has not changed is not done again.

.PHONY: help setup run dev check test e2e bench fuzz

help:
	@echo "make run    build it and serve it on http://127.0.0.1:3000"
	@echo "make dev    serve it, and rebuild when a file changes"
	@echo "make check  formatting and lints"
	@echo "make test   every test, in the browser too, and the coverage (FORCE=1: even if nothing changed)"
	@echo "make e2e    only the browser tests (ARGS='review --headed' goes to Playwright)"
	@echo "make bench  the measurements"
	@echo "make fuzz   changed documents thrown at the readers, a minute each (ARGS='600 pdf': longer, only one)"
	@echo "make setup  install what the others need; they call it themselves"

setup:
	@scripts/setup

run:
	@scripts/run

dev:
	@scripts/dev

check:
	@scripts/check

test:
	@scripts/test

e2e:
	@scripts/test e2e $(ARGS)

bench:
	@scripts/bench $(ARGS)

fuzz:
	@scripts/fuzz $(ARGS)
