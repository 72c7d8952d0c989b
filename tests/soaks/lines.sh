# SPDX-License-Identifier: BSD-3-Clause
# a million lines of nonsense made of real words: every one is answered, memory does not grow (SECONDS is not used)

# Sentences that nobody meant; the same ones each time.
nonsense()
{
	python3 - <<-'END'
		import random
		chance = random.Random(1)
		commands = "iptables|ip6tables|ip route|ip rule|ip addr|ip neigh|sysctl|show|log|route".split("|")
		words = """add del -A -I -D -R FORWARD INPUT NOPE -p tcp udp 999 --dport 99999 -1 -s 1.2.3.4/33 10.0.0.0/8
		    -j DROP LOG --log-prefix -m limit --limit 0/s multiport --dports 1,2,,3 ! -t mangle raw nat -w
		    net.ipv4.ip_forward=abc net.x= via dev r9 metric table 4294967296 nexthop weight 0 foo " ' neigh addr -X -E
		    -P QUEUE REJECT --reject-with bogus proxy lladdr zz:zz fe80:: ::/129 -L -S show flush 0x""".split()
		for _ in range(1000000):
		    print(chance.choice(commands), " ".join(chance.choices(words, k=chance.randrange(1, 9))))
	END
}

resident() { awk '/^VmRSS/ { print $2 }' "/proc/$LAB_POLLUX/status"; }

all_answered()
{
	local before after answers
	before=$(resident)
	answers=$(nonsense | ctl --batch 2>/dev/null | grep -c '^##rc')
	after=$(resident)
	echo "$answers answers, resident memory $before kB before, $after kB after"
	[ "$answers" = 1000000 ] && [ "$after" -le $((before + 51200)) ]
}

still_there()
{
	ctl iptables -P FORWARD ACCEPT && ctl iptables -F && ctl echo alive
}

soak_lines()
{
	build_tree build && hugepages_take 320 && lab_up && need_pollux || return 1
	check "a million lines of nonsense" all_answered
	check "Pollux takes commands afterwards" still_there
	summary
}
