/* SPDX-License-Identifier: BSD-3-Clause */
#include "rule_bpf.h"

#include <errno.h>
#include <string.h>

static bool
memory_op(uint16_t code)
{
	return code == BPF_ST || code == BPF_STX || code == (BPF_LD | BPF_MEM) ||
	       code == (BPF_LDX | BPF_MEM);
}

static bool
valid_alu(const struct sock_filter *i)
{
	switch (BPF_OP(i->code)) {
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_OR:
	case BPF_AND:
	case BPF_XOR:
		return true;
	case BPF_DIV:
	case BPF_MOD:
		return BPF_SRC(i->code) == BPF_X || i->k != 0;
	case BPF_LSH:
	case BPF_RSH:
		return BPF_SRC(i->code) == BPF_X || i->k < 32;
	default:
		return i->code == (BPF_ALU | BPF_NEG);
	}
}

/* left: instructions behind this one. */
static bool
valid_jump(const struct sock_filter *i, unsigned left)
{
	switch (BPF_OP(i->code)) {
	case BPF_JA:
		return i->code == (BPF_JMP | BPF_JA) && i->k < left;
	case BPF_JEQ:
	case BPF_JGT:
	case BPF_JGE:
	case BPF_JSET:
		return i->jt < left && i->jf < left;
	default:
		return false;
	}
}

static bool
valid_load(const struct sock_filter *i)
{
	switch (i->code) {
	case BPF_LD | BPF_ABS | BPF_W:
	case BPF_LD | BPF_ABS | BPF_H:
	case BPF_LD | BPF_ABS | BPF_B:
		return i->k < (uint32_t)SKF_AD_OFF;
	case BPF_LD | BPF_IND | BPF_W:
	case BPF_LD | BPF_IND | BPF_H:
	case BPF_LD | BPF_IND | BPF_B:
	case BPF_LD | BPF_IMM:
	case BPF_LD | BPF_LEN:
	case BPF_LDX | BPF_IMM:
	case BPF_LDX | BPF_LEN:
	case BPF_LDX | BPF_MSH | BPF_B:
		return true;
	default:
		return memory_op(i->code) && i->k < BPF_MEMWORDS;
	}
}

static bool
valid(const struct sock_filter *i, unsigned left)
{
	/* The codes have eight bits, BPF_SRC one of them. */
	if (i->code > UINT8_MAX)
		return false;
	switch (BPF_CLASS(i->code)) {
	case BPF_ALU:
		return valid_alu(i);
	case BPF_JMP:
		return valid_jump(i, left);
	case BPF_RET:
		return i->code == (BPF_RET | BPF_K) || i->code == (BPF_RET | BPF_A);
	case BPF_MISC:
		return i->code == (BPF_MISC | BPF_TAX) || i->code == (BPF_MISC | BPF_TXA);
	default:
		return valid_load(i);
	}
}

/* Nothing is loaded from memory that may not have been stored, whatever way led there. */
static bool
stores_first(const struct sock_filter *program, unsigned n)
{
	uint16_t at[UINT8_MAX + 1]; /* words that all jumps to there have stored */
	uint16_t have = 0;

	memset(at, 0xff, sizeof(at));
	for (unsigned pc = 0; pc < n; pc++) {
		const struct sock_filter *i = &program[pc];

		have &= at[pc];
		if (BPF_CLASS(i->code) == BPF_JMP) {
			bool always = BPF_OP(i->code) == BPF_JA;

			at[pc + 1 + (always ? i->k : i->jt)] &= have;
			at[pc + 1 + (always ? i->k : i->jf)] &= have;
			have = UINT16_MAX;
		} else if (i->code == BPF_ST || i->code == BPF_STX) {
			have |= 1u << i->k;
		} else if (memory_op(i->code) && !(have & 1u << i->k)) {
			return false;
		}
	}
	return true;
}

int
rule_bpf_check(const struct sock_filter *program, unsigned n)
{
	if (n == 0 || n > UINT8_MAX)
		return -EINVAL;
	for (unsigned pc = 0; pc < n; pc++)
		if (!valid(&program[pc], n - pc - 1))
			return -EINVAL;
	return BPF_CLASS(program[n - 1].code) == BPF_RET && stores_first(program, n) ? 0 : -EINVAL;
}

