/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The list of fingerprints. Control changes its own one, and then gives workers a copy; the one they had goes after a
 * grace period.
 */
#include "rule_osf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_mem.h"
#include "base_rcu.h"

#define FINGERS_MAX 4096u

struct rule_osf_table *rule_osf_published;

static struct rule_osf_finger *fingers;
static uint32_t nb_fingers, room;

static struct mem_use
memory(void)
{
	struct mem_use u = { .used = 2 * nb_fingers * sizeof(*fingers) };

	u.reserved = (room + nb_fingers) * sizeof(*fingers);
	return u;
}

MEM_USER(osf, "osf", "fingerprints of -m osf", memory)

static unsigned
options_len(const struct rule_osf_finger *f)
{
	unsigned len = 0;

	for (uint32_t i = 0; i < f->nb; i++)
		len += f->option[i].len;
	return len;
}

/* nb_fingers: it is not there. */
static uint32_t
place(const struct rule_osf_finger *f)
{
	uint32_t i = 0;

	while (i < nb_fingers && memcmp(&fingers[i], f, sizeof(*f)) != 0)
		i++;
	return i;
}

int
rule_osf_add(const struct rule_osf_finger *f)
{
	if (f->window.kind == RULE_OSF_MODULO && f->window.number == 0)
		return -EINVAL;
	if (f->nb > RULE_OSF_OPTIONS || options_len(f) > RULE_OSF_OPTIONS)
		return -EINVAL;
	if (place(f) != nb_fingers)
		return 0;
	if (nb_fingers == FINGERS_MAX)
		return -ENOSPC;
	if (nb_fingers == room) {
		uint32_t more = room + 256;
		struct rule_osf_finger *grown = realloc(fingers, more * sizeof(*grown));

		if (grown == NULL)
			return -ENOMEM;
		fingers = grown;
		room = more;
	}
	fingers[nb_fingers++] = *f;
	return 0;
}

int
rule_osf_remove(const struct rule_osf_finger *f)
{
	uint32_t i = place(f);

	if (i == nb_fingers)
		return -ENOENT;
	nb_fingers--;
	memmove(&fingers[i], &fingers[i + 1], (nb_fingers - i) * sizeof(*f));
	return 0;
}

const struct rule_osf_finger *
rule_osf_at(uint32_t i)
{
	return i < nb_fingers ? &fingers[i] : NULL;
}

/* In one piece of memory. */
static struct rule_osf_table *
table_new(void)
{
	struct rule_osf_table *t;
	struct rule_osf_finger *f;
	uint32_t *keys;

	t = malloc(sizeof(*t) + nb_fingers * (sizeof(*f) + sizeof(*keys)));
	if (t == NULL)
		return NULL;
	f = (struct rule_osf_finger *)(t + 1);
	keys = (uint32_t *)(f + nb_fingers);
	for (uint32_t i = 0; i < nb_fingers; i++) {
		f[i] = fingers[i];
		keys[i] = rule_osf_key(f[i].len, options_len(&f[i]), f[i].df != 0);
	}
	*t = (struct rule_osf_table){ .nb = nb_fingers, .keys = keys, .fingers = f };
	return t;
}

int
rule_osf_publish(void)
{
	struct rule_osf_table *t = NULL, *old = rule_osf_published;

	if (nb_fingers != 0) {
		t = table_new();
		if (t == NULL)
			return -ENOMEM;
	}
	__atomic_store_n(&rule_osf_published, t, __ATOMIC_RELEASE);
	if (old != NULL)
		rcu_defer(free, old);
	return 0;
}
