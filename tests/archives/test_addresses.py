"""No address of a private network is public, in whatever clothes it comes."""

import pytest

from galaxy_core.archives.addresses import is_public_address


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "130.79.128.5", "2001:1458::1", "2606:4700::1111", "::ffff:8.8.8.8",
     "64:ff9b::808:808", "2002:808:808::1"],
)  # fmt: skip
def test_public_addresses_are_public(address):
    assert is_public_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "192.88.99.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1",
        "2001:db8::1", "3fff::1", "2001::1", "100::1", "::127.0.0.1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:7f00:1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::",
        "2002:c0a8:101::1", "4000::1", "",  "localhost", "1.2.3", "0x7f.1", "2130706433",
        "127.0.0.1.", "8.8.8.8/32",
    ],
)  # fmt: skip
def test_everything_else_is_not(address):
    assert not is_public_address(address)
