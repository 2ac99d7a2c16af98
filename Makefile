# Two commands: `make run` builds everything and runs it, `make test` installs what the tests need and passes them.

.PHONY: run build test bench generate format

run: ## Build everything and run it on http://localhost:5000
	cargo run --release -- $(ARGS)

build: ## Build target/release/cloud-chat with the web app inside
	cargo build --release

test: ## Install what the tests need, then run every check
	scripts/test.sh

bench: build ## Measure the release build, the web app too
	cargo run --release -p bench
	cargo run --release -p bench --bin services
	cd web && CLOUD_CHAT_BIN=../target/release/cloud-chat npm run --silent bench

generate: ## Write openapi.json and the web app's types anew
	scripts/generate.sh

format: ## Format everything
	cargo fmt --all
	cd web && npm run format
