/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "pkt_chain.h"
#include "pkt_guard.h"
#include "pkt_sizes.h"

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
	pkt_unguard(last);
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

static void
write_bytes(struct rte_mbuf *m, uint32_t off, const char *bytes, uint32_t len)
{
	for (uint32_t n; len > 0; off += n, bytes += n, len -= n) {
		struct rte_mbuf *s = m;
		uint32_t here = off, room;
		char *to = at(&s, &here, &room);

		n = RTE_MIN(room, len);
		memcpy(to, bytes, n);
	}
}

#define BLOCK 256u

/* The len bytes from src on come to stand at dst; the two may overlap. */
static void
move_bytes(struct rte_mbuf *m, uint32_t dst, uint32_t src, uint32_t len)
{
	char block[BLOCK];

	for (uint32_t done = 0, n; done < len; done += n) {
		uint32_t skip;
		const char *bytes;

		n = RTE_MIN(BLOCK, len - done);
		skip = dst > src ? len - done - n : done;
		bytes = rte_pktmbuf_read(m, src + skip, n, block);
		if (bytes != block)
			memcpy(block, bytes, n);
		write_bytes(m, dst + skip, block, n);
	}
}

static void
shorten(struct rte_mbuf *m, uint32_t len)
{
	struct rte_mbuf *last = rte_pktmbuf_lastseg(m), *before;

	m->pkt_len -= len;
	while (len >= last->data_len && m->nb_segs > 1) {
		for (before = m; before->next != last;)
			before = before->next;
		len -= last->data_len;
		rte_pktmbuf_free_seg(last);
		before->next = NULL;
		m->nb_segs--;
		last = before;
	}
	last->data_len -= len;
}

bool
pkt_chain_replace(struct rte_mbuf *m, uint32_t off, uint32_t len, const void *bytes, uint32_t nb)
{
	uint32_t behind = m->pkt_len - off - len;

	if (nb > len) {
		if ((m->nb_segs == 1 && rte_pktmbuf_tailroom(m) < nb - len) ||
		    !pkt_chain_extend(m, nb - len))
			return false;
	}
	move_bytes(m, off + nb, off + len, nb != len ? behind : 0);
	if (nb < len)
		shorten(m, len - nb);
	write_bytes(m, off, bytes, nb);
	if (nb != len && pkt_const(m)->frag_max != 0)
		pkt_sizes(m)->nb = 0; /* it cannot leave in the fragments that it came in */
	return true;
}
