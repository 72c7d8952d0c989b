/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One job of a kind at a time: the control lcore copies what the thread needs, and takes the result when the thread has
 * said so (job.state). Whatever changes meanwhile, an index serves every chain that has its rules in a row.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base_log.h"
#include "base_mem.h"
#include "base_param.h"
#include "rule_acl.h"
#include "rule_bits.h"
#include "rule_build.h"
#include "rule_code.h"
#include "rule_pays.h"

#define REFUSED_MAX 16 /* runs remembered that could not be built */

enum state { JOB_IDLE, JOB_RUNNING, JOB_DONE };

/*
 * Runs that would take too much, or gain nothing: those that begin with that rule, unless they got much shorter or longer. The
 * plans in force say it of all of theirs; this is for the next version of a chain.
 */
struct refused {
	uint64_t serial;
	uint32_t nb;
};

/* One of each kind, so that bit vectors, which are there in no time, need not wait for tries. */
static struct job {
	enum rule_index_kind kind;
	size_t bytes_max; /* all indexes of the kind together */
	const char *name;
	enum state state; /* the thread: JOB_RUNNING -> JOB_DONE, with release */
	pthread_t thread;
	struct rule_filter *filter;
	uint64_t *serial;
	uint32_t nb;
	bool ip4, forced;
	size_t most;
	struct rule_index *result;
	struct refused refused[REFUSED_MAX];
	unsigned nb_refused;
} jobs[RULE_INDEX_KINDS] = {
	[RULE_INDEX_TRIE] = { .kind = RULE_INDEX_TRIE,
			      .bytes_max = (size_t)1 << 30,
			      .name = "a trie is" },
	[RULE_INDEX_BITS] = { .kind = RULE_INDEX_BITS,
			      .bytes_max = (size_t)256 << 20,
			      .name = "bit vectors are" },
};

static enum state
job_state(const struct job *j)
{
	return __atomic_load_n(&j->state, __ATOMIC_ACQUIRE);
}

static struct rule_index *
build_trie(const struct job *j)
{
	struct rule_acl *a = rule_acl_build(j->filter, j->serial, j->nb, j->ip4, j->most);

	if (a == NULL || j->forced || rule_acl_pays(a, j->filter, j->nb, j->ip4))
		return a != NULL ? &a->index : NULL;
	rule_index_free(&a->index);
	return NULL;
}

static struct rule_index *
build_bits(const struct job *j)
{
	struct rule_bits *b = rule_bits_build(j->filter, j->serial, j->nb, j->ip4, j->most);

	if (b == NULL || j->forced || rule_bits_pays(b, j->filter, j->nb, j->ip4))
		return b != NULL ? &b->index : NULL;
	rule_index_free(&b->index);
	return NULL;
}

static void *
build(void *arg)
{
	struct job *j = arg;

	/*
	 * What forwards and who commands come first, but not by much: DPDK's heap has a spinlock, and who waits for it
	 * must not keep from the processor who holds it.
	 */
	setpriority(PRIO_PROCESS, gettid(), 5);
	j->result = j->kind == RULE_INDEX_TRIE ? build_trie(j) : build_bits(j);
	__atomic_store_n(&j->state, JOB_DONE, __ATOMIC_RELEASE);
	return NULL;
}

static bool
is_refused(const struct job *j, uint64_t serial, uint32_t nb)
{
	for (unsigned i = 0; i < REFUSED_MAX; i++)
		if (j->refused[i].serial == serial && nb > j->refused[i].nb / 2 &&
		    nb < j->refused[i].nb * 2)
			return true;
	return false;
}

static void
begin(struct job *j, const struct rule_chain *c, const struct rule_run *run, bool ip4)
{
	uint32_t nb = run->hi - run->lo;

	j->filter = malloc(nb * sizeof(j->filter[0]));
	j->serial = malloc(nb * sizeof(j->serial[0]));
	if (j->filter == NULL || j->serial == NULL)
		abort();
	for (uint32_t i = 0; i < nb; i++) {
		rule_filter_of(c->rules[run->lo + i], &j->filter[i]);
		rule_filter_drop(j->filter[i].ifaces);
		j->serial[i] = c->rules[run->lo + i]->serial;
	}
	j->nb = nb;
	j->ip4 = ip4;
	j->forced = rule_run_forced(j->kind);
	j->most = j->bytes_max - RTE_MIN(j->bytes_max, rule_run_bytes(j->kind));
	j->state = JOB_RUNNING;
	if (pthread_create(&j->thread, NULL, build, j) != 0) {
		LOG(ERR, "rules: no thread to build with");
		j->state = JOB_IDLE;
		free(j->filter);
		free(j->serial);
	}
}

