/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One job at a time: the control lcore copies what the thread needs, and takes the result when the thread has said so
 * (job.state). Whatever changes meanwhile, a trie serves every chain that has its rules in a row.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base_log.h"
#include "base_mem.h"
#include "base_param.h"
#include "rule_build.h"
#include "rule_code.h"
#include "rule_pays.h"

#define BYTES_MAX ((size_t)1 << 30) /* all tries together */
#define REFUSED_MAX 16              /* runs remembered that could not be built */

enum state { JOB_IDLE, JOB_RUNNING, JOB_DONE };

static struct {
	enum state state; /* the thread: JOB_RUNNING -> JOB_DONE, with release */
	pthread_t thread;
	struct rule_filter *filter;
	uint64_t *serial;
	uint32_t nb;
	bool ip4, forced;
	size_t most;
	struct rule_acl *result;
} job;

/*
 * Runs that would take too much, or gain nothing: those that begin with that rule, unless they got much shorter. The plans in force say
 * it of all of theirs; this is for the next version of a chain.
 */
static struct refused {
	uint64_t serial;
	uint32_t nb;
} refused[REFUSED_MAX];
static unsigned nb_refused;

static enum state
job_state(void)
{
	return __atomic_load_n(&job.state, __ATOMIC_ACQUIRE);
}

static void *
build(void *arg)
{
	/*
	 * What forwards and who commands come first, but not by much: DPDK's heap has a spinlock, and who waits for it
	 * must not keep from the processor who holds it.
	 */
	setpriority(PRIO_PROCESS, gettid(), 5);
	job.result = rule_acl_build(job.filter, job.serial, job.nb, job.ip4, job.most);
	if (job.result != NULL && !job.forced &&
	    !rule_acl_pays(job.result, job.filter, job.nb, job.ip4)) {
		rule_acl_free(job.result);
		job.result = NULL;
	}
	__atomic_store_n(&job.state, JOB_DONE, __ATOMIC_RELEASE);
	return NULL;
}

static bool
is_refused(uint64_t serial, uint32_t nb)
{
	for (unsigned i = 0; i < REFUSED_MAX; i++)
		if (refused[i].serial == serial && nb > refused[i].nb / 2)
			return true;
	return false;
}

static void
begin(const struct rule_chain *c, const struct rule_run *run, bool ip4)
{
	uint32_t nb = run->hi - run->lo;

	job.filter = malloc(nb * sizeof(job.filter[0]));
	job.serial = malloc(nb * sizeof(job.serial[0]));
	if (job.filter == NULL || job.serial == NULL)
		abort();
	for (uint32_t i = 0; i < nb; i++) {
		rule_filter_of(c->rules[run->lo + i], &job.filter[i]);
		rule_filter_drop(job.filter[i].ifaces);
		job.serial[i] = c->rules[run->lo + i]->serial;
	}
	job.nb = nb;
	job.ip4 = ip4;
	job.forced = rule_run_forced();
	job.most = BYTES_MAX - RTE_MIN(BYTES_MAX, rule_run_bytes());
	job.state = JOB_RUNNING;
	if (pthread_create(&job.thread, NULL, build, NULL) != 0) {
		LOG(ERR, "rules: no thread to build with");
		job.state = JOB_IDLE;
		free(job.filter);
		free(job.serial);
	}
}

/* Calls fn for the code of every chain in force until it says true. */
static void
each_code(bool (*fn)(struct rule_code *code, const struct rule_chain *c, bool ip4))
{
	for (unsigned f = 0; f < HOOK_FAMILIES; f++) {
		for (unsigned type = 0; type < rule_nb_table_types; type++) {
			const struct rule_table *t = rule_table_get(gen_current(), f, type);

			for (unsigned i = 0; t != NULL && i < t->nb_slots; i++)
				if (t->chain[i] != NULL && t->chain[i]->code->plan != NULL &&
				    fn(t->chain[i]->code, t->chain[i], f == HOOK_IP4))
					return;
		}
	}
}

static bool
serve(struct rule_code *code, const struct rule_chain *c, bool ip4)
{
	rule_code_serve(code, c, ip4);
	return false;
}

static bool
refuse(struct rule_code *code, const struct rule_chain *c, bool ip4)
{
	rule_run_refuse(code->plan, c, job.serial[0]);
	return false;
}

static void
finish(void)
{
	pthread_join(job.thread, NULL);
	if (job.result != NULL) {
		rule_run_offer(job.result);
		each_code(serve);
		rule_run_offered(job.result);
	} else {
		each_code(refuse);
		refused[nb_refused++ % REFUSED_MAX] = (struct refused){ job.serial[0], job.nb };
		LOG(INFO, "rules: for %u of them a trie is too large, or no faster", job.nb);
	}
	free(job.filter);
	free(job.serial);
	job.state = JOB_IDLE;
}

static bool
want(struct rule_code *code, const struct rule_chain *c, bool ip4)
{
	const struct rule_run *run = rule_run_wanted(code->plan, code->runs);

	while (run != NULL && is_refused(c->rules[run->lo]->serial, run->hi - run->lo)) {
		rule_run_refuse(code->plan, c, c->rules[run->lo]->serial);
		run = rule_run_wanted(code->plan, code->runs);
	}
	if (run != NULL)
		begin(c, run, ip4);
	return run != NULL;
}

void
rule_build_tick(void)
{
	if (job_state() == JOB_DONE)
		finish();
	if (job_state() == JOB_IDLE)
		each_code(want);
}

bool
rule_build_busy(void)
{
	return job_state() == JOB_RUNNING;
}

void
rule_build_wait(void)
{
	do {
		while (job_state() == JOB_RUNNING)
			usleep(1000);
		rule_build_tick();
	} while (job_state() != JOB_IDLE);
}

static struct mem_use
tries_memory(void)
{
	size_t bytes = rule_run_bytes();

	return (struct mem_use){ bytes, bytes };
}

MEM_USER(tries, "rule-tries", "long runs of rules as tries, 1 GB at most", tries_memory)
