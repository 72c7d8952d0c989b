/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/conntrack/ct_sip*.c: registrations, calls with their media, and what makes no sense. */
#include "ct_help_setup.h"

#include "base_param.h"

#define SIP 5060
#define REGISTER                       \
	"REGISTER sip:pbx SIP/2.0\r\n" \
	"From: <sip:me@pbx>\r\n"       \
	"CSeq: 7 REGISTER\r\n"         \
	"Contact: <sip:me@10.1.0.2:5070>"
#define REGISTERED             \
	"SIP/2.0 200 OK\r\n"   \
	"CSeq: 7 REGISTER\r\n" \
	"Contact: <sip:me@10.1.0.9>, <sip:me@10.1.0.2:5070>"
#define INVITE                           \
	"INVITE sip:you@pbx SIP/2.0\r\n" \
	"CSeq: 8 INVITE\r\n"             \
	"\r\n"                           \
	"v=0\r\n"                        \
	"o=me 1 1 IN IP4 10.1.0.2\r\n"   \
	"c=IN IP4 10.1.0.2\r\n"
#define AUDIO "m=audio 8001 RTP/AVP 0\r\n"

static void
sip(void)
{
	begin(AF_INET, "sip", IPPROTO_UDP, SIP);
}

static verdict_t
phone(const char *text)
{
	return say_at(CT_ORIGINAL, 1, text);
}

static verdict_t
registrar(const char *text)
{
	return say_at(CT_REPLY, 1, text);
}

static bool
called(void)
{
	return expected("10.2.0.2", SIP, "10.1.0.2", 5070, IPPROTO_UDP);
}

static bool
media(unsigned port)
{
	return expected("10.2.0.2", 7, "10.1.0.2", port, IPPROTO_UDP);
}