/* Calls fn for the code of every chain in force until it says true. */
static void
each_code(struct job *j,
	  bool (*fn)(struct job *j, struct rule_code *code, const struct rule_chain *c, bool ip4))
{
	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		for (unsigned type = 0; type < rule_nb_table_types; type++) {
			const struct rule_table *t = rule_table_get(gen_current(), f, type);

			for (unsigned i = 0; t != NULL && i < t->nb_slots; i++)
				if (t->chain[i] != NULL &&
				    t->chain[i]->code->plan[j->kind] != NULL &&
				    fn(j, t->chain[i]->code, t->chain[i], f == HOOK_IP4))
					return;
		}
	}
}

static bool
serve(struct job *j, struct rule_code *code, const struct rule_chain *c, bool ip4)
{
	rule_code_serve(j->kind, code, c, ip4);
	return false;
}

static bool
refuse(struct job *j, struct rule_code *code, const struct rule_chain *c, bool ip4)
{
	rule_run_refuse(code->plan[j->kind], c, j->serial[0]);
	return false;
}

static void
finish(struct job *j)
{
	pthread_join(j->thread, NULL);
	if (j->result != NULL) {
		rule_run_offer(j->result);
		each_code(j, serve);
		rule_run_offered(j->result);
	} else {
		each_code(j, refuse);
		j->refused[j->nb_refused++ % REFUSED_MAX] = (struct refused){ j->serial[0], j->nb };
		LOG(INFO, "rules: for %u of them %s too large, or no faster", j->nb, j->name);
	}
	free(j->filter);
	free(j->serial);
	j->state = JOB_IDLE;
}

static bool
want(struct job *j, struct rule_code *code, const struct rule_chain *c, bool ip4)
{
	struct rule_runs *plan = code->plan[j->kind];
	const struct rule_run *run = rule_run_wanted(j->kind, plan, code->runs[j->kind]);

	while (run != NULL && is_refused(j, c->rules[run->lo]->serial, run->hi - run->lo)) {
		rule_run_refuse(plan, c, c->rules[run->lo]->serial);
		run = rule_run_wanted(j->kind, plan, code->runs[j->kind]);
	}
	if (run != NULL)
		begin(j, c, run, ip4);
	return run != NULL;
}

void
rule_build_tick(void)
{
	for (unsigned k = 0; k < RULE_INDEX_KINDS; k++) {
		if (job_state(&jobs[k]) == JOB_DONE)
			finish(&jobs[k]);
		if (job_state(&jobs[k]) == JOB_IDLE)
			each_code(&jobs[k], want);
	}
}

bool
rule_build_busy(void)
{
	bool busy = false;

	for (unsigned k = 0; k < RULE_INDEX_KINDS; k++)
		busy |= job_state(&jobs[k]) == JOB_RUNNING;
	return busy;
}

void
rule_build_wait(void)
{
	bool idle;

	do {
		while (rule_build_busy())
			usleep(1000);
		rule_build_tick();
		idle = true;
		for (unsigned k = 0; k < RULE_INDEX_KINDS; k++)
			idle &= job_state(&jobs[k]) == JOB_IDLE;
	} while (!idle);
}

static struct mem_use
tries_memory(void)
{
	size_t bytes = rule_run_bytes(RULE_INDEX_TRIE);

	return (struct mem_use){ bytes, bytes };
}

static struct mem_use
bits_memory(void)
{
	size_t bytes = rule_run_bytes(RULE_INDEX_BITS);

	return (struct mem_use){ bytes, bytes };
}

MEM_USER(tries, "rule-tries", "long runs of rules as tries, 1 GB at most", tries_memory)
MEM_USER(bits, "rule-bits", "long runs of rules as bit vectors, 256 MB at most", bits_memory)
