package com.github.shiroedev2024.leaf.engine.spi;

import java.net.URI;
import java.time.Duration;

/**
 * What a probe asks for.
 *
 * @param url http or https page for TCP; its status must be 204, or 200 to 399 when the path is not
 *     a {@code generate_204}-style page
 * @param dnsServer {@code host:port} of a DNS server for UDP
 * @param dnsName the name asked for (type A)
 * @param timeout for one whole probe
 */
public record ProbeTarget(URI url, String dnsServer, String dnsName, Duration timeout) {}
