/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parameters that Linux has and that mean nothing here: accepted, kept and shown, so that a
 * sysctl.conf loads, and listed as having no effect by `show sysctl inert`. Whoever gives one a
 * meaning takes it out of this table and declares it where it is used. Names and first values are
 * those of Linux 6.x.
 */
#include <limits.h>
#include <stdlib.h>

#include "base_ifparam.h"

#define SOCKETS "for sockets: the box has none, set it where the programs run"
#define IPSEC "for IPsec, which does not pass through here"
#define CACHE "for a cache of the kernel that does not exist here"
#define TUNNEL "for segment routing and in-situ OAM, which are not there"
#define MULTICAST "multicast is not routed and groups are fixed"
#define TEMPORARY "for temporary addresses, which a router does not make"
#define RA "for what router advertisements tell, which is not taken over"
#define PMTU "no path MTU is learned from others"
#define REDIRECTS "redirects that come in are never followed"
#define PATHS "paths are chosen by addresses, or by addresses and ports"
#define OFFLOAD "for hardware that forwards by itself"
#define UNUSED "Linux does nothing with it either"
#define MANAGED "no neighbours are kept up without traffic"
#define VRF "for VRFs, which are not there"

static const struct inert {
	const char *name, *text;
	unsigned numbers; /* how many it consists of; 0: a word or a line */
	const char *why;
} inert[] = {
	{ "net.core.optmem_max", "131072", 1, SOCKETS },
	{ "net.core.rmem_default", "212992", 1, SOCKETS },
	{ "net.core.rmem_max", "212992", 1, SOCKETS },
	{ "net.core.somaxconn", "4096", 1, SOCKETS },
	{ "net.core.wmem_default", "212992", 1, SOCKETS },
	{ "net.core.wmem_max", "212992", 1, SOCKETS },
	{ "net.core.default_qdisc", "pfifo_fast", 0, "ports have no queueing discipline" },
	{ "net.core.netdev_max_backlog", "1000", 1, "queues are those of the devices" },
	{ "net.core.netdev_budget", "300", 1, "bursts have a fixed size" },
	{ "net.core.bpf_jit_enable", "1", 1, "there is no kernel BPF here" },
	{ "net.netfilter.nf_conntrack_buckets", "262144", 1,
	  "the index is made for nf_conntrack_max connections" },
	{ "net.netfilter.nf_conntrack_log_invalid", "0", 1,
	  "no reasons are kept of packets that are INVALID: use -m conntrack --ctstate INVALID -j "
	  "LOG" },
	{ "net.netfilter.nf_log_all_netns", "0", 1, "-j LOG always logs, see log to" },
	{ "net.netfilter.nf_log.2", "nf_log_ipv4", 0, "-j LOG has one logger, see log to" },
	{ "net.netfilter.nf_log.10", "nf_log_ipv6", 0, "-j LOG has one logger, see log to" },
	{ "net.ipv4.fib_multipath_hash_fields", "7", 1, PATHS },
	{ "net.ipv4.fib_multipath_hash_seed", "0", 1, PATHS },
	{ "net.ipv4.fib_multipath_use_neigh", "0", 1,
	  "a path is used whatever its neighbour's state" },
	{ "net.ipv4.icmp_echo_enable_probe", "0", 1, "extended echo requests are not answered" },
	{ "net.ipv4.icmp_ignore_bogus_error_responses", "1", 1, "bogus errors are not logged" },
	{ "net.ipv4.ip_forward_use_pmtu", "0", 1, PMTU },
	{ "net.ipv4.ip_no_pmtu_disc", "0", 1, PMTU },
	{ "net.ipv4.route.min_pmtu", "552", 1, PMTU },
	{ "net.ipv4.route.mtu_expires", "600", 1, PMTU },
	{ "net.ipv4.fib_notify_on_flag_change", "0", 1, OFFLOAD },
	{ "net.ipv4.igmp_link_local_mcast_reports", "1", 1, MULTICAST },
	{ "net.ipv4.igmp_max_memberships", "20", 1, MULTICAST },
	{ "net.ipv4.igmp_max_msf", "10", 1, MULTICAST },
	{ "net.ipv4.igmp_qrv", "2", 1, MULTICAST },
	{ "net.ipv4.inet_peer_maxttl", "600", 1, CACHE },
	{ "net.ipv4.inet_peer_minttl", "120", 1, CACHE },
	{ "net.ipv4.inet_peer_threshold", "65664", 1, CACHE },
	{ "net.ipv4.ip_autobind_reuse", "0", 1, SOCKETS },
	{ "net.ipv4.ip_dynaddr", "0", 1, SOCKETS },
	{ "net.ipv4.ip_early_demux", "1", 1, SOCKETS },
	{ "net.ipv4.ip_forward_update_priority", "1", 1, "packets carry no priority" },
	{ "net.ipv4.ip_local_port_range", "32768 60999", 2, SOCKETS },
	{ "net.ipv4.ip_local_reserved_ports", "", 0, SOCKETS },
	{ "net.ipv4.ip_nonlocal_bind", "0", 1, SOCKETS },
	{ "net.ipv4.ip_unprivileged_port_start", "1024", 1, SOCKETS },
	{ "net.ipv4.neigh.default.gc_interval", "30", 1, UNUSED },
	{ "net.ipv4.nexthop_compat_mode", "1", 1, "there are no nexthop objects" },
	{ "net.ipv4.ping_group_range", "1 0", 2, SOCKETS },
	{ "net.ipv4.raw_l3mdev_accept", "1", 1, VRF },
	{ "net.ipv4.route.min_adv_mss", "256", 1, SOCKETS },
	{ "net.ipv4.tcp_available_congestion_control", "reno cubic", 0, SOCKETS },
	{ "net.ipv4.tcp_backlog_ack_defer", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_child_ehash_entries", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_ecn_option", "2", 1, SOCKETS },
	{ "net.ipv4.tcp_ecn_option_beacon", "3", 1, SOCKETS },
	{ "net.ipv4.tcp_ehash_entries", "262144", 1, SOCKETS },
	{ "net.ipv4.tcp_fastopen_key", "00000000-00000000-00000000-00000000", 0, SOCKETS },
	{ "net.ipv4.tcp_migrate_req", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_pingpong_thresh", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_plb_cong_thresh", "128", 1, SOCKETS },
	{ "net.ipv4.tcp_plb_enabled", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_plb_idle_rehash_rounds", "3", 1, SOCKETS },
	{ "net.ipv4.tcp_plb_rehash_rounds", "12", 1, SOCKETS },
	{ "net.ipv4.tcp_plb_suspend_rto_sec", "60", 1, SOCKETS },
	{ "net.ipv4.tcp_rto_max_ms", "120000", 1, SOCKETS },
	{ "net.ipv4.tcp_rto_min_us", "200000", 1, SOCKETS },
	{ "net.ipv4.tcp_shrink_window", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_syn_linear_timeouts", "4", 1, SOCKETS },
	{ "net.ipv4.tcp_tw_reuse_delay", "1000", 1, SOCKETS },
	{ "net.ipv4.tcp_abort_on_overflow", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_adv_win_scale", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_allowed_congestion_control", "reno cubic", 0, SOCKETS },
	{ "net.ipv4.tcp_app_win", "31", 1, SOCKETS },
	{ "net.ipv4.tcp_autocorking", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_base_mss", "1024", 1, SOCKETS },
	{ "net.ipv4.tcp_challenge_ack_limit", "2147483647", 1, SOCKETS },
	{ "net.ipv4.tcp_comp_sack_delay_ns", "1000000", 1, SOCKETS },
	{ "net.ipv4.tcp_comp_sack_nr", "44", 1, SOCKETS },
	{ "net.ipv4.tcp_comp_sack_slack_ns", "100000", 1, SOCKETS },
	{ "net.ipv4.tcp_congestion_control", "cubic", 0, SOCKETS },
	{ "net.ipv4.tcp_dsack", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_early_demux", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_early_retrans", "3", 1, SOCKETS },
	{ "net.ipv4.tcp_ecn", "2", 1, SOCKETS },
	{ "net.ipv4.tcp_ecn_fallback", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_fack", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_fastopen", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_fastopen_blackhole_timeout_sec", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_fin_timeout", "60", 1, SOCKETS },
	{ "net.ipv4.tcp_frto", "2", 1, SOCKETS },
	{ "net.ipv4.tcp_fwmark_accept", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_invalid_ratelimit", "500", 1, SOCKETS },
	{ "net.ipv4.tcp_keepalive_intvl", "75", 1, SOCKETS },
	{ "net.ipv4.tcp_keepalive_probes", "9", 1, SOCKETS },
	{ "net.ipv4.tcp_keepalive_time", "7200", 1, SOCKETS },
	{ "net.ipv4.tcp_l3mdev_accept", "0", 1, VRF },
	{ "net.ipv4.tcp_limit_output_bytes", "4194304", 1, SOCKETS },
	{ "net.ipv4.tcp_low_latency", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_max_orphans", "131072", 1, SOCKETS },
	{ "net.ipv4.tcp_max_reordering", "300", 1, SOCKETS },
	{ "net.ipv4.tcp_max_syn_backlog", "2048", 1, SOCKETS },
	{ "net.ipv4.tcp_max_tw_buckets", "131072", 1, SOCKETS },
	{ "net.ipv4.tcp_mem", "185394 247193 370788", 3, SOCKETS },
	{ "net.ipv4.tcp_min_rtt_wlen", "300", 1, SOCKETS },
	{ "net.ipv4.tcp_min_snd_mss", "48", 1, SOCKETS },
	{ "net.ipv4.tcp_min_tso_segs", "2", 1, SOCKETS },
	{ "net.ipv4.tcp_moderate_rcvbuf", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_mtu_probe_floor", "48", 1, SOCKETS },
	{ "net.ipv4.tcp_mtu_probing", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_no_metrics_save", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_no_ssthresh_metrics_save", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_notsent_lowat", "4294967295", 1, SOCKETS },
	{ "net.ipv4.tcp_orphan_retries", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_pacing_ca_ratio", "120", 1, SOCKETS },
	{ "net.ipv4.tcp_pacing_ss_ratio", "200", 1, SOCKETS },
	{ "net.ipv4.tcp_probe_interval", "600", 1, SOCKETS },
	{ "net.ipv4.tcp_probe_threshold", "8", 1, SOCKETS },
	{ "net.ipv4.tcp_recovery", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_reflect_tos", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_reordering", "3", 1, SOCKETS },
	{ "net.ipv4.tcp_retrans_collapse", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_retries1", "3", 1, SOCKETS },
	{ "net.ipv4.tcp_retries2", "15", 1, SOCKETS },
	{ "net.ipv4.tcp_rfc1337", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_rmem", "4096 131072 6291456", 3, SOCKETS },
	{ "net.ipv4.tcp_sack", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_slow_start_after_idle", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_stdurg", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_syn_retries", "6", 1, SOCKETS },
	{ "net.ipv4.tcp_synack_retries", "5", 1, SOCKETS },
	{ "net.ipv4.tcp_syncookies", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_thin_linear_timeouts", "0", 1, SOCKETS },
	{ "net.ipv4.tcp_timestamps", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_tso_rtt_log", "9", 1, SOCKETS },
	{ "net.ipv4.tcp_tso_win_divisor", "3", 1, SOCKETS },
	{ "net.ipv4.tcp_tw_reuse", "2", 1, SOCKETS },
	{ "net.ipv4.tcp_window_scaling", "1", 1, SOCKETS },
	{ "net.ipv4.tcp_wmem", "4096 16384 4194304", 3, SOCKETS },
	{ "net.ipv4.tcp_workaround_signed_windows", "0", 1, SOCKETS },
	{ "net.ipv4.udp_child_hash_entries", "0", 1, SOCKETS },
	{ "net.ipv4.udp_hash_entries", "16384", 1, SOCKETS },
	{ "net.ipv4.udp_early_demux", "1", 1, SOCKETS },
	{ "net.ipv4.udp_l3mdev_accept", "0", 1, VRF },
	{ "net.ipv4.udp_mem", "371286 495048 742572", 3, SOCKETS },
	{ "net.ipv4.udp_rmem_min", "4096", 1, SOCKETS },
	{ "net.ipv4.udp_wmem_min", "4096", 1, SOCKETS },
	{ "net.ipv4.xfrm4_gc_thresh", "32768", 1, IPSEC },
	{ "net.ipv4.route.flush", "", 1, CACHE },
	{ "net.ipv6.route.flush", "", 1, CACHE },
	{ "net.ipv6.anycast_src_echo_reply", "0", 1, "echo replies never have an anycast source" },
	{ "net.ipv6.auto_flowlabels", "1", 1, "the box's own packets have flow label 0" },
	{ "net.ipv6.fib_multipath_hash_fields", "7", 1, PATHS },
	{ "net.ipv6.route.mtu_expires", "600", 1, PMTU },
	{ "net.ipv6.bindv6only", "0", 1, SOCKETS },
	{ "net.ipv6.calipso_cache_enable", "1", 1, "for security labels, which are not looked at" },
	{ "net.ipv6.fib_notify_on_flag_change", "0", 1, OFFLOAD },
	{ "net.ipv6.flowlabel_consistency", "1", 1, SOCKETS },
	{ "net.ipv6.flowlabel_state_ranges", "0", 1, SOCKETS },
	{ "net.ipv6.idgen_delay", "1", 1, TEMPORARY },
	{ "net.ipv6.idgen_retries", "3", 1, TEMPORARY },
	{ "net.ipv6.ioam6_id", "16777215", 1, TUNNEL },
	{ "net.ipv6.ioam6_id_wide", "72057594037927935", 1, TUNNEL },
	{ "net.ipv6.ip_nonlocal_bind", "0", 1, SOCKETS },
	{ "net.ipv6.icmp.error_anycast_as_unicast", "0", 1,
	  "an anycast source is an address of the box itself: no error goes there" },
	{ "net.ipv6.mld_max_msf", "64", 1, MULTICAST },
	{ "net.ipv6.mld_qrv", "2", 1, MULTICAST },
	{ "net.ipv6.neigh.default.gc_interval", "30", 1, UNUSED },
	{ "net.ipv6.route.gc_elasticity", "9", 1, CACHE },
	{ "net.ipv6.route.gc_interval", "30", 1, CACHE },
	{ "net.ipv6.route.gc_min_interval", "0", 1, CACHE },
	{ "net.ipv6.route.gc_min_interval_ms", "500", 1, CACHE },
	{ "net.ipv6.route.gc_thresh", "1024", 1, CACHE },
	{ "net.ipv6.route.gc_timeout", "60", 1, CACHE },
	{ "net.ipv6.route.max_size", "2147483647", 1, CACHE },
	{ "net.ipv6.route.min_adv_mss", "1220", 1, SOCKETS },
	{ "net.ipv6.route.skip_notify_on_dev_down", "0", 1, "nobody is told of routes" },
	{ "net.ipv6.seg6_flowlabel", "0", 1, TUNNEL },
	{ "net.ipv6.xfrm6_gc_thresh", "32768", 1, IPSEC },
	{ "net.unix.max_dgram_qlen", "10", 1, SOCKETS },
};

static const struct inert_if {
	const char *dir, *leaf;
	int all, def;
	const char *why;
} inert_if[] = {
	{ IFPARAM_CONF4, "ignore_routes_with_linkdown", 0, 0,
	  "routes stay when the carrier is lost" },
	{ IFPARAM_CONF4, "secure_redirects", 1, 1, REDIRECTS },
	{ IFPARAM_CONF4, "arp_evict_nocarrier", 1, 1, CACHE },
	{ IFPARAM_CONF4, "bootp_relay", 0, 0, UNUSED },
	{ IFPARAM_CONF4, "disable_policy", 0, 0, IPSEC },
	{ IFPARAM_CONF4, "disable_xfrm", 0, 0, IPSEC },
	{ IFPARAM_CONF4, "force_igmp_version", 0, 0, MULTICAST },
	{ IFPARAM_CONF4, "igmpv2_unsolicited_report_interval", 10000, 10000, MULTICAST },
	{ IFPARAM_CONF4, "igmpv3_unsolicited_report_interval", 1000, 1000, MULTICAST },
	{ IFPARAM_CONF4, "mc_forwarding", 0, 0, MULTICAST },
	{ IFPARAM_CONF4, "medium_id", 0, 0, "every port is a link of its own" },
	{ IFPARAM_CONF4, "tag", 0, 0, UNUSED },
	{ IFPARAM_CONF6, "accept_ra", 1, 1, RA },
	{ IFPARAM_CONF6, "accept_ra_defrtr", 1, 1, RA },
	{ IFPARAM_CONF6, "accept_ra_from_local", 0, 0, RA },
	{ IFPARAM_CONF6, "accept_ra_min_hop_limit", 1, 1, RA },
	{ IFPARAM_CONF6, "accept_ra_min_lft", 0, 0, RA },
	{ IFPARAM_CONF6, "accept_ra_mtu", 1, 1, RA },
	{ IFPARAM_CONF6, "accept_ra_pinfo", 1, 1, RA },
	{ IFPARAM_CONF6, "accept_ra_rt_info_max_plen", 0, 0, RA },
	{ IFPARAM_CONF6, "accept_ra_rt_info_min_plen", 0, 0, RA },
	{ IFPARAM_CONF6, "accept_ra_rtr_pref", 1, 1, RA },
	{ IFPARAM_CONF6, "accept_redirects", 1, 1, REDIRECTS },
	{ IFPARAM_CONF6, "accept_source_route", 0, 0, "routing headers are never followed" },
	{ IFPARAM_CONF6, "autoconf", 1, 1, RA },
	{ IFPARAM_CONF6, "drop_unicast_in_l2_multicast", 0, 0,
	  "such packets are never forwarded, and always answered" },
	{ IFPARAM_CONF6, "force_tllao", 0, 0,
	  "unicast solicitations are answered without the option" },
	{ IFPARAM_CONF6, "ignore_routes_with_linkdown", 0, 0,
	  "routes stay when the carrier is lost" },
	{ IFPARAM_CONF6, "keep_addr_on_down", 0, 0, "addresses go when a port goes down" },
	{ IFPARAM_CONF6, "max_addresses", 16, 16, RA },
	{ IFPARAM_CONF6, "optimistic_dad", 0, 0, "an address is not used before it was asked for" },
	{ IFPARAM_CONF6, "ra_defrtr_metric", 1024, 1024, RA },
	{ IFPARAM_CONF6, "ra_honor_pio_life", 0, 0, RA },
	{ IFPARAM_CONF6, "ra_honor_pio_pflag", 0, 0, RA },
	{ IFPARAM_CONF6, "router_probe_interval", 60, 60, RA },
	{ IFPARAM_CONF6, "router_solicitation_interval", 4, 4, RA },
	{ IFPARAM_CONF6, "router_solicitation_max_interval", 3600, 3600, RA },
	{ IFPARAM_CONF6, "router_solicitations", -1, -1, RA },
	{ IFPARAM_CONF6, "suppress_frag_ndisc", 1, 1,
	  "fragmented discovery is always dropped (RFC 6980)" },
	{ IFPARAM_CONF6, "use_oif_addrs_only", 0, 0,
	  "sources are chosen among all addresses of the scope" },
	{ IFPARAM_CONF6, "use_optimistic", 0, 0, "an address is not used before it was asked for" },
	{ IFPARAM_CONF6, "disable_policy", 0, 0, IPSEC },
	{ IFPARAM_CONF6, "force_mld_version", 0, 0, MULTICAST },
	{ IFPARAM_CONF6, "ioam6_enabled", 0, 0, TUNNEL },
	{ IFPARAM_CONF6, "ioam6_id", 65535, 65535, TUNNEL },
	{ IFPARAM_CONF6, "max_desync_factor", 600, 600, TEMPORARY },
	{ IFPARAM_CONF6, "mc_forwarding", 0, 0, MULTICAST },
	{ IFPARAM_CONF6, "mldv1_unsolicited_report_interval", 10000, 10000, MULTICAST },
	{ IFPARAM_CONF6, "mldv2_unsolicited_report_interval", 1000, 1000, MULTICAST },
	{ IFPARAM_CONF6, "ndisc_evict_nocarrier", 1, 1, CACHE },
	{ IFPARAM_CONF6, "regen_max_retry", 3, 3, TEMPORARY },
	{ IFPARAM_CONF6, "regen_min_advance", 2, 2, TEMPORARY },
	{ IFPARAM_CONF6, "rpl_seg_enabled", 0, 0, TUNNEL },
	{ IFPARAM_CONF6, "seg6_enabled", 0, 0, TUNNEL },
	{ IFPARAM_CONF6, "seg6_require_hmac", 0, 0, TUNNEL },
	{ IFPARAM_CONF6, "temp_prefered_lft", 86400, 86400, TEMPORARY },
	{ IFPARAM_CONF6, "temp_valid_lft", 604800, 604800, TEMPORARY },
	{ IFPARAM_CONF6, "use_tempaddr", 0, 0, TEMPORARY },
	{ IFPARAM_NEIGH4, "app_solicit", 0, 0, "no program is asked for neighbours" },
	{ IFPARAM_NEIGH6, "app_solicit", 0, 0, "no program is asked for neighbours" },
	{ IFPARAM_NEIGH4, "anycast_delay", 100, 100, UNUSED },
	{ IFPARAM_NEIGH4, "interval_probe_time_ms", 5000, 5000, MANAGED },
	{ IFPARAM_NEIGH6, "anycast_delay", 100, 100, UNUSED },
	{ IFPARAM_NEIGH6, "interval_probe_time_ms", 5000, 5000, MANAGED },
	{ IFPARAM_NEIGH6, "locktime", 0, 0,
	  "only ARP has a time in which the first answer counts" },
};

static void *
zeroed(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		abort(); /* at start */
	return p;
}

static void
declare(const struct inert *i)
{
	struct param *p = zeroed(sizeof(*p));

	p->name = i->name;
	p->help = p->inert = i->why;
	p->text_def = i->text;
	p->numbers = i->numbers;
	p->write_only = i->text[0] == '\0' && i->numbers != 0;
	param_register(p);
}

static void
declare_if(const struct inert_if *i)
{
	struct ifparam *p = zeroed(sizeof(*p));

	p->dir = i->dir;
	p->leaf = i->leaf;
	p->help = p->inert = i->why;
	p->all_def = i->all;
	p->def = i->def;
	p->min = INT_MIN;
	p->max = INT_MAX;
	ifparam_register(p);
}

RTE_INIT(inert_init)
{
	for (unsigned i = 0; i < RTE_DIM(inert); i++)
		declare(&inert[i]);
	for (unsigned i = 0; i < RTE_DIM(inert_if); i++)
		declare_if(&inert_if[i]);
}
