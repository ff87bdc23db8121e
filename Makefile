# Every target is one plain command; `make` alone lists them.
TARGET := $${CARGO_TARGET_DIR:-target}

.DEFAULT_GOAL := help
.PHONY: help setup run dev build start stop restart status logs health test soak rebuild-soak recorder chaos chaos-controls model bench openapi lint \
	coverage watch interop migrate migrate-revert migrate-new seed seed-undo backup-db restore-db token clean reset

# What a tool is asked to do with a database needs the program first.
BOOKING = $(TARGET)/release/booking

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.* ## /\1	/p' Makefile | awk -F '\t' '{ printf "make %-15s %s\n", $$1, $$2 }'

setup: ## install Postgres and nats-server when they are missing
	@scripts/setup

run: setup ## build, and run everything with private servers (booking dev)
	cargo build --release --workspace --locked
	exec $(TARGET)/release/booking dev

dev: run ## the same as run

build: ## build the release binary
	cargo build --release --workspace --locked

start: build ## start every role as a process of its own, or ROLE=one; settings from .env and the environment
	@scripts/roles start

stop: ## stop them, or ROLE=one, and wait until what they have taken in is done
	@scripts/roles stop

restart: build ## stop and start them one after another, or ROLE=one
	@scripts/roles restart

status: ## say which of them run, and which are ready
	@scripts/roles status

logs: ## show the last lines of their logs, or of ROLE=one; LINES_SHOWN=20
	@scripts/roles logs

health: ## ask each of them, or ROLE=one, how it is
	@scripts/roles health

test: setup ## run every test, or ROOM=journal alone; NATS_SERVER=path chooses the nats-server
	cargo test $(if $(ROOM),-p booking-$(ROOM),--workspace) --locked

migrate: build ## bring the schema to the newest version
	$(BOOKING) migrate run

migrate-revert: build ## take the newest migration back, unless something of the journal would be lost
	$(BOOKING) migrate revert

migrate-new: build ## begin a migration: NAME=what_it_brings
	$(BOOKING) migrate new $(NAME)

seed: build ## register the demo businesses and schedule flights; ARGS="--days 7 --from 2026-12-01"
	$(BOOKING) seed $(ARGS)

seed-undo: build ## cancel the flights that the same seed scheduled; refused while bookings stand on them
	$(BOOKING) seed --undo $(ARGS)

backup-db: build ## write the database as it is now to two files, the keys apart; TO=backups
	$(BOOKING) backup --to $(or $(TO),backups)

restore-db: build ## restore a backup into the empty database DATABASE_URL, as a new epoch: FILE=backups/booking-….dump
	$(BOOKING) restore $(FILE) $(ARGS)

token: build ## print an access token: ROLE=owner
	$(BOOKING) token --role $(ROLE) $(ARGS)

coverage: setup ## say how much of the code tests reach; needs cargo-llvm-cov
	cargo llvm-cov --workspace --locked

watch: ## check the code whenever a file changes; needs cargo-watch
	cargo watch --exec 'check --workspace --all-targets --locked'

rebuild-soak: setup ## the long form of rebuilding under load: a million events, the connection cut 20 times; EVENTS=, CUTS=, SEED=
	BOOKING_REBUILD_EVENTS=$(or $(EVENTS),1000000) BOOKING_REBUILD_CUTS=$(or $(CUTS),20) \
		$(if $(SEED),BOOKING_REBUILD_SEED=$(SEED)) \
		cargo test --workspace --locked --test engine rebuild_under_load -- --nocapture

soak: setup ## the long form of two tests: ten rounds of kills, and a seat freed and booked again 10,000 times
	BOOKING_FAULT_ROUNDS=10 cargo test --workspace --locked --test engine kills:: -- --nocapture
	BOOKING_FREED_TIMES=10000 cargo test --workspace --locked --test journal freed_through -- --nocapture

recorder: setup ## the long form of time travel: a thousand bookings and a hundred instants against what was seen; SEED=7
	BOOKING_RECORDER_BOOKINGS=1000 BOOKING_RECORDER_INSTANTS=100 $(if $(SEED),BOOKING_RECORDER_SEED=$(SEED)) \
		cargo test --workspace --locked --test engine recorder:: -- --nocapture

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

openapi: ## write the OpenAPI document anew, docs/openapi.json
	cargo test --workspace --locked --no-run --test docs
	$(TARGET)/debug/booking openapi > docs/openapi.json.new
	mv docs/openapi.json.new docs/openapi.json

lint: ## check format and clippy's lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

interop: setup ## run the checks with other programs, with a binary just built; EXAMPLES=50 asks more of the contract
	scripts/interop
	scripts/contract

clean: ## remove what was built
	cargo clean

reset: ## remove the data of development; says what it removed
	@scripts/reset