/* Bytes from the IP header on; large offsets count from it by another name. */
static bool
load(const struct rule_packet *rp, uint32_t offset, unsigned len, uint32_t *out)
{
	const uint8_t *bytes;
	uint8_t copy[4];

	if (offset >= (uint32_t)SKF_NET_OFF)
		offset -= (uint32_t)SKF_NET_OFF;
	if (offset >= rp->p->len || len > rp->p->len - offset)
		return false;
	bytes = rte_pktmbuf_read(rp->m, rp->p->l3 + offset, len, copy);
	if (bytes == NULL)
		return false;
	for (*out = 0; len > 0; len--)
		*out = *out << 8 | *bytes++;
	return true;
}

static unsigned
size_of(uint16_t code)
{
	return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
}

struct machine {
	uint32_t a, x;
	uint32_t memory[BPF_MEMWORDS];
};

/* false: the program ends. */
static bool
run_load(const struct rule_packet *rp, const struct sock_filter *i, struct machine *s)
{
	uint32_t *to = BPF_CLASS(i->code) == BPF_LD ? &s->a : &s->x;
	uint32_t byte;

	switch (BPF_MODE(i->code)) {
	case BPF_IMM:
		*to = i->k;
		return true;
	case BPF_ABS:
		return load(rp, i->k, size_of(i->code), to);
	case BPF_IND:
		return load(rp, s->x + i->k, size_of(i->code), to);
	case BPF_MEM:
		*to = s->memory[i->k];
		return true;
	case BPF_LEN:
		*to = rp->p->len;
		return true;
	default: /* BPF_MSH: the length of an IPv4 header */
		if (!load(rp, i->k, 1, &byte))
			return false;
		s->x = (byte & 0xf) << 2;
		return true;
	}
}

static bool
run_alu(const struct sock_filter *i, struct machine *s)
{
	uint32_t with = BPF_SRC(i->code) == BPF_X ? s->x : i->k;

	switch (BPF_OP(i->code)) {
	case BPF_ADD:
		s->a += with;
		break;
	case BPF_SUB:
		s->a -= with;
		break;
	case BPF_MUL:
		s->a *= with;
		break;
	case BPF_OR:
		s->a |= with;
		break;
	case BPF_AND:
		s->a &= with;
		break;
	case BPF_XOR:
		s->a ^= with;
		break;
	case BPF_LSH:
		s->a <<= with & 31;
		break;
	case BPF_RSH:
		s->a >>= with & 31;
		break;
	case BPF_NEG:
		s->a = -s->a;
		break;
	default: /* BPF_DIV, BPF_MOD */
		if (with == 0)
			return false;
		s->a = BPF_OP(i->code) == BPF_DIV ? s->a / with : s->a % with;
	}
	return true;
}

/* Instructions to pass over. */
static uint32_t
run_jump(const struct sock_filter *i, const struct machine *s)
{
	uint32_t with = BPF_SRC(i->code) == BPF_X ? s->x : i->k;
	bool yes;

	switch (BPF_OP(i->code)) {
	case BPF_JA:
		return i->k;
	case BPF_JEQ:
		yes = s->a == with;
		break;
	case BPF_JGT:
		yes = s->a > with;
		break;
	case BPF_JGE:
		yes = s->a >= with;
		break;
	default: /* BPF_JSET */
		yes = (s->a & with) != 0;
	}
	return yes ? i->jt : i->jf;
}

uint32_t
rule_bpf_run(const struct rule_packet *rp, const struct sock_filter *program)
{
	struct machine s = { 0 };

	for (const struct sock_filter *i = program;; i++) {
		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
		case BPF_LDX:
			if (!run_load(rp, i, &s))
				return 0;
			break;
		case BPF_ST:
			s.memory[i->k] = s.a;
			break;
		case BPF_STX:
			s.memory[i->k] = s.x;
			break;
		case BPF_ALU:
			if (!run_alu(i, &s))
				return 0;
			break;
		case BPF_JMP:
			i += run_jump(i, &s);
			break;
		case BPF_RET:
			return BPF_RVAL(i->code) == BPF_A ? s.a : i->k;
		default: /* BPF_MISC */
			if (BPF_MISCOP(i->code) == BPF_TAX)
				s.x = s.a;
			else
				s.a = s.x;
		}
	}
}
