# Every target is one plain command; `make` alone lists them.
TARGET := $${CARGO_TARGET_DIR:-target}

.DEFAULT_GOAL := help
.PHONY: help setup run build test soak chaos chaos-controls model bench lint interop clean reset

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.* ## /\1	/p' Makefile | awk -F '\t' '{ printf "make %-15s %s\n", $$1, $$2 }'

setup: ## install Postgres and nats-server when they are missing
	@scripts/setup

run: setup ## build, and run everything with private servers (booking dev)
	cargo build --release --workspace --locked
	exec $(TARGET)/release/booking dev

build: ## build the release binary
	cargo build --release --workspace --locked

test: setup ## run every test; NATS_SERVER=path chooses the nats-server
	cargo test --workspace --locked

soak: setup ## the long form of two tests: ten rounds of kills, and a seat freed and booked again 10,000 times
	BOOKING_FAULT_ROUNDS=10 cargo test --workspace --locked --test engine kills:: -- --nocapture
	BOOKING_FREED_TIMES=10000 cargo test --workspace --locked --test journal freed_through -- --nocapture

chaos: setup ## break everything at random for ten minutes, then the model's long form; MINUTES=2 alone, KILLS=150, SEED=7, REPLAY=plan.json
	cargo test --workspace --locked --test chaos -- \
		$(if $(REPLAY),--replay $(abspath $(REPLAY)),--minutes $(or $(MINUTES),10)) \
		$(if $(SEED),--seed $(SEED)) $(if $(KILLS),--kills $(KILLS))
	$(if $(REPLAY)$(MINUTES),,$(MAKE) model)

chaos-controls: setup ## take guards out one by one: the checker of chaos has to notice
	cargo test --workspace --locked --test chaos -- --controls

model: ## the long form of the model: three bookings in every order; ten minutes
	BOOKING_MODEL_BOOKINGS=3 cargo test --release --workspace --locked --test model in_every_order -- --nocapture

bench: setup ## measure how fast it is, nine minutes; ARGS=--quick is rough, ARGS="--quick --json", ARGS=--flat; docs/performance.md explains
	cargo build --release --workspace --locked
	$(TARGET)/release/booking bench $(ARGS)

lint: ## check format and clippy's lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

interop: setup ## run the checks with other programs, with a binary just built
	scripts/interop

clean: ## remove what was built
	cargo clean

reset: ## remove the data of development; says what it removed
	@scripts/reset
