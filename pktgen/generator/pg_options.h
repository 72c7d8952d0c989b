/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the command line asks for, behind EAL's "--". Set once by the main thread, then only read.
 */
#pragma once

#include "pg_flow.h"
#include "pg_frame.h"

enum pg_mode { PG_STREAM, PG_CONNECTIONS, PG_SYN_FLOOD };

struct pg_options {
	const char *tx, *rx; /* names or numbers; NULL: the first port, the second */
	enum pg_mode mode;
	enum pg_proto proto;
	bool v6;
	unsigned size; /* with FCS; 0: IMIX */
	unsigned ttl;
	struct pg_flows flows;
	double zipf; /* 0: each flow in turn */
	uint64_t seed;
	bool has_src_mac, has_dst_mac;
	struct rte_ether_addr src_mac, dst_mac;
	struct ip_addr gateway, address, rx_address; /* AF_UNSPEC: not given */
	double pps, percent;                         /* both 0: as fast as it goes */
	unsigned burst;
	double duration; /* seconds; 0: until `count`, or until it is ended */
	uint64_t count;  /* packets or connections; 0: no limit */
	double warm_up, drain;
	double timeout; /* of a connection's answers */
	unsigned data;  /* bytes of a request and of its response */
	bool turn;      /* --return */
	bool check;
	bool search;
	double loss; /* share, 0..1; below 0: not given */
	double trial, resolution;
	bool progress, nap;
	const char *json;
};

/* Reads the words; --help is none of them. 0 or -EINVAL with a text. */
int pg_options_parse(struct pg_options *o, char **argv, int argc, struct err *e);
extern const char pg_options_usage[];
