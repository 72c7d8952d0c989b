/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classic BPF programs (linux/filter.h), as -m bpf has them. Two short functions instead of rte_bpf, which runs translated
 * ones: what is loaded may lie in any segment of the packet, and offset 0 is the IP header.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>

#include "rule_ext.h"

/*
 * Control: does it end, without loops, and never leave its memory? Ancillary data (SKF_AD_OFF) cannot be had. 0 or
 * -EINVAL.
 */
int rule_bpf_check(const struct sock_filter *program, unsigned n);
/* Workers: what a program that was checked returns; 0 when it loads what is not there. */
uint32_t rule_bpf_run(const struct rule_packet *rp, const struct sock_filter *program);
