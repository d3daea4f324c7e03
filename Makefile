# regelverk – oppsett, bygg og prøver. Kjør `make` for en oversikt.

SHELL := /bin/sh
.SUFFIXES:
.DEFAULT_GOAL := hjelp

# Sett PYTHON=… for å velge tolk selv; ellers brukes den første som er ny nok.
PYTHON ?=

# Bare relative stier, slik at mappa kan ligge på en sti med mellomrom.
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -q
STEMPEL := $(VENV)/.oppsett

.PHONY: hjelp oppsett bygg test test-langt kontroll proever maal editor krav rydd

hjelp:
	@echo "Mål:"
	@echo "  make oppsett     lager $(VENV) og installerer alt fra krav.lock"
	@echo "  make bygg        bygger pakkene og nettstedet, og viser en liten gruppering"
	@echo "  make test        ruff, mypy og de raske prøvene"
	@echo "  make test-langt  ruff, mypy og alle prøvene, også de som tar lang tid"
	@echo "  make maal        måler farten (benchmarks/README.md); la maskinen være i fred så lenge"
	@echo "  make editor      lager utvidelsen til VS Code, build/editor/regelverk.vsix (krever npm)"
	@echo "  make krav        lager krav.lock på nytt fra pyproject.toml"
	@echo "                   (OPPGRADER=1 henter også nyere versjoner)"
	@echo "  make rydd        sletter build og $(VENV)"
	@echo "  make hjelp       viser denne oversikten"
	@echo ""
	@echo "Krever Python 3.11 eller nyere. Velg en bestemt med PYTHON=/sti/til/python3."

oppsett: $(STEMPEL)
	@:

# Tolken velges bare når .venv mangler.
$(PY):
	@valgt='$(PYTHON)'; \
	ny_nok() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }; \
	if [ -z "$$valgt" ]; then \
	  for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	    if ny_nok "$$p"; then valgt=$$p; break; fi; \
	  done; \
	fi; \
	if [ -z "$$valgt" ] || ! ny_nok "$$valgt"; then \
	  p=$${valgt:-python3}; \
	  funnet=$$("$$p" --version 2>&1) || funnet="ingen Python som virker"; \
	  echo "FEIL: regelverk krever Python 3.11 eller nyere, men «$$p» er: $$funnet." >&2; \
	  echo "Installer en nyere Python, eller pek på den: make oppsett PYTHON=/sti/til/python3.11" >&2; \
	  exit 1; \
	fi; \
	echo "Lager $(VENV) med $$("$$valgt" --version) …"; \
	"$$valgt" -m venv $(VENV) || { \
	  rm -rf $(VENV); \
	  echo "FEIL: «$$valgt -m venv» mislyktes. På Debian og Ubuntu trengs pakken python3-venv." >&2; \
	  exit 1; \
	}

$(STEMPEL): krav.lock pyproject.toml | $(PY)
	@echo "Installerer krav.lock …"
	@$(PIP) install --require-hashes -r krav.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
	@echo "$(VENV) er klar."

bygg: oppsett
	$(VENV)/bin/regelverk bygg
	$(VENV)/bin/regelverk grupper isf-2020 rulebooks/isf/2020/eksempler/kontakter.csv --vis

kontroll: oppsett
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

proever: oppsett
	$(PY) -m pytest -n 2 --dist loadgroup -m "$(HVILKE)"

# mypy bruker bare én kjerne, så prøvene begynner samtidig.
test: oppsett
	@$(MAKE) --no-print-directory -j 2 kontroll proever HVILKE="not langt"

test-langt: oppsett
	@$(MAKE) --no-print-directory -j 2 kontroll proever HVILKE=

maal: oppsett
	$(PY) benchmarks/lesing.py
	$(PY) benchmarks/import.py
	$(PY) benchmarks/gruppering.py
	$(PY) benchmarks/norddrg.py
	$(PY) benchmarks/regninger.py
	$(PY) benchmarks/samling.py
	$(PY) benchmarks/nettsted.py
	$(PY) benchmarks/konsekvens.py
	$(PY) benchmarks/editor.py
	$(PY) benchmarks/vis.py

# Pakkene som utvidelsen bygges av, er låst i package-lock.json; den ferdige filen trenger ikke nett.
editor:
	@command -v npm >/dev/null 2>&1 || { \
	  echo "FEIL: make editor krever npm, som følger med Node.js 20 eller nyere: https://nodejs.org" >&2; \
	  echo "Uten den virker språktjeneren i andre editorer: se siden «Redigering» på nettstedet." >&2; \
	  exit 1; \
	}
	cd editor/vscode && npm ci --ignore-scripts --no-audit --no-fund && npm test
	@mkdir -p build/editor
	cd editor/vscode && npm run pakk -- -o ../../build/editor/regelverk.vsix
	@echo "build/editor/regelverk.vsix er klar: code --install-extension build/editor/regelverk.vsix"

# Avhenger av .venv, ikke av stempelet: låsen skal kunne lages på nytt også når den gamle ikke lar seg installere.
# Versjonene i låsen beholdes der de fortsatt passer; OPPGRADER=1 henter nyere.
krav: | $(PY)
	@$(PIP) install uv
	@$(if $(OPPGRADER),rm -f krav.lock,:)
	$(PY) -m uv pip compile -q pyproject.toml --universal --generate-hashes --python-version 3.11 --all-extras --no-emit-index-url -o krav.lock

rydd:
	rm -rf build $(VENV)
