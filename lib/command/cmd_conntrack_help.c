/* SPDX-License-Identifier: BSD-3-Clause */
/* `conntrack -h`; with -p PROTO its options too. */
#include "cmd_conntrack_proto.h"

static const char text[] =
	"Command line of conntrack-tools 1.4.7, answered by Pollux.\n"
	"Usage: conntrack COMMAND [TABLE] [OPTION]...\n"
	"\n"
	"Commands:\n"
	"  -L, --dump     list the table                  -E, --event    follow events\n"
	"  -G, --get      show one entry                  -F, --flush    remove all entries\n"
	"  -D, --delete   remove the entries that match   -C, --count    number of entries\n"
	"  -U, --update   change the entries that match   -S, --stats    counters\n"
	"  -I, --create   make an entry                   -R, --load-file FILE|-  run lines\n"
	"  -A, --add      make it if it is not there      -V, --version, -h, --help\n"
	"Tables: conntrack (default), expect, dying, unconfirmed\n"
	"\n"
	"Which entries:\n"
	"  -f, --family ipv4|ipv6                  -p, --protonum PROTO\n"
	"  -s, --src, --orig-src ADDR[/LEN]        -d, --dst, --orig-dst ADDR[/LEN]\n"
	"  --mask-src MASK                         --mask-dst MASK\n"
	"  -r, --reply-src ADDR                    -q, --reply-dst ADDR\n"
	"  -n, --src-nat [ADDR[:PORT]]             -g, --dst-nat [ADDR[:PORT]]\n"
	"  -j, --any-nat [ADDR[:PORT]]             -i, --id ID\n"
	"  -w, --zone ZONE                         --orig-zone ZONE, --reply-zone ZONE\n"
	"  -l, --label LABEL[,...]                 -e, --event-mask ALL|NEW|UPDATES|DESTROY[,...]\n"
	"Which, or for -I, -A and -U what they become:\n"
	"  -m, --mark MARK[/MASK]                  -t, --timeout SECONDS\n"
	"  -u, --status ASSURED|SEEN_REPLY|FIXED_TIMEOUT|EXPECTED|UNSET[,...]\n"
	"  --label-add LABEL[,...]                 --label-del [LABEL[,...]]\n"
	"Expectations:\n"
	"  --tuple-src ADDR, --tuple-dst ADDR      the connection that is expected\n"
	"Output:\n"
	"  -o, --output xml|extended|timestamp|id|ktimestamp|labels|userspace|save[,...]\n"
	"  -z, --zero     zero counters while listing     -b, --buffer-size N (no effect)\n";

int
conntrack_help(struct cmd *c, const struct conntrack *k)
{
	str_add(&c->out, text);
	if (k->ops == NULL)
		return 0;
	str_printf(&c->out, "Options of -p %s:\n", k->ops->name);
	for (const struct conntrack_proto_option *o = k->ops->options; o->names[0] != NULL; o++)
		str_printf(&c->out, "  --%s%s%s VALUE\n", o->names[0],
			   o->names[1] != NULL ? ", --" : "",
			   o->names[1] != NULL ? o->names[1] : "");
	return 0;
}
