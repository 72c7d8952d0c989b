/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "pkt_chain.h"
#include "pkt_guard.h"

/* Takes what does not fit behind the last segment as new ones. NULL: no memory. */
static struct rte_mbuf *
more_segments(struct rte_mempool *pool, uint32_t len)
{
	struct rte_mbuf *head = NULL;

	while (len > 0) {
		struct rte_mbuf *s = rte_pktmbuf_alloc(pool);

		if (s == NULL) {
			rte_pktmbuf_free(head);
			return NULL;
		}
		pkt_unguard(s);
		s->data_len = RTE_MIN(len, (uint32_t)rte_pktmbuf_tailroom(s));
		len -= s->data_len;
		s->next = head;
		head = s;
	}
	return head;
}

bool
pkt_chain_extend(struct rte_mbuf *m, uint32_t len)
{
	struct rte_mbuf *last = rte_pktmbuf_lastseg(m), *more = NULL;
	uint32_t here = RTE_MIN(len, (uint32_t)rte_pktmbuf_tailroom(last));

	if (len > here && (more = more_segments(m->pool, len - here)) == NULL)
		return false;
	last->data_len += here;
	m->pkt_len += len;
	/* The shortest came last: it belongs to the end. */
	while (more != NULL) {
		struct rte_mbuf *s = more;

		more = s->next;
		s->next = last->next;
		last->next = s;
		m->nb_segs++;
	}
	return true;
}

static char *
at(struct rte_mbuf **m, uint32_t *off, uint32_t *left)
{
	while (*off >= (*m)->data_len) {
		*off -= (*m)->data_len;
		*m = (*m)->next;
	}
	*left = (*m)->data_len - *off;
	return rte_pktmbuf_mtod_offset(*m, char *, *off);
}

void
pkt_chain_copy(struct rte_mbuf *dst, uint32_t dst_off, const struct rte_mbuf *src, uint32_t src_off,
	       uint32_t len)
{
	struct rte_mbuf *from = (struct rte_mbuf *)(uintptr_t)src;

	while (len > 0) {
		uint32_t room, there, n;
		char *to = at(&dst, &dst_off, &room);
		const char *data = at(&from, &src_off, &there);

		n = RTE_MIN(RTE_MIN(room, there), len);
		memcpy(to, data, n);
		dst_off += n;
		src_off += n;
		len -= n;
	}
}