static void
registration(void **state)
{
	sip();
	assert_int_equal(phone(REGISTER ";expires=60\r\n\r\n"), VERDICT_ACCEPT);
	assert_int_equal(master.ct.ct.expires, now + ct_seconds(3600));
	assert_int_equal(ct_nb_expects, 1);
	assert_false(called());
	assert_int_equal(registrar("SIP/2.0 100 Trying\r\nCSeq: 7 REGISTER\r\n\r\n"),
			 VERDICT_ACCEPT);
	assert_int_equal(registrar(REGISTERED ";expires=60\r\n\r\n"), VERDICT_ACCEPT);
	assert_true(called());
	assert_true(called());
	assert_ptr_equal(child.ext.helper, master.ext.helper);
	now += ct_seconds(59);
	assert_true(called());
	now += ct_seconds(2);
	assert_false(called());
	/* The header's time, a late answer, a binding that ends. */
	assert_int_equal(phone(REGISTER "\r\nExpires: 60\r\n\r\n"), VERDICT_ACCEPT);
	assert_int_equal(registrar(REGISTERED "\r\nExpires: 60\r\n\r\n"), VERDICT_ACCEPT);
	assert_true(called());
	assert_int_equal(registrar("SIP/2.0 200 OK\r\nCSeq: 6 REGISTER\r\n\r\n"), VERDICT_ACCEPT);
	assert_true(called());
	assert_int_equal(registrar(REGISTERED ";expires=0\r\n\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
	assert_int_equal(phone(REGISTER ";expires=60\r\n\r\n"), VERDICT_ACCEPT);
	assert_int_equal(registrar("SIP/2.0 403 No\r\nCSeq: 7 REGISTER\r\n\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
}

static void
no_registration(void **state)
{
	static const char *const accepted[] = {
		REGISTER "\r\n\r\n",
		REGISTER ";expires=0\r\n\r\n",
		REGISTER ";transport=tcp;expires=60\r\n\r\n",
		REGISTER ";transport=sctp;expires=60\r\n\r\n",
		"REGISTER sip:pbx SIP/2.0\r\nCSeq: 7 REGISTER\r\n"
		"Contact: <sip:me@10.1.0.3:5070>;expires=60\r\n\r\n",
		"REGISTER sip:pbx SIP/2.0\r\nCSeq: 7 REGISTER\r\nExpires: 60\r\n\r\n",
		"REGISTER sip:pbx SIP/2.0\r\nCSeq: 7 REGISTER\r\n"
		"Contact: <sip:me@10.1.0.2:99>\r\n\r\n",
		"REGISTERsip:pbx SIP/2.0\r\n\r\n",
		"OPTIONS sip:pbx SIP/2.0\r\n\r\n",
	};
	static const char *const dropped[] = {
		"REGISTER sip:pbx SIP/2.0\r\n\r\n",
		"REGISTER sip:pbx SIP/2.0\r\nCSeq: x REGISTER\r\n\r\n",
		REGISTER ";expires=x\r\n\r\n",
		"SIP/2.0 000 OK\r\n\r\n",
		"SIP/2.0 200 OK\r\n\r\n",
	};

	for (unsigned i = 0; i < RTE_DIM(accepted); i++) {
		sip();
		assert_int_equal(phone(accepted[i]), VERDICT_ACCEPT);
		assert_int_equal(ct_nb_expects, 0);
	}
	for (unsigned i = 0; i < RTE_DIM(dropped); i++) {
		sip();
		assert_int_equal(phone(dropped[i]), ct_help_drop());
	}
	sip();
	master.ct.ct.status |= CT_EXPECTED;
	assert_int_equal(phone(REGISTER ";expires=60\r\n\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
}

static void
calls(void **state)
{
	sip();
	assert_int_equal(phone(INVITE AUDIO "m=video 9000 RTP/AVP 31\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 4);
	assert_false(expected("10.2.0.3", 7, "10.1.0.2", 8000, IPPROTO_UDP));
	assert_true(media(8000));
	assert_true(media(8001));
	assert_true(media(9000));
	assert_null(child.ext.helper);
	/* The callee's, and the end. */
	assert_int_equal(registrar("SIP/2.0 183 Progress\r\nCSeq: 8 INVITE\r\n\r\nv=0\r\n"
				   "c=IN IP4 10.2.0.2\r\nm=audio 7000 RTP/AVP 0\r\n"),
			 VERDICT_ACCEPT);
	assert_true(expected("10.1.0.2", 7, "10.2.0.2", 7000, IPPROTO_UDP));
	assert_int_equal(phone("BYE sip:you@pbx SIP/2.0\r\nCSeq: 9 BYE\r\n\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
	assert_int_equal(phone(INVITE AUDIO), VERDICT_ACCEPT);
	assert_int_equal(registrar("SIP/2.0 486 Busy\r\nCSeq: 7 INVITE\r\n\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 2);
	assert_int_equal(registrar("SIP/2.0 486 Busy\r\nCSeq: 8 INVITE\r\n\r\n"), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
}

static void
other_media(void **state)
{
	sip();
	/* A medium's own address, one nobody uses, one of no known kind, somebody else's. */
	assert_int_equal(phone(INVITE "m=text 5000 x\r\nm=audio 0 RTP/AVP 0\r\n"
				      "m=image 6000 udptl t38\r\nc=IN IP4 10.9.9.9\r\n"),
			 VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 0);
	param_set(param_find("net.pollux.sip_direct_media"), 0);
	assert_int_equal(phone(INVITE "m=image 6000 udptl t38\r\nc=IN IP4 10.9.9.9\r\n"),
			 VERDICT_ACCEPT);
	param_set(param_find("net.pollux.sip_direct_media"), 1);
	assert_true(expected("10.8.8.8", 7, "10.9.9.9", 6000, IPPROTO_UDP));
	assert_int_equal(phone(INVITE "m=audio 80 RTP/AVP 0\r\n"), ct_help_drop());
	assert_int_equal(phone("INVITE sip:you@pbx SIP/2.0\r\nCSeq: 8 INVITE\r\n\r\nv=0\r\n" AUDIO),
			 ct_help_drop());
}

static void
ipv6_over_tcp(void **state)
{
	static const char text[] = "INVITE sip:a@[fd02::2] SIP/2.0\r\nCSeq: 1 INVITE\r\n"
				   "l: 49\r\n\r\n"
				   "v=0\r\nc=IN IP6 fd01::2\r\nm=audio 8000 RTP/AVP 0\r\n\r\n"
				   "REGISTER sip:a SIP/2.0\r\nCSeq: 2 REGISTER\r\n"
				   "m: <sip:[fd01::2]:6000;transport=TCP>;expires=60\r\n"
				   "Content-Length: 0\r\n\r\n";

	begin(AF_INET6, "sip", IPPROTO_TCP, SIP);
	assert_int_equal(phone(text), VERDICT_ACCEPT);
	assert_int_equal(ct_nb_expects, 3);
	assert_true(expected("fd02::2", 7, "fd01::2", 8000, IPPROTO_UDP));
	assert_true(expected("fd02::2", 7, "fd01::2", 8001, IPPROTO_UDP));
	assert_int_equal(registrar("SIP/2.0 200 OK\r\nCSeq: 2 REGISTER\r\nExpires: 9\r\n"
				   "m: <sip:[fd01::2]:6000>\r\nl: 0\r\n\r\n"),
			 VERDICT_ACCEPT);
	assert_true(expected("fd02::2", 7, "fd01::2", 6000, IPPROTO_TCP));
}

/* Cut anywhere and in a chain of any pieces: as it is, nothing, or a drop. */
static void
every_cut(void **state)
{
	static const char text[] = INVITE AUDIO;

	for (unsigned cut = 1; cut < sizeof(text); cut++) {
		sip();
		say_bytes(CT_ORIGINAL, 1, text, cut, 0);
		assert_in_range(ct_nb_expects, 0, 2);
		sip();
		assert_int_equal(say_bytes(CT_ORIGINAL, 1, text, sizeof(text) - 1, cut),
				 VERDICT_ACCEPT);
		assert_int_equal(ct_nb_expects, 2);
		begin(AF_INET, "sip", IPPROTO_TCP, SIP);
		say_bytes(CT_ORIGINAL, 1, text, cut, 0);
		assert_int_equal(ct_nb_expects, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registration),  cmocka_unit_test(no_registration),
		cmocka_unit_test(calls),         cmocka_unit_test(other_media),
		cmocka_unit_test(ipv6_over_tcp), cmocka_unit_test(every_cut),
	};

	return cmocka_run_group_tests(tests, eal_setup, NULL);
}
