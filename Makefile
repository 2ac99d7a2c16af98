# Two commands: `make run` builds everything and runs it, `make test` installs what the tests need and passes them.

.PHONY: run build test prove fuzz bench bench-peers generate format

# What `make prove` runs: shapes, a range of seeds or one, of one the steps that are left, faults of one kind alone, and
# how many seeds side by side.
SHAPE ?= one services lambda
SEEDS ?= 1..10
STEPS ?=
FAULT ?=
JOBS ?=
# What `make fuzz` runs, and how long each; all where none is named.
TARGET ?=
SECONDS ?= 60

run: ## Build everything and run it on http://localhost:5000
	cargo run --release -- $(ARGS)

build: ## Build target/release/cloud-chat with the web app inside
	cargo build --release

test: ## Install what the tests need, then run every check
	scripts/test.sh

prove: ## Faults by seeded schedules in every shape, held against what was acknowledged; SHAPE=one SEEDS=1..200
	scripts/setup-tests.sh
	for shape in $(SHAPE); do \
	  PROVE_SEEDS='$(SEEDS)' PROVE_STEPS='$(STEPS)' PROVE_FAULT='$(FAULT)' PROVE_JOBS='$(JOBS)' \
	  cargo test --locked -p cloud-chat -p lambda --test it -- --nocapture proof::$$shape:: || exit 1; \
	done

fuzz: ## Fuzzing that follows coverage, from the kept corpus; TARGET=frames SECONDS=600
	scripts/fuzz.sh $(SECONDS) $(TARGET)

bench: build ## Measure the release build, the web app too; ARGS="fan-out --sockets 500" for one scenario
	cargo run --release -p bench -- $(ARGS)
	[ -n "$(ARGS)" ] || cargo run --release -p bench --bin services
	[ -n "$(ARGS)" ] || { cargo build --release -p lambda && cargo run --release -p bench --bin lambda; }
	[ -n "$(ARGS)" ] || (cd web && CLOUD_CHAT_BIN=../target/release/cloud-chat npm run --silent bench)

bench-peers: build ## Measure it beside nginx with nchan, ejabberd and a short server on Node, which it installs
	scripts/setup-peers.sh
	cargo run --release -p bench -- peers --out target/bench/peers

generate: ## Write openapi.json and the web app's types anew
	scripts/generate.sh

format: ## Format everything
	cargo fmt --all
	cd web && npm run format
