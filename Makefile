# Three commands: `make demo`, `make test`, `make check`. Everything they need comes with them; nothing is installed outside this folder.

PORT ?= 8000
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen
PYTEST := $(RUN) pytest -q -n 2 --dist loadfile

.PHONY: demo test check fix bench screens messages clean

demo: .venv/ready  ## a believable company on http://localhost:8000
	$(RUN) polku demo --port $(PORT)

test: .venv/ready  ## every test on SQLite, and on PostgreSQL too when one is found
	$(RUN) python -m tests.both_databases

check: .venv/ready  ## style, types, the order of the rooms, templates, migrations, translations
	$(RUN) ruff check src tests bench tracker
	$(RUN) ruff format --check src tests bench tracker
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) djlint --lint src/polku --quiet
	POLKU_DATA=$$(mktemp -d) $(RUN) python manage.py makemigrations --check --dry-run
	$(RUN) python -m tests.house.translations

fix: .venv/ready  ## let the formatters mend what they can; write the generated reference and the browser script
	$(RUN) ruff check --fix src tests bench tracker
	$(RUN) ruff format src tests bench tracker
	$(RUN) python -m tests.house.reference
	$(RUN) python tracker/build.py

bench: .venv/ready  ## ratios beside a baseline and a limit, measured in one run
	$(RUN) python -m bench

screens: .venv/ready  ## pictures of every page of the demo in ./screens
	$(RUN) python -m tests.journeys.screens screens

messages: .venv/ready  ## collect the words to translate into the .po files, and compile them
	$(RUN) python -m tests.house.translations --collect --compile

clean:
	rm -rf .venv .uv dist

.venv/ready: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen
	@touch $@

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.9,<0.14"
