# Every target readies .venv by itself; `make` alone lists them.
# make app TIER=embedded|full   decides what to install (default: full with an NVIDIA GPU)
# make test PYTEST="-k masks"   runs a part

TIER ?= auto
PYTEST ?=
RUN := .venv/bin/python

.PHONY: help app test test-server check bench eval space screenshots clean

help:
	@echo "make app     start the page and print its address (TIER=embedded|full)"
	@echo "make test    run everything that needs no weights (PYTEST='-k name')"
	@echo "make test-server   ask a tiny language model behind another package's server (transformers serve)"
	@echo "make check   ruff, pyright and the import rules"
	@echo "make bench   print the tables that the documents quote"
	@echo "make eval    run the evaluation suite and its baseline into a new folder below build/eval (TIER=embedded|full)"
	@echo "make space   write the folder for a Hugging Face Space to build/space"
	@echo "make screenshots   make the pictures of the page anew"
	@echo "make clean   remove .venv and caches"

app:
	@sh scripts/setup.sh app $(TIER)
	@$(if $(filter embedded,$(TIER)),GGEDIT_TIER=embedded )PYTHONUNBUFFERED=1 $(RUN) app.py

test:
	@sh scripts/setup.sh test
	@$(RUN) -m pytest -rs $(PYTEST)

test-server:
	@sh scripts/setup.sh test
	@TEST_SERVER=1 $(RUN) -m pytest -rs tests/backends/chat/test_served.py

check:
	@sh scripts/setup.sh test
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	.venv/bin/lint-imports
	$(RUN) -m pyright

bench:
	@sh scripts/setup.sh test
	@set -e; for file in $$(grep -l __main__ benchmarks/*.py); do \
		echo "== $$file"; $(RUN) -m benchmarks.$$(basename $$file .py); \
	done

eval:
	@sh scripts/setup.sh app $(TIER)
	@set -e; out=build/eval/$$(date +%Y%m%d-%H%M%S); export GGEDIT_TIER=$(TIER); \
		$(RUN) -m ggedit eval run assets/eval/cases.jsonl -o $$out/mine; \
		$(RUN) -m ggedit eval round-trip assets/eval/cases.jsonl -o $$out/round-trip; \
		$(RUN) -m ggedit eval compare $$out/mine $$out/round-trip

space:
	@sh scripts/setup.sh test
	@$(RUN) scripts/space.py

screenshots:
	@sh scripts/setup.sh test
	@$(RUN) scripts/screenshots.py

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
