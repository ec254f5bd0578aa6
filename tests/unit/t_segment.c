/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * t_segment.c - checksums and sizes that two processes agree on
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/base.h"
#include "rootless/segment.h"

enum { ETHER = 14, MSS_AT = 20 };

/* The sum of RFC 1071 in the plainest words, over network byte order. */
static uint16_t plain_sum(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static uint16_t tcp_sum(const uint8_t *frame, size_t len, bool v6)
{
	size_t tcp = ETHER + (v6 ? 40 : 20);
	uint32_t sum = plain_sum(frame + ETHER + (v6 ? 8 : 12), v6 ? 32 : 8,
				 6 + (uint32_t)(len - tcp));

	return plain_sum(frame + tcp, len - tcp, sum);
}

/* A segment with an offer of @mss, and its pseudo sum in place. */
static size_t build(uint8_t *f, bool v6, uint16_t mss, size_t data)
{
	size_t tcp = ETHER + (v6 ? 40 : 20), len = tcp + 24 + data;
	struct virtio_net_hdr header;

	memset(f, 0, len);
	f[12] = v6 ? 0x86 : 0x08;
	f[13] = v6 ? 0xdd : 0x00;
	f[ETHER] = v6 ? 0x60 : 0x45;
	f[ETHER + (v6 ? 6 : 9)] = 6;
	for (size_t i = v6 ? 8 : 12; i < (v6 ? 40U : 20U); i++)
		f[ETHER + i] = (uint8_t)(i * 7);
	f[tcp + 12] = 0x60;
	f[tcp + 13] = 0x02;
	f[tcp + MSS_AT] = 2;
	f[tcp + MSS_AT + 1] = 4;
	f[tcp + MSS_AT + 2] = (uint8_t)(mss >> 8);
	f[tcp + MSS_AT + 3] = (uint8_t)mss;
	for (size_t i = tcp + 24; i < len; i++)
		f[i] = (uint8_t)(i * 13);
	segment_describe(f, len, &header);
	assert_int_equal(header.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	assert_int_equal(header.csum_start, tcp);
	assert_int_equal(header.csum_offset, 16);
	return len;
}

static void sums_come_out_right(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 7, 1400, 1401 };
	uint8_t f[2000];

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		bool v6 = i % 2;
		size_t len = build(f, v6, 1000, sizes[i / 2]);
		struct virtio_net_hdr h = {
			.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
			.csum_start = v6 ? 54 : 34,
			.csum_offset = 16,
		};

		assert_int_equal(segment_complete(&h, f, len), 0);
		assert_int_equal(tcp_sum(f, len, v6), 0xffff);
		/* The offer was raised. */
		assert_int_equal(f[h.csum_start + MSS_AT + 2] << 8 |
				 f[h.csum_start + MSS_AT + 3], SEGMENT_MSS);
	}
}

static void offers(void **state)
{
	uint8_t f[200];

	(void)state;
	build(f, false, 65480, 0);
	assert_int_equal(f[34 + 22] << 8 | f[34 + 23], 1460);
	build(f, true, 65480, 0);
	assert_int_equal(f[54 + 22] << 8 | f[54 + 23], 1440);
	build(f, false, 536, 0);
	assert_int_equal(f[34 + 22] << 8 | f[34 + 23], 536);
}

static void large_ones_are_described(void **state)
{
	static uint8_t f[40000];
	struct virtio_net_hdr h;
	size_t len = build(f, false, 1460, 30000);

	(void)state;
	segment_describe(f, len, &h);
	assert_int_equal(h.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
	assert_int_equal(h.hdr_len, 34 + 24);
	assert_int_equal(h.gso_size, 1500 - 20 - 24);
	len = build(f, true, 1460, 30000);
	segment_describe(f, len, &h);
	assert_int_equal(h.gso_type, VIRTIO_NET_HDR_GSO_TCPV6);
	len = build(f, false, 1460, 1500 - 44);
	segment_describe(f, len, &h);
	assert_int_equal(h.gso_type, VIRTIO_NET_HDR_GSO_NONE);
	f[23] = 17;
	segment_describe(f, len, &h);
	assert_int_equal(h.flags, 0);
}

static void headers_that_lie(void **state)
{
	uint8_t f[200];
	size_t len = build(f, false, 1000, 10);
	struct virtio_net_hdr h = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM };

	(void)state;
	h.csum_start = (uint16_t)len;
	assert_int_equal(segment_complete(&h, f, len), -EINVAL);
	h.csum_start = 0xffff;
	h.csum_offset = 0xffff;
	assert_int_equal(segment_complete(&h, f, len), -EINVAL);
	h.csum_start = (uint16_t)(len - 2);
	h.csum_offset = 1;
	assert_int_equal(segment_complete(&h, f, len), -EINVAL);
	h.csum_offset = 0;
	assert_int_equal(segment_complete(&h, f, len), 0);
	/* Options of length 0, and beyond the end. */
	h.flags = 0;
	f[34 + MSS_AT + 1] = 0;
	assert_int_equal(segment_complete(&h, f, len), 0);
	f[34 + MSS_AT + 1] = 5;
	assert_int_equal(segment_complete(&h, f, len), 0);
	f[34 + 12] = 0xf0;
	assert_int_equal(segment_complete(&h, f, len), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_come_out_right),
		cmocka_unit_test(offers),
		cmocka_unit_test(large_ones_are_described),
		cmocka_unit_test(headers_that_lie),
	};

	return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
