/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How disturbed a core is: TSC cycles of a turn of two loops. `chain` waits for one multiplication
 * after the other, which tells the core's clock, or that it is not ours all the time; `width`
 * needs all that the core can begin at once, which tells that a neighbour on the same physical core
 * takes some.
 */
#include <stdint.h>
#include <stdio.h>
#include <x86intrin.h>

#define TURNS 20000000
#define TRIES 5

static double
chain(void)
{
	uint64_t begin = __rdtsc(), x = 3;

	for (unsigned i = 0; i < TURNS; i++)
		__asm__ volatile("imul %0, %0" : "+r"(x));
	return (double)(__rdtsc() - begin) / TURNS;
}

static double
width(void)
{
	uint64_t begin = __rdtsc(), a = 0, b = 0, c = 0, d = 0;

	for (unsigned i = 0; i < TURNS; i++)
		__asm__ volatile("inc %0; inc %1; inc %2; inc %3; nop; nop; nop; nop"
				 : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
	return (double)(__rdtsc() - begin) / TURNS;
}

int
main(void)
{
	for (unsigned i = 0; i < TRIES; i++)
		printf("chain %.2f width %.2f\n", chain(), width());
	return 0;
}
